#!/bin/sh
# Installs catalogctl into a new virtual environment: sh .github/catalogctl/install.sh FOLDER [trust]
# requirements.txt names catalogctl and all that it needs with their hashes; a wheel beside it is
# found without a package index. With "trust", requirements-trust.txt adds what signs and checks.
set -eu
here=$(dirname "$0")
venv=${1:?name the folder of the virtual environment, such as .venv}
python3 -m venv "$venv"
if [ "${2:-}" = trust ]; then set -- --requirement "$here/requirements-trust.txt"; else set --; fi
"$venv/bin/pip" install --quiet --require-hashes --find-links "$here" --requirement "$here/requirements.txt" "$@"
