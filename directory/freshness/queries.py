"""Every SELECT on freshness: what is due, what was asked, what was reported."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, update
from sqlalchemy.orm import Session

from directory.freshness.models import Freshness, FreshnessCheck, Reported
from directory.listings.change_models import ChangeStatus, ListingChange
from directory.listings.models import Service
from directory.listings.queries import whole_service
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.partners.models import PartnerContact
from directory.referrals.models import ListingReport
from directory.referrals.states import Party
from directory.tasks.models import Task, TaskKind, TaskStatus

# What asks a contact about listings, and may be answered.
ASKING = (
    NoticeKind.LISTING_CHECK,
    NoticeKind.LISTING_CHECK_REMINDER,
    NoticeKind.LISTING_REPORTED,
)
_UNDER_WAY = (NoticeStatus.HANDED_OVER, NoticeStatus.SENDING, NoticeStatus.SENT)
# What is looked after: all that is shown, and what silence has taken away.
_KEPT = (
    Service.published,
    Service.status.in_(("active", "temporarily closed")),
    Service.merged_into_id.is_(None),
)


def service_for_update(session: Session, service_id: str) -> Service | None:
    """The listing, kept from others until the commit, so that of two words one is first."""
    statement = select(Service).where(Service.id == service_id).with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


def unscheduled(session: Session, *, limit: int) -> list[Service]:
    """Listings of which it was not reckoned yet when somebody is to be asked."""
    new = _services(Service.ask_at.is_(None)).limit(limit)
    return list(session.scalars(_for_one_process(new)).unique())


def due_organizations(
    session: Session, *, now: datetime, with_contact: bool, limit: int
) -> list[str]:
    """Organisations of which somebody is to be asked, the longest overdue first."""
    somebody = exists().where(
        PartnerContact.organization_id == Service.organization_id,
        PartnerContact.removed_at.is_(None),
    )
    return list(
        session.scalars(
            select(Service.organization_id)
            .where(*_KEPT, Service.ask_at <= now, somebody if with_contact else ~somebody)
            .group_by(Service.organization_id)
            .order_by(func.min(Service.ask_at), Service.organization_id)
            .limit(limit)
        )
    )


def due_services(session: Session, organization_id: str, *, until: datetime) -> list[Service]:
    """The listings of an organisation of which somebody is to be asked by `until`."""
    of_it = (Service.organization_id == organization_id, Service.ask_at <= until)
    return list(session.scalars(_for_one_process(_services(*of_it))).unique())


def put_off(session: Session, *, now: datetime, until: datetime, limit: int) -> None:
    """Ask nobody of organisations without a contact before `until`, or each look finds them."""
    has_contact = select(PartnerContact.organization_id).where(PartnerContact.removed_at.is_(None))
    due = (
        select(Service.id)
        .where(Service.ask_at <= now, Service.organization_id.not_in(has_contact))
        .limit(limit)
    )
    session.execute(
        update(Service)
        .where(Service.id.in_(due))
        .values(ask_at=until)
        .execution_options(synchronize_session=False)
    )


def services_of(session: Session, organization_id: str) -> list[Service]:
    """The listings that an organisation is asked about, in their order."""
    return list(session.scalars(_services(Service.organization_id == organization_id)).unique())


def services(session: Session, service_ids: list[str]) -> list[Service]:
    """These, as long as they are looked after, in the order of the listing."""
    return list(session.scalars(_services(Service.id.in_(service_ids))).unique())


def _for_one_process(statement: Select[Service]) -> Select[Service]:
    """So that two who look at the same moment do not ask twice."""
    return statement.with_for_update(of=Service, skip_locked=True)


def _services(*conditions: ColumnElement[bool]) -> Select[Service]:
    return (
        select(Service)
        .where(*_KEPT, *conditions)
        .options(*whole_service())
        .order_by(Service.ask_at, Service.position, Service.id)
    )


def open_check(session: Session, service_id: str) -> FreshnessCheck | None:
    """The round of asking that nobody has answered yet; the newest, should there be two."""
    return session.scalar(
        select(FreshnessCheck)
        .where(FreshnessCheck.service_id == service_id, FreshnessCheck.answered_at.is_(None))
        .order_by(FreshnessCheck.asked_at.desc())
        .limit(1)
    )


def open_checks(session: Session, service_ids: list[str]) -> list[FreshnessCheck]:
    """The open rounds of asking about these services."""
    return list(
        session.scalars(
            select(FreshnessCheck).where(
                FreshnessCheck.service_id.in_(service_ids), FreshnessCheck.answered_at.is_(None)
            )
        )
    )


def due_checks(session: Session, *, now: datetime, limit: int) -> list[FreshnessCheck]:
    """Open ones whose next step has come, the oldest first."""
    return list(
        session.scalars(
            select(FreshnessCheck)
            .where(FreshnessCheck.answered_at.is_(None), FreshnessCheck.next_at <= now)
            .order_by(FreshnessCheck.next_at, FreshnessCheck.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def of_round(session: Session, round_id: str) -> list[FreshnessCheck]:
    """What was asked in one message and nobody has answered yet."""
    return list(
        session.scalars(
            select(FreshnessCheck).where(
                FreshnessCheck.round_id == round_id, FreshnessCheck.answered_at.is_(None)
            )
        )
    )


def with_task(session: Session, task_id: str) -> list[FreshnessCheck]:
    """Open rounds that wait for this task."""
    return list(
        session.scalars(
            select(FreshnessCheck).where(
                FreshnessCheck.task_id == task_id, FreshnessCheck.answered_at.is_(None)
            )
        )
    )


def waiting_calls(session: Session) -> int:
    """How many tasks wait to call a partner that no message can reach."""
    return (
        session.scalar(
            select(func.count(func.distinct(FreshnessCheck.task_id)))
            .join(Task, Task.id == FreshnessCheck.task_id)
            .where(
                FreshnessCheck.answered_at.is_(None),
                FreshnessCheck.told.is_(False),
                Task.status != TaskStatus.DONE,
            )
        )
        or 0
    )


def reached(session: Session, round_id: str) -> bool:
    """Whether a message of this round has arrived with anybody, as far as one can know."""
    found = session.scalar(
        select(Notice.id).where(_of_round(round_id), Notice.status == NoticeStatus.SENT).limit(1)
    )
    return found is not None


def under_way(session: Session, round_id: str) -> bool:
    """Whether a message of this round has been sent, or is still to be."""
    found = session.scalar(
        select(Notice.id)
        .where(_of_round(round_id), Notice.status.in_((NoticeStatus.PLANNED, *_UNDER_WAY)))
        .limit(1)
    )
    return found is not None


def _of_round(round_id: str) -> ColumnElement[bool]:
    return or_(*(Notice.reference.startswith(f"{kind.value}/{round_id}/") for kind in ASKING))


def last_asked(session: Session, contact_id: str) -> Notice | None:
    """The newest message by which this contact was asked about listings."""
    return session.scalar(
        select(Notice)
        .where(
            Notice.contact_id == contact_id,
            Notice.kind.in_(ASKING),
            Notice.status.in_(_UNDER_WAY),
        )
        .order_by(Notice.created_at.desc(), Notice.id)
        .limit(1)
    )


def changed_since(session: Session, service_ids: list[str], since: datetime) -> bool:
    """Whether somebody other than its partner has changed one of these listings since."""
    found = session.scalar(
        select(ListingChange.id)
        .where(
            ListingChange.service_id.in_(service_ids),
            ListingChange.at > since,
            ListingChange.status.in_((ChangeStatus.APPLIED, ChangeStatus.APPROVED)),
            ListingChange.field.not_in(("confirmed", "freshness")),
            ListingChange.by.not_like(f"{Party.PARTNER.value}:%"),
        )
        .limit(1)
    )
    return found is not None


def open_reports(session: Session, service_id: str) -> list[ListingReport]:
    """What people say is wrong and nobody has settled, the oldest first."""
    return list(
        session.scalars(
            select(ListingReport)
            .where(ListingReport.service_id == service_id, ListingReport.resolved_at.is_(None))
            .order_by(ListingReport.created_at, ListingReport.id)
        )
    )


def report_by_id(session: Session, report_id: str) -> ListingReport | None:
    return session.get(ListingReport, report_id)


def same_report(
    session: Session, service_id: str, kind: Reported, by: str, *, since: datetime
) -> ListingReport | None:
    """What this reporter has said of this listing before, while it is open."""
    return session.scalar(
        select(ListingReport)
        .where(
            ListingReport.service_id == service_id,
            ListingReport.kind == kind,
            ListingReport.reported_by == by,
            ListingReport.created_at > since,
            ListingReport.resolved_at.is_(None),
        )
        .limit(1)
    )


def count_reports(session: Session, by: str, *, since: datetime) -> int:
    """How many reports somebody has made since."""
    return (
        session.scalar(
            select(func.count()).where(
                ListingReport.reported_by == by, ListingReport.created_at > since
            )
        )
        or 0
    )


def listing_tasks(session: Session, service_id: str) -> list[Task]:
    """Tasks about this listing that nobody has done. Locked: what is just being finished is judged
    anew after that, or a note would be added to what nobody looks at any more."""
    return list(
        session.scalars(
            select(Task)
            .where(
                Task.service_id == service_id,
                Task.kind == TaskKind.LISTING_REPORT,
                Task.status != TaskStatus.DONE,
            )
            .order_by(Task.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def counts(session: Session) -> dict[str, int]:
    """How many of the listings that are looked after are how fresh."""
    rows = session.execute(
        select(Service.freshness, func.count()).where(*_KEPT).group_by(Service.freshness)
    )
    found = {str(state): int(count) for state, count in rows}
    return {state.value: found.get(state.value, 0) for state in Freshness}


def overdue_count(session: Session, *, now: datetime) -> int:
    """How many are due and nobody was asked yet."""
    return session.scalar(select(func.count()).where(*_KEPT, Service.ask_at <= now)) or 0


def page(
    session: Session,
    *,
    state: Freshness | None,
    overdue_at: datetime | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Service]:
    """Listings that are not fresh, or are overdue, by when somebody is asked (again)."""
    statement = _services(Service.ask_at.is_not(None)).order_by(None)
    statement = statement.order_by(Service.ask_at, Service.id).limit(limit)
    if state is not None:
        statement = statement.where(Service.freshness == state)
    elif overdue_at is None:
        statement = statement.where(Service.freshness != Freshness.FRESH)
    if overdue_at is not None:
        statement = statement.where(Service.ask_at <= overdue_at)
    if after is not None:
        at, service_id = after
        later = (Service.ask_at > at) | ((Service.ask_at == at) & (Service.id > service_id))
        statement = statement.where(later)
    return list(session.scalars(statement).unique())
