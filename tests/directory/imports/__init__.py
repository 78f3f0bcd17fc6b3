"""Listings from elsewhere, and out again."""
