"""Makes catalogs to measure on: N plugins, a lock each, and a git history; the same for each seed.

    python benchmarks/catalogs.py 10000 FOLDER [--commits 1000] [--bad 0.01]

A plugin file has about 1 KB and its lock of 18 versions about 6 KB, as real ones have.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROVIDERS = ["aws", "azure", "google_cloud", "atlassian", "datadog", "grafana", "kubernetes", ""]
TYPES = [
    "inventory.Collector",
    "monitoring.DataSource",
    "monitoring.Webhook",
    "notification.Protocol",
    "cost_analysis.DataSource",
    "identity.Domain",
]
WORDS = """
    compute storage network billing alert metric log trace identity policy backup queue cache
    cluster container function gateway image key label message node object pipeline region
""".split()  # noqa: SIM905  (one word a line says no more)

SETTINGS = """\
repository:
  repository_id: repo-123456789012
  name: Benchmark
  repository_type: local
defaults:
  domain_id: domain-123456789012
"""


def plugin_id(number: int) -> str:
    """Return the id of the n-th plugin."""
    return f"plugin-{WORDS[number % len(WORDS)]}-{number:06d}"


def plugin_file(number: int, *, bad: bool = False) -> str:
    """Return the YAML of the n-th plugin; a bad one has a problem in the middle."""
    chance = random.Random(number)
    provider = chance.choice(PROVIDERS)
    service_type = chance.choice(TYPES)
    labels = chance.sample(WORDS, 4)
    lines = [
        "# yaml-language-server: $schema=../../schemas/PluginFile.schema.json",
        f"name: {chance.choice(WORDS).title()} {service_type.partition('.')[2]} {number}",
        f"service_type: {service_type}",
        f"image: acme/{plugin_id(number)}",
        "registry_type: DOCKER_HUB",
        f"state: {'Enabled' if bad else 'DISABLED' if number % 20 == 0 else 'ENABLED'}",
        *([f"provider: {provider}"] if provider else []),
        "capability:",
        "  supported_schema:",
        *(f"    - {provider or 'any'}_{kind}" for kind in ("access_key", "assume_role")),
        "  monitoring_type: METRIC",
        "  use_resource_secret: true",
        "template:",
        "  options:",
        "    schema:",
        "      type: object",
        "      required: [region]",
        "      properties:",
        "        region:",
        "          type: string",
        "          title: Region",
        "          minLength: 4.0",
        "          default: eu-central-1",
        "        interval:",
        "          type: integer",
        f"          minimum: {chance.randint(1, 30)}",
        "labels:",
        *(f"  - {label}" for label in labels),
        "tags:",
        f"  description: Collects {' and '.join(labels[:2])} of every account, on a schedule.",
        f"  icon: https://icons.example.org/{provider or 'any'}.svg",
        f"  link: https://docs.example.org/{plugin_id(number)}",
    ]
    return "\n".join(lines) + "\n"


def lock_file(number: int) -> str:
    """Return the lock of the n-th plugin: 18 versions with digests."""
    tags = [f"1.{minor}.{patch}" for minor in range(5, -1, -1) for patch in (2, 1, 0)]
    versions = [
        {
            "digest": "sha256:" + hashlib.sha256(f"{number} {tag}".encode()).hexdigest(),
            "first_seen": "2026-03-01T00:00:00.000Z",
            "media_type": "application/vnd.oci.image.index.v1+json",
            "platforms": ["linux/amd64", "linux/arm64"],
            "prerelease": False,
            "pushed_at": "2026-02-27T10:11:12.000Z",
            "size": 31_000_000 + number,
            "tag": tag,
        }
        for tag in tags
    ]
    lock = {
        "history": [],
        "latest": tags[0],
        "lock_version": 1,
        "other_tags": {"latest": versions[0]["digest"]},
        "plugin_id": plugin_id(number),
        "removed": [],
        "resolved_via": "hub",
        "source": {
            "image": f"acme/{plugin_id(number)}",
            "registry_type": "DOCKER_HUB",
            "registry_url": "registry.hub.docker.com",
        },
        "total_count": len(tags),
        "versions": versions,
    }
    return json.dumps(lock, indent=2, sort_keys=True) + "\n"


def make(folder: Path, plugins: int, *, commits: int = 1000, bad: float = 0.0) -> Path:
    """Write a catalog with its history into `folder`, which is emptied before."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", "-b", "main", folder], check=True)
    stream = _fast_import(plugins, commits, round(1 / bad) if bad else 0)
    importer = subprocess.Popen(
        ["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE
    )
    if importer.stdin is None:
        raise RuntimeError("git fast-import takes no input")
    for piece in stream:
        importer.stdin.write(piece)
    importer.stdin.close()
    if importer.wait():
        raise RuntimeError("git fast-import failed")
    subprocess.run(["git", "-C", folder, "reset", "--quiet", "--hard"], check=True)
    return folder / "catalog"


def _fast_import(plugins: int, commits: int, every_bad: int) -> Iterator[bytes]:
    """Yield the commands of a history: plugins are added in turn, some with each."""
    per_commit = max(1, -(-plugins // max(1, commits)))
    when = 1_640_000_000
    yield _commit(when, {"catalog/catalog.yaml": SETTINGS})
    for start in range(0, plugins, per_commit):
        when += 3600
        files: dict[str, str] = {}
        for number in range(start, min(start + per_commit, plugins)):
            bad = bool(every_bad) and number % every_bad == every_bad // 2
            files[f"catalog/plugins/{plugin_id(number)}.yaml"] = plugin_file(number, bad=bad)
            files[f"catalog/versions/{plugin_id(number)}.json"] = lock_file(number)
        yield _commit(when, files)


def _commit(when: int, files: dict[str, str]) -> bytes:
    """Return one commit in the language of git fast-import."""
    parts = [
        f"commit refs/heads/main\ncommitter Maker <maker@example.org> {when} +0000\n".encode(),
        b"data 4\nmore\n",
    ]
    for path, text in files.items():
        data = text.encode()
        parts.append(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
    return b"".join(parts)


def main() -> None:
    """Make one catalog from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plugins", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--commits", type=int, default=1000)
    parser.add_argument("--bad", type=float, default=0.0)
    given = parser.parse_args()
    print(make(given.folder, given.plugins, commits=given.commits, bad=given.bad))


if __name__ == "__main__":
    main()
