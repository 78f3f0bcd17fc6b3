"""Calls to the number: help is said, whoever is on call is rung, nobody is left hanging."""

from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import select
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from directory import database
from directory.tasks.models import Task, TaskKind
from tests.api.conftest import PHONE, Api
from tests.directory.on_call.builders import a_colleague, on_call, texts_stop
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("morning")
FIRST, SECOND = "+16305550161", "+16305550162"


def call(api: Api, path: str = "", *, caller: str = PHONE, **form: str) -> ElementTree.Element:
    """What Twilio is told to do next. `path`: as it was given to Twilio, or below /voice."""
    settings = api.services.settings
    url = path if path.startswith("http") else f"{settings.base_url}/webhooks/twilio/voice{path}"
    fields = {"CallSid": "CA" + "1" * 32, "From": caller} | form
    signature = RequestValidator(settings.twilio_auth_token).compute_signature(url, fields)
    answer = api.client.post(url, data=fields, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/xml")
    return ElementTree.fromstring(answer.text)


def said(twiml: ElementTree.Element) -> str:
    return " ".join(each.text or "" for each in twiml.iter("Say"))


def two_on_call() -> None:
    for number, position in ((61, 1), (62, 2)):
        on_call(a_colleague(number), position, now=MORNING)


def call_backs() -> list[Task]:
    with database.read_scope() as session:
        return list(session.scalars(select(Task).where(Task.kind == TaskKind.CALL_BACK)))


def test_help_is_said_in_both_languages_and_nobody_is_rung(api: Api) -> None:
    twiml = call(api)
    assert {each.get("language") for each in twiml.iter("Say")} == {"en-US", "es-US"}
    for line in ("9 1 1", "9 8 8", "2 1 1", "weekdays", "entre semana"):
        assert line in said(twiml)
    assert twiml.find("Gather") is None
    assert "press 1" not in said(twiml)


def test_while_somebody_is_on_call_a_key_reaches_them(any_api: Api) -> None:
    two_on_call()
    menu = call(any_api).find("Gather")
    assert menu is not None
    assert "press 1" in said(menu) and "marque 1" in said(menu)
    dial = call(any_api, menu.attrib["action"], Digits="1").find("Dial")
    assert dial is not None
    number = dial.find("Number")
    assert number is not None and number.text == FIRST
    assert number.get("url") and dial.get("answerOnBridge") == "true"


def test_a_phone_to_which_texts_are_stopped_is_rung_all_the_same(api: Api) -> None:
    two_on_call()
    texts_stop(61)
    dial = call(api, "/choice", Digits="1").find("Dial")
    assert dial is not None and dial.findtext("Number") == FIRST


def test_another_key_says_it_all_again(api: Api) -> None:
    two_on_call()
    assert call(api, "/choice", Digits="7").find("Gather") is not None


def test_whoever_picks_up_must_take_the_call(api: Api) -> None:
    screen = call(api, "/screen")
    gather = screen.find("Gather")
    assert gather is not None and "Press 1" in said(gather)
    assert [each.tag for each in screen] == ["Gather", "Hangup"]
    assert list(call(api, gather.attrib["action"], Digits="1")) == []
    assert call(api, gather.attrib["action"], Digits="2").find("Hangup") is not None


def test_one_after_the_other_is_rung_and_then_a_person_calls_back(any_api: Api) -> None:
    two_on_call()
    rung = []
    twiml = call(any_api, "/choice", Digits="1")
    while (dial := twiml.find("Dial")) is not None:
        rung.append(dial.findtext("Number"))
        twiml = call(any_api, dial.attrib["action"], DialCallStatus="no-answer")
    assert rung == [FIRST, SECOND]
    assert "call you back" in said(twiml) and "9 8 8" in said(twiml)
    [task] = call_backs()
    assert "on call" in (task.note or "")


@pytest.mark.parametrize(
    "form",
    [
        {"DialCallStatus": "completed", "DialBridged": "true"},
        {"DialCallStatus": "completed"},
    ],
)
def test_who_has_spoken_to_a_colleague_is_not_rung_through_again(
    api: Api, form: dict[str, str]
) -> None:
    two_on_call()
    assert [each.tag for each in call(api, "/after?tried=1", **form)] == ["Hangup"]
    assert call_backs() == []


def test_a_mailbox_is_not_a_colleague(api: Api) -> None:
    two_on_call()
    twiml = call(api, "/after?tried=1", DialCallStatus="completed", DialBridged="false")
    assert twiml.findtext("Dial/Number") == SECOND


@pytest.mark.parametrize(
    "caller", ["", "anonymous", "+266696687", "+7378742833", "sip:a@b.example"]
)
def test_who_hides_the_number_is_promised_no_call(api: Api, caller: str) -> None:
    twiml = call(api, "/choice", caller=caller, Digits="1")
    assert "call you back" not in said(twiml)
    assert "9 1 1" in said(twiml)
    assert call_backs() == []


def test_a_shift_that_ended_meanwhile_rings_nobody(api: Api) -> None:
    on_call(a_colleague(61), ends_at=MORNING + timedelta(minutes=1), now=MORNING)
    api.services.clock.skip(timedelta(minutes=2))
    assert call(api).find("Gather") is None
    assert call(api, "/choice", Digits="1").find("Dial") is None


@pytest.mark.parametrize("path", ["", "/choice", "/after?tried=1", "/screen", "/taken"])
def test_only_what_twilio_signed_is_answered(api: Api, path: str) -> None:
    answer = api.client.post(f"/webhooks/twilio/voice{path}", data={"From": PHONE, "Digits": "1"})
    assert answer.status_code == 403


def test_help_is_said_without_the_database(api: Api, tmp_path: Path) -> None:
    api.services.database.engine.dispose()
    for file in tmp_path.glob("handoff.sqlite*"):
        file.unlink()
    (tmp_path / "handoff.sqlite").mkdir()
    assert "9 1 1" in said(call(api))
    assert "9 8 8" in said(call(api, "/choice", Digits="1"))
