"""`handoff partner`: keys of an organisation's systems, and the people there who are told.

An organisation is named by its HSDS id or its slug in partners.yml.
"""

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
from directory.partners.models import Channel
from directory.people.phone import masked
from directory.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Partners: their keys and whom we tell of referrals.")
contacts = typer.Typer(no_args_is_help=True, help="Who at a partner is told of referrals.")
app.add_typer(contacts, name="contact")

Organization = Annotated[str, typer.Argument(help="HSDS id, or slug of partners.yml.")]


@app.command("key")
def issue_key(organization: Organization) -> None:
    """Issue a key of the partner API. It is shown this once; the output is the key alone."""
    open_database(load_settings())
    with database.session_scope() as session:
        found = partners.organization(session, organization)
        key = partners.issue_key(session, found.id, now=wall_now())
    say(key)


@app.command("revoke")
def revoke_keys(organization: Organization) -> None:
    """End every key of an organisation at once."""
    open_database(load_settings())
    with database.session_scope() as session:
        found = partners.organization(session, organization)
        count = partners.revoke_keys(session, found.id, now=wall_now())
    say(f"{found.name}: {count} key{'' if count == 1 else 's'} revoked.")


@contacts.command("add")
def add_contact(
    organization: Organization,
    name: Annotated[str, typer.Option(help="A person or a desk, such as Intake.")],
    channel: Annotated[Channel, typer.Option()],
    address: Annotated[str, typer.Option(help="Number, e-mail or https:// address.")],
    language: Annotated[Language, typer.Option()] = Language.EN,
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
