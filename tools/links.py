"""A network between two processes that can part: a proxy that goes silent, or cuts off.

Everything else goes through as it is. Nothing is lost while it is silent: what was on its way
arrives afterwards, as TCP sends again what nobody has acknowledged.
"""

import contextlib
import socket
import struct
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Self

_AT_ONCE = 65_536
# Closing with what is unsent thrown away: the other side sees a reset, and no end of a stream.
_RESET = struct.pack("ii", 1, 0)


def by_port(port: int) -> Callable[[], socket.socket]:
    """Reaches what listens on a port of loopback."""
    return lambda: socket.create_connection(("127.0.0.1", port))


def by_path(path: str) -> Callable[[], socket.socket]:
    """Reaches what listens on a socket in the file system, as our PostgreSQL does."""

    def reach() -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(path)
        return connection

    return reach


class Link:
    """Listens on `port` of loopback, leads on to what `reach` connects to. Use it as a context."""

    def __init__(self, reach: Callable[[], socket.socket]) -> None:
        self._reach = reach
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self._whole = Event()
        self._whole.set()
        self._cut = False
        self._lock = Lock()
        self._open: set[socket.socket] = set()

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._cut = True
        self._whole.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._reset()

    def silent(self) -> None:
        """From now on nothing arrives, and nothing says so. New connections are nobody's."""
        self._whole.clear()

    def cut(self) -> None:
        """All connections are reset, and new ones too."""
        self._cut = True
        self._reset()

    def mend(self) -> None:
        self._cut = False
        self._whole.set()

    def _reset(self) -> None:
        with self._lock:
            connections = list(self._open)
        for each in connections:
            _reset(each)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._cut:
                _reset(near)
            else:
                Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        self._whole.wait()
        try:
            far = self._reach()
        except OSError:  # nobody is there
            _reset(near)
            return
        both = {near, far}
        with self._lock:
            self._open |= both
        if self._cut:
            self._reset()
        back = Thread(target=self._carry, args=(far, near), daemon=True)
        back.start()
        self._carry(near, far)
        back.join()
        with self._lock:
            self._open -= both
        for each in both:
            each.close()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it was reset, or the other side has gone
            while data := source.recv(_AT_ONCE):
                self._whole.wait()
                sink.sendall(data)
            self._whole.wait()
            if not self._cut:
                sink.shutdown(socket.SHUT_WR)
            return
        for each in (source, sink):
            _reset(each)


def _reset(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        if connection.family != socket.AF_UNIX:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        # Who waits in recv would keep it open: that ends first.
        connection.shutdown(socket.SHUT_RD)
    connection.close()
