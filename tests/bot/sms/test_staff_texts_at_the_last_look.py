"""A text of staff that waits for the end of quiet hours: what happens meanwhile may forbid it."""

from datetime import datetime, timedelta

import pytest

from bot import staff_texts
from directory import database
from directory.database import Database
from directory.messages.models import OutboundStatus
from directory.people import queries as people
from directory.visits import corrections
from directory.visits.models import Visit
from tests.bot.sms.test_deliver import NIGHT
from tests.factories import CLINICIAN, QUIET, a_sender, met, read_message, received, visited
from tests.fakes import MORNING, Clock, FakeGateway

pytestmark = pytest.mark.usefixtures("any_database")
NEXT_MORNING = MORNING + timedelta(days=1)


def written(person_id: str, *, at: datetime = NIGHT) -> str:
    """The id of a text that staff has written in quiet hours."""
    with database.session_scope() as session:
        person = people.by_id(session, person_id)
        assert person is not None
        text = staff_texts.queue(
            session, person, "I call at ten.", by=CLINICIAN, quiet=QUIET, now=at
        )
        assert text.leaves_at > at
        return text.message.id


def sent_in_the_morning(message_id: str) -> OutboundStatus:
    gateway = FakeGateway()
    a_sender(gateway, now=Clock(NEXT_MORNING)).deliver(message_id)
    found = read_message(message_id)
    assert (gateway.sends == 1) == (found.status == OutboundStatus.SENT)
    return OutboundStatus(found.status)


def test_it_leaves_when_nothing_has_changed() -> None:
    visit, _ = visited()
    assert sent_in_the_morning(written(visit.person_id)) is OutboundStatus.SENT


@pytest.mark.parametrize("safe", [False, None])
@pytest.mark.parametrize("consent", [True, None])
def test_a_later_visit_finds_the_phone_unsafe(safe: bool | None, consent: bool | None) -> None:
    visit, _ = visited()
    message_id = written(visit.person_id)
    visited(NIGHT + timedelta(hours=3), safe_to_text=safe, consent_sms=consent)
    assert sent_in_the_morning(message_id) is OutboundStatus.DROPPED
    assert read_message(message_id).reason == staff_texts.Obstacle.NOT_SAFE


def test_the_visit_that_said_the_phone_is_safe_was_a_mistake() -> None:
    visit, _ = visited()
    message_id = written(visit.person_id)
    with database.session_scope() as session:
        mistaken = session.get_one(Visit, visit.id)
        corrections.void(session, mistaken, reason="no", by=CLINICIAN, quiet=QUIET, now=NIGHT)
    assert sent_in_the_morning(message_id) is OutboundStatus.DROPPED


def test_who_was_answered_in_time_gets_it_though_the_day_is_over_by_then(db: Database) -> None:
    person_id = met()
    received("are you there?", now=NEXT_MORNING - timedelta(hours=25))
    message_id = written(person_id)
    assert sent_in_the_morning(message_id) is OutboundStatus.SENT


def test_but_not_on_a_phone_that_is_unsafe_by_then(db: Database) -> None:
    person_id = met()
    received("are you there?", now=NEXT_MORNING - timedelta(hours=25))
    message_id = written(person_id)
    visited(NIGHT + timedelta(hours=3), safe_to_text=False, consent_sms=None)
    assert sent_in_the_morning(message_id) is OutboundStatus.DROPPED
