"""Processes that share one PostgreSQL: who lives, who leads, who loses its lock."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from directory import fleet
from directory.fleet import Membership, first_for, in_order_for
from directory.processes import new_name
from directory.settings import ROOT, Settings

_LIVES = """
import sys, time
from directory.fleet import Membership
Membership(sys.argv[1], sys.argv[2]).appear()
print("here", flush=True)
time.sleep(60)
"""
PATIENCE = 15.0


def eventually(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def here(settings: Settings, name: str | None = None) -> Iterator[Membership]:
    member = Membership(settings.database, name or new_name())
    member.appear()
    try:
        yield member
    finally:
        member.leave()


@contextmanager
def another(settings: Settings, name: str) -> Iterator[int]:
    """A process that has appeared under this name; its process id."""
    command = [sys.executable, "-c", _LIVES, settings.database, name]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def cut_off(settings: Settings, name: str) -> None:
    """The server ends the session that holds the lock of `name`."""
    with fleet.connect(settings.database) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
            "AND objid = %s::bigint::oid AND objsubid = 2",
            (int(name, 16),),
        )


def test_one_that_was_killed_is_dead_and_one_that_lives_is_not(
    postgres_settings: Settings,
) -> None:
    with here(postgres_settings) as member:
        with another(postgres_settings, "deadbeef") as process_id:
            assert member.dead_among(["deadbeef"]) == []
            os.kill(process_id, signal.SIGKILL)
            os.waitpid(process_id, 0)
            eventually(lambda: member.dead_among(["deadbeef"]) == ["deadbeef"])
        assert member.dead_among([member.name]) == []


def test_one_leads_and_when_it_ends_another_does(postgres_settings: Settings) -> None:
    with here(postgres_settings) as first:
        eventually(first.leads)
        with here(postgres_settings) as second:
            assert not second.leads()
            first.leave()
            eventually(second.leads)
        assert not second.leads()


def test_who_loses_its_lock_claims_nothing_until_it_has_it_again(
    postgres_settings: Settings,
) -> None:
    lost: list[bool] = []
    with here(postgres_settings) as member:
        member.lost = lambda: lost.append(True)
        before = member.tenure
        assert before is not None
        cut_off(postgres_settings, member.name)
        eventually(lambda: lost)
        eventually(lambda: member.tenure not in (None, before))
        assert lost == [True]


def test_a_lock_that_cannot_be_seen_to_be_held_is_not(
    postgres_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "LOST_AFTER_SECONDS", 0.0)
    with here(postgres_settings) as member:
        assert member.tenure is None
        assert not member.leads()


def test_one_name_is_held_once(postgres_settings: Settings) -> None:
    with here(postgres_settings, "00c0ffee"), pytest.raises(psycopg.Error):
        Membership(postgres_settings.database, "00c0ffee").appear()


def test_what_is_told_is_heard_at_once_by_whom_it_is_for(postgres_settings: Settings) -> None:
    heard: list[str] = []
    with here(postgres_settings) as member, here(postgres_settings) as other:
        member.heard, other.heard = heard.append, lambda _: heard.append("not for me")
        with fleet.connect(postgres_settings.database) as connection:
            fleet.tell(connection, [(member.name, "person-1"), ("00000000", "nobody")])
        eventually(lambda: heard)
        assert heard == ["person-1"]


def test_all_hear_that_the_leader_looks_at_everything(postgres_settings: Settings) -> None:
    with here(postgres_settings) as first:
        eventually(first.leads)
        with here(postgres_settings) as second:
            assert not second.beat()
            assert first.beat()
            eventually(second.beat)


def test_before_it_appears_a_process_is_alone() -> None:
    member = Membership("postgresql+psycopg://nowhere/none", "00c0ffee")
    assert member.tenure == 0
    assert member.leads()
    assert member.looks_after("anybody")


def test_all_agree_who_looks_after_whom_and_few_change_when_one_goes() -> None:
    names = [f"{n:08x}" for n in range(5)]
    people = [f"person-{n}" for n in range(1000)]
    before = {person: first_for(person, names) for person in people}
    assert before == {person: first_for(person, reversed(names)) for person in people}
    assert min(list(before.values()).count(name) for name in names) > 120
    gone = names.pop(2)
    after = {person: first_for(person, names) for person in people}
    assert all(before[p] == after[p] for p in people if before[p] != gone)
    assert first_for("person", []) is None


def test_who_comes_next_is_who_would_be_first_without_the_first() -> None:
    names = [f"{n:08x}" for n in range(4)]
    first, *others = in_order_for("person", names)
    assert first == first_for("person", names)
    assert others[0] == first_for("person", others)
