from collections.abc import Iterator

import pytest

from tests.bot.carrier.running import (
    Product,
    RunningCarrier,
    carrier_settings,
    running_carrier,
    running_product,
    start_afresh,
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningCarrier, Product]]:
    """Started once for a module: starting and stopping takes longer than most tests."""
    directory = tmp_path_factory.mktemp("carrier")
    with (
        running_product() as product,
        running_carrier(carrier_settings(product.webhook_url, directory)) as carrier,
    ):
        yield carrier, product


@pytest.fixture
def carrier(both: tuple[RunningCarrier, Product]) -> RunningCarrier:
    start_afresh(*both)
    return both[0]


@pytest.fixture
def product(both: tuple[RunningCarrier, Product], carrier: RunningCarrier) -> Product:
    return both[1]
