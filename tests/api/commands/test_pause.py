"""`handoff pause` and `handoff resume`."""

from directory import database
from directory.on_call import pause
from tests.api.terminal import Command, one_line


def standing() -> bool:
    with database.read_scope() as session:
        return pause.standing(session)


def test_pause_and_resume_work_though_nothing_runs(handoff: Command) -> None:
    paused = handoff("pause")
    assert (paused.returncode, paused.stderr, standing()) == (0, "", True)
    assert "nothing that we start goes out" in one_line(paused.stdout)
    assert "already" in one_line(handoff("pause").stdout)
    resumed = handoff("resume")
    assert (resumed.returncode, standing()) == (0, False)
    assert "Going on" in one_line(resumed.stdout)
    assert "Nothing was paused" in one_line(handoff("resume").stdout)
