"""Known weaknesses of what we build on: looked up, compared with what was accepted, told."""
