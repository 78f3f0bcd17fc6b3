"""The last word to partners about somebody who is erased: the request is withdrawn.

It names nobody. Without it a partner that has the number goes on ringing somebody who asked to be
forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.clock import wall_now
from directory.notices import queries as notices
from directory.notices.permission import TOLD, contact_was_told
from directory.partners import queries as partners
from directory.people.models import Person
from directory.referrals import actors, queries
from directory.referrals import service as referrals
from directory.referrals.disclosure import THEIRS
from directory.referrals.models import Referral
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

# A referral that nobody has touched for so long is one on which nobody acts any more, and who was
# told of it is not known either: notices are kept for a year (rules.yml).
STILL_ACTED_ON = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class LastWord:
    """`notice_ids`: what goes out to partners yet. `unheard`: accepted, and nothing can tell the
    partner that it is withdrawn."""

    notice_ids: frozenset[str]
    unheard: tuple[Referral, ...]


def withdraw(session: Session, person: Person, made: Sequence[str], *, now: datetime) -> LastWord:
    """End every open referral of the person, and settle which contacts are told so.

    `made`: the ids of all referrals of the person; of one that ended before the word may still
    be on its way.
    """
    open_ones = queries.open_of_person(session, person.id)
    accepted = [
        each
        for each in open_ones
        if each.status in THEIRS and each.changed_at > now - STILL_ACTED_ON
    ]
    referrals.withdraw_for(session, person, actor=actors.SYSTEM, now=now, erased=True)
    told = [
        each
        for each in notices.withdrawals(session, made)
        if each.contact_id is not None and contact_was_told(session, each.contact_id, each)
    ]
    for notice in told:
        notice.facts = {**notice.facts, TOLD: True}
    session.flush()
    hears = {each.referral_id for each in told}
    unheard = [
        each
        for each in accepted
        # The partner's own system sees here how its referrals stand.
        if each.id not in hears
        and not partners.reads_referrals(session, each.organization_id, wall=wall_now())
    ]
    return LastWord(frozenset(each.id for each in told), tuple(unheard))


def leave_to_a_person(session: Session, word: LastWord, *, now: datetime) -> None:
    """A task about each partner that nothing else tells; it is about no person."""
    for referral in word.unheard:
        name = partners.name_of(session, referral.organization_id)
        tasks.open_task(
            session,
            TaskKind.REFERRAL_UNANSWERED,
            person_id=None,
            referral_id=referral.id,
            service_id=referral.service_id,
            assigned_to=referral.clinician_id,
            note=f"Please call the partner, {name}: a request that they had accepted is withdrawn, "
            "for the person was erased, and we have no contact who heard of it. Our records name "
            "nobody any more; theirs do.",
            now=now,
        )
