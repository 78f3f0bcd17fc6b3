"""The product as processes that can be killed at any moment, and are started again at once.

Shared by the fault tests and `make faults`. Embedded: one process; scaled: several at the doors,
several at work. The carrier is the simulated one.
"""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import httpx

from directory.failpoints import Point
from directory.settings import Settings
from tools.drain import Starter, Worker, environment_of

# A supervisor waits half a second before it starts again what died.
PAUSE_SECONDS = 0.5
_LOOK_SECONDS = 0.05
_READY_WITHIN = 60.0


@dataclass
class Topology:
    """Its members run between `started` and the end of that block, whatever kills them."""

    settings: Settings
    members: dict[str, Worker]
    ports: dict[str, int]
    points: Path
    deaths: int = 0
    _stop: Event = field(default_factory=Event)

    @classmethod
    def embedded(cls, starter: Starter, settings: Settings, folder: Path) -> "Topology":
        return cls._of(starter, settings, folder, {"api": ("all", settings.port)})

    @classmethod
    def scaled(
        cls,
        starter: Starter,
        settings: Settings,
        folder: Path,
        *,
        free_ports: Sequence[int],
        api: int = 2,
        workers: int = 2,
    ) -> "Topology":
        """`free_ports`: one for the probes of each process."""
        names = [f"api-{n}" for n in range(api)] + [f"worker-{n}" for n in range(workers)]
        duties = ["web"] * api + ["work"] * workers
        kinds = {
            name: (duty, port) for name, duty, port in zip(names, duties, free_ports, strict=True)
        }
        return cls._of(starter, settings, folder, kinds)

    @classmethod
    def _of(
        cls, starter: Starter, settings: Settings, folder: Path, kinds: dict[str, tuple[str, int]]
    ) -> "Topology":
        points = folder / "failpoints"
        points.mkdir(exist_ok=True)
        environment = environment_of(settings, HANDOFF_FAILPOINTS=str(points))
        members = {}
        for name, (duty, port) in kinds.items():
            more: dict[str, object] = {"arguments": [f"--duty={duty}", f"--port={port}"]}
            more["clock"] = str(folder / f"{name}.clock")
            if duty == "web":
                more["doors"] = settings.port
            log = folder / f"{name}.log"
            members[name] = Worker(starter, environment, log, more=more)
        ports = {name: port for name, (_, port) in kinds.items()}
        return cls(settings, members, ports, points)

    @contextlib.contextmanager
    def started(self) -> Iterator[None]:
        """All have started, and are started again when they die."""
        for member in self.members.values():
            member.start()
        self.wait_until_up()
        tending = Thread(target=self._tend, daemon=True)
        tending.start()
        try:
            yield
        finally:
            self._stop.set()
            tending.join(timeout=10)
            for member in self.members.values():
                member.kill()

    def wait_until_up(self) -> None:
        """Until each answers. Raises TimeoutError."""
        deadline = time.monotonic() + _READY_WITHIN
        for name, port in self.ports.items():
            while not _lives(port):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{name} does not answer")
                time.sleep(_LOOK_SECONDS)

    def strike_at(self, point: Point, *, everything: bool = False) -> None:
        """The next process that reaches `point` dies there; with `everything` all others do."""
        groups = [str(member.pid) for member in self.members.values()] if everything else []
        # The one that reaches the point kills itself last: it is among those named.
        mark = self.points / f".{point.value}"
        mark.write_text(" ".join(groups), encoding="ascii")
        mark.rename(self.points / point.value)

    def change(self, name: str, **environment: str) -> None:
        """Settings of one member that differ from the others', from its next start on."""
        self.members[name].environment = {**self.members[name].environment, **environment}

    def set_clock(self, ahead: timedelta, *names: str) -> None:
        """Set the wall clock of members (of all, without names) so far ahead of the true one, or
        behind it; they have it within moments, and their successors as well."""
        for name in names or tuple(self.members):
            clock = Path(str(self.members[name].more["clock"]))
            scratch = clock.with_suffix(".scratch")
            scratch.write_text(str(ahead.total_seconds()), encoding="ascii")
            scratch.rename(clock)

    def struck(self) -> bool:
        """Whether every point that was set has been reached."""
        return not any(self.points.glob("[a-z]*"))

    def kill(self, *names: str) -> None:
        for name in names or tuple(self.members):
            self.members[name].kill()

    def _tend(self) -> None:
        again: dict[str, float] = {}
        while not self._stop.wait(_LOOK_SECONDS):
            now = time.monotonic()
            for name, member in self.members.items():
                if member.is_alive():
                    continue
                if name not in again:
                    self.deaths += 1
                    again[name] = now + PAUSE_SECONDS
                elif now >= again[name]:
                    del again[name]
                    member.start()


def _lives(port: int) -> bool:
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2.0, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK
