"""The doors through which the carrier comes in."""
