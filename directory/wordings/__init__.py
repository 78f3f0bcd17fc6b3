"""Wordings: what a check-in says, written by staff, approved by a second person, versioned."""
