#!/usr/bin/env bash
# Puts SpaceONE's own clients, spaceone-core and spacectl, unchanged, into .venv/spaceone-clients, each
# package held against its hash. They need old versions of packages that the tests use in newer ones, so
# they are found there by PYTHONPATH and by nothing else; what is not in the lock comes from .venv.
# Never fails: the tests that run them say what is missing.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

from=tools/setup/spaceone-clients/requirements.txt
to=.venv/spaceone-clients
if cmp -s "$from" "$to/installed.txt"; then exit 0; fi
rm -rf "$to"
echo "installing SpaceONE's clients into $to"
if .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --no-compile --no-deps \
    --only-binary :all: --require-hashes --target "$to" -r "$from" 2>/dev/null; then
    cp "$from" "$to/installed.txt"
else
    echo "pip could not install SpaceONE's clients: they are left out"
fi
exit 0
