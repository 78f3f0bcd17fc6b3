"""Files of listings over HTTP: in for supervisors and administrators, and out."""
