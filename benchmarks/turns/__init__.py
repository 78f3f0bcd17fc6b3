"""How long residents wait, and how many can be served at once: from the signed webhook to the text
in the carrier's hands, beside stock Rasa with its own Twilio channel."""
