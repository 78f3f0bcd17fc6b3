"""Two who do the same thing at the same moment: one does it, the other gets the same answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from httpx import Response

from directory import database
from directory.clock import wall_now
from directory.database import new_id
from directory.listings.models import Organization, Service
from directory.notices.models import Notice
from directory.referrals.models import Referral, ReferralEvent
from tests.api.conftest import Api, problem
from tests.api.referrals.conftest import Desk
from tests.directory.referrals.builders import a_contact, agreed

AT_ONCE = 6


@pytest.fixture(name="desk")
def _desk(any_api: Api) -> Desk:
    """A desk over either database, with one small listing."""
    with database.session_scope() as session:
        organization = Organization(
            name="Example House",
            slug="example-house",
            description="A pantry",
            origin="test",
            last_modified=wall_now(),
        )
        session.add(organization)
        session.flush()
        service = Service(
            organization_id=organization.id,
            name="Example Pantry",
            slug="example-pantry",
            needs=["food"],
            published=True,
            accepts_referrals=True,
            origin="test",
            last_modified=wall_now(),
        )
        session.add(service)
        session.flush()
        contact = a_contact(session, service)
        person_id = agreed(session)
    return Desk(any_api, any_api.staff(), person_id, service.id, organization.id, contact.id)


def together(send: Callable[[int], Response]) -> list[Response]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, range(AT_ONCE)))


def count(table: type[Any], **by: str) -> int:
    with database.read_scope() as session:
        return session.query(table).filter_by(**by).count()


def test_one_key_at_once_is_one_referral(desk: Desk) -> None:
    key = {"Idempotency-Key": new_id()}
    made = together(lambda _: desk.post("referrals", desk.body(), **key))
    assert {answer.status_code for answer in made} == {201}, [a.text for a in made]
    assert len({answer.json()["id"] for answer in made}) == 1
    assert count(Referral) == 1
    # What the losers had begun is undone, their notices too.
    assert count(Notice, kind="referral_new") == 1
    assert count(ReferralEvent) == 1


def test_of_those_who_accept_at_once_one_does(desk: Desk) -> None:
    referral = desk.refer()
    headers = [desk.partner_headers() for _ in range(AT_ONCE)]
    path = f"/api/v1/partner/referrals/{referral['id']}/status"

    def accept(number: int) -> Response:
        body = {"status": "accepted"} if number % 2 else {"status": "rejected", "reason": "full"}
        return desk.api.client.post(path, json=body, headers=headers[number])

    answers = together(accept)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (AT_ONCE - 1)
    for answer in answers:
        if answer.status_code == 409:
            problem(answer, 409, "already_answered")
    assert len(desk.get(f"referrals/{referral['id']}").json()["history"]) == 2
