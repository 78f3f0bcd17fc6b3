"""Pairs of listings over HTTP."""
