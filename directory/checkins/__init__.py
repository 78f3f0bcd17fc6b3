"""Check-ins: the messages that follow a visit, and what came back."""
