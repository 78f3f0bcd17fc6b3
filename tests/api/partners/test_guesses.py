"""Who guesses is counted by household, for ten minutes, and never at this machine."""

from datetime import timedelta

import pytest

from api.partners import guesses
from api.partners.guesses import AT_MOST, Guesses
from tests.fakes import MORNING


def after(address: str, times: int = AT_MOST) -> Guesses:
    """Guesses that have seen this address so often."""
    seen = Guesses()
    for _ in range(times):
        seen.note(address, wall=MORNING)
    return seen


def test_one_fewer_is_still_listened_to() -> None:
    assert not after("203.0.113.7", AT_MOST - 1).exhausted("203.0.113.7", wall=MORNING)
    assert after("203.0.113.7").exhausted("203.0.113.7", wall=MORNING)


def test_it_passes() -> None:
    later = MORNING + guesses.WITHIN
    assert not after("203.0.113.7").exhausted("203.0.113.7", wall=later)
    assert after("203.0.113.7").exhausted("203.0.113.7", wall=later - timedelta(seconds=1))


def test_others_are_not_meant() -> None:
    seen = after("203.0.113.7")
    assert not seen.exhausted("203.0.113.8", wall=MORNING)
    assert not seen.exhausted("", wall=MORNING)


def test_an_ipv6_subscriber_is_one() -> None:
    seen = after("2001:db8::1")
    assert seen.exhausted("2001:db8::ffff", wall=MORNING)
    assert not seen.exhausted("2001:db8:0:1::1", wall=MORNING)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.8.8.8"])
def test_this_machine_is_never_shut_out(address: str) -> None:
    assert not after(address).exhausted(address, wall=MORNING)


def test_memory_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "REMEMBERED", 3)
    seen = after("203.0.113.7")
    for last in range(3):
        seen.note(f"198.51.100.{last}", wall=MORNING)
    assert not seen.exhausted("203.0.113.7", wall=MORNING)
    assert len(seen._wrong) == 3
