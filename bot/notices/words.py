"""How each notice reads, as a text, an e-mail or a webhook's event. Pure.

Residents: nothing that a glance at their phone could tell. Partners: what it takes to decide.
Staff: that something waits, never what.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

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


def resident_text(kind: NoticeKind, facts: ResidentFacts) -> str:
    name = f" {facts.name}" if facts.name else ""
    return say(f"notice_{kind.value}", facts.language, name=name)


def partner_text(kind: NoticeKind, facts: PartnerFacts) -> str:
    return say(
        f"partner_{kind.value}",
        facts.language,
        code=facts.code,
        service=_cut(to_gsm7(facts.service, fold_accents=True), LONGEST_SERVICE),
        about=to_gsm7(_about(facts), fold_accents=True),
        link=facts.link or "",
        report=_report(facts),
    )


def partner_letter(kind: NoticeKind, facts: PartnerFacts) -> Letter:
    filled = {
        "service": _on_one_line(facts.service),
        "about": _about(facts),
        "report": _report(facts),
    }
    paragraphs = [say(f"mail_{kind.value}", facts.language, **filled)]
    if facts.link is not None and kind in _OPENS:
        paragraphs += [_with_link("mail_open", facts), say("mail_private", facts.language)]
    elif facts.link is not None and kind is NoticeKind.REFERRAL_ANSWERED:
        paragraphs += [_with_link("mail_read", facts), say("mail_private", facts.language)]
    subject = say(f"mail_subject_{kind.value}", facts.language, **filled)
    return _letter(subject, paragraphs, facts.language)


def partner_event(kind: NoticeKind, facts: PartnerFacts, *, at: datetime) -> dict[str, str | None]:
    """The body of a webhook. `at`: when it came about, product time."""
    event = {
        "event": kind.value,
        "referral_id": facts.referral_id,
        "status": facts.status.value if facts.status else None,
        "priority": facts.priority.value if facts.referral_id else None,
        "service_id": facts.service_id,
        "at": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "link": facts.link,
    }
    if facts.report is not None:
        event["report"] = facts.report.value
    return event


def staff_text(kind: NoticeKind, facts: dict[str, object], *, console: str) -> str:
    """`facts`: as planned with the notice; `console`: where to look."""
    key = _staff_key(kind, facts)
    return say(key, Language.EN, link=console, count=facts.get("count", 1))


def staff_letter(kind: NoticeKind, facts: dict[str, object], *, console: str) -> Letter:
    text = staff_text(kind, facts, console=console)
    # The text ends with the address of the console, or else asks to open it.
    paragraphs = [text] if console in text else [text, console]
    return _letter(say(f"mail_subject_{kind.value}", Language.EN), paragraphs, Language.EN)


def _staff_key(kind: NoticeKind, facts: dict[str, object]) -> str:
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


def _report(facts: PartnerFacts) -> str:
    if facts.report is None:
        return ""
    key = f"partner_report_{facts.report.value}"
    return say(key if key in sentences() else "partner_report_other", facts.language)


def _with_link(key: str, facts: PartnerFacts) -> str:
    return f"{say(key, facts.language)}\n{facts.link}"


def _letter(subject: str, paragraphs: list[str], language: Language) -> Letter:
    return Letter(subject, "\n\n".join([*paragraphs, say("mail_no_replies", language)]) + "\n")


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, longest: int) -> str:
    words = _on_one_line(text)
    return words if len(words) <= longest else words[: longest - 3].rstrip() + "..."
