"""The public HSDS 3.2.3 read API at `/hsds`: anybody may read the directory, without a log-in."""

PATH = "/hsds"
VERSION = "3.2.3"
