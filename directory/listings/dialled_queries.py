"""Every SELECT of the launch checklist.

Numbers are compared by their digits: `number_checks` keeps these alone, listings what is shown.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from directory.listings.dialled_models import DialOutcome, NumberCheck
from directory.listings.known_lines import KNOWN_LINES
from directory.listings.models import Phone, Service
from directory.listings.queries import SHOWN

LIFELINES = (*KNOWN_LINES, "988", "911")
Found = list[tuple[Phone, Service]]
# A number that one may be given, or would be once somebody has dialled it.
_GIVEN = (*SHOWN, Phone.attested)


def hotlines(session: Session) -> Found:
    """The numbers on which people in danger may be, with their listings."""
    return _found(session, _listed().where(_is_hotline()))


def others(session: Session, *, undone: bool, page: int, size: int) -> Found:
    """All other numbers in the order of their listings, `page` from 0. `undone`: not yet right."""
    plain = _plain()
    numbers = (
        select(Phone.number)
        .join(Service, Service.id == Phone.service_id)
        .where(*_GIVEN, ~_is_hotline())
        .group_by(Phone.number)
        .order_by(func.min(Service.name), Phone.number)
        .limit(size)
        .offset(page * size)
    )
    if undone:
        numbers = numbers.where(plain.not_in(_right()))
    shown = list(session.scalars(numbers))
    return _found(session, _listed().where(Phone.number.in_(shown))) if shown else []


def count_others(session: Session) -> tuple[int, int]:
    """How many other numbers there are, and how many of them were found right."""
    counted = (
        select(func.count(func.distinct(Phone.number)))
        .join(Service, Service.id == Phone.service_id)
        .where(*_GIVEN, ~_is_hotline())
    )
    right = counted.where(_plain().in_(_right()))
    return session.scalar(counted) or 0, session.scalar(right) or 0


def count_kept_back(session: Session) -> tuple[int, int]:
    """How many numbers of published listings nobody is given: not attested; not yet dialled."""
    of_published = (
        select(func.count())
        .select_from(Phone)
        .join(Service, Service.id == Phone.service_id)
        .where(*SHOWN)
    )
    unattested = of_published.where(Phone.attested.is_(False))
    undialled = of_published.where(Phone.attested, Phone.call_first)
    return session.scalar(unattested) or 0, session.scalar(undialled) or 0


def locked(session: Session, digits: str) -> Found:
    """The published listings with this number, kept from others until the commit."""
    with_one = _plain().in_((digits, f"1{digits}"))
    services = (
        select(Service)
        .join(Phone, Phone.service_id == Service.id)
        .where(*_GIVEN, with_one)
        .order_by(Service.id)
        .with_for_update(of=Service)
        .execution_options(populate_existing=True)
    )
    session.scalars(services).unique().all()
    return _found(session, _listed().where(with_one))


def last_checks(session: Session, digits: Collection[str]) -> dict[str, NumberCheck]:
    """The last word on each of these numbers that anybody has dialled."""
    found = session.scalars(
        select(NumberCheck)
        .where(NumberCheck.number.in_(tuple(digits)))
        .order_by(NumberCheck.dialled_on, NumberCheck.at)
    )
    return {check.number: check for check in found}


def _listed() -> Select[Phone, Service]:
    return (
        select(Phone, Service)
        .join(Service, Service.id == Phone.service_id)
        .where(*_GIVEN)
        .options(joinedload(Service.organization))
        .order_by(Service.name, Service.id, Phone.position)
    )


def _found(session: Session, statement: Select[Phone, Service]) -> Found:
    return [(phone, service) for phone, service in session.execute(statement).unique()]


def _is_hotline() -> ColumnElement[bool]:
    return or_(Phone.type == "hotline", _plain().in_(LIFELINES))


def _right() -> Select[str]:
    """The numbers of which the last word is that they are right."""
    newest = func.row_number().over(
        partition_by=NumberCheck.number,
        order_by=(NumberCheck.dialled_on.desc(), NumberCheck.at.desc()),
    )
    ranked = select(NumberCheck.number, NumberCheck.outcome, newest.label("place")).subquery()
    return select(ranked.c.number).where(
        ranked.c.place == 1, ranked.c.outcome == DialOutcome.REACHED
    )


def _plain() -> ColumnElement[Any]:
    """A number's digits, as far as SQL can tell."""
    plain: ColumnElement[Any] = func.replace(Phone.number, "-", "")
    for sign in " ().+":
        plain = func.replace(plain, sign, "")
    return plain
