"""Encryption at rest and the blind index.

Numbers, names, message texts and notes are stored as Fernet tokens (AES-128-CBC with
HMAC-SHA256, library `cryptography`). The first key of the list writes, all of them read, so
that keys can be rotated. A number is looked up by a keyed hash (blind index) that tells
nothing without the secret key.
"""

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class DecryptionError(Exception):
    """A stored value cannot be read with any key of HANDOFF_ENCRYPTION_KEYS."""


class Cipher:
    """Encrypts and decrypts short texts; makes blind indexes."""

    def __init__(self, *, keys: tuple[str, ...], secret: str) -> None:
        if not keys or not secret:
            raise ValueError("a cipher needs at least one key and the secret key")
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._index_key = hashlib.sha256(b"handoff blind index\x00" + secret.encode()).digest()

    def encrypt(self, text: str) -> str:
        return self._fernet.encrypt(text.encode("utf-8", "surrogatepass")).decode("ascii")

    def decrypt(self, token: str) -> str:
        try:
            return self._fernet.decrypt(token.encode("ascii")).decode("utf-8", "surrogatepass")
        except (InvalidToken, UnicodeError) as error:
            raise DecryptionError(
                "a stored value fits none of HANDOFF_ENCRYPTION_KEYS: was a key removed too early?"
            ) from error

    def rotate(self, token: str) -> str:
        """The same text under the newest key."""
        return self._fernet.rotate(token.encode("ascii")).decode("ascii")

    def blind_index(self, value: str) -> str:
        """64 hex digits that are equal for equal values and reveal nothing else."""
        encoded = value.encode("utf-8", "surrogatepass")
        return hmac.new(self._index_key, encoded, hashlib.sha256).hexdigest()
