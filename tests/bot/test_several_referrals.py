"""A person with several requests: "1" tells of each, and questions come one at a time."""

from datetime import datetime, timedelta

import pytest

from bot.sms.segments import Encoding, encoding_of, segments
from bot.wording import say
from directory import database
from directory.checkins.models import CheckIn, CheckInStatus
from directory.listings.models import Service
from directory.notices.models import Notice, NoticeKind
from directory.referrals import clocks
from directory.referrals import service as referrals
from directory.referrals.models import Referral
from directory.referrals.states import Status
from tests.bot.notices.builders import bodies, handed_over
from tests.bot.talking import EN, ES
from tests.bot.texting import Texting, got, rows
from tests.directory.referrals.builders import BY_CLINICIAN, a_referral, read
from tests.factories import visited
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("partners")
SENT, QUESTION = NoticeKind.REFERRAL_SENT, NoticeKind.OUTCOME_QUESTION
NEEDS = ("food", "rent", "legal", "housing", "mental_health")


@pytest.fixture(name="texting")
def _texting() -> Texting:
    return Texting()


def made(*needs: str, at: datetime = MORNING) -> list[str]:
    """The ids of referrals of the person, each of which they were told of."""
    ids = []
    for need in needs:
        with database.session_scope() as session:
            ids.append(a_referral(session, need=need, contact=False, now=at))
        got(SENT, ids[-1], at=at)
    return ids


def name_of(referral_id: str) -> str:
    with database.read_scope() as session:
        return session.get_one(Service, read(referral_id).service_id).name


def ended(referral_id: str) -> None:
    with database.session_scope() as session:
        referrals.move(
            session,
            referral_id,
            Status.CANCELLED,
            actor=BY_CLINICIAN,
            reason="found another",
            now=MORNING,
        )


# --- details ------------------------------------------------------------------------------------


def test_of_two_each_is_told_of(texting: Texting) -> None:
    first, second = made("food", "rent")
    replies = texting.text("1")
    assert len(replies) == 2
    assert any(name_of(first) in reply for reply in replies)
    assert any(name_of(second) in reply for reply in replies)
    assert ["TAKE BACK" in reply for reply in replies] == [False, True], "it takes back both"
    assert all(segments(reply) <= 2 for reply in replies)


def test_what_has_ended_is_not_told_of_beside_what_goes_on(texting: Texting) -> None:
    first, second = made("food"), made("rent", at=MORNING + timedelta(seconds=1))
    ended(first[0])
    [reply] = texting.text("1")
    assert name_of(second[0]) in reply


def test_what_the_newest_text_was_about_is_told_even_if_it_has_ended(texting: Texting) -> None:
    [referral_id] = made("food")
    ended(referral_id)
    [reply] = texting.text("1")
    assert "has ended" in reply


def test_what_was_told_days_ago_is_another_matter(texting: Texting) -> None:
    made("food")
    [newer] = made("rent", at=MORNING + timedelta(days=3))
    texting.clock.forward(days=3)
    [reply] = texting.text("1")
    assert name_of(newer) in reply


def test_of_more_it_is_asked_which(texting: Texting) -> None:
    ids = made(*NEEDS[:3])
    [asked] = texting.text("1")
    assert asked.startswith("Which request? 1 ")
    assert (segments(asked) <= 2, encoding_of(asked)) == (True, Encoding.GSM_7)
    told = [texting.text(number)[0] for number in ("1", "3", "2")]
    named = {each for each in ids for reply in told if name_of(each) in reply}
    assert named == set(ids), "one after the other"
    assert texting.text("4") == [say("pick_unknown", EN, last=3)]
    assert texting.text("details please") == [asked]


def test_however_many_they_are_they_fit_into_two_segments(texting: Texting) -> None:
    made(*NEEDS)
    assert segments(texting.text("detalles por favor")[0]) <= 2
    [asked] = texting.text("detalles por favor")
    assert asked.startswith("¿Cual solicitud? 1 ")


def test_one_that_has_ended_since_the_question_says_so(texting: Texting) -> None:
    ids = made(*NEEDS[:3])
    texting.text("1")
    for each in ids[:2]:
        ended(each)
    told = {texting.text(number)[0] for number in ("1", "2", "3")}
    assert say("referral_over", EN) in told


def test_a_need_in_words_is_no_answer_to_which(texting: Texting) -> None:
    made(*NEEDS[:3])
    texting.text("1")
    [reply] = texting.text("a ride 60540")
    assert "Which request" not in reply


# --- one question at a time ---------------------------------------------------------------------


def look(at: datetime) -> None:
    with database.session_scope() as session:
        clocks.look(session, now=at)


def asked_about() -> list[str | None]:
    """The referrals whose question is planned or has gone."""
    questions: list[Notice] = list(rows(Notice, kind=QUESTION))
    return [each.referral_id for each in sorted(questions, key=lambda each: each.created_at)]


def test_of_two_that_are_due_at_once_the_second_is_asked_hours_later(texting: Texting) -> None:
    first, second = made("food", "rent")
    due = MORNING + timedelta(days=8)
    with database.session_scope() as session:
        for each in (first, second):
            session.get_one(Referral, each).ask_at = due
    look(due)
    assert len(asked_about()) == 1
    [asked] = asked_about()
    got(QUESTION, str(asked), at=due)
    look(due + timedelta(hours=2))
    assert len(asked_about()) == 1
    texting.clock.at = due + timedelta(hours=2)
    assert texting.text("1") == [say("outcome_received", EN)]
    later = due + timedelta(hours=3)
    look(later)
    assert len(set(asked_about())) == 2
    [text] = [each for kind, each in bodies(handed_over(later)).items() if kind == QUESTION]
    assert text.startswith("Hi, about another request of yours: did you get that help?")
    other = str(asked_about()[1])
    got(QUESTION, other, at=later)
    texting.clock.at = later
    texting.text("2")
    assert (read(str(asked)).outcome, read(other).outcome) == ("service_received", None)


def test_waiting_for_another_question_is_no_question_asked() -> None:
    first, second = made("food", "rent")
    due = MORNING + timedelta(days=8)
    with database.session_scope() as session:
        for each in (first, second):
            session.get_one(Referral, each).ask_at = due
    look(due)
    waits = next(each for each in (first, second) if each not in asked_about())
    assert (read(waits).asked_times, read(waits).ask_at) == (0, due + clocks.APART)


def test_it_is_asked_in_spanish_too() -> None:
    text = say("notice_outcome_question_again", ES, name="")
    assert text.startswith("Hola, sobre otra solicitud suya")


# --- a question beside a check-in ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "minutes", "waits"),
    [
        (CheckInStatus.PLANNED, 30, True),
        (CheckInStatus.SENT, -30, True),
        (CheckInStatus.ANSWERED, -30, False),
        (CheckInStatus.CANCELLED, 30, False),
        (CheckInStatus.PLANNED, 24 * 60, False),
        (CheckInStatus.SENT, -24 * 60, False),
    ],
)
def test_a_question_keeps_away_from_a_check_in(
    status: CheckInStatus, minutes: int, waits: bool
) -> None:
    """ "1" would be okay in answer to one, and received in answer to the other."""
    [referral_id] = made("food")
    asked_at = MORNING + timedelta(days=5)
    about = asked_at + timedelta(minutes=minutes)
    _, planned = visited()
    with database.session_scope() as session:
        for each in planned:
            checkin = session.get_one(CheckIn, each.id)
            checkin.status = status if each.id == planned[0].id else CheckInStatus.CANCELLED
            checkin.due_at, checkin.sent_at = about, about if minutes < 0 else None
        session.get_one(Referral, referral_id).ask_at = asked_at
        clocks.look(session, now=asked_at)
    expected = about + clocks.APART if waits else asked_at + clocks.ASK_AGAIN_AFTER
    assert read(referral_id).ask_at == expected
