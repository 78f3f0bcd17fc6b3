"""How alike two names are, whatever the order of their words and however they are spelt."""

from rapidfuzz import fuzz

from directory.search.words import tokens

# What is written in many ways and tells nothing apart.
_SAME = {
    "saint": "st", "and": "", "the": "", "of": "", "inc": "", "incorporated": "", "llc": "",
    "corp": "", "corporation": "", "co": "", "company": "", "ctr": "center", "centre": "center",
    "svc": "service", "svcs": "service", "services": "service", "programs": "program",
    "pantries": "pantry", "mt": "mount", "ft": "fort", "assn": "association",
}  # fmt: skip


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name that tell it from others."""
    words = (_SAME.get(word, word) for word in tokens(name))
    return tuple(word for word in words if word)


def alike(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """From 0 to 1, of the words as `name_words` gives them.

    1 for the same words in any order. Where one name is part of the other, the longer one's
    further words count against it: "Grace Church" is not "Grace Church Thrift Store".
    """
    if not one or not other:
        return 0.0
    first, second = " ".join(sorted(one)), " ".join(sorted(other))
    return fuzz.ratio(first, second, score_cutoff=40.0) / 100.0
