#!/usr/bin/env bash
# Runs typescript's compiler, which checks the types of the site's scripts, by the version that npm's lock names.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

tsc=.venv/typescript/node_modules/typescript/bin/tsc
[ -e "$tsc" ] || tools/setup/npm.sh
if [ ! -e "$tsc" ]; then
    echo "tsc needs node and npm: apt-get install nodejs npm" >&2
    exit 1
fi
exec node "$tsc" "$@"
