"""write: the pages made from the code. stage: what the generator is given. check: what it built."""

import sys

from tools.docs_site.built import SITE, foreign
from tools.docs_site.stage import STAGED, stage


def write() -> None:
    """docs/reference/commands.md and api.md anew."""
    # Here, as they load the whole application, which the other words do without.
    from tools.docs_site import api, commands  # noqa: PLC0415

    for each in (commands, api):
        each.PAGE.parent.mkdir(exist_ok=True)
        each.PAGE.write_text(each.page(), encoding="utf-8")


def check() -> None:
    """End with 1 where a page of the site would load something from another host."""
    if not (SITE / "index.html").exists():
        sys.exit("docs: nothing was built")
    if found := foreign():
        sys.exit("docs: the pages would ask elsewhere\n" + "\n".join(found))


def main() -> None:
    word = sys.argv[1] if len(sys.argv) == 2 else ""
    if word == "write":
        write()
    elif word == "stage":
        stage()
        print(f"docs: staged in {STAGED}")
    elif word == "check":
        check()
    else:
        sys.exit("usage: python -m tools.docs_site write|stage|check")


main()
