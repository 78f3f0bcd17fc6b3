"""The compose file and what it is started with: who reads what, who is believed, who meets whom."""

import asyncio
import os
import re
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import server
from api.worker_app import create_worker_app
from bot.sms.deliver import TRIES
from directory import secret_files, setting_checks
from directory.secret_files import SecretFileError
from directory.settings import ROOT, Settings
from tests.api.conftest import Api, running
from tests.deploy.test_deploy import compose, read

SCALE = ROOT / "docs" / "operations" / "scale.md"


@pytest.fixture
def api(sqlite_settings: Settings) -> Iterator[Api]:
    with running(sqlite_settings) as found:
        yield found


def services() -> dict[str, Any]:
    found: dict[str, Any] = compose()["services"]
    return found


def as_told(mode: int) -> os.stat_result:
    return os.stat_result((0o100000 | mode, 0, 0, 1, 0, 0, 20, 0, 0, 0))


def test_the_secrets_have_a_mode_that_every_reader_can_read_and_the_application_takes() -> None:
    """Compose mounts them with the owner and mode of the host; three users read them."""
    page, file = SCALE.read_text(), (ROOT / "deploy" / "compose.yml").read_text()
    told = re.search(r"chmod (0[0-7]{3}) deploy/secrets/\*", page)
    assert told is not None
    assert f"the files {told[1]}" in file
    assert "mkdir -m 0700 deploy/secrets" in page
    mode = int(told[1], 8)
    assert mode & 0o444 == 0o444
    for path in {f"/run/secrets/{name}" for name in compose()["secrets"]}:
        secret_files._require_private(as_told(mode), Path(path), "HANDOFF_X_FILE")
    with pytest.raises(SecretFileError):
        secret_files._require_private(as_told(mode), Path("/etc/handoff/x"), "HANDOFF_X_FILE")


def test_postgres_is_well_only_when_others_can_reach_it() -> None:
    """Its first server, of databases.sh, listens on a socket alone and goes away again."""
    check = services()["postgres"]["healthcheck"]["test"]
    assert check[check.index("--host") + 1] == "127.0.0.1"


def test_what_databases_sh_reads_is_mounted() -> None:
    postgres = services()["postgres"]
    script = (ROOT / "deploy" / "postgres" / "databases.sh").read_text()
    read = set(re.findall(r"\$\(secret (\w+)\)", script))
    assert len(read) == 4
    assert read <= set(postgres["secrets"])
    for path in re.findall(r"--file (\S+)", script):
        assert any(volume.split(":")[1] == path for volume in postgres["volumes"])
    for volume in postgres["volumes"]:
        source = volume.split(":")[0]
        assert not source.startswith("./") or (ROOT / "deploy" / source).is_file()


def test_the_operators_are_told_how_often_a_text_is_tried() -> None:
    words = {20: "twenty"}
    guide = (ROOT / "docs" / "operators.md").read_text()
    assert f"growing pauses, {words[TRIES]} times" in guide
    assert f"a text is tried {words[TRIES]} times" in guide


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_restore_has_the_backups_and_the_role_that_owns_the_tables() -> None:
    restore, backup = services()["restore"], services()["backup"]
    assert restore["command"] == ["handoff", "restore", "/backups"]
    assert "backups:/backups" in backup["volumes"]
    assert "backups:/backups:ro" in restore["volumes"]
    assert "migration_database_url" in restore["secrets"]
    named = restore["environment"]["HANDOFF_MIGRATION_DATABASE_URL_FILE"]
    assert named == "/run/secrets/migration_database_url"
    # It is not started with the rest, and nothing that makes tables is started with it.
    assert restore["profiles"]
    assert set(restore["depends_on"]) == {"postgres"}


def test_each_command_of_the_pages_names_a_service_of_the_file() -> None:
    drill = (ROOT / "docs" / "operations" / "restore-drill.md").read_text()
    used = re.findall(r"(?:exec|run --rm(?: --[\w-]+(?: /\S+)?)*) ([a-z]+) ", words(drill))
    used += re.findall(r"deploy/compose.yml exec ([a-z]+) ", SCALE.read_text())
    assert {"postgres", "restore", "api", "backup"} <= set(used) <= set(services())


def test_a_restore_is_told_in_an_order_that_works() -> None:
    """It refuses a database with tables: those that make some are started after it."""
    drill = words((ROOT / "docs" / "operations" / "restore-drill.md").read_text())
    steps = ("compose down", "--wait postgres", "/etc/handoff/handoff.sql", "rm restore", "up --d")
    places = [drill.index(step) for step in steps]
    assert places == sorted(places)


def in_network(name: str) -> set[str]:
    return {service for service, each in services().items() if name in each["networks"]}


def trusted() -> str:
    found: str = compose()["x-application"]["environment"]["HANDOFF_TRUSTED_PROXIES"]
    return found


def caller(sqlite_settings: Settings, peer: str) -> str:
    """Who the application takes for the caller that a proxy names, who comes from `peer`."""
    believed = sqlite_settings.model_copy(update={"trusted_proxies": trusted()})
    seen: list[str] = []

    async def application(scope: Any, *_: Any) -> None:
        seen.append(scope["client"][0])

    listening = server.listening(believed)
    middleware = ProxyHeadersMiddleware(application, trusted_hosts=listening["forwarded_allow_ips"])
    headers = [(b"x-forwarded-for", b"198.51.100.1, 203.0.113.9")]
    scope = {"type": "http", "client": (peer, 1), "scheme": "http", "headers": headers}
    asyncio.run(middleware(scope, None, None))  # type: ignore[arg-type]
    return seen[0]


def test_the_proxy_before_the_published_port_is_believed_and_nobody_else(
    sqlite_settings: Settings,
) -> None:
    """By that port it comes from the gateway of a network; were it not believed, all the world
    would be one address, and twenty wrong links would shut out every partner."""
    file = compose()
    (subnet,) = (each["subnet"] for each in file["networks"]["doors"]["ipam"]["config"])
    assert setting_checks.proxies(trusted()) == f"127.0.0.1,{subnet}"
    gateway = next(ip_network(subnet).hosts())
    assert caller(sqlite_settings, str(gateway)) == "203.0.113.9"
    assert caller(sqlite_settings, "172.29.0.2") == "172.29.0.2"
    # Where a container has two ways out nobody can say which gateway a published port is behind.
    leading_out = [
        n for n in services()["api"]["networks"] if not file["networks"][n].get("internal")
    ]
    assert leading_out == ["doors"]
    assert in_network("doors") == {"api"}
    assert all(port.startswith("127.0.0.1:") for port in services()["api"]["ports"])


def test_only_the_doors_are_published() -> None:
    assert [name for name, each in services().items() if "ports" in each] == ["api"]


def test_prometheus_reaches_the_doors_and_the_workers_and_nothing_else() -> None:
    """By names of the network that it joins."""
    file = compose()
    assert in_network("watch") == {"api", "worker"}
    assert file["networks"]["watch"]["internal"]
    (scrape,) = read(ROOT / "deploy" / "monitoring" / "prometheus-compose.yml")[0]["scrape_configs"]
    asked = {name: each["port"] for each in scrape["dns_sd_configs"] for name in each["names"]}
    served = {}
    for service in in_network("watch"):
        each = services()[service]
        (alias,) = each["networks"]["watch"]["aliases"]
        given = server._parser().parse_args(each["command"][3:])
        assert given.host == "0.0.0.0"
        served[alias] = given.port
    assert asked == served
    assert scrape["job_name"] == "handoff"
    assert f"{file['name']}_watch" in SCALE.read_text()


def paths(routes: Any) -> set[str]:
    found = set()
    for route in routes:
        inner = getattr(route, "original_router", None)
        found |= {route.path} if inner is None else paths(inner.routes)
    return found


def test_rasa_meets_each_of_the_others_in_one_network_and_finds_no_door_but_those_for_all(
    api: Api,
) -> None:
    """Who asks it can be asked by it: the workers have pages for probes and measures alone, and
    what is behind the doors asks for credentials."""
    shared = {name: in_network(name) - {"rasa"} for name in services()["rasa"]["networks"]}
    assert shared == {
        "understanding": {"api", "worker"},
        "actions": {"actions"},
        "conversations": {"postgres"},
    }
    assert paths(create_worker_app(api.services).routes) == {
        "/healthz",
        "/readyz",
        "/metrics",
        "/livez",
    }
