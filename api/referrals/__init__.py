"""Referrals for staff: made, followed, moved, answered and closed over HTTP."""
