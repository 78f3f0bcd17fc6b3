"""Files of listings over HTTP."""
