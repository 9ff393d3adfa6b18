#!/usr/bin/env bash
# Builds the wheel and the source distribution into dist/, the same bytes from the same commit. With
# TAG set, refuses a tag that is not the version of the package, or has no date in CHANGELOG.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=$(.venv/bin/python -c 'import catalogctl; print(catalogctl.__version__)')
if [ -n "${TAG:-}" ] && [ "$TAG" != "v$version" ]; then
    echo "the tag is $TAG, and the version is $version: tag v$version, or change tools/catalogctl/version.py" >&2
    exit 1
fi
if [ -n "${TAG:-}" ] && ! grep -Eq "^## \[${version//./\\.}\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md; then
    echo "CHANGELOG.md has no dated section for $version: write ## [$version] - YYYY-MM-DD" >&2
    exit 1
fi
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
rm -rf dist
if ! told=$(.venv/bin/python -m hatchling build -d dist 2>&1); then
    printf '%s\n' "$told" >&2
    exit 1
fi
(cd dist && sha256sum -- *)
tools/setup/npm-package.sh dist-npm
