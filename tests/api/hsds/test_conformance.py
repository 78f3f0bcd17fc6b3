"""The independent conformance check finds nothing wrong, on the listings of the partners.

It lies beside the repository, and brings the official schemas with it; where it is not there
these tests are skipped. It needs `jsonschema`: HSDS_CHECK_PYTHON may name a Python that has it.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from api.app import create_app
from api.services import build
from directory.settings import ROOT
from tests.api.conftest import Carrier, Rasa
from tests.conftest import settings_for

KIT = ROOT.parent / "shared" / "hsds"
PYTHON = os.environ.get("HSDS_CHECK_PYTHON", sys.executable)
LACKING = sys.executable == PYTHON and importlib.util.find_spec("jsonschema") is None

pytestmark = [
    pytest.mark.skipif(not KIT.is_dir(), reason="the conformance check is not beside this folder"),
    pytest.mark.skipif(LACKING, reason="the conformance check needs jsonschema"),
]


@pytest.fixture
def address(partners_template: Path, tmp_path: Path) -> Iterator[str]:
    """Where the API is served, on a port of its own, over the partners of the repository."""
    shutil.copy(partners_template, tmp_path / "handoff.sqlite")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    services = build(settings_for(tmp_path, port=port), gateway=Carrier(), rasa=Rasa())
    app = create_app(services, work=False)
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}/hsds"
    server.should_exit = True
    thread.join()
    services.database.close()


def test_the_independent_check_finds_nothing_wrong(address: str) -> None:
    ran = subprocess.run(
        [
            PYTHON, str(KIT / "check_hsds.py"), address,
            "--kit", str(KIT), "--profile", "full", "--strict", "--sample", "2",
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    assert " / 0 failed" in ran.stdout
