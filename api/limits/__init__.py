"""How much one caller may ask for: by address (in memory), by key or account (in the database)."""
