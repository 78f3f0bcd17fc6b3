"""Listings that are probably one."""
