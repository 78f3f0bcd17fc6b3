"""Telling colleagues that something waits for them: by e-mail, and by text when it is urgent.

Never with content: what it is about stands behind a log-in.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from directory.notices import service as notices
from directory.notices.models import NoticeKind
from directory.partners.models import Channel
from directory.staff.models import StaffMember

# A text or a page that is later than this would only confuse: it has been said again since.
WORTH_TELLING_FOR = timedelta(hours=1)
# Wall time. Of a clock that runs fast an hour is over before anything can leave: however fast it
# runs, nothing is stale before this.
AT_LEAST = timedelta(minutes=5)


def tell(  # noqa: PLR0913  # what is told is exactly these facts
    session: Session,
    members: Iterable[StaffMember],
    kind: NoticeKind,
    *,
    reference: str,
    urgent: bool,
    now: datetime,
    wall: datetime,
    task_id: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Plan an e-mail to each, and a text where it is `urgent` and a phone is registered.

    `reference`: the same fact tells the same person once. `now`: product time; `wall`: wall time.
    """
    for member in members:
        channels = [Channel.EMAIL]
        if urgent and member.phone is not None:
            channels.append(Channel.SMS)
        for channel in channels:
            notice = notices.to_staff(
                session,
                member.id,
                kind,
                channel=channel,
                reference=reference,
                task_id=task_id,
                facts=facts,
                now=now,
            )
            if notice is not None and (channel is Channel.SMS or kind is NoticeKind.ON_CALL):
                notice.expires_at = now + WORTH_TELLING_FOR
                notice.keep_until = wall + AT_LEAST
