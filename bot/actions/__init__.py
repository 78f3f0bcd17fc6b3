"""What Rasa asks of the directory. Served by `python -m bot.actions`.

Thin on purpose: `turn` reads what Rasa sends, `decide` holds the decisions as pure functions,
`find` and `talk` are the actions themselves. Messages are payloads, never sentences: all wording
is the application's.
"""
