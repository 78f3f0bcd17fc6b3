"""A text as staff may read it: without what would let the reader act as somebody else.

Texts to partners carry links whose secret part signs in, accepts a referral or confirms a listing.
Whoever reads a number's texts must not be able to use them; what was said stays readable.
"""

import re

# The pages whose last part is a secret: a referral's, a listing's, and signing in. Every other
# address of ours may be read by anybody.
_SECRET = re.compile(r"(/(?:r|l|partner/link)/)[\w-]{6,}")


def without_secrets(text: str) -> str:
    """The text with the secret part of each such link blotted out."""
    return _SECRET.sub(r"\1…", text)
