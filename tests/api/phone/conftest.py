from tests.bot.carrier.conftest import both, carrier, product

__all__ = ["both", "carrier", "product"]
