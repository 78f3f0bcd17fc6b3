"""Several processes on a PostgreSQL that they cannot reach for a while."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from bot.carrier.signing import signature
from directory import database
from directory.database import Database
from directory.messages.models import InboundMessage, OutboundMessage
from directory.people.models import Person
from tests.faults.conftest import Scaled
from tests.journeys.running import wait_until
from tools.fault_episodes import World, episode, hook
from tools.links import Link, by_path

TEXTS = ("HELP", "need food 60540", "help with rent naperville", "who is this", "need a ride lisle")


@dataclass
class Parted:
    world: World
    link: Link


@pytest.fixture(scope="module")
def running(many_processes: Scaled, postgres_server: str) -> Iterator[tuple[Parted, Database]]:
    """All reach PostgreSQL through one link; this process does not need it."""
    sockets = make_url(postgres_server).query["host"]
    with Link(by_path(f"{sockets}/.s.PGSQL.5432")) as link:

        def through(url: str) -> str:
            linked = make_url(url).set(host="127.0.0.1", port=link.port, query={})
            return linked.render_as_string(hide_password=False)

        with many_processes("parted", through=through) as (world, opened):
            yield Parted(world, link), opened


@pytest.fixture
def parted(running: tuple[Parted, Database]) -> Iterator[Parted]:
    found, opened = running
    database.use(opened)
    found.link.mend()
    found.world.topology.wait_until_up()
    yield found
    found.link.mend()


def webhook(world: World, door: str, phone: str, body: str) -> None:
    """A text, signed, to this one of the processes at the doors. Acknowledged, or it fails."""
    settings = world.topology.settings
    fields = {
        "MessageSid": f"SM{uuid4().hex}",
        "AccountSid": settings.twilio_account_sid,
        "From": phone,
        "To": settings.twilio_from_number,
        "Body": body,
        "NumMedia": "0",
    }
    path = "/webhooks/twilio/sms"
    signed = signature(settings.twilio_auth_token, f"{settings.base_url}{path}", fields.items())
    httpx.post(
        f"http://127.0.0.1:{world.topology.ports[door]}{path}",
        data=fields,
        headers={
            "X-Twilio-Signature": signed,
            "Host": httpx.URL(settings.base_url).netloc.decode(),
        },
        timeout=60,
    ).raise_for_status()


def stored(phone: str) -> list[InboundMessage]:
    """What the inbox has of this phone, in its order."""
    with database.read_scope() as session:
        found = session.scalars(select(InboundMessage).order_by(InboundMessage.sequence))
        ours = list(found)
        people = {each.id: each.phone for each in session.scalars(select(Person))}
    return [each for each in ours if people[each.person_id] == phone]


def answered(world: World, phone: str) -> list[str]:
    """To which texts the replies are that this phone has got, by their ids, in order of arrival."""
    with database.read_scope() as session:
        replies = {
            each.provider_id: each.in_reply_to for each in session.scalars(select(OutboundMessage))
        }
    got = [each for each in world.carrier.messages(phone) if each.direction == "outbound"]
    return [
        str(replies[each.sid])
        for each in sorted(got, key=lambda each: each.order)
        if replies.get(each.sid)
    ]


def are_answered(world: World, phone: str) -> None:
    """Wait until all of a phone's are."""
    wait_until("all to be answered", lambda: len(set(answered(world, phone))) == len(TEXTS))


def test_texts_of_one_sender_spooled_by_two_processes_keep_their_order(parted: Parted) -> None:
    """Each process at the doors spools every second text; whoever takes them up, and whoever then
    answers, the second text is not stored, nor answered, before the first."""
    world = parted.world
    phone, other = world.some_phones(2)
    spool = world.topology.settings.data_dir / "inbox-spool"
    parted.link.cut()
    for number, body in enumerate(TEXTS):
        for who in (phone, other):
            webhook(world, f"api-{number % 2}", who, body)
    assert len(list(spool.glob("*.text"))) == 2 * len(TEXTS)
    parted.link.mend()

    for who in (phone, other):
        are_answered(world, who)
        inbox = stored(who)
        assert [each.body for each in inbox] == list(TEXTS)
        assert list(dict.fromkeys(answered(world, who))) == [each.id for each in inbox]
    assert list(spool.glob("*.text")) == []


def test_a_network_that_goes_silent_loses_and_doubles_nothing(parted: Parted) -> None:
    fault = hook(parted.link.silent, parted.link.mend, seconds=5.0)
    row = episode(parted.world, "PostgreSQL silent", fault)
    assert row.count.clean, row
    assert row.count.texts > 0
