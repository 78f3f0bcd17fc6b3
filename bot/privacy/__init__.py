"""Takes out of a text what tells who somebody is, before the text reaches Rasa or a log.

Placeholders are words in square brackets without digits, so that no rule takes one for a place, a
number or a choice. ZIP codes, towns, ages, amounts, times and the digits of a choice stay:
answers need them. Names are found only where people announce them or name a relative; a name in
passing cannot be told from a word. Measured on `tests/bot/privacy/corpus.yml`.
"""

from bot.privacy.addresses import without_addresses
from bot.privacy.dates import without_dates
from bot.privacy.links import without_links
from bot.privacy.names import without_names
from bot.privacy.numbers import without_announced_numbers, without_numbers
from bot.privacy.words import words_in

# Long enough for ten carrier messages; the patterns are linear in what they scan.
_LONGEST = 16_000
# Taking something out can bring two words together that announce something else.
_MOST_PASSES = 6

# Each gets the text and its words, by which it sees at once that it has nothing to do.
# In this order: each takes out what the next could take for something else.
_RULES = (
    without_links,
    without_dates,
    without_announced_numbers,
    without_addresses,
    without_numbers,
    without_names,
)


def redact(text: str) -> str:
    """The text without phone numbers, e-mail and web addresses, ids, dates, addresses and names.

    Never raises; applying it twice changes nothing more; no seven digits in a row are left.
    """
    redacted = text[:_LONGEST]
    for _ in range(_MOST_PASSES):
        before, words = redacted, words_in(redacted)
        for rule in _RULES:
            redacted = rule(redacted, words)
        if redacted == before:
            break
    return redacted
