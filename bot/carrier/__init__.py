"""The simulated carrier: Twilio's REST API, webhooks and faults on loopback, with phones.

It exists so that anyone can try the product at once, and so that tests meet a carrier that
loses, doubles, delays and refuses as a real one does. It imports nothing of Twilio's: it is
the other side, written from the public documentation, and the official client and signature
validator are what its tests hold it against.
"""
