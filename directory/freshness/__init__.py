"""Freshness: whether a person has lately confirmed what a listing says, and asking for it."""
