"""A need in its own everyday words, with a place: served, however unsure the classifier is. Pure.

"despensa naperville" and "men shelter aurora" are no riddle, though the classifier finds too few
words in them, or sees the answer to "which town?". Asking "is it about food?" would cost a text.
"""

from dataclasses import replace

from bot.actions.turn import FALLBACK, Turn
from directory.places import folded
from directory.search import place_in
from directory.search.needs import is_phrase_of_a_need
from directory.search.said import without_place
from directory.search.words import tokens

WORDS_OF_A_PLAIN_REQUEST = 10
LIKELIEST_FROM = 0.5
"""Of what the classifier leaves beside the place, the need has so much at least…"""
OUT_OF_SCOPE_BELOW = 0.08
"""…and what we cannot do so little."""

_GIVE_PLACE, _OUT_OF_SCOPE = "give_place", "out_of_scope"
_DENIED = frozenset(
    """no not nor none never without dont doesnt didnt isnt arent wasnt wont cant stop closed
    ni nunca sin tampoco jamas cerrado cerrada""".split()  # noqa: SIM905  # words, not quotation marks
)
# With one of these a word of a need stands for something else, or for what somebody gives, has
# had or works at: "animal shelter", "food poisoning", "I volunteer at the pantry".
_SOMETHING_ELSE = frozenset(
    """animal animals animales dog dogs puppy cat cats kitten pet pets perro perros gato gatos
    mascota mascotas poisoning poisoned intoxicacion truck trucks recall allergy delivery festival
    donate donates donating donation donations donar dono volunteer volunteers volunteering
    voluntario voluntaria work works worked working trabajo trabaja trabajaba job employee
    thanks thank gracias lost perdi stole robaron review complaint report queja""".split()  # noqa: SIM905
)


def plainly_needed(turn: Turn, place_named: str | None, by_words: list[str]) -> str | None:
    """The need of a short text that names one, and a place, and where the classifier, unsure as
    it is, leans to nothing else; None for any other."""
    if turn.intent != FALLBACK or turn.chosen or place_named is None or len(by_words) != 1:
        return None
    need, words = by_words[0], tokens(turn.text)
    if len(words) > WORDS_OF_A_PLAIN_REQUEST or not _SOMETHING_ELSE.isdisjoint(words):
        return None
    if not _DENIED.isdisjoint(words) and not _is_nothing_else(turn.text):
        return None
    shares = dict(turn.ranking)
    left = 1.0 - shares.pop(_GIVE_PLACE, 0.0)
    if left <= 0 or need != max(shares, key=lambda name: shares[name], default=None):
        return None
    fits = shares[need] >= LIKELIEST_FROM * left
    return need if fits and shares.get(_OUT_OF_SCOPE, 0.0) < OUT_OF_SCOPE_BELOW * left else None


def as_plainly_needed(turn: Turn, place_named: str | None, by_words: list[str]) -> Turn:
    """The same turn with the need taken as said, where it is plain."""
    need = plainly_needed(turn, place_named, by_words)
    return turn if need is None else replace(turn, intent=need, chosen=(need,))


def _is_nothing_else(text: str) -> bool:
    """ "no food joliet": the denial is a part of how the need is said."""
    place = place_in(text)
    return place is not None and is_phrase_of_a_need(without_place(folded(text), place))
