"""What check-ins say: the approved words, in the person's language, with nobody given away."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checkin_texts import checkin_text, first_name, gsm7_segments, preview
from bot.wording import sentences
from directory import database
from directory.checkins import service
from directory.checkins.models import CheckIn
from directory.checkins.plans import shipped_plans, shipped_wordings
from directory.checkins.service import Worded
from directory.database import Database
from directory.languages import Language
from directory.people.models import Person
from directory.staff.models import Role, StaffMember
from directory.visits.models import CallType, Visit
from directory.wordings import rules
from directory.wordings.models import Wording, WordingStatus
from directory.wordings.rules import Use
from tests.factories import CLINICIAN, QUIET, visited
from tests.fakes import MORNING

HINT = "You can delete this text."


def said(checkin: CheckIn) -> Worded:
    with database.read_scope() as session:
        row = session.get_one(CheckIn, checkin.id)
        return checkin_text(session, row, session.get_one(Person, row.person_id))


def texts(**changes: Any) -> list[str]:
    """Every text of the sequence that follows a visit."""
    _, planned = visited(**changes)
    return [said(each).text for each in planned]


def change_person(person_id: str, **changes: Any) -> None:
    with database.session_scope() as session:
        person = session.get_one(Person, person_id)
        for name, value in changes.items():
            setattr(person, name, value)


def staff_named(name: str | None, *, staff_id: str = CLINICIAN) -> None:
    with database.session_scope() as session:
        session.add(
            StaffMember(
                id=staff_id,
                email=f"{staff_id}@naperville.example",
                name=name,
                role=Role.CLINICIAN,
                created_at=MORNING,
            )
        )


def approved(key: str, language: Language, text: str, *, version: int = 4) -> None:
    with database.session_scope() as session:
        session.add(
            Wording(
                key=key,
                language=language,
                version=version,
                text=text,
                status=WordingStatus.APPROVED,
                created_by="an author",
                created_at=MORNING,
            )
        )


def test_the_standard_sequence(db: Database) -> None:
    first, again, last = texts()
    assert first.startswith("Hi Maria, checking in as we agreed.")
    assert again.startswith("Hi Maria, checking in again.")
    assert last.startswith("Hi Maria, one last check-in.")


def test_in_spanish(db: Database) -> None:
    first, *_ = texts(language=Language.ES)
    assert first.startswith("Hola Maria, le escribimos como acordamos.")


def test_caring_contacts_are_signed_by_first_name(db: Database) -> None:
    staff_named("Alex Doe")
    _, week, *_ = texts(follow_up="caring_contacts")
    assert week == (
        "Hi Maria. Alex here. Thinking of you. No need to answer; if something would help, "
        "text here any time. STOP to end."
    )


def test_without_a_name_on_record_they_are_not_signed(db: Database) -> None:
    staff_named(None)
    _, week, *_ = texts(follow_up="caring_contacts", name=None)
    assert week.startswith("Hi. Thinking of you.")


def test_who_has_taken_over_signs(db: Database) -> None:
    staff_named("Alex")
    other = "c0000000-0000-4000-8000-000000000001"
    staff_named("Robin", staff_id=other)
    _, planned = visited(follow_up="caring_contacts", language=Language.ES)
    change_person(planned[0].person_id, clinician_id=other)
    assert said(planned[1]).text.startswith("Hola Maria. Soy Robin. Pensamos en usted.")


def test_the_standard_sequence_is_not_signed(db: Database) -> None:
    staff_named("Alex")
    assert not any("Alex" in text for text in texts())


def test_on_a_shared_phone_nobody_is_named(db: Database) -> None:
    _, planned = visited()
    change_person(planned[0].person_id, number_shared=True)
    assert said(planned[0]).text.startswith("Hi, checking in")


def test_after_domestic_violence_nobody_is_named_and_each_text_can_be_deleted(
    db: Database,
) -> None:
    staff_named("Alex")
    neutral = texts(call_type=CallType.DOMESTIC_VIOLENCE, follow_up="caring_contacts")
    for text in neutral:
        assert "Maria" not in text
        assert "Alex" not in text
        assert text.endswith(HINT)
        assert (gsm7_segments(text) or 9) <= 2


def test_a_later_visit_for_something_else_changes_nothing_about_that(db: Database) -> None:
    first, _ = visited(call_type=CallType.DOMESTIC_VIOLENCE)
    (text, *_) = texts(call_type=CallType.ELDERLY)
    assert text.startswith("Hi, checking in")
    assert text.endswith(HINT)
    with database.session_scope() as session:
        session.get_one(Visit, first.id).voided_at = MORNING
    (text, *_) = texts(call_type=CallType.ELDERLY)
    assert text.startswith("Hi Maria, checking in")


def test_first_the_question_whether_it_is_a_good_time(db: Database) -> None:
    _, (first, *_) = visited(call_type=CallType.DOMESTIC_VIOLENCE, follow_up="standard")
    with database.session_scope() as session:
        session.get_one(CheckIn, first.id).safety_asked = True
    question = said(first)
    assert question == Worded(
        "Hi, is this a good time to text? Reply 1 yes, 2 no. STOP to end. " + HINT
    )
    change_person(first.person_id, code_word="bluebird")
    assert "the word we agreed on" in said(first).text
    assert "bluebird" not in said(first).text
    with database.session_scope() as session:
        row = session.get_one(CheckIn, first.id)
        text = service.safety_confirmed(session, row, wording=checkin_text, now=MORNING)
    assert text.startswith("Hi, checking in as we agreed.")


def test_what_staff_has_approved_goes_before_what_is_shipped(db: Database) -> None:
    _, (first, *_) = visited()
    approved("checkin_first", Language.ES, "Hola{name}.")
    assert said(first).version is None
    approved("checkin_first", Language.EN, "Hello{name}, it is us.", version=7)
    assert said(first) == Worded("Hello Maria, it is us.", 7)


def test_a_wording_that_is_gone_holds_nobody_up(db: Database) -> None:
    _, (first, second, _) = visited()
    with database.session_scope() as session:
        session.get_one(CheckIn, first.id).wording = "lost"
        row = session.get_one(CheckIn, second.id)
        row.wording, row.asks = "lost", False
    assert said(first).text.startswith("Hi Maria, checking in again.")
    assert said(second).text.startswith("Hi Maria. Thinking of you.")


def test_each_due_check_in_goes_out_in_these_words(db: Database) -> None:
    visited()
    with database.session_scope() as session:
        (message,) = service.send_due(
            session,
            wording=checkin_text,
            quiet=QUIET,
            now=MORNING + timedelta(days=1),
        )
    assert message.body.startswith("Hi Maria, checking in as we agreed.")


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Maria Example", "Maria"),
        ("  maria  ", "maria"),
        ("José", "José"),
        ("María", "Maria"),
        ("O'Neil", "O'Neil"),
        ("O\u2019Neil", "O'Neil"),
        ("Anne-Marie B.", "Anne-Marie"),
        ("J. Doe", "J"),
        (None, None),
        ("", None),
        ("   ", None),
        ("Unknown", None),
        ("Unknown male", None),
        ("?", None),
        ("{name}", None),
        ("6305550100", None),
        ("X Æ A-12", "X"),
        ("Иван", None),
        ("Wolfeschlegelsteinhausen", None),
    ],
)
def test_first_names_that_a_text_can_say(name: str | None, first: str | None) -> None:
    assert first_name(name) == first


@given(st.text(max_size=60))
def test_no_name_makes_a_text_longer_than_it_may_be(name: str) -> None:
    first = first_name(name)
    assert first is None or (gsm7_segments(first) is not None and len(first) <= rules.LONGEST_NAME)


def shipped() -> Iterator[tuple[str, Language, Use]]:
    openers = {plan.steps[0].wording for plan in shipped_plans().values() if plan.steps}
    for key, asks in shipped_wordings().items():
        for language in Language:
            yield key, language, Use(asks=asks, opens=key in openers)


@pytest.mark.parametrize(("key", "language", "use"), list(shipped()))
def test_what_is_shipped_keeps_to_the_rules_for_staff(
    key: str, language: Language, use: Use
) -> None:
    text = sentences()[key][language]
    assert rules.broken_rules(text, use, count_segments=gsm7_segments) == []


@pytest.mark.parametrize("language", Language)
def test_the_fixed_questions_give_nothing_away_and_are_one_segment(language: Language) -> None:
    fixed = {key: text[language] for key, text in sentences().items() if key.startswith("safety_")}
    assert {"safety_question", "safety_word_question", "safety_closed"} <= fixed.keys()
    for text in fixed.values():
        assert rules.broken_rules(text, Use(), count_segments=gsm7_segments) == []
        assert gsm7_segments(text) == 1


def test_a_preview_shows_a_text_with_and_without_names() -> None:
    seen = preview("Hi{name}.{sender} A hello.", Language.EN)
    assert seen.shown == "Hi Maria. Alex here. A hello."
    assert seen.without_names == "Hi. A hello."
    assert seen.segments == 1
    assert preview("Hi\u2026", Language.EN).segments is None
