"""The second net: what Rasa's classifier sees in a text where no plain rule fired.

It raises danger and opt-outs and sorts answers to a check-in. Of the rules it can take back only
those that are marked as hints. In whatever way Rasa fails, the rules alone decide.
"""

from bot.checkin_answers import CheckinAnswer
from bot.plain_text import words_of
from bot.rasa_client import Look, Seen
from bot.safety.screen import NET, Danger, Risk
from directory.needs import taxonomy

# What the classifier says of fewer words is chance.
FEWEST_WORDS = 4
# From this score of danger on a hint of the rules counts; far below what raises without one.
AGREES_WITH_A_HINT = 0.1
# Below this an answer to a check-in stays unclear, and a person reads it.
SURE_OF_AN_ANSWER = 0.2
# From this on a need is worth telling the person who reads.
LIKELY_NEED = 0.3


def is_sentence(text: str) -> bool:
    """Whether a text that answers a question of ours says enough to be looked at."""
    return len(words_of(text)) >= FEWEST_WORDS


def as_danger(seen: Seen | None) -> Danger | None:
    """A danger as the rules would tell it; None also for a risk that has no approved reply."""
    if seen is None or not seen.raised or seen.what not in Risk.__members__.values():
        return None
    return Danger(Risk(seen.what), immediate=True, rule=NET)


def confirms(look: Look | None) -> bool:
    """Whether a hint of the rules counts. None: nobody could be asked, so it does."""
    if look is None:
        return True
    return look.danger is not None and look.danger.score >= AGREES_WITH_A_HINT


def as_answer(seen: Seen | None) -> CheckinAnswer:
    """The answer to a check-in, UNCLEAR when it isn't plain enough.

    A word for good is never taken from here: an opt-out has a score of its own (`Look.opts_out`).
    """
    known = CheckinAnswer.__members__.values()
    if seen is None or seen.score < SURE_OF_AN_ANSWER or seen.what not in known:
        return CheckinAnswer.UNCLEAR
    if seen.what == CheckinAnswer.STOP:
        return CheckinAnswer.UNCLEAR
    return CheckinAnswer(seen.what)


def likely_needs(look: Look) -> tuple[str, ...]:
    """The needs that a text is likely about, best first."""
    known = taxonomy()
    return tuple(name for name, share in look.ranking if name in known and share >= LIKELY_NEED)
