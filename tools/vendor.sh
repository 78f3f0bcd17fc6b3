#!/usr/bin/env bash
# Copies what tools/web/package.json names to where it is served or tested from. Needs npm; the
# copies are committed, so that neither running nor testing does.
set -euo pipefail
cd "$(dirname "$0")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cp tools/web/package.json tools/web/package-lock.json "$work"
npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --silent
modules="$work/node_modules"
served=api/web/static/vendor
tested=tests/api/web/vendor
mkdir -p "$served" "$tested"
cp "$modules/htmx.org/dist/htmx.min.js" "$served/htmx.min.js"
sed -i '/^\/\/# sourceMappingURL=/d' "$served/htmx.min.js"
cp "$modules/htmx.org/LICENSE" "$served/LICENSE-htmx.txt"
cp "$modules/axe-core/axe.min.js" "$tested/axe.min.js"
cp "$modules/axe-core/LICENSE" "$tested/LICENSE-axe-core.txt"
