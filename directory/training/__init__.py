"""CIT training: who of the city is certified, and who has done the 40-hour course."""
