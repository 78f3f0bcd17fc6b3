#!/usr/bin/env bash
# Two tools of their own environment (.uv/audit, pinned in tools/audit-tools.txt):
#
#     tools/audit.sh audit    looks up known weaknesses of every package (needs a network)
#     tools/audit.sh sbom     writes dist/sbom/*.cdx.json: what we ship, as CycloneDX
#
# Both look at what is installed, not at what was asked for. After `make setup`.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$ROOT"
readonly OWN=.uv/audit PINS=tools/audit-tools.txt
. tools/own_environment.sh

installed() { # installed ENVIRONMENT: its packages
    printf '%s\n' "$1"/lib/python3.*/site-packages
}

audit() {
    found=$(mktemp -d)
    trap 'rm -rf "$found"' EXIT
    # Each says by its exit code that something was found, or that it could not look; the report
    # reads which it was. What it says on the way names hosts, and is not worth reading.
    "$OWN/bin/pip-audit" --progress-spinner off --path "$(installed .venv)" -f json \
        -o "$found/application.json" >/dev/null 2>&1 || true
    "$OWN/bin/pip-audit" --progress-spinner off --path "$(installed bot/.venv)" -f json \
        -o "$found/rasa.json" >/dev/null 2>&1 || true
    (cd tools/web && npm audit --package-lock-only --json >"$found/web.json" 2>/dev/null) || true
    .venv/bin/python -m tools.audit.report "$found" # its exit code is ours: 1 new, 3 not looked up
}

sbom() {
    mkdir -p dist/sbom
    "$OWN/bin/cyclonedx-py" environment --output-reproducible --spec-version 1.6 --of JSON \
        --pyproject pyproject.toml -o dist/sbom/application.cdx.json .venv/bin/python
    "$OWN/bin/cyclonedx-py" environment --output-reproducible --spec-version 1.6 --of JSON \
        -o dist/sbom/rasa.cdx.json bot/.venv/bin/python
    (cd tools/web && npm sbom --package-lock-only --sbom-format cyclonedx 2>/dev/null) \
        >dist/sbom/web.cdx.json || rm -f dist/sbom/web.cdx.json
    ls -1 dist/sbom
}

"$1"
