"""The console of staff: pages that work without scripts, and get quicker with htmx."""
