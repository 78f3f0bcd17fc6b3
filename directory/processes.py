"""Which processes that share the database have died.

Each holds a lock on a file of its own in `DATA_DIR/processes`, which the system lets go of when
the process ends, however it ends. So another one on the same machine knows at once, and for
certain, whose claims nobody will come back for. A process on another machine is never taken for
dead: what it holds ends by itself, in its time.
"""

import fcntl
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

NAME_LENGTH = 8


def new_name() -> str:
    """A name for a process: eight hexadecimal digits."""
    return secrets.token_hex(NAME_LENGTH // 2)


def new_run(process: str) -> str:
    """An id for one run on one thread of a process; it begins with the name of the process."""
    return f"{process}-{secrets.token_hex(13)}"


class Presence:
    """That this process lives, for the others to see; as a context, from start to stop."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
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

    def forget(self, name: str) -> None:
        """What `name` held has been let go of by others."""
        (self._folder / name).unlink(missing_ok=True)


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
