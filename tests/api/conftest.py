"""The API in this process, over a fresh database, with a carrier and a Rasa that are made up."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from fastapi.testclient import TestClient
from httpx import Response
from playwright.sync_api import Browser, sync_playwright

from api.app import create_app
from api.services import Services, build
from directory import database
from directory.clock import wall_now
from directory.database import Database, new_id
from directory.settings import Settings
from directory.staff import service as staff
from directory.staff.models import Role, StaffToken
from tests.api.browsing import CHROMIUM
from tests.api.terminal import Command
from tests.conftest import settings_for
from tests.fakes import MORNING, FakeGateway, FakeRasa
from tests.shared_routes import share_routes

PHONE = "+16305550100"
PASSWORD = "a long enough password"
EMAIL = "clinician@naperville.example"


@dataclass
class Carrier(FakeGateway):
    there: bool = True

    def ping(self) -> bool:
        return self.there


@dataclass
class Rasa(FakeRasa):
    there: bool = True

    def ready(self) -> bool:
        return self.there


@dataclass
class Api:
    """The application and a client of it; what fails inside is a 500, as it is outside."""

    services: Services
    client: TestClient
    carrier: Carrier
    rasa: Rasa

    def staff(self, role: Role = Role.CLINICIAN) -> dict[str, str]:
        """Headers of a staff member of this role, as after a log-in (which takes its time)."""
        email, token = f"{role.value}@naperville.example", new_id()
        with database.session_scope() as session:
            member = staff.queries.active_by_email(session, email)
            if member is None:
                member = staff.add(session, email, role, password=None, phone=None, now=MORNING)
            session.add(
                StaffToken(
                    token_hash=staff.hash_of(token),
                    staff_id=member.id,
                    expires_at=wall_now() + staff.TOKEN_LIFETIME,
                )
            )
        return {"Authorization": f"Bearer {token}"}

    def add_account(self, email: str = EMAIL, role: Role = Role.CLINICIAN) -> None:
        """An account that can log in with PASSWORD."""
        with database.session_scope() as session:
            staff.add(session, email, role, password=PASSWORD, phone=None, now=MORNING)

    def log_in(self, email: str = EMAIL, password: str = PASSWORD) -> Response:
        form = {"username": email, "password": password}
        return self.client.post("/api/v1/auth/token", data=form)


@contextmanager
def running(settings: Settings) -> Iterator[Api]:
    carrier, rasa = Carrier(), Rasa()
    services = build(settings, gateway=carrier, rasa=rasa)
    app = share_routes(create_app(services, work=False))
    # The lifespan has a test of its own; without it nothing has to be read in.
    client = TestClient(app, base_url=settings.base_url, raise_server_exceptions=False)
    yield Api(services, client, carrier, rasa)
    services.database.close()


@pytest.fixture
def api(sqlite_settings: Settings) -> Iterator[Api]:
    """The API on SQLite, with an empty directory."""
    with running(sqlite_settings) as api:
        yield api


@pytest.fixture(params=["sqlite", "postgresql"])
def any_api(request: pytest.FixtureRequest) -> Iterator[Api]:
    """The test runs twice: on SQLite and on PostgreSQL."""
    kind = "sqlite_settings" if request.param == "sqlite" else "postgres_settings"
    with running(request.getfixturevalue(kind)) as api:
        yield api


@pytest.fixture
def morning() -> Iterator[None]:
    """It is Wednesday, 10:00 in Chicago."""
    with time_machine.travel(MORNING, tick=True):
        yield


@pytest.fixture
def listed(partners_template: Path, tmp_path: Path) -> Iterator[Api]:
    """The API over the partners of data/partners.yml."""
    shutil.copy(partners_template, tmp_path / "handoff.sqlite")
    with running(settings_for(tmp_path)) as api:
        yield api


@pytest.fixture
def handoff(
    sqlite_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Command]:
    monkeypatch.chdir(tmp_path)  # where no .env is
    database.use(Database(sqlite_settings))
    yield Command(sqlite_settings, monkeypatch, capsys)
    database.current().close()


def a_visit(**changes: Any) -> dict[str, Any]:
    """The usual body of POST /api/v1/visits; `person` and `consent` may be changed in part."""
    body: dict[str, Any] = {
        "person": {"phone": PHONE, "name": "Maria Example", "language": "en", "safe_to_text": True},
        "call_type": "mental_health",
        "occurred_at": MORNING.isoformat(),
        "consent": {"sms": True, "referral": True, "method": "verbal"},
        "disposition": "Talked on the porch",
    }
    for part in ("person", "consent"):
        body[part] |= changes.pop(part, {})
    return body | changes


def problem(answer: Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer that must be one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] and body["title"] and body["detail"]
    return body


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser, for the pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()
