"""Check-in plans: as shipped, changed by supervisors, kept to their rules."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from directory import database
from directory.checkins import plan_rules, plans
from directory.checkins.plan import Plan, Step
from directory.checkins.plan_models import CheckinPlan
from directory.checkins.plans import PlanChange
from directory.database import Database
from directory.errors import HandoffError, Invalid, NotFound
from directory.languages import Language
from directory.people.models import AuditEntry
from directory.visits.models import CallType
from directory.wordings.models import Wording, WordingStatus
from tests.fakes import MORNING
from tests.threads import all_at_once

HOUR = timedelta(hours=1)
SUPERVISOR = "a supervisor"
ASKS = Step(24 * HOUR, "checkin_first", asks=True)
GREETS = Step(48 * HOUR, "caring_contact", asks=False)
OWN = PlanChange(name="Two weeks", steps=(ASKS, GREETS))


def edit(plan_id: str, change: PlanChange, **given: Any) -> Plan:
    with database.session_scope() as session:
        return plans.edit(session, plan_id, change, by=SUPERVISOR, now=MORNING, **given)


def read(plan_id: str) -> Plan:
    with database.read_scope() as session:
        return plans.plan(session, plan_id)


def known() -> set[str]:
    with database.read_scope() as session:
        return plans.known(session)


def default_for(call_type: CallType) -> str:
    with database.read_scope() as session:
        return plans.default_for(session, call_type)


def refusal(plan_id: str, change: PlanChange, **given: Any) -> tuple[int, str]:
    with pytest.raises(HandoffError) as error:
        edit(plan_id, change, **given)
    return error.value.status, error.value.code


def approved(key: str, *languages: Language, text: str = "Hi{name}. STOP to end.") -> None:
    with database.session_scope() as session:
        for language in languages:
            session.add(
                Wording(
                    key=key,
                    language=language,
                    version=1,
                    text=text,
                    status=WordingStatus.APPROVED,
                    created_by="an author",
                    created_at=MORNING,
                )
            )


def test_three_plans_are_known_before_anybody_made_one(db: Database) -> None:
    assert known() == {"standard", "caring_contacts", "none"}
    assert read("standard").steps[0] == ASKS
    with database.read_scope() as session:
        assert session.scalar(select(func.count()).select_from(CheckinPlan)) == 0


def test_after_domestic_violence_nothing_is_the_default(db: Database) -> None:
    for call_type in CallType:
        expected = "none" if call_type is CallType.DOMESTIC_VIOLENCE else "standard"
        assert default_for(call_type) == expected


def test_the_shipped_plans_are_written_once_and_never_over_a_change(any_database: Database) -> None:
    with database.session_scope() as session:
        plans.ensure_shipped(session, now=MORNING)
    changed = edit("standard", replace(OWN, name="Ours"), based_on=1)
    assert (changed.version, changed.changed_by) == (2, SUPERVISOR)
    for _ in range(2):
        with database.session_scope() as session:
            plans.ensure_shipped(session, now=MORNING)
    assert read("standard") == changed
    assert read("caring_contacts").version == 1


def test_two_processes_that_need_them_at_once_write_them_once(any_database: Database) -> None:
    def ensure() -> None:
        with database.session_scope() as session:
            plans.ensure_shipped(session, now=MORNING)

    all_at_once([ensure] * 4)
    with database.read_scope() as session:
        assert session.scalar(select(func.count()).select_from(CheckinPlan)) == 3


def test_a_supervisor_makes_changes_and_removes_a_plan(any_database: Database) -> None:
    assert edit("two_weeks", OWN).version == 1
    assert "two_weeks" in known()
    change = replace(OWN, working_days_only=True, safe_first=True, named_sender=True)
    changed = edit("two_weeks", change, based_on=1)
    assert changed.version == 2
    assert (changed.working_days_only, changed.safe_first, changed.named_sender) == (True,) * 3
    removed = edit("two_weeks", replace(change, active=False), based_on=2)
    assert (removed.active, removed.version) == (False, 3)
    assert "two_weeks" not in known()
    assert read("two_weeks").steps == OWN.steps
    with database.read_scope() as session:
        noted = session.execute(select(AuditEntry.action, AuditEntry.subject_id)).all()
    assert noted == [("plan.edit", "two_weeks")] * 3


def test_an_unknown_plan_is_not_found(db: Database) -> None:
    with pytest.raises(NotFound, match="check-in plan"):
        read("nothing_such")


def test_a_change_says_which_version_it_was_made_from(any_database: Database) -> None:
    assert refusal("standard", OWN) == (428, "version_missing")
    assert refusal("standard", OWN, based_on=2) == (412, "plan_changed")
    assert refusal("new_one", OWN, based_on=1) == (412, "plan_changed")
    edit("standard", OWN, based_on=1)
    assert refusal("standard", OWN, based_on=1) == (412, "plan_changed")


def test_of_two_who_change_it_at_once_one_is_told(any_database: Database) -> None:
    def attempt(name: str) -> str:
        try:
            return edit("standard", replace(OWN, name=name), based_on=1).name
        except HandoffError as error:
            return error.code

    outcomes = all_at_once([partial(attempt, "One"), partial(attempt, "Two")])
    assert sorted(outcomes)[1] == "plan_changed"
    assert read("standard").version == 2


def test_a_call_type_has_one_default(any_database: Database) -> None:
    edit("calm", replace(OWN, default_for=(CallType.ELDERLY, CallType.MENTAL_HEALTH)))
    assert default_for(CallType.ELDERLY) == "calm"
    standard = read("standard")
    assert standard.version == 2
    assert set(standard.default_for) == {CallType.SUBSTANCE_USE, CallType.OTHER_CRISIS}
    edit("calm", OWN, based_on=1)
    assert default_for(CallType.ELDERLY) == "standard"


@pytest.mark.parametrize(
    ("plan_id", "change", "code"),
    [
        ("standard", {"active": False}, "plan_needed"),
        ("none", {"steps": (), "active": False}, "plan_needed"),
        ("none", {}, "plan_has_steps"),
        ("own", {"steps": ()}, "plan_empty"),
        ("own", {"default_for": (CallType.DOMESTIC_VIOLENCE,)}, "default_not_allowed"),
        ("own", {"default_for": (CallType.ELDERLY,), "active": False}, "default_removed"),
        ("Own Plan", {}, "plan_id_invalid"),
        ("o", {}, "plan_id_invalid"),
        ("own/../x", {}, "plan_id_invalid"),
        ("own", {"steps": (replace(ASKS, after=timedelta(minutes=59)),)}, "step_not_whole_hours"),
        ("own", {"steps": (replace(ASKS, after=timedelta(0)),)}, "step_too_soon"),
        ("own", {"steps": (replace(ASKS, after=-HOUR),)}, "step_too_soon"),
        ("own", {"steps": (ASKS, ASKS)}, "steps_not_ascending"),
        ("own", {"steps": (GREETS, ASKS)}, "steps_not_ascending"),
        ("own", {"steps": (replace(ASKS, after=timedelta(days=732)),)}, "step_too_late"),
        (
            "own",
            {"steps": tuple(replace(ASKS, after=n * HOUR) for n in range(1, 22))},
            "plan_too_long",
        ),
        ("own", {"steps": (replace(ASKS, wording="unheard_of"),)}, "wording_unknown"),
        ("own", {"steps": (replace(ASKS, wording="checkin_better"),)}, "wording_unknown"),
        ("own", {"steps": (replace(ASKS, asks=False),)}, "wording_unfit"),
        ("own", {"steps": (replace(GREETS, asks=True),)}, "wording_unfit"),
    ],
)
def test_what_a_plan_must_not_be(
    db: Database, plan_id: str, change: dict[str, Any], code: str
) -> None:
    with database.session_scope() as session:
        plans.ensure_shipped(session, now=MORNING)
    based_on = 1 if plan_id in plans.shipped_plans() else None
    assert refusal(plan_id, replace(OWN, **change), based_on=based_on) == (422, code)


def test_a_wording_of_staffs_own_is_taken_once_it_is_approved_in_both_languages(
    any_database: Database,
) -> None:
    change = replace(OWN, steps=(replace(GREETS, wording="our_hello"),))
    assert refusal("own", change) == (422, "wording_unknown")
    approved("our_hello", Language.EN)
    assert refusal("own", change) == (422, "wording_unknown")
    approved("our_hello", Language.ES)
    assert edit("own", change).steps[0].wording == "our_hello"


@pytest.mark.parametrize(
    ("text", "asks", "code"),
    [
        ("Hi{name}. Text here any time.", False, "wording_stop_missing"),
        ("How are things? STOP to end.", False, "wording_asks"),
        ("How are things? STOP to end.", True, "wording_choices_missing"),
    ],
)
def test_a_wording_fits_the_step_that_says_it(
    db: Database, text: str, asks: bool, code: str
) -> None:
    approved("our_hello", *Language, text=text)
    change = replace(OWN, steps=(Step(HOUR, "our_hello", asks),))
    assert refusal("own", change) == (422, code)


@given(st.lists(st.integers(-2, 20_000), max_size=25))
def test_only_ascending_times_of_an_hour_and_more_pass(after: list[int]) -> None:
    steps = tuple(replace(ASKS, after=each * HOUR) for each in after)
    wordings = {"checkin_first": plan_rules.KnownWording((), shipped_asks=True)}
    sound = (
        1 <= len(after) <= 20
        and all(each >= 1 for each in after)
        and after == sorted(set(after))
        and after[-1] <= 731 * 24
    )
    try:
        plan_rules.require_sound("own", replace(OWN, steps=steps), wordings)
    except Invalid:
        assert not sound
    else:
        assert sound
