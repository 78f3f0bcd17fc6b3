"""What is written for containers: valid by its schemas, and as the product needs it.

Nothing is run: there is no container engine here (docs/operations/scale.md says so).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
from check_jsonschema.builtin_schemas import get_builtin_schema
from ruamel.yaml import YAML

from api import server
from directory.secret_files import SECRETS
from directory.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
KUBERNETES = "1.33"
KUBERNETES_FOLDER = DEPLOY / "kubernetes"
LONG_RUNNING = ("Deployment", "StatefulSet")


def read(path: Path) -> list[Any]:
    return [one for one in YAML(typ="safe").load_all(path.read_text(encoding="utf-8")) if one]


def manifests() -> Iterator[dict[str, Any]]:
    for path in sorted(KUBERNETES_FOLDER.rglob("*.yml")):
        if path.name != "kustomization.yml":
            yield from read(path)


def named(kind: str, name: str) -> dict[str, Any]:
    (found,) = [m for m in manifests() if (m["kind"], m["metadata"]["name"]) == (kind, name)]
    return found


def compose() -> dict[str, Any]:
    (found,) = read(DEPLOY / "compose.yml")
    return dict(found)


def pod_of(manifest: dict[str, Any]) -> dict[str, Any] | None:
    """The pod that a manifest leads to; None where it leads to none."""
    spec = manifest.get("spec", {})
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    found: dict[str, Any] | None = spec.get("template", {}).get("spec")
    return found


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for manifest in manifests():
        pod = pod_of(manifest)
        if pod is not None:
            yield manifest["metadata"]["name"], pod


def test_the_compose_file_is_what_the_specification_says() -> None:
    jsonschema.validate(compose(), get_builtin_schema("vendor.compose-spec"))


@pytest.mark.parametrize(
    "manifest", list(manifests()), ids=lambda m: f"{m['kind']}-{m['metadata']['name']}"
)
def test_each_manifest_is_what_kubernetes_takes(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


def test_images_have_short_names_and_no_registry() -> None:
    images = [service["image"] for service in compose()["services"].values()]
    images += [c["image"] for _, pod in pods() for c in pod["containers"]]
    images += [
        line.split()[1]
        for path in DEPLOY.glob("*.Dockerfile")
        for line in path.read_text().splitlines()
        if line.startswith("FROM ")
    ]
    assert [image for image in images if not re.fullmatch(r"[a-z-]+(:[\w.-]+)?", image)] == []


def test_what_runs_for_long_has_probes_limits_and_no_rights() -> None:
    for manifest in manifests():
        if manifest["kind"] not in LONG_RUNNING:
            continue
        pod = manifest["spec"]["template"]["spec"]
        assert manifest["spec"]["replicas"] >= 2
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        (container,) = pod["containers"]
        assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()
        assert container["resources"]["limits"]["memory"]
        assert container["resources"]["requests"]["cpu"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True


def test_each_that_runs_for_long_survives_a_drain() -> None:
    budgets = {m["metadata"]["name"] for m in manifests() if m["kind"] == "PodDisruptionBudget"}
    running = {m["metadata"]["name"] for m in manifests() if m["kind"] in LONG_RUNNING}
    assert budgets == running


def commands() -> Iterator[list[str]]:
    for service in compose()["services"].values():
        yield list(map(str, service.get("command", [])))
    for _, pod in pods():
        for container in pod["containers"]:
            yield list(map(str, container.get("command", [])))


def test_the_application_understands_how_it_is_started() -> None:
    started = [c[3:] for c in commands() if c[:3] == ["python", "-m", "api.server"]]
    duties = {server._parser().parse_args(arguments).duty for arguments in started}
    assert duties == {"web", "work"}


def test_every_setting_that_is_named_exists() -> None:
    config = named("ConfigMap", "handoff")["data"]
    environment = compose()["x-application"]["environment"]
    lines = (DEPLOY / "handoff.env").read_text().splitlines()
    given = [*config, *environment, *(line.split("=")[0] for line in lines if "=" in line)]
    for name in given:
        setting = name.removeprefix("HANDOFF_").lower()
        assert setting in Settings.model_fields or setting.removesuffix("_file") in SECRETS, name


def test_no_secret_is_a_value() -> None:
    secret = {f"HANDOFF_{name.upper()}" for name in SECRETS}
    config = named("ConfigMap", "handoff")["data"]
    assert not secret & config.keys()
    assert not secret & compose()["x-application"]["environment"].keys()
    assert not any(m["kind"] == "Secret" for m in manifests())


def test_rasa_is_walled_off() -> None:
    policy = named("NetworkPolicy", "rasa")["spec"]
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}
    askers = {
        peer["podSelector"]["matchLabels"]["part"]
        for rule in policy["ingress"]
        for peer in rule["from"]
    }
    assert askers == {"api", "worker"}
    reached = [peer for rule in policy["egress"] for peer in rule["to"]]
    assert not any("ipBlock" in peer for peer in reached)
    inside = {p["podSelector"]["matchLabels"]["part"] for p in reached if "podSelector" in p}
    assert inside == {"database", "actions"}
    by_default = named("NetworkPolicy", "nothing")["spec"]
    assert "ingress" not in by_default
    assert "egress" not in by_default


def test_rasa_has_no_way_out_of_its_compose_networks() -> None:
    file = compose()
    rasa = file["services"]["rasa"]
    assert all(file["networks"][name].get("internal") for name in rasa["networks"])
    assert "ports" not in rasa
    assert not {"secret_key", "encryption_keys", "database_url"} & set(rasa["secrets"])


def test_rasa_has_no_key_of_the_application_in_its_pod() -> None:
    pod = named("StatefulSet", "rasa")["spec"]["template"]["spec"]
    mounted = {v["secret"]["secretName"] for v in pod["volumes"] if "secret" in v}
    assert mounted == {"handoff-rasa"}
    assert "envFrom" not in pod["containers"][0]


def test_the_rasa_project_in_containers_differs_in_where_its_actions_are_alone() -> None:
    (here,) = read(ROOT / "bot" / "endpoints.yml")
    (there,) = read(DEPLOY / "rasa" / "endpoints.yml")
    assert here.pop("action_endpoint") != there.pop("action_endpoint")
    assert here == there


def mounted(secret: str) -> set[str]:
    """The pods that see the whole of a secret, or a part."""
    return {
        name
        for name, pod in pods()
        for volume in pod["volumes"]
        for source in volume.get("projected", {}).get("sources", ())
        if source["secret"]["name"] == secret
    }


def test_the_action_server_knows_a_role_that_reads_listings_alone() -> None:
    wanted = {"source": "listings_database_url", "target": "database_url"}
    services = compose()["services"]
    assert [name for name, each in services.items() if wanted in each.get("secrets", ())] == [
        "actions"
    ]
    assert services["actions"]["secrets"] == [wanted]
    assert mounted("handoff-actions") == {"actions"}
    assert "actions" not in mounted("handoff")


def test_who_may_change_tables_is_known_to_migrations_and_restores_alone() -> None:
    secret = "migration_database_url"
    knowing = {n for n, each in compose()["services"].items() if secret in each.get("secrets", ())}
    assert knowing == {"migrate", "restore"}
    assert mounted("handoff-migrate") == {"migrate", "restore"}
    assert "POSTGRES_USER" not in compose()["services"]["postgres"]["environment"]


def test_each_secret_of_a_service_is_declared() -> None:
    file = compose()
    named = [name for each in file["services"].values() for name in each.get("secrets", ())]
    used = {name["source"] if isinstance(name, dict) else name for name in named}
    assert used == set(file["secrets"])
