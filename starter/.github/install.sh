#!/bin/sh
# Installs catalogctl into a new virtual environment: sh .github/install.sh FOLDER
# requirements.txt pins all dependencies of catalogctl by hash, catalogctl.txt the tool itself.
set -eu
here=$(dirname "$0")
venv=${1:?name the folder of the virtual environment, such as .venv}
pin='^catalogctl @ (https://[^ ]+\.whl#sha256=[0-9a-f]{64}|git\+https://[^ ]+@[0-9a-f]{40})$'
if ! grep -Eq "$pin" "$here/catalogctl.txt"; then
    cat >&2 <<MESSAGE
$here/catalogctl.txt does not pin catalogctl. Write one of these lines into it:
  catalogctl @ https://HOST/PATH/catalogctl-VERSION-py3-none-any.whl#sha256=64_HEX_DIGITS
  catalogctl @ git+https://HOST/REPOSITORY@40_HEX_DIGITS_OF_A_COMMIT
MESSAGE
    exit 1
fi
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --require-hashes --requirement "$here/requirements.txt"
"$venv/bin/pip" install --quiet --no-deps --no-build-isolation --requirement "$here/catalogctl.txt"
