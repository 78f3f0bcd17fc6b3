"""The parts of written pages that are made by a program: what stands between two marks."""

import re
from pathlib import Path


def put(page: Path, mark: str, text: str) -> None:
    """Replace what stands between `<!-- mark: begin -->` and `<!-- mark: end -->`.

    Raises ValueError when the page has lost its marks.
    """
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    marked = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
    written = page.read_text(encoding="utf-8")
    if not marked.search(written):
        raise ValueError(f"{page.name} lacks {begin} … {end}")
    page.write_text(marked.sub(lambda _: f"{begin}\n{text}\n{end}", written), encoding="utf-8")
