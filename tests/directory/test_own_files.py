import inspect
import subprocess
import sys

import pytest

from directory import own_files

# In a process of its own, which has imported what the application imports and nothing else.
_UNREAD = """
import inspect, sys
import api.services
from directory import own_files
for name, module in list(sys.modules.items()):
    for each in vars(module).values() if name.startswith("bot.") else ():
        mine = getattr(each, "__module__", None) == name and hasattr(each, "cache_info")
        if mine and not inspect.signature(each).parameters and each not in own_files._readers:
            print(name, each.__name__)
"""


def test_a_reader_reads_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_files, "_readers", [])
    asked = []

    @own_files.read_once
    def words() -> list[str]:
        asked.append(1)
        return ["one"]

    assert words() is words()
    own_files.read_all()
    assert asked == [1]


def test_what_nobody_asked_for_yet_is_read_with_all_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own_files, "_readers", [])
    asked = []
    own_files.read_once(lambda: asked.append(1))
    own_files.read_all()
    assert asked == [1]


def test_no_text_waits_for_a_file_of_the_bot_to_be_read() -> None:
    program = inspect.cleandoc(_UNREAD)
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
