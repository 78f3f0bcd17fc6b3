"""The console as its users meet it."""

import pytest

from tests.api.conftest import Api
from tests.api.console.console import Console


@pytest.fixture
def console(api: Api) -> Console:
    """Nobody is signed in yet: `console.as_(Role.CLINICIAN)`."""
    return Console(api)
