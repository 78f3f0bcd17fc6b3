"""The log of reports that the law makes a clinician file: that one was made, never what it said."""
