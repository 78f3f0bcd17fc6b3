"""Staff accounts: clinicians, supervisors, admins."""
