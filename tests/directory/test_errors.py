"""Errors that users meet."""

import pytest

from directory.errors import (
    Conflict,
    Forbidden,
    HandoffError,
    Invalid,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Unauthenticated, 401),
        (Forbidden, 403),
        (NotFound, 404),
        (Conflict, 409),
        (TooLarge, 413),
        (Invalid, 422),
        (TooMany, 429),
    ],
)
def test_every_error_has_its_status_a_code_and_a_sentence(
    kind: type[HandoffError], status: int
) -> None:
    error = kind("some_code", "What to do.", field="phone")
    assert (error.status, error.code, str(error)) == (status, "some_code", "What to do.")
    assert error.context == {"field": "phone"}
