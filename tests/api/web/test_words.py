"""Every sentence of the pages exists in Spanish."""

from pathlib import Path

import pytest

from directory.settings import ROOT
from tools.words import PARTS, missing

HERE = [part for part in PARTS if (ROOT / "api" / part / "templates").is_dir()]


@pytest.mark.parametrize("part", HERE)
def test_every_sentence_of_a_page_has_a_spanish_one(part: str) -> None:
    lacking = [f"{each.where}: {each.message}" for each in missing(part)]
    assert lacking == [], "python -m tools.words prints them as entries to fill in"


def test_a_value_is_escaped_and_the_sentence_is_not(tmp_path: Path) -> None:
    from zoneinfo import ZoneInfo

    from api.web.words import Words
    from directory.languages import Language

    words = Words(Language.EN, (tmp_path,), ZoneInfo("America/Chicago"))
    said = words.text("Texts of %(name)s", name="<b>Ana</b>")
    assert str(said) == "Texts of &lt;b&gt;Ana&lt;/b&gt;"
