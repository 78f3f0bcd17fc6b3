"""What may be a password: long, and not by what everybody knows of its owner.

Nothing else is asked of it (NIST SP 800-63B): no kinds of letters, and no new one every so often.
"""

import re

from directory.errors import Invalid

SHORTEST = 12
# What stands for nothing in a password here, besides the parts of its owner's address.
_KNOWN = ("handoff", "naperville", "password", "contrasena", "contraseña")
# Shorter parts of an address are in many a word.
_TELLING = 4
_PART = re.compile(r"[^\W\d_]+")


def fit(password: str, *, email: str) -> str:
    """The password itself. Raises Invalid on one that is too short, or would be without the words
    that anybody would try: the name of the product and the place, and what the address is made of.
    """
    if len(password) < SHORTEST:
        raise Invalid("password_too_short", f"A password has at least {SHORTEST} characters.")
    parts = {part for part in _PART.findall(email.lower()) if len(part) >= _TELLING}
    rest = password.lower()
    for word in sorted({*_KNOWN, *parts}, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < SHORTEST - _TELLING or len(set(rest)) < _TELLING:
        raise Invalid(
            "password_guessable",
            "Anybody would try this password: take words that are not in your address, "
            "and not the name of this program.",
        )
    return password
