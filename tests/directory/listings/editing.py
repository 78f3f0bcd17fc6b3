"""A partner of the small directory, and what it does to its listing."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from directory import database
from directory.errors import Invalid
from directory.listings import edit_queries as queries
from directory.listings.change_models import ListingChange
from directory.listings.edit import BasedOn, Edited, edit
from directory.listings.ids import organization_id, service_id
from directory.listings.models import Service
from directory.notices.models import Notice, NoticeKind
from directory.partners import service as partners
from directory.partners.models import Channel
from tests.directory.listings.files import NOW

OAK, PANTRY = "oak-pantry", "oak-pantry--groceries"
SHELTER = "safe-harbor--shelter"
BY = "partner:key-1"
STAFF = "staff:member-1"


def change(
    body: Any,
    *,
    slug: str = PANTRY,
    based_on: BasedOn = "*",
    now: datetime = NOW,
    by: str = BY,
) -> Edited:
    """What the organisation's system sends, in a transaction of its own."""
    with database.session_scope() as session:
        owner = organization_id(slug.partition("--")[0])
        return edit(session, owner, service_id(slug), body, by=by, based_on=based_on, now=now)


def refused(body: Any, *, slug: str = PANTRY) -> dict[str, str]:
    """Field → remedy of what is refused; nothing has changed."""
    before = snapshot(slug)
    with pytest.raises(Invalid) as error:
        change(body, slug=slug)
    assert snapshot(slug) == before
    return {each["where"]: each["remedy"] for each in error.value.context["errors"]}


def read(slug: str = PANTRY) -> Service:
    """The listing with everything that hangs on it."""
    with database.read_scope() as session:
        service = queries.own_service(
            session, organization_id(slug.partition("--")[0]), service_id(slug)
        )
        assert service is not None
        for place in service.service_at_locations:
            assert place.location.addresses is not None
        for rows in (
            service.phones, service.schedules, service.service_areas, service.languages,
            service.cost_options, service.required_documents, service.capacities,
            service.additional_urls,
        ):  # fmt: skip
            assert rows is not None
        return service


def snapshot(slug: str = PANTRY) -> tuple[Any, ...]:
    service = read(slug)
    return (
        service.version,
        service.name,
        service.opening_hours,
        [phone.number for phone in service.phones],
        len(history(slug)),
    )


def history(slug: str = PANTRY, **by: Any) -> list[ListingChange]:
    """The change log of a listing, the oldest first."""
    with database.read_scope() as session:
        statement = select(ListingChange).filter_by(service_id=service_id(slug), **by)
        return list(session.scalars(statement.order_by(ListingChange.at, ListingChange.field)))


def a_listener(channel: Channel = Channel.WEBHOOK, owner: str = OAK) -> str:
    """The id of a contact of the organisation."""
    address = {
        Channel.WEBHOOK: "https://oak.example.org/handoff",
        Channel.EMAIL: "desk@oak.example.org",
        Channel.SMS: "+16305550150",
    }[channel]
    new = partners.NewContact(name="Desk", channel=channel, address=address)
    with database.session_scope() as session:
        return partners.add_contact(session, organization_id(owner), new, now=NOW).id


def told(kind: NoticeKind) -> list[dict[str, Any]]:
    """The facts of the notices of a kind, in order."""
    with database.read_scope() as session:
        rows = session.scalars(select(Notice).filter_by(kind=kind).order_by(Notice.reference))
        return [row.facts for row in rows]
