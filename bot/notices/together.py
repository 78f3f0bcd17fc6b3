"""News of several referrals to one person is one text: two that read alike would only puzzle.

What is due in the same look goes as one. What comes while an earlier text still waits for its
first try is added to that one. What comes after it has left is told as one more.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.notices import facts, words
from bot.notices.words import Others
from bot.referral_facts import ASKING, OPEN_FOR, TELLING, TOLD_TOGETHER
from directory.notices import queries
from directory.notices import service as notices
from directory.notices.models import Notice, NoticeKind
from directory.people.models import Person


def grouped(due: Sequence[Notice]) -> list[list[Notice]]:
    """What one text is to say: news to the same person together, everything else by itself.

    In the order in which the first of each was due. Pure.
    """
    groups: dict[str, list[Notice]] = {}
    for notice in due:
        is_news = notice.person_id is not None and notice.kind in TELLING
        groups.setdefault(f"news/{notice.person_id}" if is_news else notice.id, []).append(notice)
    return list(groups.values())


def add_to_waiting(session: Session, person: Person, news: Sequence[Notice]) -> bool:
    """Let the text that waits for its first try speak of this too; False where there is none."""
    if news[0].kind not in TELLING:
        return False
    waiting = queries.not_tried_yet(session, person.id, TELLING)
    if waiting is None:
        return False
    first, message = waiting
    told = notices.tell_together(session, first, news)
    message.body = _words(session, person, told, Others.AT_ONCE)
    return True


def text(session: Session, person: Person, news: Sequence[Notice], *, now: datetime) -> str:
    """What to say of these; `news` of several kinds or referrals is one sentence."""
    told = notices.tell_together(session, news[0], news[1:])
    if len(told) > 1:
        return _words(session, person, told, Others.AT_ONCE)
    before = _told_of_another(session, person, told[0], now=now)
    return _words(session, person, told, Others.BEFORE if before else Others.NONE)


def _words(session: Session, person: Person, told: Collection[Notice], others: Others) -> str:
    kinds = {NoticeKind(notice.kind) for notice in told}
    # Of news of several kinds that there is news is what can be said of all.
    kind = kinds.pop() if len(kinds) == 1 else NoticeKind.REFERRAL_ACCEPTED
    return words.resident_text(kind, facts.of_resident(session, person), others=others)


def _told_of_another(session: Session, person: Person, notice: Notice, *, now: datetime) -> bool:
    """Whether the person could take this text for the one that they have got before."""
    kinds, lately = _alike(NoticeKind(notice.kind))
    before = queries.sent_since(session, person.id, kinds, since=now - lately)
    return any(each.referral_id != notice.referral_id for each in before)


def _alike(kind: NoticeKind) -> tuple[Collection[NoticeKind], timedelta]:
    return (ASKING, OPEN_FOR) if kind in ASKING else (TELLING, TOLD_TOGETHER)
