"""Encryption of single values, key rotation and the blind index."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.encryption import Cipher, DecryptionError
from tests.conftest import KEY

OTHER_KEY = base64.urlsafe_b64encode(b"another key of thirty-two bytes!").decode()
CIPHER = Cipher(keys=(KEY,), secret="a secret")


@given(st.text())
def test_any_text_comes_back_and_is_unreadable_meanwhile(text: str) -> None:
    token = CIPHER.encrypt(text)
    assert CIPHER.decrypt(token) == text
    assert len(text) < 5 or text not in token


def test_even_half_a_character_can_be_kept() -> None:
    assert CIPHER.decrypt(CIPHER.encrypt("\ud83d")) == "\ud83d"


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert CIPHER.encrypt("hello") != CIPHER.encrypt("hello")


def test_a_new_key_writes_and_the_old_one_still_reads() -> None:
    token = CIPHER.encrypt("hello")
    rotated = Cipher(keys=(OTHER_KEY, KEY), secret="a secret")
    assert rotated.decrypt(token) == "hello"
    renewed = rotated.rotate(token)
    only_new = Cipher(keys=(OTHER_KEY,), secret="a secret")
    assert only_new.decrypt(renewed) == "hello"
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(rotated.encrypt("written with the new key"))


@pytest.mark.parametrize("token", ["", "not a token", "gAAAAABchanged", "ñ"])
def test_what_no_key_fits_says_so_without_showing_it(token: str) -> None:
    with pytest.raises(DecryptionError) as caught:
        CIPHER.decrypt(token)
    assert "HANDOFF_ENCRYPTION_KEYS" in str(caught.value)
    assert not token or token not in str(caught.value)


def test_a_changed_token_is_refused() -> None:
    token = CIPHER.encrypt("hello")
    changed = token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:]
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(changed)


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_blind_indexes_are_equal_exactly_for_equal_values(one: str, other: str) -> None:
    assert (CIPHER.blind_index(one) == CIPHER.blind_index(other)) is (one == other)


def test_a_blind_index_needs_the_secret_and_outlives_the_encryption_keys() -> None:
    number = "+16305550100"
    index = CIPHER.blind_index(number)
    assert len(index) == 64
    assert Cipher(keys=(OTHER_KEY,), secret="a secret").blind_index(number) == index
    assert Cipher(keys=(KEY,), secret="another").blind_index(number) != index


@pytest.mark.parametrize(("keys", "secret"), [((), "a secret"), ((KEY,), "")])
def test_there_is_no_cipher_without_a_key_and_a_secret(keys: tuple[str, ...], secret: str) -> None:
    with pytest.raises(ValueError, match="at least one key"):
        Cipher(keys=keys, secret=secret)
