"""The phone page in a small application, and a clock to speed up."""

from datetime import UTC, datetime

from fastapi import FastAPI

from api.errors import describe_errors
from api.phone import phone_router
from bot.carrier.client import CarrierControl


class StandingClock:
    """Stands still; remembers its speed and refuses 7199, as a real one may refuse any."""

    def __init__(self) -> None:
        self.speed = 1.0

    def now(self) -> datetime:
        return datetime(2026, 11, 21, 18, 30, tzinfo=UTC)

    def set_speed(self, speed: float) -> None:
        if speed == 7199:
            raise ValueError
        self.speed = speed


def phone_app(carrier: CarrierControl, clock: StandingClock) -> FastAPI:
    app = FastAPI()
    describe_errors(app)
    app.include_router(phone_router(carrier, clock))
    return app
