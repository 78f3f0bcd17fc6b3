"""What depends on the database: many at once, and the searches. On SQLite and on PostgreSQL."""

from sqlalchemy import func, select

from directory import database
from directory.people.models import Consent, Person
from directory.referrals.models import Referral
from tests.api.fhir.conftest import Fhir
from tests.api.fhir.valid import valid
from tests.directory.referrals.builders import read
from tests.threads import all_at_once

MANY = 8


def test_sent_many_times_at_once_it_is_made_once(any_fhir: Fhir) -> None:
    found = all_at_once([any_fhir.referred] * MANY)
    assert len(set(found)) == 1
    with database.read_scope() as session:
        for kind in (Person, Consent, Referral):
            assert session.scalar(select(func.count()).select_from(kind)) == 1


def test_of_two_who_answer_at_once_one_is_told(any_fhir: Fhir) -> None:
    referral_id = any_fhir.referred()
    no = [{"op": "replace", "path": "/status", "value": "rejected"}]
    no.append({"op": "add", "path": "/statusReason", "value": {"text": "Full"}})  # type: ignore[dict-item]
    yes = [{"op": "replace", "path": "/status", "value": "accepted"}]

    def answer(patch: list[dict[str, str]]) -> int:
        path = f"/Task/{referral_id}"
        return any_fhir.send("PATCH", path, patch, key=any_fhir.pantry).status_code

    statuses = all_at_once([lambda: answer(yes), lambda: answer(no)])
    assert sorted(statuses) == [200, 409]
    assert read(referral_id).status == ("accepted" if statuses[0] == 200 else "rejected")


def test_searches_and_reads_work_alike(any_fhir: Fhir) -> None:
    first, second = any_fhir.referred(), any_fhir.referred(identifier="R-2")
    any_fhir.moved(second, "accepted")
    mark = read(second).changed_at.isoformat().replace("+", "%2B")
    for key in (any_fhir.hospital, any_fhir.pantry, None):
        for query, expected in (
            ("", [first, second]),
            ("status=accepted", [second]),
            (f"_lastUpdated=ge{mark}", [second]),
            (f"_lastUpdated=lt{mark}&patient={read(first).person_id}", [first]),
        ):
            bundle = valid(any_fhir.get(f"/Task?{query}", key=key).json())
            assert [each["resource"]["id"] for each in bundle["entry"]] == expected
        assert any_fhir.get(f"/Patient/{read(first).person_id}", key=key).status_code == 200
