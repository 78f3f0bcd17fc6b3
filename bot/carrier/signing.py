"""Twilio's webhook signature, as documented under "Validating requests".

Written out here rather than taken from Twilio's library, so that the product's check (which
uses that library) is tested against a second reading of the same page.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable


def signature(auth_token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """Base64 HMAC-SHA1 over the exact URL followed by every name and value, sorted, unjoined."""
    # Repeated identical pairs count once, as in Twilio's own validators.
    pairs = sorted(set(fields))
    text = url + "".join(name + value for name, value in pairs)
    digest = hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
