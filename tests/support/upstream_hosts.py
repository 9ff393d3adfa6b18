"""A published catalog on a real server, and a catalog whose upstream it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalogctl.fetch.fetch_limits import FetchLimits
from catalogctl.pipeline.build import BuildOptions, build
from catalogctl.sync.sync_catalog import SyncOptions, sync
from support.catalogs import SETTINGS, plugin, write_catalog

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catalogctl.sync.sync_outcome import SyncReport, UpstreamOutcome
    from support.published import Site

IDS = tuple(f"plugin-{letter}" for letter in "abcdef")
THEIRS = "repo-theirs"
LOCK_OF = (
    '{{\n  "history": [],\n  "latest": "1.1",\n  "lock_version": 1,\n  "other_tags": {{}},\n'
    '  "plugin_id": "{0}",\n  "removed": [],\n  "resolved_via": "manual",\n  "source": {{\n'
    '    "image": "acme/{0}",\n    "registry_type": "DOCKER_HUB",\n'
    '    "registry_url": "registry.hub.docker.com"\n  }},\n  "total_count": 1,\n'
    '  "versions": [\n    {{\n      "digest": null,\n      "first_seen": null,\n'
    '      "media_type": null,\n      "platforms": null,\n      "prerelease": false,\n'
    '      "pushed_at": null,\n      "size": null,\n      "tag": "1.1"\n    }}\n  ]\n}}\n'
)


def published(
    folder: Path, files: Mapping[str, str], *, epoch: int = 1_767_225_600, site: str = ""
) -> dict[str, bytes]:
    """Build another catalog with these files; return its tree by path."""
    settings = SETTINGS.replace("repo-123456789012", THEIRS) + site
    catalog = write_catalog(folder / f"theirs-{epoch}-{len(files)}", files, settings)
    out = folder / f"tree-{epoch}-{len(files)}"
    environ = {"SOURCE_DATE_EPOCH": str(epoch)}
    built = build(BuildOptions(catalog, out, environ=environ, cache=None, previous=False))
    assert built.published, built.problems
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


def plugin_files(*plugin_ids: str, **fields: str) -> dict[str, str]:
    """Return the files of some plugins of the other catalog; the first has a version."""
    files = {f"plugins/{each}.yaml": plugin(each, **fields) for each in plugin_ids}
    return {**files, f"versions/{plugin_ids[0]}.json": LOCK_OF.format(plugin_ids[0])}


@dataclass
class Pair:
    """A catalog, and the host of its upstream."""

    catalog: Path
    host: Site

    def configure(self, **fields: str) -> None:
        """Write catalog.yaml with the upstream and these settings of it."""
        given = {"repository_id": THEIRS, "allow_private": "true", **fields}
        lines = "".join(f"    {name}: {text}\n" for name, text in given.items())
        upstream = f"upstreams:\n  - name: theirs\n    url: {self.host.url}\n{lines}"
        write_catalog(self.catalog, {}, SETTINGS + upstream)

    def sync(self, **options: Any) -> SyncReport:
        """Run `sync`."""
        environ = {"SOURCE_DATE_EPOCH": "1767312000", **options.pop("environ", {})}
        options.setdefault("limits", FetchLimits(seconds=5, pause=0))
        return sync(SyncOptions(self.catalog, environ, **options))

    def outcome(self, **options: Any) -> UpstreamOutcome:
        """Run `sync`, and return what became of the one upstream."""
        (outcome,) = self.sync(**options).outcomes
        return outcome

    def files(self) -> dict[str, bytes]:
        """Return the committed files of the upstream by path."""
        folder = self.catalog / "upstream/theirs"
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
