"""Listings from elsewhere: HSDS JSON lines, HSDS data packages, spreadsheets. And out again."""
