"""An organisation's own listings: fresh at a tap, never another's."""

import pytest

from directory import database
from directory.freshness.models import Freshness
from directory.listings import capacity, notices
from directory.listings.change_models import ListingChange
from directory.listings.models import Service
from directory.referrals import actors
from tests.api.console.console import Console
from tests.api.partners.pages.partner import Partner, text_of
from tests.directory.freshness.builders import a_contact
from tests.fakes import MORNING


@pytest.fixture(name="desk")
def _desk(partner: Partner) -> Partner:
    return partner.signed_in()


def counted(desk: Partner) -> list[tuple[str, float]]:
    return [(row.unit.name, row.available) for row in desk.listing().capacities]


def changes(desk: Partner) -> list[ListingChange]:
    with database.read_scope() as session:
        return list(session.query(ListingChange).order_by(ListingChange.at))


def count_beds(desk: Partner, available: int, maximum: int | None = None) -> None:
    with database.session_scope() as session:
        service = session.get_one(Service, desk.ids[0])
        body = capacity.CapacityBody(unit="beds", available=available, maximum=maximum)
        capacity.put_capacity(session, service, body, by="staff:s", now=MORNING)


def test_who_is_not_signed_in_is_asked_to(partner: Partner) -> None:
    for path in ("/partner", f"/partner/listings/{partner.ids[0]}", "/partner/referrals"):
        answer = partner.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/partner/sign-in")


def test_staff_are_not_partners_and_partners_are_not_staff(partner: Partner) -> None:
    Console(partner.api).as_()
    assert partner.get("/partner").status_code == 303
    partner.api.client.cookies.clear()
    partner.signed_in()
    assert partner.get("/console").status_code == 303
    assert partner.get("/partner").status_code == 200


def test_the_page_shows_every_listing_with_its_state(desk: Partner) -> None:
    said = text_of(desk.get())
    for shown in (
        "Food pantry",
        "Rent help",
        "Nobody has counted free places yet",
        "Not confirmed",
    ):
        assert shown in said


def test_another_organisations_listing_does_not_exist(desk: Partner) -> None:
    other = desk.another_listing()
    for path in ("", "/edit", "/history"):
        assert desk.get(f"/partner/listings/{other}{path}").status_code == 404
    for path in ("edit", "check", "capacity", "notices", "notices/n/remove"):
        form = {"unit": "beds", "available": "3", "once": "0123456789", "last": "2026-04-01"}
        assert desk.post(f"/partner/listings/{other}/{path}", form).status_code == 404
    seen = f"{desk.ids[0]}:1,{other}:1"
    answer = desk.post("/partner/listings/confirm", {"seen": seen, "once": "0123456789"})
    assert answer.status_code == 404
    assert "Other House" not in answer.text
    assert changes(desk) == []


def test_a_contact_of_one_service_sees_that_one_only(partner: Partner) -> None:
    with database.session_scope() as session:
        organization = session.merge(partner.organization())
        contact = a_contact(
            session, organization, address="+16305550152", service_id=partner.ids[1]
        )
    partner.signed_in(contact.id)
    said = text_of(partner.get())
    assert "Rent help" in said
    assert "Food pantry" not in said
    assert partner.get(f"/partner/listings/{partner.ids[0]}").status_code == 404


def test_a_form_of_another_site_or_without_its_token_changes_nothing(desk: Partner) -> None:
    path = f"/partner/listings/{desk.ids[0]}/capacity"
    form = {"unit": "beds", "available": "3"}
    assert desk.post(path, form, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert desk.post(path, form | {"csrf": "guessed"}).status_code == 403
    assert counted(desk) == []


# --- free places -------------------------------------------------------------------------------


def test_free_places_in_one_tap(desk: Partner) -> None:
    path = f"/partner/listings/{desk.ids[0]}/capacity"
    form = desk.form("/partner", path)
    assert desk.post(path, form | {"available": "1"}).status_code == 303
    assert counted(desk) == [("places", 1)]
    for _ in range(2):  # a double tap
        assert desk.post(path, form | {"was": "1", "available": "2"}).status_code == 303
    assert counted(desk) == [("places", 2)]
    desk.post(path, form | {"was": "2", "available": "0"})
    said = text_of(desk.get(f"/partner/listings/{desk.ids[0]}"))
    assert "Full (places)" in said
    assert "Counted Mar 18, 2026, 10:00" in said
    assert {each.by for each in changes(desk)} == {actors.partner(desk.contact_id).by}
    assert len(changes(desk)) == 3


@pytest.mark.parametrize(
    ("was", "tapped", "goes_on"),
    [("2", "0", True), ("0", "1", True), ("", "1", True), ("2", "3", False)],
)
def test_a_keyboard_whose_button_is_gone_goes_on_from_another(
    desk: Partner, was: str, tapped: str, goes_on: bool
) -> None:
    if was:
        count_beds(desk, int(was))
    path = f"/partner/listings/{desk.ids[0]}/capacity"
    form = {"unit": "beds", "was": was, "available": tapped}
    answer = desk.post(path, form, **{"HX-Request": "true"})
    assert answer.status_code == 200
    assert ("autofocus" in answer.text) is goes_on


def test_a_tap_on_an_old_page_shows_the_newer_count_first(desk: Partner) -> None:
    count_beds(desk, 5, maximum=6)
    path = f"/partner/listings/{desk.ids[0]}/capacity"
    answer = desk.post(path, {"unit": "beds", "was": "3", "available": "2"})
    assert answer.status_code == 409
    assert "Somebody has counted meanwhile" in text_of(answer)
    assert counted(desk) == [("beds", 5)]
    too_many = desk.post(path, {"unit": "beds", "was": "5", "available": "7"})
    assert too_many.status_code == 422
    assert "more than there are in all" in text_of(too_many)
    assert desk.post(path, {"unit": "beds", "was": "5", "available": "x"}).status_code == 422


def test_the_number_may_be_written_with_how_many_there_are(desk: Partner) -> None:
    path = f"/partner/listings/{desk.ids[0]}/capacity"
    form = {"unit": "beds", "was": "", "available": "12", "maximum": "20"}
    for _ in range(2):
        assert desk.post(path, form).status_code == 303
    [row] = desk.listing().capacities
    assert (row.unit.name, row.available, row.maximum) == ("beds", 12, 20)
    assert len(changes(desk)) == 1
    assert desk.post(path, form | {"was": "12", "maximum": "many"}).status_code == 422


def test_htmx_gets_the_count_alone(desk: Partner) -> None:
    count_beds(desk, 5)
    path = f"/partner/listings/{desk.ids[0]}/capacity"
    form = {"unit": "beds", "was": "5", "available": "4"}
    answer = desk.post(path, form, **{"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'role="status"' in answer.text
    assert "4 beds free" in text_of(answer)


# --- everything is right -----------------------------------------------------------------------


def test_everything_is_confirmed_at_once(desk: Partner) -> None:
    form = desk.form("/partner", "/partner/listings/confirm")
    for _ in range(2):
        answer = desk.post("/partner/listings/confirm", form)
        assert answer.headers["location"] == "/partner?done=confirmed"
    for number in (0, 1):
        service = desk.listing(number)
        assert (service.assured_date, service.freshness) == (MORNING.date(), Freshness.FRESH)
    assert len([each for each in changes(desk) if each.field == "confirmed"]) == 2
    assert "marked as checked today" in text_of(desk.get("/partner?done=confirmed"))


def test_one_that_has_changed_meanwhile_is_looked_at_again(desk: Partner) -> None:
    form = desk.form("/partner", "/partner/listings/confirm")
    count_beds(desk, 2)
    answer = desk.post("/partner/listings/confirm", form)
    assert answer.status_code == 409
    assert "Nothing was confirmed" in text_of(answer)
    assert desk.listing(1).assured_date is None


# --- closed for a while ------------------------------------------------------------------------


def test_a_closure_is_put_up_once_and_taken_down(desk: Partner) -> None:
    page = f"/partner/listings/{desk.ids[0]}"
    form = desk.form(page, f"{page}/notices") | {"last": "2026-03-20", "text": "<b>Inventory</b>"}
    for _ in range(2):
        assert desk.post(f"{page}/notices", form).status_code == 303
    with database.read_scope() as session:
        [notice] = notices.standing(session, desk.ids[0], now=MORNING)
    assert notice.ends_at.isoformat() == "2026-03-21T05:00:00+00:00"
    assert "Shown as closed through Mar 20, 2026" in text_of(desk.get("/partner"))
    answer = desk.get(page)
    assert "10:00 AM – through Mar 20, 2026" in text_of(answer).replace("\u202f", " ")
    assert "&lt;b&gt;Inventory" in answer.text
    assert "<b>Inventory" not in answer.text
    remove = f"{page}/notices/{notice.id}/remove"
    for _ in range(2):
        assert desk.post(remove).status_code == 303
    with database.read_scope() as session:
        assert notices.standing(session, desk.ids[0], now=MORNING) == []


def test_a_day_that_is_none_is_said_at_its_field(desk: Partner) -> None:
    page = f"/partner/listings/{desk.ids[0]}"
    form = desk.form(page, f"{page}/notices") | {"kind": "notice", "last": "soon", "text": "Kept"}
    answer = desk.post(f"{page}/notices", form)
    assert answer.status_code == 422
    assert "is not a day: write it as 2026-12-31" in text_of(answer)
    assert 'value="Kept"' in answer.text
    past = desk.post(f"{page}/notices", form | {"last": "2026-03-01"})
    assert "is over already" in text_of(past)


def test_the_history_says_who_it_was(desk: Partner) -> None:
    count_beds(desk, 2)
    path = f"/partner/listings/{desk.ids[0]}/capacity"
    desk.post(path, {"unit": "beds", "was": "2", "available": "1"})
    said = text_of(desk.get(f"/partner/listings/{desk.ids[0]}/history"))
    assert "our team" in said
    assert "you" in said
