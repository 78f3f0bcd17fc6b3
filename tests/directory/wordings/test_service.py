"""Wordings from draft to phone."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.checkin_texts import gsm7_segments
from directory import database
from directory.checkins import plans
from directory.checkins.plan import Step
from directory.database import Database
from directory.errors import HandoffError
from directory.languages import Language
from directory.listings.models import Organization
from directory.people.models import AuditEntry
from directory.wordings import queries, service
from directory.wordings.models import Wording, WordingStatus
from directory.wordings.service import Draft
from tests.fakes import MORNING
from tests.threads import all_at_once

AUTHOR, COLLEAGUE = "an author", "a colleague"
HELLO = "Hi{name}. Just a hello. STOP to end."


def save(text: str = HELLO, *, key: str = "our_hello", by: str = AUTHOR) -> Wording:
    draft = Draft(key, Language.EN, text)
    with database.session_scope() as session:
        return service.save(session, draft, count_segments=gsm7_segments, by=by, now=MORNING)


def approve(wording_id: str, *, by: str = COLLEAGUE) -> Wording:
    with database.session_scope() as session:
        return service.approve(
            session, wording_id, count_segments=gsm7_segments, by=by, now=MORNING
        )


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(HandoffError) as error:
        work()
    return error.value.code


def standing() -> Wording | None:
    with database.read_scope() as session:
        return queries.approved(session, "our_hello", Language.EN)


def test_a_draft_is_sent_only_once_a_second_person_has_approved_it(any_database: Database) -> None:
    draft = save()
    assert (draft.status, draft.version) == (WordingStatus.DRAFT, 1)
    assert standing() is None
    assert refusal(lambda: approve(draft.id, by=AUTHOR)) == "wording_own"
    approved = approve(draft.id)
    assert (approved.status, approved.approved_by) == (WordingStatus.APPROVED, COLLEAGUE)
    found = standing()
    assert found is not None
    assert found.id == draft.id
    with database.read_scope() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.action)).all()
    assert list(actions) == ["wording.approve", "wording.draft"]


def test_the_version_before_is_retired(any_database: Database) -> None:
    first, second = save(), save("Hi{name}. Only a hello. STOP to end.")
    assert second.version == 2
    approve(first.id)
    approve(second.id)
    with database.read_scope() as session:
        statuses = [each.status for each in queries.versions(session, "our_hello", Language.EN)]
    assert statuses == [WordingStatus.APPROVED, WordingStatus.RETIRED]
    assert refusal(lambda: approve(first.id)) == "wording_not_a_draft"


def test_an_older_draft_never_replaces_a_newer_version(db: Database) -> None:
    first, second = save(), save()
    approve(second.id)
    assert refusal(lambda: approve(first.id)) == "wording_superseded"


def test_of_two_who_approve_at_once_one_version_stands(any_database: Database) -> None:
    drafts = [save(), save()]

    def attempt(wording_id: str) -> str:
        try:
            approve(wording_id)
        except HandoffError as error:
            return error.code
        return "approved"

    outcomes = all_at_once([partial(attempt, each.id) for each in drafts])
    assert set(outcomes) <= {"approved", "wording_superseded"}
    with database.read_scope() as session:
        approved = [
            each
            for each in queries.versions(session, "our_hello", Language.EN)
            if each.status == WordingStatus.APPROVED
        ]
    assert [each.version for each in approved] == [2]


def test_two_who_write_at_once_get_a_version_each_or_are_told(any_database: Database) -> None:
    def attempt() -> int | str:
        try:
            return save().version
        except HandoffError as error:
            return error.code

    outcomes = all_at_once([attempt] * 3)
    versions = [each for each in outcomes if isinstance(each, int)]
    assert len(set(versions)) == len(versions) >= 1
    assert {each for each in outcomes if isinstance(each, str)} <= {"wording_version_taken"}


@pytest.mark.parametrize("key", ["Our hello", "x", "9lives", "a" * 41, "safety_question", "a-b"])
def test_a_key_is_a_plain_word_and_no_fixed_question(db: Database, key: str) -> None:
    assert refusal(lambda: save(key=key)) == "wording_key_invalid"


def test_the_rules_are_checked_when_it_is_written(db: Database) -> None:
    assert refusal(lambda: save("The police say hi")) == "wording_reveals"
    assert refusal(lambda: save("Hi {phone}")) == "wording_placeholder_unknown"


def test_a_wording_in_use_keeps_to_what_its_steps_need(db: Database) -> None:
    assert refusal(lambda: save("Hi. STOP to end.", key="checkin_first")) == (
        "wording_choices_missing"
    )
    assert refusal(lambda: save("Hi? STOP to end.", key="caring_contact")) == "wording_asks"
    assert save("Hi{name}. Any news? 1 yes, 2 no, 3 call me.", key="checkin_again").version == 1


def test_what_has_changed_since_it_was_written_is_seen_when_it_is_approved(db: Database) -> None:
    draft = save("Hi{name}. Greetings from the Example House. STOP to end.")
    with database.session_scope() as session:
        session.add(
            Organization(
                name="Example House",
                description="A house",
                slug="example-house",
                origin="test",
                last_modified=MORNING,
            )
        )
    assert refusal(lambda: approve(draft.id)) == "wording_reveals"


def test_a_plan_that_took_it_up_meanwhile_counts_as_well(db: Database) -> None:
    with database.session_scope() as session:
        for language in Language:
            session.add(
                Wording(
                    key="our_hello",
                    language=language,
                    version=1,
                    text=HELLO,
                    status=WordingStatus.APPROVED,
                    created_by=AUTHOR,
                    created_at=MORNING,
                )
            )
    asking = save("Hi. How are things?")
    change = plans.PlanChange(
        name="Ours", steps=(Step(timedelta(hours=1), "our_hello", asks=False),)
    )
    with database.session_scope() as session:
        plans.edit(session, "ours", change, by=AUTHOR, now=MORNING)
    assert refusal(lambda: approve(asking.id)) == "wording_stop_missing"


def test_an_unknown_one_is_not_found(db: Database) -> None:
    assert refusal(lambda: approve("nothing-such")) == "wording_unknown"
