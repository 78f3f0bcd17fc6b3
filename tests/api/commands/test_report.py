"""`handoff report`: a PDF of the month that was asked for."""

from pathlib import Path

from tests.api.terminal import Command, one_line


def test_the_report_is_a_pdf_of_its_month(handoff: Command, tmp_path: Path) -> None:
    file = tmp_path / "october.pdf"
    done = handoff("report", "--month", "2026-10", "--pdf", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert one_line(done.stdout) == f"{file}: Month 2026-10"
    written = file.read_bytes()
    assert written.startswith(b"%PDF-")
    assert b"Programme figures 2026-10" in written  # its title
    assert b"/StructTreeRoot" in written  # tagged, for screen readers


def test_it_is_there_in_spanish(handoff: Command, tmp_path: Path) -> None:
    file = tmp_path / "octubre.pdf"
    done = handoff("report", "--month", "2026-Q4", "--pdf", str(file), "--language", "es")
    assert one_line(done.stdout) == f"{file}: Trimestre 2026-Q4"
    assert b"Cifras del programa 2026-Q4" in file.read_bytes()


def test_a_month_that_is_none_is_one_line(handoff: Command, tmp_path: Path) -> None:
    done = handoff("report", "--month", "October", "--pdf", str(tmp_path / "x.pdf"))
    assert done.returncode == 2
    assert "Name a period" in one_line(done.stderr)
