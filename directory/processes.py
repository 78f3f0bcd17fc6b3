"""Which processes that share the database have died.

Each holds a lock on a file of its own in `DATA_DIR/processes`, which the system lets go of when
the process ends, however it ends. So another one on the same machine knows at once, and for
certain, whose claims nobody will come back for. So it is on SQLite; processes that share a
PostgreSQL, on one machine or many, hold their locks there (directory/fleet.py).
"""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

NAME_LENGTH = 8
FOLDER = "processes"


def new_name() -> str:
    """A name for a process: eight hexadecimal digits."""
    return secrets.token_hex(NAME_LENGTH // 2)


def new_run(process: str) -> str:
    """An id for one run on one thread of a process; it begins with the name of the process."""
    return f"{process}-{secrets.token_hex(13)}"


class Present(Protocol):
    """What the workers of a process ask about it and about the others."""

    name: str
    heard: Callable[[str], None]
    lost: Callable[[], None]

    @property
    def tenure(self) -> int | None:
        """Which stretch of being here this is; None while the others may take it for dead."""
        ...

    def appear(self) -> None: ...

    def leave(self) -> None: ...

    def leads(self) -> bool:
        """Whether this process looks at what is due; of all of them one does."""
        ...

    def beat(self) -> bool:
        """This process has looked at what is its own; True while all that is due is looked at."""
        ...

    def looks_after(self, subject: str) -> bool:
        """Whether of all that live this process is the one for `subject`."""
        ...

    def dead(self) -> list[str]: ...

    def dead_among(self, names: Iterable[str]) -> list[str]:
        """Those of these names, read from the rows that they hold, who live no more."""
        ...

    def forget(self, name: str) -> None: ...


class Presence:
    """That this process lives, for the others to see; as a context, from start to stop.

    On SQLite one process works: it leads, looks after everybody, and is told nothing.
    """

    tenure = 0

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.heard: Callable[[str], None] = lambda _: None
        self.lost: Callable[[], None] = lambda: None
        self._folder = folder
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        self.appear()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.leave()

    def appear(self) -> None:
        """Raises OSError when the folder cannot be written."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Locked before it has the name by which it is found: it is never seen without its lock.
        hidden = self._folder / f".{self.name}"
        self._descriptor = os.open(hidden, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        hidden.rename(self._folder / self.name)

    def leave(self) -> None:
        """Everything this process held has been let go of."""
        if self._descriptor is not None:
            (self._folder / self.name).unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None

    def dead(self) -> list[str]:
        """Names of processes that ended without leaving, until they are forgotten."""
        others = [path for path in self._folder.glob("[0-9a-f]*") if path.name != self.name]
        return sorted(path.name for path in others if _is_free(path))

    def leads(self) -> bool:
        return True

    def beat(self) -> bool:
        return True

    def looks_after(self, _subject: str) -> bool:
        return True

    def dead_among(self, _names: Iterable[str]) -> list[str]:
        """A row says nothing here: the file of who died does (`dead`)."""
        return []

    def forget(self, name: str) -> None:
        """What `name` held has been let go of by others."""
        (self._folder / name).unlink(missing_ok=True)


def living(folder: Path) -> bool:
    """Whether any process has appeared in this folder and lives."""
    return any(path.exists() and not _is_free(path) for path in folder.glob("[0-9a-f]*"))


def _is_free(path: Path) -> bool:
    """Whether nobody holds the lock; a file that is gone by now belongs to nobody who died."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)  # lets the lock go, if it was taken
    return True
