"""Notices: what we have to tell somebody, when, and by which channel."""
