"""On call: who is paged when somebody may be in danger, and what to do when all goes quiet."""
