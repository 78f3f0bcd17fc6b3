"""Referrals: one person, one service, and everything until it is known what came of it."""
