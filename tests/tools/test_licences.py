"""The page of licences says what the installed packages say."""

from directory.settings import ROOT
from tools.licences import PAGE, direct, licence_of, table_of_libraries


def test_the_page_says_the_same() -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert table_of_libraries() in page, "run: python -m tools.licences"


def test_every_library_names_a_licence_that_we_know() -> None:
    known = ("MIT", "BSD", "Apache", "LGPL", "PSF", "Python Software", "0BSD", "ISC", "MPL")
    unknown = {n: licence_of(n) for n in direct() if not any(k in licence_of(n) for k in known)}
    assert unknown == {}
