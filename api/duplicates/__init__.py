"""Listings that are probably one, for supervisors and administrators to judge."""
