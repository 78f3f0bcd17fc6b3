"""Who may use which route: what was meant (routes.yml), and the page that says so."""
