"""How the clarifying question reads: one segment, whatever the needs."""

from collections.abc import Sequence

from bot.sms.segments import to_gsm7
from bot.wording import say
from bot.wording.results import name_needs
from directory.languages import Language
from directory.needs import taxonomy


def which_need(needs: Sequence[str], language: Language) -> str:
    """The question with the needs as numbered choices; the last number is "something else"."""
    if len(needs) == 1:
        text = say("clarify_single", language, needs=name_needs(needs, language))
    else:
        choices = [taxonomy()[need].ask[language] for need in needs]
        choices.append(say("something_else", language))
        numbered = [f"{number} {choice}" for number, choice in enumerate(choices, start=1)]
        text = "\n".join([say("clarify_which", language), *numbered])
    return to_gsm7(text, fold_accents=language is Language.ES)


def in_both_languages(key: str) -> str:
    """The sentence in English and in Spanish, for who may read either."""
    return "\n".join(say(key, language) for language in Language)
