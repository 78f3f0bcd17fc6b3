"""Check-in plans and wordings: what staff decides about the texts that we start."""
