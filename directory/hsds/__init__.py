"""Listings as HSDS 3.2.3 objects (Open Referral, https://docs.openreferral.org), for anybody."""
