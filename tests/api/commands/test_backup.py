"""`handoff backup` and `handoff restore`, as an operator meets them."""

from pathlib import Path

from directory import database
from directory.database import Database
from directory.on_call import pause
from tests.api.terminal import Command, one_line
from tests.conftest import settings_for
from tests.factories import texted


def test_a_backup_says_where_it_is_and_a_restore_what_is_next(
    handoff: Command, tmp_path: Path
) -> None:
    texted("Hello", phone="+16305550142")
    done = handoff("backup", str(tmp_path / "safe"))
    folder, described = done.stdout.splitlines()
    assert done.returncode == 0
    assert (Path(folder) / "manifest.json").is_file()
    assert described.startswith("sqlite, schema ")
    elsewhere = str(tmp_path / "elsewhere")
    done = handoff("restore", str(tmp_path / "safe"), HANDOFF_DATA_DIR=elsewhere)
    assert done.returncode == 0, done.stderr
    for said in ("1 texts without an answer", "PAUSED", "carrier's log", "erase them again"):
        assert said in done.stdout
    assert "Hello" not in done.stdout and "5550142" not in done.stdout
    database.use(Database(settings_for(tmp_path / "elsewhere")))
    with database.read_scope() as session:
        assert pause.standing(session)


def test_what_goes_wrong_is_one_line(handoff: Command, tmp_path: Path) -> None:
    handoff("backup", str(tmp_path / "safe"))
    done = handoff("restore", str(tmp_path / "safe"))
    assert done.returncode == 2
    assert one_line(done.stderr).endswith("is there already: restore into an empty place")
    done = handoff("backup", str(tmp_path / "safe"), HANDOFF_DATA_DIR=str(tmp_path / "nothing"))
    assert "there is no database yet" in one_line(done.stderr)
    (tmp_path / "empty").mkdir()
    done = handoff("restore", str(tmp_path / "empty"), HANDOFF_DATA_DIR=str(tmp_path / "nothing"))
    assert "holds no backup" in one_line(done.stderr)
