#!/bin/sh
# Installs catalogctl into a new virtual environment: sh .github/catalogctl/install.sh FOLDER
# requirements.txt names catalogctl and all that it needs with their hashes; a wheel beside it is
# found without a package index.
set -eu
here=$(dirname "$0")
venv=${1:?name the folder of the virtual environment, such as .venv}
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --require-hashes --find-links "$here" --requirement "$here/requirements.txt"
