"""How long things are kept, what is never touched, and what leaves on request."""
