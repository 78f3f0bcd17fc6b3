"""The names of the towns that a directory has addresses in, and what is a slip of one."""

from collections.abc import Sequence
from threading import Lock

from directory.search.fields import TOWN_OF
from directory.search.phonetic import sound
from directory.search.spelling import Spelling

_SHORTEST_SLIP = 6


class TownNames:
    """The names of towns among the keys of an index, and of every index made from it."""

    def __init__(self) -> None:
        self._read = 0
        self._states: dict[str, list[str]] = {}
        self._joined: list[str] = []
        self._by_joined: dict[str, str] = {}
        self._names: list[str] = []
        self._spelling = Spelling()
        self._sounds: dict[str, str] = {}
        self._reading = Lock()

    def states_with(self, name: str) -> Sequence[str]:
        return self._states.get(name, ())

    def meant(self, written: str) -> str | None:
        """The town that a word, or some written as one, is a slip of."""
        if len(written) < _SHORTEST_SLIP:
            return None
        number = self._spelling.meant(written, self._joined, lambda _: 1)
        return self._names[number] if number is not None else self._sounds.get(sound(written))

    def joined(self, written: str) -> str | None:
        """The town whose name this is, but for its spaces."""
        return self._by_joined.get(written) if len(written) >= _SHORTEST_SLIP else None

    def read(self, keys: Sequence[str]) -> "TownNames":
        """Take in the keys that are new since the last time. `keys` only ever grows."""
        if self._read < len(keys):
            with self._reading:
                for key in keys[self._read :]:
                    if key.startswith(TOWN_OF):
                        self._add(*key.removeprefix(TOWN_OF).rsplit(", ", 1))
                self._read = len(keys)
        return self

    def _add(self, name: str, state: str) -> None:
        states = self._states.setdefault(name, [])
        if not states:
            joined = name.replace(" ", "")
            self._spelling.add(len(self._joined), joined)
            self._sounds.setdefault(sound(joined), name)
            self._by_joined.setdefault(joined, name)
            self._joined.append(joined)
            self._names.append(name)
        if state not in states:
            states.append(state)
