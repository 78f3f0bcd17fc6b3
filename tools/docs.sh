#!/usr/bin/env bash
# Builds the documentation's site into dist/docs: static files that load nothing from elsewhere.
#
# The generator has an environment of its own (.uv/docs, pinned in tools/docs-tools.txt), made at the
# first call; after that nothing needs a network. Broken links end it. After `make setup`.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$ROOT"
readonly OWN=.uv/docs PINS=tools/docs-tools.txt
. tools/own_environment.sh

.venv/bin/python -m tools.docs_site write # the reference: commands and API, as they are now
.venv/bin/python -m tools.docs_site stage # docs/ and what it links to, into dist/docs-source
rm -rf dist/docs
"$OWN/bin/zensical" build --strict --clean --config-file mkdocs.yml
.venv/bin/python -m tools.docs_site check # what was built asks nobody else for anything
echo "the documentation is in dist/docs: open dist/docs/index.html, or serve the folder"
