"""The next best services, when one has said no, said nothing or came to nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from directory.conversations import service as conversations
from directory.listings.models import Service
from directory.people import queries as people
from directory.referrals import queries
from directory.referrals.models import Referral
from directory.search import Query, find

AT_MOST = 3
LOOKED_AT = 12


def next_best(session: Session, referral: Referral, *, now: datetime) -> list[str]:
    """Ids of up to three services for the same need that the person was not sent to before.

    Those that take referrals come first; the others the person would call.
    """
    service = session.get(Service, referral.service_id)
    needs = (referral.need,) if referral.need else tuple(service.needs[:1] if service else ())
    if not needs:
        return []
    person = people.by_id(session, referral.person_id)
    memory = conversations.load(session, referral.person_id)
    query = Query(
        needs=needs,
        place=memory.place,
        language=person.language if person else None,
        at=now,
        limit=LOOKED_AT,
    )
    tried = {each.service_id for each in queries.of_person(session, referral.person_id)}
    found = [match for match in find(session, query).matches if match.service_id not in tried]
    found.sort(key=lambda match: not match.accepts_referrals)  # stable: the search's order stays
    return [match.service_id for match in found[:AT_MOST]]
