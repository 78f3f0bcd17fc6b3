"""Turns on an empty and on a filled database: what fills it, and what is made of the rounds."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.turns import filling, report, stored
from benchmarks.turns.measure import Waits
from benchmarks.turns.stored import WAYS, Found, Round
from directory import database
from directory.checkins.models import CheckIn, CheckInStatus
from directory.clock import wall_now
from directory.database import Database
from directory.on_call.models import OnCallShift
from directory.tasks.models import Task, TaskStatus
from directory.tasks.queries import DANGER
from tools.wheel_postgres import server_seconds


def rounds(*times: float, computed: float) -> list[Round]:
    """One round of so many turns each."""
    return [Round(Waits(turns=[each] * 3), computed * 3) for each in times]


def found(*, filled: float, computed: float) -> Found:
    """Turns of 100 and 40 ms on the empty database: the machine was busier in between."""
    made = Found("embedded", {"stored texts": 1_000_000})
    for way in WAYS:
        made.rounds[way.name, "empty"] = rounds(0.1, 0.04, 0.1, computed=0.02)
        made.rounds[way.name, "filled"] = rounds(
            0.1 * filled, 0.04 * filled, 0.1 * filled, computed=0.02 * computed
        )
    made.resting = {"empty": 0.03, "filled": 0.04}
    return made


def test_each_round_is_compared_with_its_neighbour() -> None:
    one = found(filled=1.5, computed=1.1)
    assert round(one.ratio(WAYS[0]), 3) == 1.5
    assert round(one.computed_ratio(WAYS[0]), 3) == 1.1


def test_what_is_over_the_goal_is_named() -> None:
    text = stored.text([found(filled=1.3, computed=1.0)])
    assert "More than 1.2 times as long or as much: search; slot;" in text
    assert "1,000,000 stored texts; 3 rounds" in text


def test_what_is_within_the_goal_is_said_so() -> None:
    text = stored.text([found(filled=1.1, computed=1.19)])
    assert "No kind of turn takes more than 1.2 times as long" in text
    assert "| search | 100 | 100 | 110 | 110 | 1.10 | 20 | 24 | 1.19 |" in text
    assert "empty 3 %, filled 4 %" in text


def test_the_guide_has_a_place_for_it() -> None:
    page = report.GUIDE.read_text(encoding="utf-8")
    assert "<!-- stored: begin -->" in page and "<!-- stored: end -->" in page


def test_a_filled_database_has_what_was_asked_for_and_nothing_due(tmp_path: Path) -> None:
    with filling.settings_on(tmp_path / "data", kind="embedded") as settings:
        sizes = filling.fill(settings, texts=8_000, planned=1_500)
    assert sizes["stored texts"] >= 8_000
    assert sizes["planned check-ins"] >= 1_500
    opened = database.use(Database(settings))
    with database.read_scope() as session:
        first = session.scalar(
            select(func.min(CheckIn.due_at)).where(CheckIn.status == CheckInStatus.PLANNED)
        )
        shifts = session.scalar(select(func.count()).select_from(OnCallShift))
        waiting = select(func.count()).where(Task.kind.in_(DANGER), Task.status != TaskStatus.DONE)
        assert session.scalar(waiting) == 0
    opened.close()
    assert first is not None and first > wall_now() + timedelta(hours=12)
    assert shifts


def test_an_empty_one_on_postgresql_has_the_same_staff_on_call(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)  # the database server may run as another user
    with filling.settings_on(tmp_path / "data", kind="scaled") as settings:
        sizes = filling.fill(settings, texts=0)
        opened = database.use(Database(settings))
        with database.read_scope() as session:
            shifts = session.scalar(select(func.count()).select_from(OnCallShift))
        opened.close()
        assert server_seconds(tmp_path / "data" / "server") > 0
    assert server_seconds(tmp_path / "data" / "server") == 0
    assert sizes["stored texts"] == 0
    assert shifts
