"""A network that parts: what is on its way waits, what is cut is reset."""

import contextlib
import socket
from collections.abc import Iterator
from threading import Thread

import pytest

from tools.links import Link, by_path, by_port


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of somebody who says again what was said."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):
                while data := connection.recv(100):
                    connection.sendall(data)

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                Thread(target=serve, args=(connection,), daemon=True).start()

        Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def connected(link: Link) -> socket.socket:
    return socket.create_connection(("127.0.0.1", link.port), timeout=10)


def test_what_is_said_goes_through_both_ways(echo: int) -> None:
    with Link(by_port(echo)) as link, connected(link) as phone:
        phone.sendall(b"hello")
        assert phone.recv(100) == b"hello"
        phone.shutdown(socket.SHUT_WR)
        assert phone.recv(100) == b""


def test_what_is_said_into_silence_arrives_once_it_is_over(echo: int) -> None:
    with Link(by_port(echo)) as link, connected(link) as phone:
        link.silent()
        phone.sendall(b"hello")
        phone.settimeout(0.2)
        with pytest.raises(TimeoutError):
            phone.recv(100)
        link.mend()
        phone.settimeout(10)
        assert phone.recv(100) == b"hello"


def test_a_connection_made_in_silence_is_answered_once_it_is_over(echo: int) -> None:
    with Link(by_port(echo)) as link:
        link.silent()
        with connected(link) as phone:
            phone.sendall(b"hello")
            link.mend()
            assert phone.recv(100) == b"hello"


def test_what_is_cut_is_reset_and_so_is_what_comes_new(echo: int) -> None:
    with Link(by_port(echo)) as link, connected(link) as phone:
        phone.sendall(b"hello")
        assert phone.recv(100) == b"hello"
        link.cut()
        with pytest.raises(ConnectionResetError):
            phone.recv(100)
        with pytest.raises(ConnectionResetError), connected(link) as other:
            other.recv(100)
        link.mend()
        with connected(link) as other:
            other.sendall(b"again")
            assert other.recv(100) == b"again"


def test_where_nobody_listens_the_connection_is_reset() -> None:
    nobody = by_path("/nonexistent/socket")
    with Link(nobody) as link, pytest.raises(ConnectionResetError), connected(link) as phone:
        phone.recv(100)
