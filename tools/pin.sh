#!/usr/bin/env bash
# Pin every package with its hashes and without any index's address.
#
#     tools/pin.sh [--upgrade]        (make pins ARGS=--upgrade)
#
# Versions that are pinned already stay, unless --upgrade is given or they no longer fit.
# A uv.lock would do the same but records the index it was made from: none is kept here.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
unset VIRTUAL_ENV PYENV_VERSION

uv="$ROOT/.uv/bin/uv"
[ -x "$uv" ] || uv=$(command -v uv)

pin() { # pin FOLDER OPTION…
    local folder=$1
    shift
    echo "pinning the packages of $folder"
    "$uv" --directory "$folder" pip compile --quiet --generate-hashes \
        --no-emit-index-url --no-header ${UPGRADE[@]+"${UPGRADE[@]}"} "$@"
}

UPGRADE=("$@")
pin "$ROOT" --universal pyproject.toml --extra dev -p .venv/bin/python --python-version 3.11 -o requirements.txt
# The environments in bot/pyproject.toml leave out the Pythons for which TensorFlow 2.12 has no wheels.
pin "$ROOT/bot" --universal pyproject.toml -p .venv/bin/python --python-version 3.10 -o requirements.txt
# What installs the rest: uv itself where it is missing, and the build backend of pyproject.toml.
# It shares .venv with the application, so its own needs have to agree.
pin "$ROOT/tools" --universal --no-annotate --python-version 3.8 -o uv.txt - <<<'uv'
# What looks for known weaknesses and writes down what we ship (tools/audit.sh): in an environment of its own.
pin "$ROOT/tools" --universal --no-annotate --python-version 3.11 -o audit-tools.txt - <<<$'cyclonedx-bom\npip-audit'
# What builds the documentation's site (tools/docs.sh), likewise apart.
pin "$ROOT/tools" --universal --no-annotate --python-version 3.11 -o docs-tools.txt - <<<'zensical'
pin "$ROOT/tools" --universal --no-annotate --python-version 3.11 -c ../requirements.txt -o build.txt - <<<$'editables\nhatchling'
