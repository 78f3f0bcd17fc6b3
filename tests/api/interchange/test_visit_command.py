"""`handoff visits export`, `import` and `template`."""

import csv
import io
from pathlib import Path

from directory import database
from directory.people.models import AuditEntry
from directory.staff import service as staff
from directory.staff.models import Role
from tests.api.terminal import Command, one_line
from tests.fakes import MORNING

ROW = "V-1,630-555-0100,2026-03-18 09:30,mental_health,yes,yes,yes,,verbal,Maria,en,,Talked,,"
BAD = "V-2,911,2026-03-18 09:30,mental_health,yes,yes,yes,,verbal,,,,,,"
ANA = "ana@city.example"


def an_account() -> None:
    with database.session_scope() as session:
        staff.add(session, ANA, Role.CLINICIAN, password=None, phone=None, now=MORNING)


def a_file(handoff: Command, tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "visits.csv"
    handoff("visits", "template", str(path))
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join(rows))
    return path


def test_visits_come_in_with_a_report_and_go_out_again(handoff: Command, tmp_path: Path) -> None:
    an_account()
    path = a_file(handoff, tmp_path, ROW, BAD)
    done = handoff("visits", "import", str(path), "--clinician", ANA)
    assert done.returncode == 1
    assert done.stdout == f"{path}: 1 accepted, 0 unchanged, 1 rejected\n"
    assert one_line(done.stderr).startswith(f"{path}:3: V-2: This is not a phone number")
    again = handoff("visits", "import", str(path), "--clinician", ANA)
    assert again.stdout == f"{path}: 0 accepted, 1 unchanged, 1 rejected\n"
    out = tmp_path / "out.csv"
    assert handoff("visits", "export", str(out)).stdout == f"{out}: 1 visit\n"
    [line] = csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"), newline=""))
    assert (line["clinician"], line["disposition"]) == (ANA, "Talked")
    printed = handoff("visits", "export", "-", "--since", "2100-01-01").stdout
    assert printed.count("\n") == 1
    with database.read_scope() as session:
        actions = [each.action for each in session.query(AuditEntry).filter_by(actor="command")]
    assert actions.count("visit.upload") == 1
    assert "visits.export" in actions


def test_somebody_must_have_made_the_visit(handoff: Command, tmp_path: Path) -> None:
    path = a_file(handoff, tmp_path, ROW)
    done = handoff("visits", "import", str(path))
    assert one_line(done.stderr).endswith("Say in clinician whose visit it was, by e-mail.")
    unknown = handoff("visits", "import", str(path), "--clinician", "no@city.example")
    assert unknown.returncode == 2
    assert "no account" in one_line(unknown.stderr)
    an_account()
    named = a_file(handoff, tmp_path, ROW + ANA)
    assert handoff("visits", "import", str(named)).returncode == 0
