"""How each notice reads, as a text, an e-mail or a webhook's event. Pure.

Residents: nothing that a glance at their phone could tell. Partners: what it takes to decide.
Staff: that something waits, never what.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.notices.facts import PartnerFacts, ResidentFacts
from bot.sms.segments import to_gsm7
from bot.wording import say, sentences
from directory.languages import Language
from directory.notices.models import NoticeKind

# A longer name of a service is cut in a text: code and link must fit into two segments with it.
LONGEST_SERVICE = 60
LONGEST_TOWN = 30
# Whose e-mail asks for something that is done behind the link.
_OPENS = (NoticeKind.REFERRAL_NEW, NoticeKind.REFERRAL_REMINDER)


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail: one line of subject, and plain text."""

    subject: str
    body: str


class Others(StrEnum):
    """Whether a text to a resident is about other requests of theirs too, or comes after another
    that read like it; part of the sentences' keys."""

    NONE = ""
    AT_ONCE = "_several"
    BEFORE = "_again"


def resident_text(kind: NoticeKind, facts: ResidentFacts, *, others: Others = Others.NONE) -> str:
    name = f" {facts.name}" if facts.name else ""
    key = f"notice_{kind.value}"
    # Some are as true of several as of one.
    varied = f"{key}{others.value}"
    return say(varied if varied in sentences() else key, facts.language, name=name)


def partner_text(kind: NoticeKind, facts: PartnerFacts) -> str:
    """Without a code (`facts.code` empty) only the link answers; no letter is asked for then."""
    key = f"partner_{kind.value}"
    uncoded = f"{key}_uncoded"
    return say(
        uncoded if not facts.code and uncoded in sentences() else key,
        facts.language,
        code=facts.code,
        service=_cut(to_gsm7(facts.service, fold_accents=True), LONGEST_SERVICE),
        about=to_gsm7(_about(facts), fold_accents=True),
        link=facts.link or "",
    )


def partner_letter(kind: NoticeKind, facts: PartnerFacts) -> Letter:
    filled = {
        "service": _on_one_line(facts.service),
        "about": _about(facts),
    }
    paragraphs = [say(f"mail_{kind.value}", facts.language, **filled)]
    if facts.link is not None and kind in _OPENS:
        paragraphs += [_with_link("mail_open", facts), say("mail_private", facts.language)]
    elif facts.link is not None and kind is NoticeKind.REFERRAL_ANSWERED:
        paragraphs += [_with_link("mail_read", facts), say("mail_private", facts.language)]
    subject = say(f"mail_subject_{kind.value}", facts.language, **filled)
    return letter(subject, paragraphs, facts.language)


def partner_event(kind: NoticeKind, facts: PartnerFacts, *, at: datetime) -> dict[str, str | None]:
    """The body of a webhook. `at`: when it came about, product time."""
    return {
        "event": kind.value,
        "referral_id": facts.referral_id,
        "status": facts.status.value if facts.status else None,
        "priority": facts.priority.value if facts.referral_id else None,
        "service_id": facts.service_id,
        "at": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "link": facts.link,
    }


def staff_text(kind: NoticeKind, facts: dict[str, object], *, console: str) -> str:
    """`facts`: as planned with the notice; `console`: where to look."""
    key = _staff_key(kind, facts)
    return say(key, Language.EN, link=console, count=facts.get("count", 1))


def staff_letter(kind: NoticeKind, facts: dict[str, object], *, console: str) -> Letter:
    text = staff_text(kind, facts, console=console)
    # The text ends with the address of the console, or else asks to open it.
    paragraphs = [text] if console in text else [text, console]
    subject = "alarm_over" if facts.get("over") is True else kind.value
    return letter(say(f"mail_subject_{subject}", Language.EN), paragraphs, Language.EN)


def _staff_key(kind: NoticeKind, facts: dict[str, object]) -> str:
    if kind is NoticeKind.ALARM and facts.get("over") is True:
        return "staff_alarm_over"
    if kind is NoticeKind.ALARM:
        named = f"staff_alarm_{facts.get('alarm')}"
        return named if named in sentences() else "staff_alarm"
    if kind is NoticeKind.ON_CALL and facts.get("nobody_on_call") is True:
        return "staff_on_call_nobody"
    if kind is NoticeKind.TASK_OVERDUE and facts.get("count", 1) != 1:
        return "staff_tasks_overdue"
    return f"staff_{kind.value}"


def _about(facts: PartnerFacts) -> str:
    """How urgent, which language, which town: "routine, Spanish, Bolingbrook"."""
    words = [say(f"partner_{facts.priority.value}", facts.language)]
    if facts.speaks is not None:
        words.append(say(f"partner_speaks_{facts.speaks.value}", facts.language))
    if facts.town is not None:
        words.append(_cut(_on_one_line(facts.town), LONGEST_TOWN))
    return ", ".join(words)


def _with_link(key: str, facts: PartnerFacts) -> str:
    return f"{say(key, facts.language)}\n{facts.link}"


def letter(subject: str, paragraphs: list[str], language: Language) -> Letter:
    """An e-mail of these paragraphs, with the word that nobody reads replies."""
    return Letter(subject, "\n\n".join([*paragraphs, say("mail_no_replies", language)]) + "\n")


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, longest: int) -> str:
    words = _on_one_line(text)
    return words if len(words) <= longest else words[: longest - 3].rstrip() + "..."
