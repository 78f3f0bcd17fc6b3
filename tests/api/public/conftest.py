"""The public pages over the listings of data/partners.yml."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from directory.settings import Settings
from tests.api.conftest import Api, running
from tests.conftest import settings_for


@pytest.fixture(scope="module")
def library(partners_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings on a directory that is copied once, for tests that only read."""
    folder = tmp_path_factory.mktemp("library")
    shutil.copy(partners_template, folder / "handoff.sqlite")
    return settings_for(folder)


@pytest.fixture
def public(library: Settings, morning: None) -> Iterator[Api]:
    """Only to read; it is a Wednesday, 10:00 in Chicago."""
    with running(library) as api:
        yield api
