#!/usr/bin/env bash
# Packs the query engine for JavaScript as an npm package with its types, the same bytes from the same
# commit:
#
#   tools/setup/npm-package.sh FOLDER
#
# Without npm it is left out, but not from a release, for which TAG is set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

to=${1:?the folder to write to}
if ! command -v npm >/dev/null; then
    echo "npm is not installed: the npm package is left out" >&2
    [ -z "${TAG:-}" ]
    exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/query"
cp site/js/query.js npm/README.md LICENSE "$work/"
cp site/js/query/*.js "$work/query/"
.venv/bin/python - <<'PYTHON' >"$work/package.json"
import json, pathlib
from catalogctl import __version__

given = json.loads(pathlib.Path("npm/package.json").read_text("utf-8"))
print(json.dumps({"name": given.pop("name"), "version": __version__, **given}, indent=2))
PYTHON
tools/setup/tsc.sh --allowJs --strict --target es2022 --module es2022 --lib es2022 \
    --declaration --emitDeclarationOnly --noCheck --outDir "$work" site/js/query.js
chmod -R u=rwX,go=rX "$work"
rm -rf "$to"
mkdir -p "$to"
npm pack "$work" --pack-destination "$to" --ignore-scripts --loglevel=error >/dev/null
(cd "$to" && sha256sum -- *)
