"""Listings that are probably one: found, judged by a person, merged, and taken apart again."""
