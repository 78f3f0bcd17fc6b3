"""The work of trying a password: few at a time, and while nobody's writing waits for it."""

import pytest

from directory import database
from directory.staff import hashing
from directory.staff.hashing import Places
from tests.api.conftest import EMAIL, PASSWORD, Api, problem
from tests.api.console.console import SAME_ORIGIN
from tests.conftest import QUICK_HASHER

FORM = {"email": EMAIL, "password": PASSWORD}


class Busy(Places):
    """Every place is taken, and nobody may wait."""

    def __init__(self) -> None:
        super().__init__(1, waiting=0)
        self._present.acquire()


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch, api: Api) -> None:
    api.add_account()
    monkeypatch.setattr(hashing, "_places", Busy())


@pytest.mark.usefixtures("busy")
def test_a_program_that_comes_with_too_many_is_told_when_to_come_again(api: Api) -> None:
    for email in (EMAIL, "nobody@naperville.example"):
        answer = api.log_in(email)
        problem(answer, 429, "sign_in_busy")
        assert answer.headers["retry-after"] == "5"


@pytest.mark.usefixtures("busy")
def test_so_is_somebody_at_the_form_in_their_language(api: Api) -> None:
    spanish = SAME_ORIGIN | {"Accept-Language": "es"}
    for headers, said in ((SAME_ORIGIN, "try again in a few"), (spanish, "intente de nuevo")):
        answer = api.client.post("/console/sign-in", data=FORM, headers=headers)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
        assert said in answer.text


@pytest.mark.usefixtures("busy")
def test_a_form_from_elsewhere_costs_no_work(api: Api) -> None:
    answer = api.client.post("/console/sign-in", data=FORM, headers={"Origin": "https://x.example"})
    assert answer.status_code == 403


def test_others_write_while_a_password_is_tried(
    any_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_api.add_account()
    written = []

    class Hasher:
        def verify(self, kept: str, password: str) -> bool:
            with database.session_scope():  # waits in vain where the request holds the one writer
                written.append(kept)
            return QUICK_HASHER.verify(kept, password)

    monkeypatch.setattr(hashing, "_hasher", Hasher())
    assert any_api.log_in().status_code == 200
    answer = any_api.client.post(
        "/console/sign-in", data=FORM, headers=SAME_ORIGIN, follow_redirects=False
    )
    assert answer.status_code == 303
    assert len(written) == 2
