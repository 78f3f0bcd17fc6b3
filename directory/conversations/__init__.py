"""What the bot remembers of a person between texts, and who is answering right now."""
