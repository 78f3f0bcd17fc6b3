"""What staff does with listings: approving what partners may not change alone."""
