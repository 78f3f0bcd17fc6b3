"""Words as numbers. Words are only ever added, so a number once given stays right for everybody."""

from collections.abc import Iterable
from threading import Lock

from directory.search.spelling import Spelling


class Vocabulary:
    """Word <-> number. Safe to read while another thread adds: what was there does not move."""

    def __init__(self, *, spelt: bool = True) -> None:
        """`spelt`: whether slips of the words are to be understood."""
        self._numbers: dict[str, int] = {}
        self.words: list[str] = []
        self.spelling = Spelling() if spelt else None
        self._adding = Lock()

    def __len__(self) -> int:
        return len(self.words)

    def number(self, word: str) -> int | None:
        return self._numbers.get(word)

    def add_all(self, words: Iterable[str]) -> list[int]:
        """The numbers of many words; most are known."""
        known = self._numbers.get
        return [
            number if number is not None else self.add(word)
            for word, number in ((word, known(word)) for word in words)
        ]

    def add(self, word: str) -> int:
        """The number of the word, a new one if it has none."""
        number = self._numbers.get(word)
        if number is not None:
            return number
        with self._adding:
            number = self._numbers.get(word)
            if number is None:
                number = len(self.words)
                self.words.append(word)
                if self.spelling is not None:
                    self.spelling.add(number, word)
                self._numbers[word] = number  # last: whoever finds it finds the rest
            return number
