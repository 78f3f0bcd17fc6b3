"""Signing in by a one-time link: who guesses learns nothing, and a scanner opens nothing."""

from datetime import timedelta

import time_machine
from sqlalchemy import select

from api.partners.pages.access import COOKIE
from bot.notices import hand_over
from directory import database
from directory.clock import wall_now
from directory.messages.models import OutboundMessage
from directory.notices.models import Notice, NoticeKind
from directory.partners import service as partners
from directory.partners import sessions
from directory.partners.models import Channel, PartnerContact, PartnerSession
from directory.people.models import AuditEntry
from tests.api.partners.pages.partner import Partner, text_of
from tests.directory.freshness.builders import DESK, a_contact, an_organization
from tests.factories import QUIET
from tests.fakes import MORNING

NOBODY = "+16305550177"


def told() -> list[str]:
    with database.read_scope() as session:
        return [each.kind for each in session.scalars(select(Notice).order_by(Notice.created_at))]


def audited() -> list[str]:
    with database.read_scope() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.action.like("partner.%")))
        return [each.action for each in found]


def rows() -> list[PartnerSession]:
    with database.read_scope() as session:
        return list(session.scalars(select(PartnerSession)))


def test_a_link_by_text_opens_the_pages_once(partner: Partner) -> None:
    assert partner.ask("(630) 555-0150").status_code == 200
    soon = MORNING + timedelta(minutes=1)
    with database.session_scope() as session:
        [message] = hand_over.hand_over_due(session, quiet=QUIET, now=soon, wall=wall_now())
        body = message.body
    [path] = partner.links()
    assert path in body
    assert "Sign in for Example House" in text_of(partner.get(path))
    answer = partner.use(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/partner")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert partner.get("/partner").status_code == 200
    assert told() == [NoticeKind.SIGN_IN_LINK, NoticeKind.SIGNED_IN]
    assert audited() == ["partner.link_sent", "partner.signed_in"]
    again = partner.use(path)
    assert again.status_code == 404
    assert "used already" in text_of(again)
    assert partner.get(path).status_code == 404


def test_an_unknown_number_gets_the_same_answer_before_anybody_looks(partner: Partner) -> None:
    known, unknown = partner.ask(DESK), partner.ask(NOBODY)
    nonsense = partner.ask("not a number")
    assert known.content == unknown.content == nonsense.content
    assert known.headers.items() == unknown.headers.items()
    assert told() == [NoticeKind.SIGN_IN_LINK]
    assert audited() == ["partner.link_sent", "partner.link_refused", "partner.link_refused"]
    assert partner.ask("  ").status_code == 422


def test_looking_at_a_link_uses_nothing_up(partner: Partner) -> None:
    partner.ask(DESK)
    [path] = partner.links()
    for method in ("GET", "HEAD", "GET"):
        answer = partner.api.client.request(method, path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    assert [each.token_hash for each in rows()] == [None]
    assert partner.use(path).status_code == 303


def test_a_link_ends_after_a_quarter_of_an_hour(partner: Partner) -> None:
    partner.ask(DESK)
    [path] = partner.links()
    with time_machine.travel(MORNING + timedelta(minutes=11), tick=True):
        assert partner.get(path).status_code == 404
        assert partner.use(path).status_code == 404
    assert partner.use("/partner/link/" + "0" * 32).status_code == 404


def test_a_link_that_nobody_could_use_any_more_is_not_sent(partner: Partner) -> None:
    partner.ask(DESK)
    late = MORNING + timedelta(minutes=20)
    with database.session_scope() as session:
        assert hand_over.hand_over_due(session, quiet=QUIET, now=late, wall=late) == []


def test_at_night_a_link_goes_at_once_to_who_asks_for_it(partner: Partner) -> None:
    night = MORNING + timedelta(hours=12)
    with time_machine.travel(night, tick=True), database.session_scope() as session:
        assert sessions.ask_for_link(session, DESK, now=night, wall=night) is not None
        [message] = hand_over.hand_over_due(session, quiet=QUIET, now=night, wall=night)
        assert isinstance(message, OutboundMessage)
        assert message.initiated is False


def test_one_contact_gets_three_links_at_most(partner: Partner) -> None:
    answers = {partner.ask(DESK).content for _ in range(5)}
    assert len(answers) == 1
    assert len(partner.links()) == 3
    assert audited().count("partner.link_refused") == 2


def test_one_used_link_ends_the_others(partner: Partner) -> None:
    partner.ask(DESK)
    partner.ask(DESK)
    first, second = partner.links()
    assert partner.use(second).status_code == 303
    assert partner.use(first).status_code == 404


def test_many_tries_from_one_address_are_slowed(partner: Partner) -> None:
    partner.api.client._transport.client = ("203.0.113.9", 50_000)
    codes = [partner.ask(f"+163055501{number:02}").status_code for number in range(22)]
    assert codes == [200] * 20 + [429] * 2


def test_the_session_is_a_new_one_and_ends_with_the_contact(partner: Partner) -> None:
    partner.ask(DESK)
    [path] = partner.links()
    name = COOKIE.name(partner.api.services)
    partner.api.client.cookies.set(name, "planted by somebody")
    answer = partner.use(path)
    assert "planted" not in answer.headers["set-cookie"]
    partner.api.client.cookies.clear()
    partner.signed_in()
    assert partner.get("/partner").status_code == 200
    with database.session_scope() as session:
        contact = session.get_one(PartnerContact, partner.contact_id)
        partners.remove_contact(contact, now=MORNING)
    assert partner.get("/partner").status_code == 303
    assert partner.ask(DESK).status_code == 200
    assert len(partner.links()) == 2  # no third one


def test_a_session_ends_when_it_rests_and_when_its_day_is_over(partner: Partner) -> None:
    partner.signed_in()
    with time_machine.travel(MORNING + timedelta(hours=2, minutes=1), tick=True):
        assert partner.get("/partner").status_code == 303


def test_signing_out_here_and_there(partner: Partner) -> None:
    partner.signed_in()
    partner.signed_in()
    [here, there] = sorted(rows(), key=lambda row: row.created_at, reverse=True)
    assert "Sign out there" in text_of(partner.get("/partner/account"))
    end = f"/partner/account/sessions/{there.id}/end"
    assert partner.post(end).status_code == 303
    assert "Sign out there" not in text_of(partner.get("/partner/account"))
    assert partner.post("/partner/account/sessions/unknown/end").status_code == 404
    assert partner.post("/partner/sign-out").status_code == 303
    assert partner.get("/partner").status_code == 303
    assert here.ended_at is None  # as it was read before


def test_another_session_is_ended_by_who_has_just_signed_in(partner: Partner) -> None:
    partner.signed_in()
    [other] = rows()
    partner.signed_in()
    end = f"/partner/account/sessions/{other.id}/end"
    with time_machine.travel(MORNING + timedelta(minutes=11), tick=True):
        answer = partner.post(end)
        assert (answer.status_code, "Sign in again by a new link" in answer.text) == (409, True)
        partner.signed_in()
        assert partner.post(end).status_code == 303


def test_who_works_for_two_organisations_chooses(partner: Partner) -> None:
    with database.session_scope() as session:
        other = a_contact(session, an_organization(session, "Other House"), address=DESK)
        stranger = a_contact(
            session,
            an_organization(session, "Third House"),
            channel=Channel.EMAIL,
            address="desk@example.org",
        )
    partner.ask(DESK)
    [path] = partner.links()
    said = text_of(partner.get(path))
    assert "Sign in for Other House" in said
    assert "Third House" not in said
    assert partner.use(path, contact=stranger.id).status_code == 404
    assert partner.use(path, contact=other.id).status_code == 303
    assert "Other House" in text_of(partner.get("/partner"))


def test_a_link_by_e_mail(partner: Partner) -> None:
    with database.session_scope() as session:
        a_contact(
            session,
            session.merge(partner.organization()),
            channel=Channel.EMAIL,
            address="desk@example.org",
        )
    partner.ask(" Desk@Example.org ")
    with database.read_scope() as session:
        [notice] = session.scalars(select(Notice))
        assert (notice.channel, notice.kind) == (Channel.EMAIL, NoticeKind.SIGN_IN_LINK)


def test_in_spanish(partner: Partner) -> None:
    answer = partner.get("/partner/sign-in?lang=es")
    assert 'lang="es"' in answer.text
    partner.signed_in()
    partner.post("/partner/account/language", {"language": "es"})
    assert 'lang="es"' in partner.get("/partner").text
