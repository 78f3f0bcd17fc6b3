"""What the product tells of itself to machines: `traces` of a text's way, `timings` to count."""
