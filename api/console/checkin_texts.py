"""Wordings as the console shows them: on a phone, with what they cost and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.checkin_texts import gsm7_segments, preview
from bot.sms.segments import Encoding, encoding_of, segments
from bot.wording import sentences
from directory.checkins import plans
from directory.languages import Language
from directory.wordings import queries
from directory.wordings import service as wordings
from directory.wordings.models import Wording
from directory.wordings.rules import Broken, longest
from directory.wordings.service import Draft


@dataclass(frozen=True, slots=True)
class OnPhone:
    """A wording as a phone shows it. Characters, segments and encoding are of the longest one."""

    shown: str
    without_names: str
    characters: int
    segments: int
    encoding: Encoding
    broken: Sequence[Broken] = ()

    @property
    def is_plain(self) -> bool:
        return self.encoding is Encoding.GSM_7


@dataclass(frozen=True, slots=True)
class Standing:
    """What goes out now for a key in one language. `version`: None for what is shipped."""

    text: str
    version: int | None


def on_phone(text: str, language: Language, broken: Sequence[Broken] = ()) -> OnPhone:
    seen, full = preview(text, language), longest(text)
    return OnPhone(
        shown=seen.shown,
        without_names=seen.without_names,
        characters=len(full),
        segments=segments(full),
        encoding=encoding_of(full),
        broken=broken,
    )


def checked(session: Session, draft: Draft) -> OnPhone:
    """With the rules that it would be refused for as things stand; keeps nothing."""
    broken = wordings.broken_rules(session, draft, count_segments=gsm7_segments)
    return on_phone(draft.text, draft.language, broken)


def standing(session: Session, key: str, language: Language) -> Standing | None:
    """What goes out now: what staff has approved, else what is shipped; None where there is none.

    A key that only stands in one language goes out in none.
    """
    return standing_of(queries.approved(session, key, language), key, language)


def standing_of(approved: Wording | None, key: str, language: Language) -> Standing | None:
    """The same, of what was read before."""
    if approved is not None:
        return Standing(approved.text, approved.version)
    if key in plans.shipped_wordings():
        return Standing(sentences()[key][language], None)
    return None


def usable(session: Session) -> dict[str, bool | None]:
    """The keys that a plan may name, and whether each asks; None: whatever its step says."""
    found: dict[str, bool | None] = dict(plans.shipped_wordings())
    for key in queries.keys(session):
        if key not in found and all(standing(session, key, each) for each in Language):
            found[key] = None
    return found
