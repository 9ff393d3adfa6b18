#!/usr/bin/env bash
# Makes .venv from requirements-dev.txt, the one lock, every package held against its hash.
#
#   tools/setup/venv.sh runtime   what catalogctl needs to run
#   tools/setup/venv.sh trust     that, and what signs and checks catalogs
#   tools/setup/venv.sh dev       that, and the tools of the tests
#   tools/setup/venv.sh lock      uv alone, in .venv/uv, which writes the lock and installs the tools
#
# Does nothing where .venv is as the lock says. PYTHON names the interpreter; otherwise the first
# Python 3.11 or newer is taken.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

wanted=${1:?runtime, trust, dev or lock}
candidates=(python3 python3.14 python3.13 python3.12 python3.11)

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

find_python() {
    local name
    if [ -n "${PYTHON:-}" ]; then candidates=("$PYTHON"); fi
    for name in "${candidates[@]}"; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "no Python 3.11 or newer found (tried: ${PYTHON:-${candidates[*]}})" \
        "  on Debian: apt-get install python3 python3-venv" \
        "  or name one: make PYTHON=/path/to/python3 …"
}

# Debian keeps the part of venv that brings pip in a package of its own.
ensure_venv_module() {
    local python=$1 package
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then return; fi
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing $package"
        export DEBIAN_FRONTEND=noninteractive
        apt-get -qq -o DPkg::Lock::Timeout=300 update >/dev/null || true
        apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$package" >/dev/null || true
    fi
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python can't make a virtual environment" "  on Debian: apt-get install $package"
}

# What .venv was made from: another lock, another project file or another folder is another state.
state() {
    .venv/bin/python - "$PWD" requirements-dev.txt pyproject.toml tools/setup/*.txt tools/setup/*.sh tools/setup/*.py <<'PYTHON'
import hashlib, pathlib, sys
digest = hashlib.sha256(repr((sys.version, sys.argv[1])).encode())
for name in sys.argv[2:]:
    digest.update(hashlib.sha256(pathlib.Path(name).read_bytes()).digest())
print(digest.hexdigest())
PYTHON
}

install_with() {
    local python=$1
    shift
    "$python" -m pip install -qq --disable-pip-version-check --no-input "$@"
}

install_uv() {
    .venv/bin/python -m venv --clear .venv/uv
    install_with .venv/uv/bin/python --require-hashes -r tools/setup/uv.txt
}

if ! .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    { [ -f .venv/folder ] && [ "$(cat .venv/folder)" != "$PWD" ]; }; then
    python=$(find_python)
    ensure_venv_module "$python"
    rm -rf .venv
    "$python" -m venv .venv
fi
echo "$PWD" >.venv/folder

now=$(state)
case $wanted in
    runtime) if grep -qsx "\(runtime\|trust\|dev\) $now" .venv/installed; then exit 0; fi ;;
    trust) if grep -qsx "\(trust\|dev\) $now" .venv/installed; then exit 0; fi ;;
    *) if grep -qsx "$wanted $now" .venv/installed; then exit 0; fi ;;
esac

case $wanted in
    runtime | trust)
        echo "installing what catalogctl needs into .venv"
        further=(hatchling editables)
        if [ "$wanted" = trust ]; then further+=(securesystemslib tuf); fi
        .venv/bin/python tools/setup/runtime_lock.py requirements-dev.txt "${further[@]}" >.venv/runtime.txt
        install_with .venv/bin/python --require-hashes -r .venv/runtime.txt
        ;;
    dev)
        echo "installing what the tests need into .venv"
        # uv takes seconds where pip takes a minute and a half, but does not read its configuration: where
        # only that names an index, pip does it. Compiling all of pandas and numpy takes longer than
        # installing it: modules are compiled when they are imported, except those whose __pycache__ would
        # change the folder of all packages.
        install_uv
        .venv/uv/bin/uv pip install -q --no-config --python .venv/bin/python --require-hashes -r requirements-dev.txt \
            2>/dev/null ||
            install_with .venv/bin/python --require-hashes -r requirements-dev.txt --no-compile
        .venv/bin/python -m compileall -q -l .venv/lib/python*/site-packages
        ;;
    lock)
        echo "installing uv into .venv/uv"
        install_uv
        ;;
    *) fail "venv.sh: runtime, trust, dev or lock, not $wanted" ;;
esac
if [ "$wanted" != lock ]; then
    install_with .venv/bin/python --no-deps --no-build-isolation -e .
fi
{ grep -s " $now\$" .venv/installed || true; echo "$wanted $now"; } >.venv/installed.new
mv .venv/installed.new .venv/installed
