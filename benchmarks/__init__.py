"""Benchmarks: what the product is measured by, beside what people would otherwise take.

Nothing here is part of the product, and nothing in the product imports it.
"""
