"""Which misspellings are taken for a word: what fingers and ears do, not what dictionaries hold.

Letters left out, doubled, swapped or a vowel mistaken ("therepy") are slips. Another consonant
mostly makes another word ("hiding" is not "hiring", "denial" not "dental"), so it is a slip in
very long words only. The first letter is rarely wrong.
"""

from rapidfuzz.distance import Levenshtein

_VOWELS = frozenset("aeiou")
_LONG = 8
_VERY_LONG = 10


def allowed_slips(word: str) -> int:
    """One slip in a word of five to seven letters, two in a longer one."""
    return 1 if len(word) < _LONG else 2


def is_slip(written: str, meant: str) -> bool:
    """Whether `written` may be `meant`, given that so many edits turn one into the other."""
    if written[0] != meant[0]:
        return False
    if len(meant) >= _VERY_LONG or sorted(written) == sorted(meant):
        return True
    return not any(
        edit.tag == "replace" and not {written[edit.src_pos], meant[edit.dest_pos]} <= _VOWELS
        for edit in Levenshtein.editops(written, meant)
    )
