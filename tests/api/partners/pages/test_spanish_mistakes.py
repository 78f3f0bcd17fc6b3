"""A partner who reads Spanish is told of mistakes in Spanish, at every field."""

import pytest

from directory import database
from directory.languages import Language
from directory.listings.models import Service
from directory.partners.models import PartnerContact
from tests.api.partners.pages.partner import Partner
from tests.api.web.spanish import WRONG_LISTINGS, english, mistakes


@pytest.fixture(name="desk")
def _desk(partner: Partner) -> Partner:
    with database.session_scope() as session:
        session.get_one(PartnerContact, partner.contact_id).language = Language.ES
    return partner.signed_in()


HOURS: tuple[dict[str, str], ...] = (
    {"opening_hours": "whenever", "hours-rest": "whenever"},
    {"hours-Fr-1-from": "noon", "hours-Fr-1-to": ""},
    {"hours-Fr-1-from": "17:00", "hours-Fr-1-to": "17:00"},
)


def test_mistakes_in_a_listing(desk: Partner) -> None:
    path = f"/partner/listings/{desk.ids[0]}/edit"
    form = desk.form(path, path)
    for change in (*WRONG_LISTINGS, *HOURS):
        answer = desk.post(path, form | change)
        assert answer.status_code == 422, change
        assert mistakes(answer.text), change
        assert english(answer.text) == [], change


def test_while_one_types(desk: Partner) -> None:
    page = f"/partner/listings/{desk.ids[0]}"
    form = desk.form(f"{page}/edit", f"{page}/edit") | {"url": "example.org", "field": "url"}
    note = desk.post(f"{page}/check", form, **{"HX-Request": "true"}).text
    assert "escriba https://example.org" in note
    assert english(note) == []


def test_an_address_of_a_confidential_place(desk: Partner) -> None:
    path = f"/partner/listings/{desk.ids[0]}/edit"
    with database.session_scope() as session:
        session.get_one(Service, desk.ids[0]).confidential = True
    form = desk.form(path, path) | {"description": "At 123 Main Street, Naperville 60540"}
    answer = desk.post(path, form)
    assert answer.status_code == 422
    assert english(answer.text) == []


NOTICES: tuple[dict[str, str], ...] = (
    {"kind": "notice", "last": "soon"},
    {"kind": "notice", "first": "soon", "last": ""},
    {"kind": "notice", "last": "2026-03-01", "text": "Old"},
    {"kind": "notice", "last": "2029-03-01", "text": "Long"},
    {"kind": "notice", "first": "2026-04-02", "last": "2026-04-01", "text": "Turned"},
    {"kind": "notice", "last": "2026-03-20", "text": ""},
    {"kind": "notice", "last": "2026-03-20", "text": "t" * 1500},
    {"kind": "notice", "last": "2026-03-20", "text": "\x07"},
    {"kind": "party", "last": "2026-03-20", "text": "Odd"},
    {"kind": "closure", "last": "9999-12-31"},
)


def test_mistakes_in_a_notice(desk: Partner) -> None:
    page = f"/partner/listings/{desk.ids[0]}"
    form = desk.form(page, f"{page}/notices")
    for change in NOTICES:
        answer = desk.post(f"{page}/notices", form | change)
        assert answer.status_code == 422, change
        assert mistakes(answer.text), change
        assert english(answer.text) == [], change


def test_mistakes_in_a_count(desk: Partner) -> None:
    page = f"/partner/listings/{desk.ids[0]}"
    for number in ("many", "-1", "1.5", "9" * 12, "7"):
        form = {"unit": "beds", "available": number, "was": "", "maximum": "5"}
        answer = desk.post(f"{page}/capacity", form)
        assert answer.status_code == 422, number
        assert mistakes(answer.text), number
        assert english(answer.text) == [], number


def test_refusals_have_a_page_in_spanish(desk: Partner) -> None:
    page = f"/partner/listings/{desk.ids[0]}"
    stale = desk.post(f"{page}/edit", {"csrf": "another"})
    foreign = desk.post(f"{page}/edit", {}, **{"Sec-Fetch-Site": "cross-site"})
    unknown = desk.get("/partner/listings/00000000-0000-4000-8000-000000000000")
    malformed = desk.post(f"{page}/notices", {"once": "!"})
    language = desk.post("/partner/account/language", {"language": "xx"})
    for answer in (stale, foreign, unknown, malformed, language):
        assert answer.status_code >= 400
        assert mistakes(answer.text)
        assert english(answer.text) == []


def test_the_sign_in_page(partner: Partner) -> None:
    spanish = {"Accept-Language": "es"}
    answers = [partner.ask(said, **spanish) for said in ("", "nobody", "x" * 400)]
    answers += [partner.ask("desk@example.org", **spanish) for _ in range(40)]
    foreign = partner.ask("desk@example.org", **spanish, **{"Sec-Fetch-Site": "cross-site"})
    told = [each for each in (*answers, foreign) if mistakes(each.text)]
    assert {each.status_code for each in told} >= {422, 429}
    assert [each for answer in told for each in english(answer.text)] == []
