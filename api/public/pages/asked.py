"""What somebody asks of the search page. Pure: nothing that is typed is an error."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from directory.needs import taxonomy

LONGEST_WORDS = 300
LONGEST_PLACE = 80
LAST_PAGE = 6
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Asked:
    """`language`: spoken there, a code or "". `page`: from 1."""

    words: str = ""
    place: str = ""
    need: str = ""
    language: str = ""
    open_now: bool = False
    page: int = 1

    @property
    def something(self) -> bool:
        """Whether there is anything to look for; a place alone is not."""
        return bool(self.words or self.need)

    def of_need(self, need: str) -> "Asked":
        """The first page for one need, whatever words came along."""
        return replace(self, words="", need=need, page=1)

    def address(self, path: str = "/search", **changes: object) -> str:
        """The address that asks the same, with changes."""
        other = replace(self, **changes)  # type: ignore[arg-type]
        said = {
            "q": other.words,
            "need": other.need,
            "place": other.place,
            "language": other.language,
            "open_now": "1" if other.open_now else "",
            "page": str(other.page) if other.page > 1 else "",
        }
        # The language is said even when it is none: else that of the page would stand for it.
        given = {name: value for name, value in said.items() if value or name == "language"}
        return f"{path}?{urlencode(given)}"


def asked_from(query: QueryParams, *, usual_language: str = "") -> Asked:
    """Cut to what any honest reader writes; what we cannot make sense of is left out."""
    need = query.get("need", "")
    language = query.get("language", usual_language)
    page = query.get("page", "1")
    return Asked(
        words=tidy(query.get("q", ""), LONGEST_WORDS),
        place=tidy(query.get("place", ""), LONGEST_PLACE),
        need=need if need in taxonomy() else "",
        language=language if _LANGUAGE_CODE.fullmatch(language) else "",
        open_now=query.get("open_now", "") in ("1", "true", "on"),
        page=min(int(page), LAST_PAGE) if re.fullmatch(r"[1-9]\d{0,3}", page) else 1,
    )


def tidy(text: str, longest: int) -> str:
    """On one line, without what cannot be seen or stored, at most `longest` characters."""
    return " ".join(_CONTROL.sub(" ", text[: 4 * longest]).split())[:longest].strip()
