"""The documentation's site: pages made from the code, and what the generator is given."""
