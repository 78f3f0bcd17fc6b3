"""What was asked last decides what a number means; details fit into two segments."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asked import Asked, asked_last
from bot.referral_facts import ReferralFacts, SentNotice, ServiceFacts
from bot.referral_turns import answer, details, take_back
from bot.sms.segments import segments
from bot.turn import SafetyQuestion, Situation
from directory.conversations.memory import Memory, ReferralQuestion, Topic
from directory.languages import Language
from directory.notices.models import NoticeKind
from directory.referrals.states import Outcome, Status
from tests.bot.talking import CHECKIN, DANGER, NOBODY, after_a_list, asked_which, respond
from tests.fakes import MORNING

SERVICE = ServiceFacts(
    id="service-1",
    name="Community Pantry and Family Resource Center of the West Side of Town",
    organization="The Example House of Neighbors, Friends and Families",
    contact={Language.EN: "630-555-0100 ext. 1234", Language.ES: "630-555-0100 ext. 1234"},
    takes_referrals=True,
)
REFERRAL = ReferralFacts("referral-1", Status.REQUESTED, None, SERVICE, partner_knows=True)


def ago(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


def told(minutes: float = 30) -> SentNotice:
    return SentNotice(NoticeKind.REFERRAL_SENT, MORNING - ago(minutes), REFERRAL)


def outcome(minutes: float = 30, came: Outcome | None = None) -> SentNotice:
    facts = replace(REFERRAL, outcome=came)
    return SentNotice(NoticeKind.OUTCOME_QUESTION, MORNING - ago(minutes), facts)


def asking(topic: Topic, minutes: float = 1) -> Memory:
    question = ReferralQuestion(topic, MORNING - ago(minutes), "referral-1", ("s-1", "s-2"))
    return Memory(about_referral=question)


@pytest.mark.parametrize(
    ("situation", "last"),
    [
        (NOBODY, None),
        (replace(NOBODY, told=told()), Asked.TOLD),
        (replace(NOBODY, told=told(30), outcome_asked=outcome(20)), Asked.OUTCOME),
        (replace(NOBODY, told=told(10), outcome_asked=outcome(20)), Asked.TOLD),
        (replace(NOBODY, checkin=CHECKIN, told=told(30)), Asked.TOLD),
        (replace(NOBODY, checkin=CHECKIN, told=told(90)), Asked.CHECKIN),
        (after_a_list(outcome_asked=outcome()), Asked.LIST),
        (after_a_list(at=ago(60), outcome_asked=outcome(30)), Asked.OUTCOME),
        (asked_which(outcome_asked=outcome()), Asked.QUESTION),
        (replace(NOBODY, outcome_asked=outcome(), memory=asking(Topic.WHY)), Asked.REFERRAL),
        (replace(NOBODY, outcome_asked=outcome(), memory=asking(Topic.WHY, 1500)), Asked.OUTCOME),
        (replace(NOBODY, safety_asked=SafetyQuestion("c", MORNING, None), told=told(5)),
         Asked.SAFETY),
    ],
)  # fmt: skip
def test_the_newest_question_is_what_a_number_answers(
    situation: Situation, last: Asked | None
) -> None:
    assert asked_last(situation) is last


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("language", Language)
def test_details_fit_into_two_segments_whatever_the_names(
    status: Status, language: Language
) -> None:
    text = details(replace(REFERRAL, status=status), language)
    assert SERVICE.name in text
    assert segments(text) <= 2


def test_a_service_that_is_gone_is_not_named() -> None:
    text = details(replace(REFERRAL, service=None), Language.EN)
    assert "not listed any more" in text


def test_settled_it_is_changed_by_plain_words_only() -> None:
    situation = replace(NOBODY, outcome_asked=outcome(came=Outcome.NOT_RECEIVED))
    assert answer("1", situation, Asked.OUTCOME) is None
    assert answer("yes i got it", situation, Asked.OUTCOME) is not None


def test_after_danger_a_number_answers_nothing_about_a_referral() -> None:
    situation = replace(NOBODY, memory=asking(Topic.NEXT))
    turn = respond(DANGER, situation)
    assert turn.memory.about_referral is None
    assert turn.deeds == ()


def test_a_plain_need_is_left_to_the_understanding() -> None:
    for memory in (Memory(), asking(Topic.WHY), asking(Topic.NEXT)):
        situation = replace(NOBODY, outcome_asked=outcome(), told=told(), memory=memory)
        last = asked_last(situation)
        assert answer("i need food in 60540", situation, last) is None
        assert answer("who is this?", situation, last) is None


def test_what_was_stored_before_is_read() -> None:
    old = '{"language": "en", "place": null, "needs": ["food"], "results": null, "shown": 0}'
    assert Memory.from_text(old) == Memory(language="en", needs=("food",))


@given(
    st.sampled_from(Topic),
    st.none() | st.text(max_size=36),
    st.lists(st.text(max_size=36), max_size=3).map(tuple),
)
def test_a_question_about_a_referral_outlives_a_restart(
    topic: Topic, referral_id: str | None, service_ids: tuple[str, ...]
) -> None:
    asked = ReferralQuestion(topic, MORNING, referral_id, service_ids, contact_id=referral_id)
    memory = Memory(about_referral=asked)
    assert Memory.from_text(memory.as_text()) == memory


@given(
    st.text(max_size=200),
    st.sampled_from([None, *Asked]),
    st.sampled_from([Memory(), *map(asking, Topic)]),
)
def test_no_text_makes_it_raise_and_every_turn_says_something(
    text: str, last: Asked | None, memory: Memory
) -> None:
    situation = replace(
        NOBODY, memory=memory, told=told(), outcome_asked=outcome(), open_referrals=1
    )
    for turn in (answer(text, situation, last), take_back(text, situation)):
        assert turn is None or turn.replies or turn.deeds
