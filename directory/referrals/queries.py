"""Every SELECT on referrals."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory.database import LOCKED
from directory.listings.models import Organization
from directory.referrals.models import Referral, ReferralEvent, ReferralRemark
from directory.referrals.states import OPEN, UNSEEN, Status


def by_id(session: Session, referral_id: str, *, for_update: bool = False) -> Referral | None:
    """`for_update`: two who answer at once do so one after the other.

    Then it is read anew: what the session knew of it may be from before the other's answer.
    """
    lock = LOCKED if for_update else None
    return session.get(Referral, referral_id, with_for_update=lock, populate_existing=for_update)


def known_to_partner() -> ColumnElement[bool]:
    """That its partner may know of a referral: every door for partners asks for this.

    What was taken back while it was a draft is cancelled, and was never sent to anybody.
    """
    was_sent = exists().where(
        ReferralEvent.referral_id == Referral.id, ReferralEvent.status == Status.REQUESTED
    )
    return and_(Referral.status.not_in(tuple(UNSEEN)), was_sent)


def sent_to(
    session: Session, organization_id: str, referral_id: str, *, for_update: bool = False
) -> Referral | None:
    """The referral with this id, if this organisation is its partner and may know of it."""
    referral = by_id(session, referral_id, for_update=for_update)
    if referral is None or referral.organization_id != organization_id:
        return None
    known = select(Referral.id).where(Referral.id == referral_id, known_to_partner())
    return referral if session.scalar(known) else None


def history(session: Session, referral_id: str) -> list[ReferralEvent]:
    return list(
        session.scalars(
            select(ReferralEvent)
            .where(ReferralEvent.referral_id == referral_id)
            .order_by(ReferralEvent.sequence)
        )
    )


def last_sequence(session: Session, referral_id: str) -> int:
    newest = session.scalar(
        select(func.max(ReferralEvent.sequence)).where(ReferralEvent.referral_id == referral_id)
    )
    return newest or 0


def remarks(session: Session, referral_id: str) -> list[ReferralRemark]:
    return list(
        session.scalars(
            select(ReferralRemark)
            .where(ReferralRemark.referral_id == referral_id)
            .order_by(ReferralRemark.at, ReferralRemark.id)
        )
    )


def histories(session: Session, referral_ids: Collection[str]) -> list[ReferralEvent]:
    """The history of several referrals, each in its order."""
    return list(
        session.scalars(
            select(ReferralEvent)
            .where(ReferralEvent.referral_id.in_(tuple(referral_ids)))
            .order_by(ReferralEvent.referral_id, ReferralEvent.sequence)
        )
    )


def remarks_on(session: Session, referral_ids: Collection[str]) -> list[ReferralRemark]:
    """The questions and answers on several referrals, the oldest first."""
    return list(
        session.scalars(
            select(ReferralRemark)
            .where(ReferralRemark.referral_id.in_(tuple(referral_ids)))
            .order_by(ReferralRemark.at, ReferralRemark.id)
        )
    )


def page(
    session: Session,
    *,
    person_id: str | None = None,
    partner_id: str | None = None,
    status: Status | None = None,
    without: Collection[Status] = (),
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Referral]:
    """Referrals, the oldest first. `partner_id`: what this organisation may know of."""
    statement = select(Referral).order_by(Referral.created_at, Referral.id).limit(limit)
    if person_id is not None:
        statement = statement.where(Referral.person_id == person_id)
    if partner_id is not None:
        statement = statement.where(Referral.organization_id == partner_id, known_to_partner())
    if status is not None:
        statement = statement.where(Referral.status == status)
    if without:
        statement = statement.where(Referral.status.not_in(tuple(without)))
    if after is not None:
        at, referral_id = after
        later = and_(Referral.created_at == at, Referral.id > referral_id)
        statement = statement.where(or_(Referral.created_at > at, later))
    return list(session.scalars(statement))


def of_person(session: Session, person_id: str) -> list[Referral]:
    """Every referral of a person, the newest first."""
    return list(
        session.scalars(
            select(Referral)
            .where(Referral.person_id == person_id)
            .order_by(Referral.created_at.desc(), Referral.id)
        )
    )


def open_of_person(session: Session, person_id: str) -> list[Referral]:
    return [each for each in of_person(session, person_id) if each.status in OPEN]


def open_of_clinician(session: Session, staff_id: str) -> list[Referral]:
    """What a colleague still follows."""
    return list(
        session.scalars(
            select(Referral).where(
                Referral.clinician_id == staff_id, Referral.status.in_(tuple(OPEN))
            )
        )
    )


def due(
    session: Session, column: InstrumentedAttribute[datetime | None], *, now: datetime, limit: int
) -> list[Referral]:
    """Referrals whose `column` (a time of theirs) has come."""
    return list(
        session.scalars(
            select(Referral)
            .where(column <= now)
            .order_by(column)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


@dataclass(frozen=True, slots=True)
class Board:
    """Which referrals a board shows; what is None does not count."""

    clinician_id: str | None = None
    need: str | None = None
    organization_id: str | None = None

    def where(self) -> list[ColumnElement[bool]]:
        wanted = (
            (Referral.clinician_id, self.clinician_id),
            (Referral.need, self.need),
            (Referral.organization_id, self.organization_id),
        )
        return [column == value for column, value in wanted if value is not None]


def on_board(
    session: Session,
    board: Board,
    status: Status,
    *,
    changed_since: datetime | None = None,
    limit: int,
) -> list[Referral]:
    """Referrals of one status: open ones the longest so first, ended ones the latest first."""
    statement = select(Referral).where(Referral.status == status, *board.where())
    if changed_since is not None:
        statement = statement.where(Referral.changed_at >= changed_since)
    order = Referral.changed_at if status in OPEN else Referral.changed_at.desc()
    return list(session.scalars(statement.order_by(order, Referral.id).limit(limit)))


def counts_on_board(session: Session, board: Board, *, ended_since: datetime) -> dict[Status, int]:
    """How many there are of each status; of those that have ended, since then."""
    shown = or_(Referral.status.in_(tuple(OPEN)), Referral.changed_at >= ended_since)
    rows = session.execute(
        select(Referral.status, func.count()).where(shown, *board.where()).group_by(Referral.status)
    )
    return {Status(status): int(count) for status, count in rows}


def organizations_of(session: Session) -> dict[str, str]:
    """Who was ever referred to: names by id, in the order of names."""
    # The first of each is a glance into an index, and there are far fewer organisations than
    # referrals. (A mere EXISTS reads all referrals.)
    first = select(func.min(Referral.created_at)).where(Referral.organization_id == Organization.id)
    rows = session.execute(
        select(Organization.id, Organization.name)
        .where(first.scalar_subquery().is_not(None))
        .order_by(Organization.name)
    )
    return {row[0]: row[1] for row in rows}
