"""How often keys and accounts call: kept in the database, so that it holds for all processes."""
