"""Which pairs are worth a look: those that share a number, an address or a rare word. Pure.

Comparing everything with everything would take hours at 100,000 listings. Listings meet in blocks
instead, and a block that many share (the switchboard of a food bank, the word "pantry") says
nothing and is passed over.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from directory.duplicates.likeness import THRESHOLD, Likeness, Sketch, likeness

LARGEST_BLOCK = 30
_RARE_WORDS = 3


def probable_pairs(
    sketches: Sequence[Sketch], changed: Collection[str] | None = None
) -> Iterator[tuple[Sketch, Sketch, Likeness]]:
    """The pairs above the threshold, each once, the lower id first.

    `changed`: ids; at least one of a pair is among them. None: all are.
    """
    met: set[tuple[int, int]] = set()
    wanted = None if changed is None else set(changed)
    for block in _blocks(sketches):
        if not 2 <= len(block) <= LARGEST_BLOCK:
            continue
        for position, first in enumerate(block):
            for second in block[position + 1 :]:
                one, other = sketches[first], sketches[second]
                if wanted is not None and one.id not in wanted and other.id not in wanted:
                    continue
                if (first, second) in met:
                    continue
                met.add((first, second))
                found = likeness(one, other)
                if found.score >= THRESHOLD:
                    pair = (one, other) if one.id < other.id else (other, one)
                    yield (*pair, found)


def _blocks(sketches: Sequence[Sketch]) -> Iterator[list[int]]:
    by_phone: dict[str, list[int]] = defaultdict(list)
    by_address: dict[str, list[int]] = defaultdict(list)
    by_spot: dict[tuple[int, int], list[int]] = defaultdict(list)
    by_word: dict[str, list[int]] = defaultdict(list)
    counted = Counter(word for sketch in sketches for word in _words(sketch))
    for position, sketch in enumerate(sketches):
        for phone in sketch.phones:
            by_phone[phone].append(position)
        for address in sketch.addresses:
            by_address[address].append(position)
        if sketch.coordinates:
            latitude, longitude = sketch.coordinates
            by_spot[(round(latitude * 500), round(longitude * 400))].append(position)
        # Words of one listing only meet nobody.
        words = [word for word in _words(sketch) if counted[word] > 1]
        rare = sorted(words, key=lambda each: (counted[each], each))[:_RARE_WORDS]
        for word in {*rare, *(" ".join(sorted(name)) for name in sketch.names)}:
            by_word[word].append(position)
    for blocks in (by_phone, by_address, by_spot, by_word):
        yield from blocks.values()


def _words(sketch: Sketch) -> set[str]:
    return {word for name in sketch.names for word in name if len(word) > 2}
