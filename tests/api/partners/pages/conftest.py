"""A partner with two listings; nobody is signed in yet."""

from collections.abc import Iterator

import pytest

from tests.api.conftest import Api
from tests.api.partners.pages.partner import Partner


@pytest.fixture
def partner(api: Api, morning: None) -> Iterator[Partner]:
    yield Partner(api).with_listings("Food pantry", "Rent help")
