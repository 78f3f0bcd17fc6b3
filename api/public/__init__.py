"""What anyone may read: the published directory."""
