"""The fictional year, put together and written into an empty database in one transaction."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.demo import asking, crew, example_house, follow_up, referring, residents
from bot.demo.duties import Duties
from bot.demo.talk import Talk
from bot.demo.world import World
from directory import database
from directory.database import Base
from directory.listings.models import Service
from directory.measures.models import UnmetNeed
from directory.people.models import Person
from directory.quiet_hours import QuietHours

SEED = 1_000


@dataclass(frozen=True, slots=True)
class Filled:
    """How much of what has been written."""

    people: int
    visits: int
    texts: int
    rows: int


def is_filled(session: Session) -> bool:
    """Whether anybody is in the database: then it is left alone."""
    return bool(session.scalar(select(func.count()).select_from(Person)))


def fill(session: Session, *, now: datetime, password: str, seed: int = SEED) -> Filled:
    """Write the year that ends with `now`. The listings must be loaded, and nobody be there.

    The same seed and instant make the same year, the ids of accounts, contacts and changes apart.
    `password`: of the accounts of `crew.sign_ins`.
    """
    settings = database.current().settings
    world = World(
        now=now,
        zone=settings.zone,
        quiet=QuietHours(*settings.quiet, settings.zone),
        chance=Random(seed),  # noqa: S311  # nothing here is a secret
    )
    crew.hire(session, world, password=password)
    crew.train(world)
    people = residents.populate(world)
    talk, duties = Talk(world), Duties(world)
    services = list(session.scalars(select(Service).order_by(Service.slug)))
    follow_up.follow(world, talk, duties, people)
    asking.ask(session, world, talk, duties, people)
    referring.refer(world, talk, duties, people, services)
    talk.write()
    _count_unmet(world)
    _write(session, world.rows)
    example_house.open_its_doors(session, world)
    visits = sum(len(each.visits) for each in people)
    texts = len(talk.received) + len(talk.sent)
    return Filled(len(people), visits, texts, len(world.rows))


def _write(session: Session, rows: list[Base]) -> None:
    """Table by table, in the order in which they refer to each other."""
    order = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}
    by_table = defaultdict(list)
    for row in rows:
        by_table[row.__tablename__].append(row)
    for name in sorted(by_table, key=order.__getitem__):
        session.add_all(by_table[name])
        session.flush()


def _count_unmet(world: World) -> None:
    for (month, need, area, how), number in sorted(world.unmet.items()):
        world.rows.append(UnmetNeed(month=month, need=need, area=area, how=how, count=number))
