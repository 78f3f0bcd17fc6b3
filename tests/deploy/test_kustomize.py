"""The folders of manifests, each as `kubectl apply --kustomize` would take it: whatever it names is
in it or in what it takes in. Where there is a kubectl, it reads them too, and asks no cluster.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from api.guard import _BY_ADDRESS
from directory.settings import ROOT
from tests.deploy.test_deploy import KUBERNETES_FOLDER, named, pod_of, read

SCALE = ROOT / "docs" / "operations" / "scale.md"
APPLIED = ("base", "migrate", "restore")
FOLDERS = ("common", *APPLIED)
# What no manifest makes: they come from the city's own store.
SECRETS = {"handoff", "handoff-rasa", "handoff-migrate", "handoff-actions"}
KUBECTL = shutil.which("kubectl")


def resources(folder: Path) -> list[dict[str, Any]]:
    """All that is applied with a folder."""
    (kustomization,) = read(folder / "kustomization.yml")
    found = []
    for name in kustomization["resources"]:
        path = (folder / name).resolve()
        found += resources(path) if path.is_dir() else read(path)
    return found


def applied(folder: str) -> list[dict[str, Any]]:
    return resources(KUBERNETES_FOLDER / folder)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_kustomization_names_every_file_beside_it(folder: str) -> None:
    place = KUBERNETES_FOLDER / folder
    (kustomization,) = read(place / "kustomization.yml")
    beside = {path.name for path in place.glob("*.yml")} - {"kustomization.yml"}
    assert set(kustomization["resources"]) - {"../common"} == beside
    assert ("../common" in kustomization["resources"]) == (folder in APPLIED)


@pytest.mark.parametrize("folder", APPLIED)
def test_what_a_pod_asks_for_is_applied_with_it(folder: str) -> None:
    """A pod whose ConfigMap is not there waits for ever, and so does its job."""
    here = {(each["kind"], each["metadata"]["name"]) for each in applied(folder)}
    for manifest in applied(folder):
        pod = pod_of(manifest)
        if pod is None:
            continue
        for container in pod["containers"]:
            for source in container.get("envFrom", ()):
                assert ("ConfigMap", source["configMapRef"]["name"]) in here
        claims = [claim for v in pod["volumes"] if (claim := v.get("persistentVolumeClaim"))]
        assert all(("PersistentVolumeClaim", each["claimName"]) in here for each in claims)
        assert secrets_of(pod) <= SECRETS


def secrets_of(pod: dict[str, Any]) -> set[str]:
    whole = {v["secret"]["secretName"] for v in pod["volumes"] if "secret" in v}
    projected = [s for v in pod["volumes"] for s in v.get("projected", {}).get("sources", ())]
    return whole | {source["secret"]["name"] for source in projected}


@pytest.mark.parametrize("folder", APPLIED)
def test_every_pod_has_a_policy_that_lets_it_reach_the_database(folder: str) -> None:
    """The patch of the page counts on the place: the database is the second that is reached."""
    policies = {
        each["spec"]["podSelector"]["matchLabels"].get("part"): each["spec"]
        for each in applied(folder)
        if each["kind"] == "NetworkPolicy"
    }
    database = [{"podSelector": {"matchLabels": {"part": "database"}}}]
    for manifest in applied(folder):
        if pod_of(manifest) is not None:
            assert policies[manifest["metadata"]["labels"]["part"]]["egress"][1]["to"] == database


def test_a_restore_has_the_backups_and_is_tried_once() -> None:
    job = named("Job", "restore")
    pod = pod_of(job)
    assert pod is not None
    (container,) = pod["containers"]
    assert job["spec"]["backoffLimit"] == 0
    assert container["command"] == ["handoff", "restore", "/backups"]
    assert container["env"] == [
        {
            "name": "HANDOFF_MIGRATION_DATABASE_URL_FILE",
            "value": "/run/secrets/migration_database_url",
        }
    ]
    assert secrets_of(pod) == {"handoff", "handoff-migrate"}
    assert {"name": "backups", "persistentVolumeClaim": {"claimName": "backups"}} in pod["volumes"]


def test_the_page_applies_the_migrations_before_the_base() -> None:
    steps = re.findall(r"(?:--kustomize city/|delete job |job/)(\w+)", SCALE.read_text())
    assert steps == ["migrate", "migrate", "migrate", "base"]


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The overlays as the page tells them."""
    component, overlay = re.findall(r"```yaml\n(.*?)```", SCALE.read_text(), re.DOTALL)
    shutil.copytree(KUBERNETES_FOLDER, tmp_path / "handoff" / "deploy" / "kubernetes")
    own = tmp_path / "city" / "own"
    own.mkdir(parents=True)
    (own / "kustomization.yml").write_text(component)
    changed = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "handoff"},
        "data": {"HANDOFF_PUBLIC_URL": "https://handoff.city.example"},
    }
    with (own / "settings.yml").open("w") as file:
        YAML().dump(changed, file)
    for folder in APPLIED:
        place = tmp_path / "city" / folder
        place.mkdir()
        (place / "kustomization.yml").write_text(overlay.replace("/migrate]", f"/{folder}]"))
    return tmp_path / "city"


@pytest.mark.skipif(KUBECTL is None, reason="there is no kubectl")
@pytest.mark.parametrize("folder", APPLIED)
def test_the_overlays_of_the_page_are_what_kustomize_takes(city: Path, folder: str) -> None:
    done = subprocess.run(
        [str(KUBECTL), "kustomize", str(city / folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    made = [each for each in YAML(typ="safe").load_all(done.stdout) if each]
    assert len(made) == len(applied(folder))
    assert {each["metadata"]["namespace"] for each in made} == {"handoff"}
    (settings,) = [each for each in made if each["kind"] == "ConfigMap"]
    assert settings["data"]["HANDOFF_PUBLIC_URL"] == "https://handoff.city.example"
    images = [c["image"] for m in made if (pod := pod_of(m)) for c in pod["containers"]]
    assert images and all(re.fullmatch(r"REGISTRY/handoff(-rasa)?:1\.0", each) for each in images)
    policies = [each["spec"] for each in made if each["kind"] == "NetworkPolicy"]
    reached = [each["egress"][1]["to"] for each in policies if "egress" in each]
    assert reached == [[{"ipBlock": {"cidr": "10.1.2.3/32"}}]] * (len(policies) - 1)


def test_prometheus_finds_the_pods_that_have_measures_and_is_let_in() -> None:
    (file,) = read(ROOT / "deploy" / "monitoring" / "prometheus-kubernetes.yml")
    (scrape,) = file["scrape_configs"]
    kept = {
        rule["source_labels"][0].removeprefix("__meta_kubernetes_pod_"): rule["regex"].split("|")
        for rule in scrape["relabel_configs"]
        if rule["action"] == "keep"
    }
    assert scrape["job_name"] == "handoff"
    assert kept["label_app"] == ["handoff"]
    assert sorted(kept["label_part"]) == ["api", "worker"]
    for kind, part in (("StatefulSet", "api"), ("Deployment", "worker")):
        pod = pod_of(named(kind, part))
        assert pod is not None
        (container,) = pod["containers"]
        (port,) = container["ports"]
        assert port["name"] in kept["container_port_name"]
        assert container["command"][-1] == str(port["containerPort"])
        let_in = [
            rule["ports"]
            for rule in named("NetworkPolicy", part)["spec"]["ingress"]
            for peer in rule["from"]
            if "monitoring" in peer["namespaceSelector"]["matchLabels"].values()
        ]
        assert let_in == [[{"protocol": "TCP", "port": port["containerPort"]}]]


def test_probes_ask_for_what_is_answered_by_address() -> None:
    """A kubelet asks a pod by its address, which is no host of ours."""
    pod = pod_of(named("StatefulSet", "api"))
    assert pod is not None
    (container,) = pod["containers"]
    probes = [container[name]["httpGet"] for name in container if name.endswith("Probe")]
    assert len(probes) == 3
    for probe in probes:
        assert probe["path"] in _BY_ADDRESS or "httpHeaders" in probe
