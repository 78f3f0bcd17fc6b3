"""Who reads the console in Spanish is told of mistakes in Spanish, in every form."""

from typing import Any

import pytest
from httpx import Response

from directory import database
from directory.conversations import holding
from directory.people.models import Person
from directory.staff.models import Role
from tests.api.console.console import SAME_ORIGIN, Console
from tests.api.console.listing_pages import LISTINGS, fields, listed
from tests.api.web.spanish import WRONG_LISTINGS, english, mistakes
from tests.directory.on_call.builders import a_colleague
from tests.factories import met
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("morning")
ES = {"Accept-Language": "es"}
ONCE = "11111111-1111-4111-8111-111111111111"
OTHER = "00000000-0000-4000-8000-000000000000"


def refused(console: Console, path: str, form: dict[str, Any] | None = None) -> Response:
    """What is wrong with the form is said, and in Spanish."""
    answer = console.post(path, form or {}, headers=ES)
    assert answer.status_code >= 400, (path, form, answer.status_code)
    assert answer.status_code < 500, (path, form, answer.status_code)
    assert mistakes(answer.text), (path, form)
    assert english(answer.text) == [], (path, form)
    return answer


def test_listings(console: Console) -> None:
    service_id = listed()
    console.as_(Role.SUPERVISOR)
    path = f"{LISTINGS}/{service_id}/edit"
    form = fields(console.get(path))
    for change in WRONG_LISTINGS:
        refused(console, path, form | change)
    notice = {"once": ONCE, "kind": "notice", "text": "Kept"}
    for day in ("", "soon", "2026-03-01", "2029-03-01"):
        refused(console, f"{LISTINGS}/{service_id}/notices", notice | {"last_day": day})
    empty = notice | {"text": "", "last_day": "2026-03-20"}
    told = refused(console, f"{LISTINGS}/{service_id}/notices", empty)
    assert "Qué conviene saber" in told.text or "falta" in told.text
    refused(console, f"{LISTINGS}/{service_id}/notices/{OTHER}/remove")
    refused(console, f"{LISTINGS}/{OTHER}/confirm", {"version": "1"})
    refused(console, f"{LISTINGS}/changes/{OTHER}/approve")
    refused(console, f"{LISTINGS}/reports/{OTHER}/settle")
    refused(console, f"{LISTINGS}/duplicates/{OTHER}/merge", {"keep": "x"})
    refused(console, "/console/checklist", {"number": "6305550199", "outcome": "reached"})


def test_plans_and_wordings(console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    plans = "/console/plans"
    new = fields(console.get(f"{plans}/new"), action=f'action="{plans}/new"')
    for change in (
        {"plan_id": "Not An Id", "name": "A"},
        {"plan_id": "ours", "name": ""},
        {"plan_id": "ours", "name": "Ours"},
        {"plan_id": "standard", "name": "Ours"},
        {"plan_id": "ours", "name": "Ours", "steps-0-days": "x", "steps-0-wording": "none"},
        {"plan_id": "ours", "name": "Ours", "steps-0-days": "1", "steps-0-wording": "none"},
        {"plan_id": "ours", "name": "Ours", "steps-0-days": "900", "steps-0-wording": "none"},
    ):
        refused(console, f"{plans}/new", new | change)
    standard = fields(console.get(f"{plans}/standard"), action=f'action="{plans}/standard"')
    refused(console, f"{plans}/standard", standard | {"steps-0-days": "9"})
    refused(console, f"{plans}/standard", standard | {"default_for": ["domestic_violence"]})
    wordings = "/console/wordings"
    for key in ("", "x", "Not A Key", "checkin_first!"):
        refused(console, f"{wordings}/new", {"key": key, "language": "es"})
    for text in ("", "{name", "Hi {other}", "Hi \u2603 STOP", "x" * 900, "The police were there"):
        refused(console, f"{wordings}/our_hello/en", {"text": text, "based_on": "0"})
        part = console.post(
            f"{wordings}/preview",
            {"key": "our_hello", "language": "en", "text": text},
            headers=ES | {"HX-Request": "true"},
        )
        assert english(part.text) == [], text
    for text in ("See www.example.org", "Worried about you. STOP", "Your visit. STOP"):
        refused(console, f"{wordings}/our_hello/en", {"text": text, "based_on": "0"})
    refused(console, f"{wordings}/versions/{OTHER}/approve")


def test_people(console: Console) -> None:
    console.as_(Role.CLINICIAN)
    person = f"/console/people/{met()}"
    refused(console, "/console/people/find", {"phone": "12"})
    visit = {"once": ONCE, "phone": "630-555-0100", "call_type": "elderly"}
    refused(console, "/console/people/visits", visit)
    safe = visit | {"safe_to_text": "yes", "sms": "yes"}
    for change in (
        {"phone": "12"},
        {"occurred_at": "soon"},
        {"occurred_at": "2026-04-01T10:00"},
        {"occurred_at": "1999-04-01T10:00"},
        {"follow_up": "nothing"},
        {"name": "x" * 400},
        {"call_type": "party"},
    ):
        refused(console, "/console/people/visits", safe | change)
    refused(console, f"{person}/details", {"version": "old"})
    refused(console, f"{person}/texts", {"once": ONCE, "text": "Hello"})
    refused(console, f"{person}/texts", {"once": ONCE, "text": "", "has_agreed": "true"})
    refused(console, f"{person}/texts", {"once": ONCE, "text": "x" * 4000, "has_agreed": "true"})
    refused(console, f"{person}/consents", {"once": ONCE, "purpose": "x", "given": "true"})
    refused(console, f"{person}/visits/{OTHER}/void", {"reason": "x"})
    report = {"once": ONCE, "made_at": "2026-04-01T10:00"}
    for change in ({}, {"made_at": ""}, {"made_at": "x"}, {"reference": "¡Ay!"}):
        refused(console, f"{person}/mandated-reports", report | change)
    refused(console, f"/console/people/{OTHER}/hold")
    refused(console, f"/console/tasks/{OTHER}", {"status": "claimed"})
    refused(console, f"/console/referrals/{OTHER}", {"once": ONCE, "version": "1", "act": "remark"})


def test_a_conversation_that_a_colleague_holds(console: Console) -> None:
    person_id, colleague = met(), a_colleague()
    with database.session_scope() as session:
        person = session.get_one(Person, person_id)
        holding.take(session, person, by=colleague, now=MORNING)
    console.as_(Role.CLINICIAN)
    refused(console, f"/console/people/{person_id}/hold")


def test_search(console: Console) -> None:
    service_id, person_id = listed(), met()
    console.as_(Role.CLINICIAN)
    refused(console, "/console/search/person", {"phone": "12"})
    both = {"once": ONCE, "service": service_id, "person": person_id}
    refused(console, "/console/search/text", both)
    refused(console, "/console/search/refer", both | {"reason": "x"})
    refused(console, "/console/search/refer", both | {"has_agreed": "true", "method": "x"})
    for address in ("/console/search/compare?s=x", f"/console/people/{OTHER}", "/console/people/?"):
        answer = console.get(address, headers=ES)
        assert english(answer.text) == [], address


def test_staff_training_roster_and_figures(console: Console) -> None:
    member = console.as_(Role.CLINICIAN).member_id
    console.as_(Role.ADMIN)
    new = {"email": "new@naperville.example", "role": "clinician", "once": ONCE}
    for change in (
        {"email": "nobody"},
        {"phone": "12"},
        {"name": "x" * 200},
        {"email": "clinician@naperville.example"},
        {"role": "king"},
    ):
        refused(console, "/console/staff", new | change)
    refused(console, f"/console/staff/{console.member_id}/code")
    for wrong in ({"code": "x"}, {"again": "y"}):
        refused(console, "/console/sign-in/first", wrong)
    refused(console, f"/console/staff/{member}/phone", {"phone": "12"})
    refused(console, f"/console/staff/{console.member_id}/remove")
    refused(console, f"/console/staff/{console.member_id}/remove", {"sure": "true"})
    refused(console, f"/console/staff/{console.member_id}/second-step")
    refused(console, f"/console/staff/{OTHER}/remove")
    person = {"name": "J. Example", "unit": "patrol", "hours": "40"}
    for change in (
        {"name": ""},
        {"hours": "many"},
        {"hours": "-1"},
        {"certified_on": "x"},
        {"certified_on": "2999-01-01"},
        {"unit": "x"},
    ):
        refused(console, "/console/training", person | change)
    shift = {"once": ONCE, "staff_id": a_colleague(), "starts": "2026-03-18T10:00"}
    for change in (
        {"staff_id": ""},
        {"ends": ""},
        {"ends": "2026-03-18T09:00"},
        {"ends": "2026-08-18T09:00"},
        {"ends": "2036-08-18T09:00"},
        {"ends": "2026-03-18T20:00", "position": "0"},
        {"ends": "2026-03-18T20:00", "weeks": "0"},
        {"ends": "2026-03-18T20:00", "staff_id": member},
        {"starts": "2027-03-14T02:30", "ends": "2027-03-14T08:00"},
    ):
        refused(console, "/console/on-call", shift | change)
    for address in (
        "/console/measures?period=x",
        "/console/measures/nothing",
        "/console/audit?cursor=x",
    ):
        answer = console.get(address, headers=ES)
        assert mistakes(answer.text) or answer.status_code == 200, address
        assert english(answer.text) == [], address


def test_signing_in_and_what_is_refused(console: Console) -> None:
    def post(path: str, form: dict[str, str], **headers: str) -> Response:
        answer: Response = console.api.client.post(
            path, data=form, headers=SAME_ORIGIN | ES | headers
        )
        return answer

    console.api.add_account()
    told = [post("/console/sign-in", {"email": "x@y.example", "password": "x"}) for _ in range(12)]
    told.append(post("/console/sign-in", {"email": "x", "password": "x"}))
    told.append(post("/console/sign-in", {}, **{"Sec-Fetch-Site": "cross-site"}))
    assert {each.status_code for each in told} >= {401, 429, 403}
    for answer in told:
        assert mistakes(answer.text) and english(answer.text) == []
    console.as_(Role.CLINICIAN)
    refused(console, "/console/on-call", {"csrf": "another"})
    refused(console, "/console/on-call", {"once": ONCE})
    refused(console, "/console/account/language", {"language": "xx"})
    refused(console, "/console/account/sessions/end", {"which": OTHER})
    console.post("/console/account/second-step/begin")
    refused(console, "/console/account/second-step/confirm", {"code": "000000"})
