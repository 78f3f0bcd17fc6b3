"""A partner's file of statuses: every row is accounted for, and a repeat changes nothing."""

import pytest

from directory import database
from directory.people import queries as people
from directory.referrals import outcomes, queries
from directory.referrals.states import Outcome, Status
from directory.tasks import queries as tasks
from directory.tasks.models import TaskKind
from tests.api.conftest import problem
from tests.api.interchange.conftest import Pantry
from tests.directory.referrals.builders import a_referral, read
from tests.fakes import MORNING


def test_each_row_is_accepted_unchanged_or_rejected_with_its_line(pantry: Pantry) -> None:
    first, second, third = (pantry.referral(number=n) for n in range(3))
    answer = pantry.send(
        "id,status,reason\n"
        f"{first},accepted,\n"
        f"{second},rejected,\n"
        "\n"
        f"{third},requested,\n"
        "unknown,accepted,\n"
        f"{second},accepted,\n"
        ",accepted,\n"
    ).json()
    assert [(each["line"], each["result"]) for each in answer["rows"]] == [
        (2, "accepted"),
        (3, "rejected"),
        (5, "unchanged"),
        (6, "rejected"),
        (7, "rejected"),
        (8, "rejected"),
    ]
    assert (answer["accepted"], answer["unchanged"], answer["rejected"]) == (1, 1, 4)
    whys = [each["why"] for each in answer["rows"]]
    assert "reason" in whys[1]
    assert "no such referral" in whys[3]
    assert "one row" in whys[4]
    assert read(first).status == Status.ACCEPTED
    assert read(second).status == Status.REQUESTED


def test_the_same_file_again_changes_nothing(pantry: Pantry) -> None:
    lines = [
        f"{pantry.referral(number=n)},{s}" for n, s in enumerate(("accepted,,", "rejected,No,"))
    ]
    assert [result for _, result, _ in pantry.sent(*lines)] == ["accepted", "accepted"]
    assert [result for _, result, _ in pantry.sent(*lines)] == ["unchanged", "unchanged"]
    for line in lines:
        with database.read_scope() as session:
            assert queries.last_sequence(session, line.partition(",")[0]) == 2


def test_an_old_file_does_not_turn_things_back(pantry: Pantry) -> None:
    referral_id = pantry.referral()
    pantry.sent(f"{referral_id},accepted,,")
    pantry.sent(f"{referral_id},completed,,")
    assert pantry.sent(f"{referral_id},accepted,,") == [(2, "unchanged", None)]
    assert read(referral_id).status == Status.COMPLETED


def test_the_file_that_was_fetched_comes_back(pantry: Pantry) -> None:
    pantry.referral(reason="=1+1")
    pantry.referral(number=1)
    headers = {"X-API-Key": pantry.key}
    fetched = pantry.api.client.get("/api/v1/partner/referrals.csv", headers=headers).content
    assert pantry.send(fetched).json()["unchanged"] == 2
    changed = fetched.replace(b",requested,", b",accepted,", 1)
    assert pantry.send(changed).json()["accepted"] == 1


@pytest.mark.parametrize("said", ["In Progress", "in_progress", " IN-PROGRESS "])
def test_a_status_is_understood_as_people_write_it(pantry: Pantry, said: str) -> None:
    referral_id = pantry.referral()
    pantry.sent(f"{referral_id},Accepted,,")
    assert pantry.sent(f"{referral_id},{said},,")[0][1] == "accepted"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("done,,", "The status is one of"),
        (",,", "The status is one of"),
        ("completed,,", "Allowed: accepted, rejected"),
        ("cancelled,Full,", "Allowed: accepted, rejected"),
        ("accepted,,perhaps", "The outcome is one of"),
        ("accepted,,not_received", "completed"),
    ],
)
def test_a_rejected_row_says_what_would_be_right(pantry: Pantry, line: str, why: str) -> None:
    referral_id = pantry.referral()
    [(_, result, said)] = pantry.sent(f"{referral_id},{line}")
    assert result == "rejected"
    assert said is not None
    assert why in said
    assert read(referral_id).status == Status.REQUESTED, "a row is taken whole or not at all"


def test_what_belongs_to_others_is_not_there(pantry: Pantry) -> None:
    with database.session_scope() as session:
        other = a_referral(session, need="rent", contact=False)
    [(_, result, why)] = pantry.sent(f"{other},accepted,,")
    assert (result, why) == ("rejected", "There is no such referral.")


def test_whether_it_was_received_is_the_persons_to_say(pantry: Pantry) -> None:
    referral_id = pantry.referral()
    pantry.sent(f"{referral_id},accepted,,")
    assert pantry.sent(f"{referral_id},completed,,service_received")[0][1] == "accepted"
    referral = read(referral_id)
    assert (referral.status, referral.outcome) == (Status.COMPLETED, None)
    assert referral.ask_at is not None, "they are asked"


def test_that_it_was_not_received_sets_the_next_going(pantry: Pantry) -> None:
    referral_id = pantry.referral()
    pantry.sent(f"{referral_id},accepted,,")
    pantry.sent(f"{referral_id},completed,,not received")
    referral = read(referral_id)
    assert referral.outcome == Outcome.NOT_RECEIVED
    with database.read_scope() as session:
        kinds = [each.kind for each in tasks.page(session, person_id=referral.person_id)]
    assert TaskKind.REFERRAL_NOT_RECEIVED in kinds


def test_what_the_person_has_said_stands(pantry: Pantry) -> None:
    referral_id = pantry.referral()
    pantry.sent(f"{referral_id},accepted,,")
    pantry.sent(f"{referral_id},completed,,")
    with database.session_scope() as session:
        referral = queries.by_id(session, referral_id)
        assert referral is not None
        outcomes.received(session, referral, now=MORNING)
    [(_, result, why)] = pantry.sent(f"{referral_id},completed,,not_received")
    assert result == "rejected"
    assert "person" in str(why)
    assert read(referral_id).outcome == Outcome.SERVICE_RECEIVED


def test_a_reason_that_looks_like_a_formula_is_kept_as_it_was_meant(pantry: Pantry) -> None:
    referral_id = pantry.referral()
    pantry.sent(f"{referral_id},rejected,'=full,")
    with database.read_scope() as session:
        assert queries.history(session, referral_id)[-1].reason == "=full"
    assert pantry.file()[0]["reason"] == "'=full"


def test_a_file_that_is_none_is_refused_whole(pantry: Pantry) -> None:
    problem(pantry.send(b"PK\x03\x04\x00"), 422, "not_a_table")
    problem(pantry.send("name,status\nMaria,accepted\n"), 422, "not_a_table")
    problem(pantry.send(b"x" * 1_000_001), 413, "too_large")


def test_every_change_is_noted(pantry: Pantry) -> None:
    referral_id = pantry.referral()
    pantry.sent(f"{referral_id},accepted,,")
    pantry.sent(f"{referral_id},accepted,,")
    with database.read_scope() as session:
        entries = people.audit_of(session, read(referral_id).person_id)
    assert [each.action for each in entries].count("referral.upload") == 1
