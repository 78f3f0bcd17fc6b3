"""Ids that repeated loads agree on: a UUID5 of what kind of row it is and whose."""

import uuid

# Fixed for good: every id that was ever handed out hangs on it.
NAMESPACE = uuid.UUID("6f1d1c0a-7f5e-5b0e-9a57-3f0d6c1e8a21")


def stable_id(kind: str, *names: str | int) -> str:
    """The id of the row of table `kind` that these names single out."""
    return str(uuid.uuid5(NAMESPACE, "/".join([kind, *map(str, names)])))


def organization_id(slug: str) -> str:
    return stable_id("organization", slug)


def service_id(slug: str) -> str:
    return stable_id("service", slug)
