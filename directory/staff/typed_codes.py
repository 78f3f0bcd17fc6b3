"""Codes that a person types once: recovery codes, and the code to a first password.

24 of 31 letters and digits are 118 bits: nobody guesses one, so a plain digest keeps it (OWASP
ASVS 6.5.2 asks for a slow one below 112 bits).
"""

import secrets

# No letter or digit that reads like another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LETTERS = 6, 4


def made_up() -> str:
    """A new code, in groups that are easy to copy: abcd-efgh-…"""
    drawn = [secrets.choice(ALPHABET) for _ in range(GROUPS * LETTERS)]
    return "-".join("".join(drawn[at : at + LETTERS]) for at in range(0, len(drawn), LETTERS))


def letters_of(typed: str) -> str:
    """What counts of a code as it was typed: neither capitals nor what stands between."""
    return "".join(each for each in typed.lower() if each.isalnum())
