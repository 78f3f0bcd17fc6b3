"""Who may read what residents text: clinical staff, and nobody else. There is no police access."""

import pytest
from sqlalchemy import select

from api.clinicians.access import CLINICAL, RESPONSIBLE
from directory import database
from directory.freshness import reports
from directory.freshness.models import Reported
from directory.mandated_reports import service as mandated_reports
from directory.mandated_reports.models import Agency, ReportKind
from directory.people.models import AuditEntry, Person
from directory.referrals import actors
from directory.referrals import service as referrals
from directory.referrals.states import Status
from directory.retention.models import LegalHold
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from directory.timeline import service as timeline
from directory.timeline.service import PAGE, Kind
from tests.api.conftest import Api
from tests.api.console.console import Console
from tests.directory.hsds.builders import a_listing
from tests.directory.referrals.builders import a_referral
from tests.factories import met, queued, texted, visited
from tests.fakes import MORNING

WORDS = ("chrysanthemum", "rhododendron", "hydrangea")


@pytest.fixture
def person_id(api: Api) -> str:
    person_id = met()
    texted("I feel chrysanthemum")
    queued("Thank you rhododendron", person_id=person_id)
    with database.session_scope() as session:
        tasks.open_task(
            session, TaskKind.CALL_BACK, person_id=person_id, note="said hydrangea", now=MORNING
        )
    return person_id


def told(text: str) -> set[str]:
    return {word for word in WORDS if word in text}


def test_there_is_no_role_for_police() -> None:
    assert {role.value for role in Role} == {"clinician", "supervisor", "admin"}
    assert set(CLINICAL) == {Role.CLINICIAN, Role.SUPERVISOR}


@pytest.mark.parametrize("role", list(Role))
def test_only_clinical_roles_read_words(api: Api, person_id: str, role: Role) -> None:
    read = set(WORDS) if role in CLINICAL else set()
    console = Console(api).as_(role)
    pages = console.get(f"/console/people/{person_id}").text + console.get("/console").text
    assert told(pages) == read
    headers, found = api.staff(role), ""
    for path in ("tasks", f"people/{person_id}", "people?phone=%2B16305550100", "checkins"):
        found += api.client.get(f"/api/v1/{path}", headers=headers).text
    assert told(found) == read & {"hydrangea"}


@pytest.mark.parametrize("role", list(Role))
def test_only_clinical_roles_read_what_colleagues_wrote_of_a_visit(api: Api, role: Role) -> None:
    visit, _ = visited(code_word="hydrangea", disposition="said chrysanthemum")
    with database.session_scope() as session:
        mandated_reports.record(
            session,
            session.get_one(Person, visit.person_id),
            ReportKind.CHILD,
            agency=Agency.DCFS,
            made_at=MORNING,
            reference="rhododendron",
            by="kim",
            now=MORNING,
        )
    console, headers = Console(api).as_(role), api.staff(role)
    page = console.get(f"/console/people/{visit.person_id}").text
    code_word = {"hydrangea"} if role is Role.SUPERVISOR else set()
    assert ("Mandated report made" in page) == (role in CLINICAL)
    assert told(page) - {"hydrangea"} == (set(WORDS) - {"hydrangea"} if role in CLINICAL else set())
    found = api.client.get(f"/api/v1/people/{visit.person_id}", headers=headers).text
    assert told(found) == code_word
    visits = api.client.get(f"/api/v1/visits?person_id={visit.person_id}", headers=headers).text
    assert told(visits) == ({"chrysanthemum"} if role in CLINICAL else set())


def test_reports_that_are_not_shown_take_no_place_on_the_timeline(api: Api) -> None:
    """A page that is shorter, or empty, would tell of them."""
    visit, _ = visited()
    with database.session_scope() as session:
        person = session.get_one(Person, visit.person_id)
        for _each in range(PAGE + 1):
            mandated_reports.record(
                session,
                person,
                ReportKind.CHILD,
                agency=Agency.DCFS,
                made_at=MORNING,
                reference=None,
                by="kim",
                now=MORNING,
            )
        (shown,) = [
            each.kind for each in timeline.page(session, person.id, limit=1, reports=False).entries
        ]
    assert shown != Kind.MANDATED_REPORT
    page = Console(api).as_(Role.ADMIN).get(f"/console/people/{visit.person_id}").text
    assert "<strong>Visit:" in page and "earlier" not in page.partition('class="timeline"')[2]


@pytest.mark.parametrize("role", list(Role))
def test_only_clinical_roles_read_on_the_timeline_why_a_referral_ended(
    listed: Api, role: Role
) -> None:
    with database.session_scope() as session:
        referral_id = a_referral(session)
        referral = referrals.move(
            session,
            referral_id,
            Status.CANCELLED,
            actor=actors.staff("kim"),
            reason="said hydrangea",
            now=MORNING,
        )
    page = Console(listed).as_(role).get(f"/console/people/{referral.person_id}").text
    assert told(page) == ({"hydrangea"} if role in CLINICAL else set())


def reported(by: str) -> str:
    """The id of a listing of which somebody says in their words that it is wrong."""
    with database.session_scope() as session:
        service_id = a_listing(session).id
        reports.report(
            session, service_id, Reported.CLOSED, by=by, note="said hydrangea", now=MORNING
        )
    return service_id


@pytest.mark.parametrize("role", list(Role))
def test_only_clinical_roles_read_what_a_resident_says_of_a_listing(
    api: Api, person_id: str, role: Role
) -> None:
    service_id = reported(f"resident:{person_id}")
    pages = [f"/console/listings/{service_id}"]
    if role in RESPONSIBLE:
        pages.append("/console/listings/review")
    console = Console(api).as_(role)
    for page in pages:
        answer = console.get(page)
        assert (answer.status_code, told(answer.text)) == (
            200,
            {"hydrangea"} if role in CLINICAL else set(),
        )


def test_what_a_colleague_says_of_a_listing_is_no_text(api: Api) -> None:
    service_id = reported("staff:kim")
    page = Console(api).as_(Role.ADMIN).get(f"/console/listings/{service_id}")
    assert told(page.text) == {"hydrangea"}


def test_who_has_no_account_reads_nothing(api: Api, person_id: str) -> None:
    texts = api.client.get(f"/console/people/{person_id}", follow_redirects=True).text
    for path in ("tasks", f"people/{person_id}", f"referrals?person_id={person_id}"):
        answer = api.client.get(f"/api/v1/{path}")
        assert answer.status_code == 401
        texts += answer.text
        keyed = api.client.get(f"/api/v1/{path}", headers={"X-API-Key": "a partner's key"})
        assert keyed.status_code == 401
        texts += keyed.text
    assert told(texts) == set()


def test_every_reading_of_a_record_is_noted(api: Api, person_id: str) -> None:
    for role in Role:
        Console(api).as_(role).get(f"/console/people/{person_id}")
    with database.read_scope() as session:
        readings = session.scalars(
            select(AuditEntry).where(
                AuditEntry.action == "person.read", AuditEntry.person_id == person_id
            )
        ).all()
        assert len({each.actor for each in readings}) == len(Role)
        assert session.scalars(select(LegalHold)).all() == []


def test_no_door_answers_with_the_words_of_texts_as_json(api: Api) -> None:
    """Texts are read on the pages of the console alone: no script takes them out in bulk."""
    schemas = api.client.get("/api/openapi.json").json()["components"]["schemas"]
    bodies = {
        name
        for name, schema in schemas.items()
        if {"body", "provider_id"} & set(schema.get("properties", {}))
    }
    assert {name for name in bodies if name.endswith("Out")} == set()
