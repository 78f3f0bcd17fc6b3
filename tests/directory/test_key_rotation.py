"""Key rotation: every encrypted value, exact under concurrent writers, and resumable."""

import base64
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Text, select, type_coerce

from directory import database, key_rotation
from directory.database import Database
from directory.encryption import Cipher
from directory.key_rotation import UNREADABLE, encrypted_columns, keys_in_use, rotate
from directory.messages.models import InboundMessage
from directory.messages.spool import Spool, SpooledText
from directory.models import Base
from directory.people.models import Person
from tests.conftest import KEY
from tests.directory.retention.builders import WORDS, everything, found_anywhere
from tests.factories import met, texted

NEW_KEY = base64.urlsafe_b64encode(b"another key of thirty-two bytes!").decode()
OTHER_KEY = base64.urlsafe_b64encode(b"a third key of thirty-two bytes!").decode()


def reopened(opened: Database, *keys: str) -> Database:
    """The same database with these keys, the newest first."""
    settings = opened.settings.model_copy(update={"encryption_keys": ",".join(keys)})
    return database.use(Database(settings))


def all_in_use(opened: Database) -> Counter[int]:
    return sum(keys_in_use(opened).values(), Counter[int]())


def raw(column: object) -> list[str]:
    with database.read_scope() as session:
        return list(session.scalars(select(type_coerce(column, Text))))  # type: ignore[arg-type]


def test_the_columns_are_read_from_the_tables() -> None:
    found = {
        f"{column.table.name}.{column.name}" for e in encrypted_columns() for column in e.columns
    }
    assert {"people.phone", "inbound_messages.body", "staff.totp_secret"} <= found
    assert {"legal_holds.reason", "mandated_reports.reference"} <= found
    assert len(encrypted_columns()) < len(Base.metadata.tables)


def test_everything_is_under_the_newest_key_afterwards(any_database: Database) -> None:
    everything()
    both = reopened(any_database, NEW_KEY, KEY)
    before = all_in_use(both)
    assert set(before) == {1}
    done = rotate(both)
    assert (sum(done.values.values()), done.left) == (before[1], 0)
    assert all_in_use(both) == Counter({0: before[1]})
    only_new = reopened(both, NEW_KEY)
    assert all_in_use(only_new) == Counter({0: before[1]})
    assert found_anywhere(WORDS).keys() == set(WORDS)
    assert rotate(only_new).values == Counter()


def test_it_goes_on_where_it_was_stopped(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_rotation, "AT_ONCE", 2)
    for number in range(7):
        texted(f"text {number}")
    both = reopened(db, NEW_KEY, KEY)

    def dies(table: str, count: int) -> None:
        if table == "inbound_messages" and count >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(both, told=dies)
    left = keys_in_use(both)["inbound_messages"]
    assert left[0] == 4
    assert left[1] == 3
    assert rotate(both).values["inbound_messages"] == 3


def test_what_is_written_meanwhile_is_never_undone(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reading of a value and its rewriting somebody else changes the row."""
    inbound_id, person_id = texted("before"), met()
    both = reopened(any_database, NEW_KEY, KEY)
    rewrite = key_rotation._rewrite

    def late(opened: Database, each: object, batch: list[key_rotation.Row]) -> int:
        with opened.session_scope() as session:
            session.get_one(InboundMessage, inbound_id).body = "after"
            session.get_one(Person, person_id).name = "New Name"
        return rewrite(opened, each, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(key_rotation, "_rewrite", late)
    assert rotate(both).left == 0
    with database.read_scope() as session:
        assert session.get_one(InboundMessage, inbound_id).body == "after"
        assert session.get_one(Person, person_id).name == "New Name"
    assert set(all_in_use(both)) == {0}


def test_a_writer_with_the_old_key_is_told_of(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbound_id = texted("before")
    old = Cipher(keys=(KEY,), secret="any")
    both = reopened(db, NEW_KEY, KEY)
    rewrite = key_rotation._rewrite

    def contested(opened: Database, each: object, batch: list[key_rotation.Row]) -> int:
        count = rewrite(opened, each, batch)  # type: ignore[arg-type]
        with opened.session_scope() as session:
            table = InboundMessage.__table__
            session.execute(table.update().values(body=type_coerce(old.encrypt("again"), Text)))
        return count

    monkeypatch.setattr(key_rotation, "_rewrite", contested)
    assert rotate(both).left >= 1
    assert inbound_id


def test_a_value_that_no_key_fits_is_counted_and_left_alone(db: Database) -> None:
    texted("words")
    [token] = raw(InboundMessage.body)
    lost = reopened(db, OTHER_KEY)
    assert keys_in_use(lost)["inbound_messages"] == Counter({UNREADABLE: 1})
    done = rotate(lost)
    assert done.left == 2  # the text, and the number of who sent it
    assert raw(InboundMessage.body) == [token]


def test_an_empty_text_has_nothing_to_encrypt(db: Database) -> None:
    texted("")
    assert raw(InboundMessage.body) == [""]
    assert keys_in_use(db)["inbound_messages"] == Counter()


def test_texts_that_wait_on_disk_are_rewritten(db: Database) -> None:
    folder = db.settings.data_dir / "inbox-spool"
    arrived = datetime(2026, 3, 18, tzinfo=UTC).isoformat()
    Spool(folder, db.cipher).keep(SpooledText("SM1", "+16305550100", "words", 0, arrived))
    both = reopened(db, NEW_KEY, KEY)
    assert keys_in_use(both)["inbox-spool"] == Counter({1: 1})
    assert rotate(both).files == 1
    only_new = reopened(both, NEW_KEY)
    [(path, text)] = list(Spool(folder, only_new.cipher).waiting())
    assert text.body == "words"
    assert path.stat().st_mode & 0o077 == 0
    assert [each.name for each in Path(folder).iterdir()] == [path.name]


def test_what_was_left_behind_whole_still_needs_its_key(db: Database) -> None:
    folder = db.settings.data_dir / "inbox-spool"
    folder.mkdir()
    (folder / ".0001-killed").write_text(db.cipher.encrypt("words"))
    (folder / ".0002-killed").write_text("gAAAA")
    both = reopened(db, NEW_KEY, KEY)
    assert keys_in_use(both)["inbox-spool"] == Counter({1: 1})
