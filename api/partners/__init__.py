"""Partners: their systems (keys), their people (links without a log-in), and whom we tell."""
