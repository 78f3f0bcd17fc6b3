"""Which tests share a process when some run side by side (`make test`; pytest-xdist).

Each file stays in one process, and all files that want Rasa in the same one, so that Rasa is
started once. That process starts first: while its journeys wait, the others have the machine, and
give it back when they want it, so that answers take as long as they do for residents.
"""

import os
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

WITH_RASA = ("tests/journeys/", "tests/bot/test_rasa_real.py", "tests/bot/test_understanding.py")
# The first starts a Rasa of its own, the others need none.
WITHOUT = ("tests/journeys/test_one_command.py", "tests/journeys/in_browser/")


def is_with_rasa(nodeid: str) -> bool:
    return nodeid.startswith(WITH_RASA) and not nodeid.startswith(WITHOUT)


class ByFile(LoadFileScheduling):
    """By file, with all that want Rasa as if they were one."""

    def _split_scope(self, nodeid: str) -> str:
        return "rasa" if is_with_rasa(nodeid) else super()._split_scope(nodeid)


def pytest_configure(config: pytest.Config) -> None:
    first = "gw0"  # is given the first scope, which is Rasa's
    if getattr(config, "workerinput", {}).get("workerid", first) != first:
        os.nice(10)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    strays = {
        item.nodeid.partition("::")[0]
        for item in items
        if "rasa" in getattr(item, "fixturenames", ()) and not is_with_rasa(item.nodeid)
    }
    if strays:
        raise pytest.UsageError(f"{sorted(strays)} want Rasa: name them in WITH_RASA")
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not is_with_rasa(item.nodeid))
