"""The look of each second, with the workers of a whole process."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
import time_machine

from api.services import Services, build, prepare_search
from directory.messages.models import SendPriority
from directory.notices.models import NoticeKind, NoticeStatus
from directory.partners.models import Channel
from tests.bot.carrier.running import eventually
from tests.bot.notices.builders import PARTNER, referred, referred_to, the_notice
from tests.bot.notices.receivers import Postbox, a_mail_server
from tests.conftest import settings_for
from tests.factories import PHONE, met, queued, texted
from tests.fakes import MORNING, FakeGateway, FakeRasa

NEW = NoticeKind.REFERRAL_NEW


class ReadyRasa(FakeRasa):
    def ready(self) -> bool:
        return True


class Process:
    """The parts of one process over the partners' listings; nothing looks by itself."""

    def __init__(self, services: Services, gateway: FakeGateway, postbox: Postbox) -> None:
        self.services, self.gateway, self.postbox = services, gateway, postbox

    def sweep(self) -> None:
        self.services.workers.sweep(slow=False)


@pytest.fixture(name="postbox")
def _postbox() -> Postbox:
    return Postbox()


@pytest.fixture(name="process")
def _process(postbox: Postbox, partners_template: Path, tmp_path: Path) -> Iterator[Process]:
    shutil.copy(partners_template, tmp_path / "handoff.sqlite")
    gateway = FakeGateway()
    with (
        time_machine.travel(MORNING, tick=True),
        a_mail_server(postbox) as port,
    ):
        settings = settings_for(tmp_path, smtp_url=f"smtp://127.0.0.1:{port}", send_rate=2.0)
        services = build(settings, gateway=gateway, rasa=ReadyRasa(down=True))
        try:
            yield Process(services, gateway, postbox)
        finally:
            for pool in (services.workers._texts, services.workers._notices):
                pool.shutdown(cancel_futures=True)
            services.database.close()


def numbers_up_to(gateway: FakeGateway, phone: str) -> list[str]:
    """Who got a text, up to the first one to `phone`; nobody before that."""
    numbers = [text.to for text in gateway.carried]
    return numbers[: numbers.index(phone) + 1] if phone in numbers else []


def test_one_look_plans_hands_over_and_sends(process: Process) -> None:
    referred()
    process.sweep()
    assert eventually(lambda: len(process.gateway.carried) == 2)
    assert {text.to for text in process.gateway.carried} == {PHONE, PARTNER}


def test_one_look_sends_e_mail(process: Process) -> None:
    referred_to(Channel.EMAIL, "desk@pantry.example")
    process.sweep()
    assert eventually(lambda: the_notice(NEW).status == NoticeStatus.SENT)
    assert len(process.postbox.taken) == 1


def test_a_mail_server_that_hangs_holds_up_neither_the_look_nor_texts(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Event()

    async def slowly(*_: object) -> str:
        answer.wait(20)  # the whole server stands still
        return "250 kept"

    monkeypatch.setattr(process.postbox, "handle_DATA", slowly)
    referred_to(Channel.EMAIL, "desk@pantry.example")
    process.sweep()
    assert eventually(lambda: len(process.gateway.carried) == 1)
    process.sweep()
    assert the_notice(NEW).status == NoticeStatus.SENDING
    answer.set()
    assert eventually(lambda: the_notice(NEW).status == NoticeStatus.SENT)


def test_a_text_is_answered_while_a_backlog_waits_for_its_turn(process: Process) -> None:
    person_id = met("+16305550101")
    for number in range(60):
        queued(f"text {number}", person_id=person_id, priority=SendPriority.CHECKIN)
    process.sweep()
    prepare_search()  # as each process does before it begins
    texted("stop", phone=PHONE)
    process.services.workers.answer_soon(met(PHONE))
    numbers = eventually(lambda: numbers_up_to(process.gateway, PHONE), timeout=25)
    assert 0 < len(numbers) < 20
