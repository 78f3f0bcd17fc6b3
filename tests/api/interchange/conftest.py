"""Referrals of one partner, and its files."""

import csv
import io
from dataclasses import dataclass
from datetime import timedelta

import pytest
from httpx import Response

from directory import database
from directory.partners import service as partners
from directory.people import queries as people
from tests.api.conftest import Api
from tests.directory.referrals.builders import a_referral, a_service, agreed
from tests.fakes import MORNING

HERE = "/api/v1/partner/referrals.csv"


@dataclass
class Pantry:
    """A partner that gets and sends files."""

    api: Api
    key: str
    organization_id: str

    def referral(
        self, *, number: int = 0, reason: str = "No groceries", name: str = "Maria"
    ) -> str:
        """The id of a referral to it; each `number` is another person, a minute later."""
        now = MORNING - timedelta(minutes=10 - number)
        with database.session_scope() as session:
            person_id = agreed(session, phone=f"+163055501{number:02}", now=now)
            person = people.by_id(session, person_id)
            assert person is not None
            person.name = name
            return a_referral(session, contact=False, person_id=person_id, reason=reason, now=now)

    def file(self, **query: str) -> list[dict[str, str]]:
        answer = self.api.client.get(HERE, headers={"X-API-Key": self.key}, params=query)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
        return list(csv.DictReader(io.StringIO(answer.text, newline="")))

    def send(self, content: str | bytes) -> Response:
        headers = {"X-API-Key": self.key, "Content-Type": "text/csv"}
        return self.api.client.post(HERE, content=content, headers=headers)

    def sent(self, *lines: str) -> list[tuple[int, str, str | None]]:
        """Line, result and reason of each row of a file of these lines."""
        answer = self.send("\n".join(("id,status,reason,outcome", *lines)))
        assert answer.status_code == 200, answer.text
        return [(each["line"], each["result"], each["why"]) for each in answer.json()["rows"]]


@pytest.fixture
def pantry(listed: Api, morning: None) -> Pantry:
    with database.session_scope() as session:
        service = a_service(session)
        key = partners.issue_key(session, service.organization_id, now=MORNING)
        return Pantry(listed, key, service.organization_id)
