"""What is said to a phone that may be in somebody else's hands: nothing that tells who we are.

Whoever finds a text of ours may write back to learn from whom it is. Where the person has been met
for domestic violence, or others read the phone, the answer names no office, no service and no
danger. Only danger itself is answered as ever, and HELP as carriers and safety require.
"""

from pathlib import Path

from bot.checkin_answers import MOST_WORDS, asks_who
from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain, words_of
from bot.turn import Situation, Turn
from bot.wording import say
from directory.messages.models import AnsweredBy
from directory.own_files import read_once, read_yaml

PHRASES_FILE = Path(__file__).with_name("discreet.yml")

# What names us, or speaks of danger without being asked, and what is said in its place.
_INSTEAD = {
    "who_are_you": "unnamed_who",
    "help": "unnamed_help",
    "greeting": "unnamed_start",
    "empty": "unnamed_start",
    "only_media": "unnamed_start",
    "no_words": "unnamed_start",
}


def said(key: str, situation: Situation) -> str:
    """The sentence `key`, or what stands for it where nothing may tell who we are."""
    return say(_INSTEAD.get(key, key) if situation.unnamed else key, situation.language)


def asks_about_us(text: str) -> bool:
    """Whether the text only asks who writes, or why."""
    if asks_who(text):
        return True
    if len(words_of(text)) > MOST_WORDS:
        return False
    return _phrases().occurs(plain(text))


def to_who_asks(text: str, situation: Situation) -> Turn | None:
    """The turn for who asks about us from such a phone; None for any other text."""
    if not situation.unnamed or not asks_about_us(text):
        return None
    return Turn(AnsweredBy.CHOICE, situation.memory, (said("who_are_you", situation),))


@read_once
def _phrases() -> PhraseBook[str]:
    content = read_yaml(PHRASES_FILE)
    notation = Notation({})
    return PhraseBook(
        (notation.compile(source), language)
        for language, sources in content.items()
        for source in sources
    )
