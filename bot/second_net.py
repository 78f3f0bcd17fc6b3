"""The second net: what Rasa's classifier sees in a text where no plain rule fired.

It raises danger and opt-outs and sorts answers to a check-in. Of the rules it can take back only
those that are marked as hints, and it yields to those that settle a text. In whatever way Rasa
fails, the rules alone decide.
"""

from bot.checkin_answers import CheckinAnswer
from bot.plain_text import words_of
from bot.rasa_client import Look, Seen
from bot.safety.screen import NET, Danger, Risk, is_settled, screen
from bot.sms.keywords import wants_texts
from directory.needs import taxonomy
from directory.search import needs_in

# What the classifier says of fewer words is chance.
FEWEST_WORDS = 4
# From this score of danger on a hint of the rules counts; far below what raises without one.
AGREES_WITH_A_HINT = 0.1
# From this on danger counts where the rules take the whole text for harmless (a denial and a
# practical need, a mother whose son is asleep): the classifier hears the words of a danger, not
# what is said with them. Twice what raises elsewhere.
SURE_DESPITE_THE_RULES = 1.1
# Below this an answer to a check-in stays unclear, and a person reads it.
SURE_OF_AN_ANSWER = 0.2
# What only plain words may say: both end all check-ins, and the classifier takes a complaint ("no
# one ever called me like you said") for a wrong person.
NEVER_GUESSED = frozenset({CheckinAnswer.STOP, CheckinAnswer.WRONG_PERSON})
# From this on a need is worth telling the person who reads.
LIKELY_NEED = 0.3


def is_sentence(text: str) -> bool:
    """Whether a text that answers a question of ours says enough to be looked at."""
    return len(words_of(text)) >= FEWEST_WORDS


def as_danger(seen: Seen | None, text: str) -> Danger | None:
    """A danger as the rules would tell it; None also for a risk that has no approved reply."""
    if seen is None or not seen.raised or seen.what not in Risk.__members__.values():
        return None
    if seen.score < SURE_DESPITE_THE_RULES and is_settled(text):
        return None
    return Danger(Risk(seen.what), immediate=True, rule=NET)


def needs_after_denial(text: str) -> tuple[str, ...]:
    """The needs of a text that denies danger, names a practical need and says nothing else."""
    danger = screen(text)
    return tuple(needs_in(text)) if danger is not None and danger.settled else ()


def confirms(look: Look | None) -> bool:
    """Whether a hint of the rules counts. None: nobody could be asked, so it does."""
    if look is None:
        return True
    return look.danger is not None and look.danger.score >= AGREES_WITH_A_HINT


def opts_out(look: Look, text: str) -> bool:
    """Whether an opt-out that only the net sees counts. It reads "don't stop" as "stop"."""
    return look.opts_out and not wants_texts(text)


def as_answer(seen: Seen | None) -> CheckinAnswer:
    """The answer to a check-in, UNCLEAR when it isn't plain enough.

    A word for good is never taken from here: an opt-out has a score of its own (`Look.opts_out`),
    and that somebody else has the number now is told in plain words or read by a person.
    """
    known = CheckinAnswer.__members__.values()
    if seen is None or seen.score < SURE_OF_AN_ANSWER or seen.what not in known:
        return CheckinAnswer.UNCLEAR
    answer = CheckinAnswer(seen.what)
    return CheckinAnswer.UNCLEAR if answer in NEVER_GUESSED else answer


def likely_needs(look: Look) -> tuple[str, ...]:
    """The needs that a text is likely about, best first."""
    known = taxonomy()
    return tuple(name for name, share in look.ranking if name in known and share >= LIKELY_NEED)
