"""Texts in and out. Nothing in `directory` sends: it writes an outbound message and its job."""
