"""Ends the programs of a supervisor that died without ending them itself (kill -9, a crash).

Run as a process of its own. It reads lines from standard input: `+GROUP` for a process group that
has been started, `-GROUP` for one that has ended. The other end of the pipe closes with the
supervisor, however that went; the groups still open are then killed. This works wherever there are
process groups, and reaches the children of children too, unlike a parent-death signal.

Standard library only, and started with -I -S: it must cost next to nothing and depend on nothing.
"""

import contextlib
import os
import signal
import sys


def main() -> None:
    # It must outlive whatever ends the supervisor; the closed pipe is the only thing it obeys.
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    running: set[int] = set()
    for line in sys.stdin:
        change, group = line[0], int(line[1:])
        (running.add if change == "+" else running.discard)(group)
    for group in running:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
