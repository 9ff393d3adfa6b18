#!/usr/bin/env bash
# Runs biome, which checks and lays out the site's scripts and styles, by the version that npm's lock names.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

biome=.venv/biome/node_modules/@biomejs/biome/bin/biome
[ -e "$biome" ] || tools/setup/npm.sh
if [ ! -e "$biome" ]; then
    echo "biome needs node and npm: apt-get install nodejs npm" >&2
    exit 1
fi
exec node "$biome" "$@"
