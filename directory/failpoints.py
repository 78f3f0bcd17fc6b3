"""Named steps on a text's way at which a test may end the process, with SIGKILL.

Nothing happens here unless a process was told a folder (`arm`), and the product tells none where
the carrier is real. A file there named for a step strikes the first process that reaches the
step, once: it and its whole process group are killed on the spot, after the groups that the file
names (its content: process groups, by number).
"""

import os
import signal
from contextlib import suppress
from enum import StrEnum
from pathlib import Path


class Point(StrEnum):
    """In the order in which a text passes them."""

    ARRIVED = "arrived"  # its signature is right, nothing is stored
    STORED = "stored"  # committed, not acknowledged
    ACKNOWLEDGED = "acknowledged"  # the carrier has its 200
    LEASED = "leased"  # somebody is about to answer it
    UNDERSTOOD = "understood"  # the reply is decided, nothing of it is stored
    QUEUED = "queued"  # the reply is committed
    CLAIMED = "claimed"  # a sender has it
    HANDING = "handing"  # the very next thing is the request to the carrier
    TAKEN = "taken"  # the carrier has answered, nothing of that is stored
    NOTED = "noted"  # what the carrier said is committed
    REPORTED = "reported"  # a delivery report has come, nothing of it is stored


_folder: list[Path] = []


def arm(folder: Path) -> None:
    """From now on files in `folder` strike."""
    _folder[:] = [folder]


def armed() -> bool:
    return bool(_folder)


def reach(point: Point) -> None:
    """Here is `point`; may never return."""
    if _folder:
        _strike(_folder[0] / point)


def _strike(file: Path) -> None:
    try:
        named = file.read_text(encoding="ascii")
        file.unlink()
    except FileNotFoundError:
        return  # not asked for, or another was quicker
    own = os.getpid()
    for group in map(int, named.split()):
        with suppress(ProcessLookupError, PermissionError):
            if group != own:  # itself last
                os.killpg(group, signal.SIGKILL)
    if os.getpgrp() == own:
        os.killpg(own, signal.SIGKILL)
    os.kill(own, signal.SIGKILL)
