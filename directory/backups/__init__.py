"""Backups of the whole state: the database of either kind and the texts that wait on disk."""
