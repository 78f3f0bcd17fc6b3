"""`handoff keys`, `purge`, `hold`, `person`, `records`, `breach`, as an operator meets them."""

import base64
import csv
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from directory import database
from directory.messages.spool import Spool, SpooledText
from directory.people import service as people
from directory.people.models import AuditEntry
from directory.retention import waiting
from directory.staff import service as staff
from directory.staff.models import Role
from tests.api.terminal import Command, Done, one_line
from tests.conftest import KEY
from tests.directory.retention.builders import NAME, PHONE, WORDS, everything, found_anywhere
from tests.factories import met, read_person, texted, visited
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("morning")
THAT_DAY = ["--from", "2026-03-18", "--to", "2026-03-18"]
NEW_KEY = base64.urlsafe_b64encode(b"another key of thirty-two bytes!").decode()


@pytest.fixture
def morning() -> object:
    with time_machine.travel(MORNING, tick=True):
        yield


def actions() -> list[str]:
    with database.read_scope() as session:
        return list(session.scalars(select(AuditEntry.action)))


def fine(done: Done) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_key_is_rotated_checked_and_removed(handoff: Command) -> None:
    everything()
    both = {"HANDOFF_ENCRYPTION_KEYS": f"{NEW_KEY},{KEY}"}
    before = handoff("keys", "check", **both)
    assert (before.returncode, "in use" in before.stdout) == (1, True)
    said = fine(handoff("keys", "rotate", **both))
    assert "inbound_messages: 1" in said
    assert "people: " in said
    after = fine(handoff("keys", "check", **both))
    assert "may be removed" in after
    assert KEY not in said + after
    assert NEW_KEY not in said + after
    assert "no key fits" not in fine(handoff("keys", "check", HANDOFF_ENCRYPTION_KEYS=NEW_KEY))
    lost = handoff("keys", "check", HANDOFF_ENCRYPTION_KEYS=KEY)
    assert (lost.returncode, "removed early" in lost.stderr) == (1, True)
    assert actions().count("keys.rotate") == 1


def test_a_purge_counts_asks_and_does_it(handoff: Command) -> None:
    texted("words")
    with time_machine.travel(MORNING + timedelta(days=800)):
        dry = fine(handoff("purge", "--dry-run"))
        assert "inbound_messages: 1 would go (blank)" in dry
        assert handoff("purge", typed="n\n").returncode == 1
        assert found_anywhere(("words",))
        assert "inbound_messages: 1 gone" in fine(handoff("purge", "--yes"))
        assert fine(handoff("purge")).strip() == "0 rows gone."
    assert found_anywhere(("words",)) == {}


def test_a_hold_is_placed_listed_beats_erasing_and_is_released(handoff: Command) -> None:
    person_id = everything()
    order = ["--reason", "Case 26-100", "--by", "A. Counsel"]
    hold_id = fine(handoff("hold", "add", PHONE, *order)).split(":")[0]
    listed = one_line(fine(handoff("hold", "list")))
    assert person_id in listed
    assert "Case 26-100" in listed
    assert "command: A. Counsel" in listed
    refused = handoff("person", "erase", PHONE, "--yes")
    assert (refused.returncode, "legal hold" in one_line(refused.stderr)) == (2, True)
    with time_machine.travel(MORNING + timedelta(days=800)):
        assert "on hold since" in fine(handoff("purge", "--dry-run"))
    fine(handoff("hold", "release", hold_id, "--by", "A. Counsel"))
    assert "No hold stands" in fine(handoff("hold", "list"))
    assert "released" in fine(handoff("hold", "list", "--all"))
    assert handoff("hold", "release", hold_id, "--by", "A. Counsel").returncode == 2
    fine(handoff("person", "erase", PHONE, "--yes"))


@pytest.mark.parametrize(
    ("who", "said"),
    [((), "name a person"), (("+16305550199", "--everything"), "name a person")],
)
def test_a_hold_says_on_what(handoff: Command, who: tuple[str, ...], said: str) -> None:
    done = handoff("hold", "add", *who, "--reason", "Case 1", "--by", "counsel")
    assert (done.returncode, said in one_line(done.stderr)) == (2, True)


def test_everything_of_a_person_is_exported_to_a_private_file(
    handoff: Command, tmp_path: Path
) -> None:
    person_id = everything()
    out = tmp_path / "person.json"
    fine(handoff("person", "export", PHONE, "--out", str(out)))
    assert out.stat().st_mode & 0o777 == 0o600
    text = out.read_text()
    missing = [word for word in WORDS if word.casefold() not in text.casefold()]
    assert missing == []
    told = json.loads(text)
    assert (told["person"]["id"], told["person"]["name"]) == (person_id, NAME)
    assert told["mandated_reports"][0]["reference"] == "A-1"
    assert [each["direction"] for each in told["texts"]][:1] == ["from the person"]
    assert "phone_index" not in text
    assert "person.export" in actions()
    again = handoff("person", "export", person_id, "--out", str(out))
    assert (again.returncode, "exists already" in one_line(again.stderr)) == (2, True)
    assert json.loads(fine(handoff("person", "export", person_id)))["person"]["id"] == person_id


def test_erasing_asks_first_and_says_what_went(handoff: Command) -> None:
    person_id = everything()
    with database.session_scope() as session:
        people.opt_out(session, session.merge(read_person(person_id)), now=MORNING)
    no = handoff("person", "erase", PHONE, typed="n\n")
    assert no.returncode == 1
    assert PHONE not in no.stdout
    assert found_anywhere((NAME,))
    said = fine(handoff("person", "erase", PHONE, "--yes"))
    assert "2 texts" in said
    assert "stays silent" in said
    assert found_anywhere((NAME, "6305550111")) == {}
    for command in ("export", "erase"):
        gone = handoff("person", command, person_id)
        assert (gone.returncode, "no such person" in one_line(gone.stderr)) == (2, True)


def test_public_records_name_nobody_and_show_no_small_count(
    handoff: Command, tmp_path: Path
) -> None:
    everything()
    for number in range(12):
        visited(phone=f"+163055501{30 + number}")
    out = tmp_path / "records.zip"
    days = ["--from", "2026-03-01", "--to", "2026-03-31"]
    fine(handoff("records", "export", str(out), *days))
    assert out.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(out) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    whole = "".join(files.values()).casefold()
    assert [word for word in (*WORDS, "porch", "maria") if word.casefold() in whole] == []
    visits = list(csv.DictReader(io.StringIO(files["visits.csv"])))
    assert {each["call_type"] for each in visits} == {"mental_health"}
    assert {each["person"] for each in visits} == {"[REDACTED]"}
    assert {each["month"] for each in visits} == {"2026-03"}
    # One text came and one went: too few to be told of.
    assert files["texts_received.csv"].count("\n") == 1
    assert "texts_received: 1 months" in files["README.txt"]
    assert json.loads(files["visits.json"])[0]["note"] == "[REDACTED]"
    assert "records.export" in actions()


def test_who_read_whom_is_listed_for_a_breach_notice(handoff: Command, tmp_path: Path) -> None:
    person_id, other = everything(), met("+16305550188")
    with database.session_scope() as session:
        member = staff.add(
            session, "ana@city.example", Role.CLINICIAN, password=None, phone=None, now=MORNING
        )
        for whom, action in ((person_id, "person.read"), (person_id, "visits.read")):
            people.audit(session, actor=member.id, action=action, person_id=whom, now=MORNING)
        later = MORNING + timedelta(days=9)
        people.audit(session, actor=member.id, action="person.read", person_id=other, now=later)
    days = ["--from", "2026-03-18", "--to", "2026-03-18"]
    rows = list(csv.DictReader(io.StringIO(fine(handoff("breach", "list", *days)))))
    [row] = [each for each in rows if each["actor"] == "ana@city.example"]
    assert (row["person_id"], row["times"]) == (person_id, "2")
    assert row["actions"] == "person.read visits.read"
    assert other not in {each["person_id"] for each in rows}
    out = tmp_path / "affected.csv"
    options = ["--actor", "ana@city.example", "--contacts", "--out", str(out)]
    fine(handoff("breach", "list", *days, *options))
    [told] = list(csv.DictReader(io.StringIO(out.read_text())))
    assert (told["name"], told["phone"]) == (NAME, "630-555-0111")
    assert out.stat().st_mode & 0o777 == 0o600
    with database.read_scope() as session:
        noted = session.scalars(
            select(AuditEntry.person_id).where(AuditEntry.action == "breach.list")
        ).all()
    assert person_id in noted


def test_a_partners_key_is_found_by_its_id_alone(handoff: Command) -> None:
    person_id = everything()
    with database.session_scope() as session:
        people.audit(
            session, actor="partner:key-1", action="referral.read", person_id=person_id, now=MORNING
        )
    for named in ("key-1", "partner:key-1", " key-1 "):
        listed = fine(handoff("breach", "list", *THAT_DAY, "--actor", named))
        [row] = list(csv.DictReader(io.StringIO(listed)))
        assert (row["person_id"], row["actor"]) == (person_id, "partner:key-1")


def test_who_cannot_be_meant_is_no_list_without_anybody(handoff: Command) -> None:
    everything()
    with database.session_scope() as session:
        staff.add(
            session, "ana@city.example", Role.CLINICIAN, password=None, phone=None, now=MORNING
        )
    for named in ("anna@city.example", "key-2", ""):
        done = handoff("breach", "list", *THAT_DAY, "--actor", named)
        assert (done.returncode, "no such account" in one_line(done.stderr)) == (2, True)
    # Whoever has an account and has read nothing is nobody's reader, and that is an answer.
    listed = fine(handoff("breach", "list", *THAT_DAY, "--actor", "Ana@city.example"))
    assert len(listed.splitlines()) == 1


def test_days_in_the_wrong_order_are_one_line(handoff: Command, tmp_path: Path) -> None:
    days = ["--from", "2026-03-31", "--to", "2026-03-01"]
    for command in (["breach", "list"], ["records", "export", str(tmp_path / "r.zip")]):
        done = handoff(*command, *days)
        assert (done.returncode, "lies before" in one_line(done.stderr)) == (2, True)


def test_unknown_people_are_one_line_without_their_number(handoff: Command) -> None:
    for who in ("+16305550187", "nobody", "630"):
        done = handoff("person", "export", who)
        assert (done.returncode, "no such person" in one_line(done.stderr)) == (2, True)
        assert who == "nobody" or who not in done.stderr


def on_disk(body: str) -> Spool:
    spool = waiting.spool()
    spool.keep(SpooledText("SM9", "+16305550188", body, 0, MORNING.isoformat()))
    return spool


def test_a_text_that_waits_on_disk_is_exported_and_erased(handoff: Command) -> None:
    met("+16305550188")
    spool = on_disk("marigoldbody")
    told = json.loads(fine(handoff("person", "export", "+16305550188")))
    assert [each["body"] for each in told["texts_waiting_on_disk"]] == ["marigoldbody"]
    said = fine(handoff("person", "erase", "+16305550188", "--yes"))
    assert "1 of these texts had waited on disk" in said
    assert spool.count() == 0


def test_a_number_that_only_a_text_on_disk_knows_is_named_and_can_be_erased(
    handoff: Command,
) -> None:
    spool = on_disk("marigoldbody")
    done = handoff("person", "export", "+16305550188")
    assert (done.returncode, "1 texts of this number wait on disk" in one_line(done.stderr)) == (
        2,
        True,
    )
    assert "5550188" not in done.stderr
    fine(handoff("person", "erase", "+16305550188", "--yes"))
    assert spool.count() == 0
    assert handoff("person", "erase", "+16305550188", "--yes").returncode == 2


def test_people_are_found_again_under_another_secret_key(handoff: Command) -> None:
    person_id = met("+16305550188")
    fresh = {"HANDOFF_SECRET_KEY": "another secret for tests"}
    assert "no such person" in handoff("person", "export", "+16305550188", **fresh).stderr
    assert handoff("keys", "reindex", typed="n\n", **fresh).returncode == 1
    said = fine(handoff("keys", "reindex", "--yes", **fresh))
    assert "people: 1 are not found" in said
    assert "another secret for tests" not in said
    told = json.loads(fine(handoff("person", "export", "+16305550188", **fresh)))
    assert told["person"]["id"] == person_id
    assert "Nothing to do" in fine(handoff("keys", "reindex", **fresh))
    assert actions().count("keys.reindex") == 1
