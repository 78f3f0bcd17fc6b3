"""`handoff partner`: keys of an organisation's systems, and the people there who are told.

An organisation is named by its HSDS id or its slug in partners.yml.
"""

from datetime import timedelta
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from api.commands.terminal import complain, open_database, say
from directory import database
from directory.clock import wall_now
from directory.errors import NotFound
from directory.languages import Language
from directory.listings import queries as listings
from directory.partners import queries
from directory.partners import service as partners
from directory.partners.models import Channel, KeyScope
from directory.people.phone import masked
from directory.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Partners: their keys and whom we tell of referrals.")
contacts = typer.Typer(no_args_is_help=True, help="Who at a partner is told of referrals.")
app.add_typer(contacts, name="contact")

Organization = Annotated[str, typer.Argument(help="HSDS id, or slug of partners.yml.")]


@app.command("key")
def issue_key(
    organization: Organization,
    scope: Annotated[
        list[KeyScope] | None,
        typer.Option(help="What it opens; may be repeated. Without it: everything."),
    ] = None,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="In place of the keys there are, which then end.")
    ] = False,
    grace_days: Annotated[
        int, typer.Option(min=0, max=90, help="How long rotated keys go on.")
    ] = partners.GRACE.days,
) -> None:
    """Issue a key of the partner API. It is shown this once; the output is the key alone."""
    open_database(load_settings())
    with database.session_scope() as session:
        found = partners.organization(session, organization)
        if rotate:
            grace = timedelta(days=grace_days)
            key = partners.rotate_keys(session, found.id, now=wall_now(), scopes=scope, grace=grace)
        else:
            scopes = scope or tuple(KeyScope)
            key = partners.issue_key(session, found.id, now=wall_now(), scopes=scopes)
    say(key)


@app.command("keys")
def list_keys(organization: Organization) -> None:
    """Keys that open something: how they begin, since when, until when, and what they open."""
    open_database(load_settings())
    with database.read_scope() as session:
        found = partners.organization(session, organization)
        rows = queries.keys_of(session, found.id)
    rows = [row for row in rows if not partners.ended(row, wall=wall_now())]
    for row in rows:
        until = f" until {row.expires_at:%Y-%m-%d %H:%M} UTC" if row.expires_at else ""
        say(f"{row.hint}…  {row.created_at:%Y-%m-%d}{until}  {' '.join(row.scopes)}")
    if not rows:
        complain(f"{found.name} has no key: its systems cannot get in.")


@app.command("revoke")
def revoke_keys(
    organization: Organization,
    key: Annotated[str | None, typer.Option(help="Only this one: how it begins.")] = None,
) -> None:
    """End every key of an organisation at once, or one of them."""
    open_database(load_settings())
    hint = key.rstrip("…")[: partners.HINT_LENGTH] if key else None
    with database.session_scope() as session:
        found = partners.organization(session, organization)
        count = partners.revoke_keys(session, found.id, now=wall_now(), hint=hint)
    if key and not count:
        raise NotFound("key_unknown", "This organisation has no key that begins so.")
    say(f"{found.name}: {count} key{'' if count == 1 else 's'} revoked.")


@contacts.command("add")
def add_contact(
    organization: Organization,
    name: Annotated[str, typer.Option(help="A person or a desk, such as Intake.")],
    channel: Annotated[Channel, typer.Option(help="How they are told.")],
    address: Annotated[str, typer.Option(help="Number, e-mail or https:// address.")],
    language: Annotated[Language, typer.Option(help="Of what we send.")] = Language.EN,
    service: Annotated[str | None, typer.Option(help="Id or slug: of this service only.")] = None,
) -> None:
    """Tell somebody of this partner's referrals. A webhook's signing secret is shown this once."""
    if not name.strip():
        raise typer.BadParameter("say who it is", param_hint="--name")
    open_database(load_settings())
    with database.session_scope() as session:
        found = partners.organization(session, organization)
        new = partners.NewContact(
            name=name,
            channel=channel,
            address=address,
            language=language,
            service_id=_service_id(session, service) if service else None,
        )
        contact = partners.add_contact(session, found.id, new, now=wall_now())
    say(contact.id)
    if contact.secret:
        complain("Keep this secret: it signs what we send, and it is not shown again.")
        say(contact.secret)


@contacts.command("list")
def list_contacts(organization: Organization) -> None:
    """Who is told: id, channel, masked address, name."""
    open_database(load_settings())
    with database.read_scope() as session:
        found = partners.organization(session, organization)
        rows = queries.contacts_for(session, found.id)
    for row in rows:
        address = masked(row.address) if row.channel == Channel.SMS else row.address
        only = f", only {row.service_id}" if row.service_id else ""
        say(f"{row.id}  {row.channel}  {address}  {row.name} ({row.language}{only})")
    if not rows:
        complain(f"{found.name} has no contact: clinicians have to call it about each referral.")


@contacts.command("remove")
def remove_contact(organization: Organization, contact_id: str) -> None:
    """Nothing more goes to this contact, and its links open nothing."""
    open_database(load_settings())
    with database.session_scope() as session:
        found = partners.organization(session, organization)
        contact = queries.contact_by_id(session, contact_id)
        if contact is None or contact.organization_id != found.id or contact.removed_at:
            raise NotFound("contact_unknown", "This organisation has no such contact.")
        partners.remove_contact(contact, now=wall_now())
    say(f"{found.name}: the contact is told nothing any more.")


def _service_id(session: Session, key: str) -> str:
    service = listings.service_by_id(session, key) or listings.service_by_slug(session, key)
    if service is None:
        raise NotFound("service_unknown", "There is no service with this id or slug.")
    return service.id
