"""Names of persons where people announce them: "me llamo Ana", "my son Kevin", "this is Maria".

How sure the announcement is decides what passes for a name. After "my name is" any word that is
not an everyday one; after "my son" a known first name, or an unknown word with a capital; after
"this is" a known first name, or two words with capitals.
"""

import re
from collections.abc import Set

from bot.privacy.words import everyday_words, name_words
from directory.own_files import read_once
from directory.places import folded

_WORD = r"[^\W\d_][\w'’-]{0,24}"
_WORDS = rf"(?P<words>{_WORD}(?:[ \t]+{_WORD}){{0,3}})"
_TITLE = r"(?:(?:mr|mrs|ms|dr|sr|sra|don|dona|doña)\b\.?\s+)?"

_SURE = re.compile(
    r"\b(?P<lead>(?:my|his|her|their|client|patient|[^\W\d_]+['’]?s)\s+(?:full\s+|real\s+|first\s+|last\s+)?name(?:\s+is|['’]?s|\s*:)|"
    r"name\s*:|name\s+is|name['’]s|is\s+(?:named|called)|im\s+called|i['’]m\s+called|i\s+am\s+called|they\s+call\s+(?:me|him|her)|"
    r"me\s+llamo|mi\s+nombre(?:\s+completo)?\s+es|se\s+llama|su\s+nombre\s+es|nombre\s*:)\s+"
    rf"(?:is\s+)?{_TITLE}{_WORDS}",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"(?P<lead>\b(?:this\s+is|it['’]?s|i\s?['’]?m|i\s+am|soy|habla|le\s+habla|attn:?|ask\s+for|pregunte\s+por|named|call\s+me|[lm]e\s+dicen|(?:my|mi|his|her)\s+(?:name|nombre)|llamad[oa]|"
    r"(?:(?:thanks|thank\s+you)(?:\s+(?:so|very)\s+much)?|thx|(?:muchas\s+)?gracias|sincerely|signed|atte\.?|atentamente),?)"
    r"|(?:^|(?<=\s))[-–—~])\s+"
    rf"{_TITLE}{_WORDS}",
    re.IGNORECASE,
)
_ANNOUNCE = frozenset(("name", "names", "nombre", "llamo", "llama", "named", "called", "call"))
_TITLED = re.compile(
    r"\b(?P<title>[Mm]rs?|[Mm]s|[Ss]ra|[Ss]r|Don|[Dd]oña|Dr|Dra|[Ss]eñora?|Officer|Pastor|Detective|MRS?)\b\.?\s+"
    rf"(?P<words>{_WORD}(?:[ \t]+{_WORD})?)"
)
# A few words that stand between "thanks," and the end: a signature, not the rest of a sentence.
_SIGNED = re.compile(
    r"[-–—~]|thanks|thank|thx|gracias|sincerely|signed|atte|atentamente", re.IGNORECASE
)
_NAMELY = re.compile(r"(?:name|nombre)$", re.IGNORECASE)
_SAYS_DOING = re.compile(r"(?:ando|iendo|[aei]rme)$")  # "me llamo llorando" is a call
_POSSESSIVE = re.compile(r"['’]s$")
# "my kids [NAME] and Theo"
_AND = re.compile(rf"(?P<lead>\[NAME\],?\s+(?:and|&|y|e|n)|\[NAME\],)\s+{_WORDS}", re.IGNORECASE)
_ANY_NAME = re.compile(_WORD)
_ANY_WORD = re.compile(r"[^\W\d_]+")
_BEHIND_RELATIVE = re.compile(rf"(?P<lead>,?)\s+{_TITLE}{_WORDS}", re.IGNORECASE)
_WHOSE = re.compile(
    r"\b(?:my|our|his|her|mi|su|nuestr[oa])\s+(?:[\w-]+[\s-]+){0,3}$", re.IGNORECASE
)
_LONGEST_NAME = 4


def without_names(text: str, words: Set[str]) -> str:
    """The text without names that are announced."""
    if not words.isdisjoint(_ANNOUNCE):
        text = _SURE.sub(_after_sure, text)
    text = _TITLED.sub(_titled, text)
    if not words.isdisjoint(_relatives()):
        text = _without_relatives(text)
    return _AND.sub(_after_and, _WEAK.sub(_after_weak, text))


@read_once
def _relatives() -> frozenset[str]:
    return frozenset(map(folded, name_words().relatives))


def _without_relatives(text: str) -> str:
    """Names behind a relative. Word by word: one pattern of all relatives is ten times slower."""
    kept: list[str] = []
    at = 0
    for relative in _ANY_WORD.finditer(text):
        if relative.start() < at or folded(relative.group()) not in _relatives():
            continue
        found = _BEHIND_RELATIVE.match(text, relative.end())
        if found is None:
            continue
        replaced = _after_relative(relative, found)
        if replaced is not None:
            kept += [text[at : relative.end()], replaced]
            at = found.end()
    return "".join(kept) + text[at:]


def _is_capital(word: str) -> bool:
    return word[0].isupper() and (word[1:2].islower() or word[1:2] in {"'", "’"})


def _bare(word: str) -> str:
    """The word as the lists have it: "Ana's" is "ana"."""
    return _POSSESSIVE.sub("", folded(word)).replace("'", "").replace("’", "")


def _is_first(word: str) -> bool:
    """A first name: known, or one that is also a word, with a capital."""
    bare = _bare(word)
    words = name_words()
    return bare in words.first or (bare in words.also_words and _is_capital(word))


def _may_be_name(word: str) -> bool:
    bare = _bare(word)
    if bare in name_words().first:
        return True
    return bare not in everyday_words() and not _SAYS_DOING.search(bare)


def _length(words: list[str], *, first: bool, sure: bool = False) -> int:
    """How many of the words are the name, given whether the first one begins it.

    What follows a name with a capital needs one too. In lower case a surname is known; where the
    announcement is sure it is any word that is not an everyday one.
    """
    if not first:
        return 0
    length = 1
    capital = _is_capital(words[0])
    for word in words[1:_LONGEST_NAME]:
        bare = _bare(word)
        known = bare in name_words().surnames or _is_first(word)
        if capital:
            follows = _is_capital(word) and (known or _may_be_name(word))
        else:
            follows = known or (sure and _may_be_name(word))
        if not follows:
            break
        length += 1
    return length


def _split(found: re.Match[str]) -> list[str]:
    return re.split(r"[ \t]+", found["words"])


def _behind(found: re.Match[str], length: int) -> str:
    """What stands behind so many words of the name."""
    words = list(_ANY_NAME.finditer(found["words"]))
    return found["words"][words[length - 1].end() :]


def _without(found: re.Match[str], length: int) -> str:
    """The announcement, and the placeholder for so many words of the name."""
    return f"{found['lead'].rstrip()} [NAME]{_behind(found, length)}" if length else found.group()


def _after_sure(found: re.Match[str]) -> str:
    words = _split(found)
    begins = _is_first(words[0]) or _may_be_name(words[0])
    return _without(found, _length(words, first=begins, sure=True))


def _after_relative(relative: re.Match[str], found: re.Match[str]) -> str | None:
    """A first name; or, after "my son" in lower case, an unknown word with a capital."""
    words = _split(found)
    unknown = False
    if _is_capital(words[0]) and relative.group().islower() and _may_be_name(words[0]):
        titled = len(words) > 1 and _is_capital(words[1]) and not _may_be_name(words[1])
        unknown = not titled and _WHOSE.search(found.string, 0, relative.start()) is not None
    a_town = found["lead"] == "," and words[0].islower() and _bare(words[0]) in everyday_words()
    length = _length(words, first=unknown or (_is_first(words[0]) and not a_town))
    return _without(found, length) if length else None


def _after_weak(found: re.Match[str]) -> str:
    words = _split(found)
    known = _is_first(words[0]) and (_bare(words[0]) != "aurora" or _is_capital(words[0]))
    two = len(words) > 1 and all(_is_capital(word) and _may_be_name(word) for word in words[:2])
    bare = _NAMELY.search(found["lead"]) and _is_capital(words[0]) and _may_be_name(words[0])
    length = _length(words, first=known or two or bool(bare))
    if _SIGNED.match(found["lead"]) and length < len(words):
        return found.group()  # "thanks Ana needs a coat"
    return _without(found, length)


def _after_and(found: re.Match[str]) -> str:
    words = _split(found)
    capital = _is_capital(words[0]) and _may_be_name(words[0])
    return _without(found, _length(words, first=capital or _is_first(words[0])))


def _titled(found: re.Match[str]) -> str:
    """ "Mrs. Alvarez"; "mr" and "mrs" also before a name in lower case."""
    words = _split(found)
    lower = found["title"].casefold() in {"mr", "mrs", "doña", "don"}
    capital = _is_capital(words[0])
    if not (capital or lower) or not _may_be_name(words[0]):
        return found.group()
    two = len(words) > 1 and capital and _is_capital(words[1]) and _may_be_name(words[1])
    return f"[NAME]{_behind(found, 2 if two else 1)}"
