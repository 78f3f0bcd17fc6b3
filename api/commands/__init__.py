"""Groups of `handoff`'s commands that have a file of their own."""
