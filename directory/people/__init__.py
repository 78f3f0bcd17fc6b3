"""Residents we know by number: who they are to us, what they agreed to, whether to be silent."""
