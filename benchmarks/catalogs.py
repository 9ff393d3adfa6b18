"""Generate catalogs to measure with, as varied as real ones: plugin files, locks, git history.

    python -m benchmarks.catalogs 10000 FOLDER [--commits 1000] [--merges] [--bad 0.01]

The same arguments give the same bytes and commit ids. The form of each plugin file is drawn at
random: comments above, below, and after values, text over several lines, other alphabets, quoted
keys, an options form of one to eleven fields; `SHARES` and `pools.yaml` set the frequencies. A lock
has 5 to 60 versions; most have few.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

POOLS: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("pools.yaml").read_text(encoding="utf-8")
)
SHARES = {
    "a comment above": 0.3,
    "its own plugin_id": 0.15,
    "AWS Public ECR": 0.12,
    "a registry_type that is the default": 0.8,
    "disabled": 0.04,
    "an options form": 0.45,
    "a long description": 0.75,
    "another alphabet": 0.06,
    "a quoted key": 0.2,
    "a link with a comment behind it": 0.2,
    "its domain_id": 0.3,
}
"""The share of the plugin files that have each feature."""
MISTAKES = ("no image", "a long image name", "labels that are no list", "an unknown field")
FIRST_COMMIT = datetime(2022, 1, 1, tzinfo=UTC)
YEARS = 4
SETTINGS = """\
# A catalog that was made to measure on
repository:
  repository_id: repo-123456789012
  name: Marketplace
  repository_type: local
defaults:
  domain_id: domain-123456789012
registries:
  registry.hub.docker.com: {}
  public.ecr.aws: {}
site: {title: Benchmark, base_url: "https://catalog.example.org/", page_size: 100}
"""
QUERIES = {
    "aws-collectors": """\
kind: list
title: AWS collectors
query:
  filter:
  - {k: provider, v: aws, o: eq}
  - {k: service_type, v: inventory.Collector, o: eq}
  sort: {key: name}
params: {state: ENABLED}
""",
    "plugins-per-provider": """\
kind: stat
title: Plugins per provider
query:
  aggregate:
  - group:
      keys: [{key: provider, name: provider}]
      fields: [{name: count, operator: count}]
""",
}


def weighted(chance: random.Random, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a random row, chosen by weight."""
    return chance.choices(rows, weights=[row["weight"] for row in rows])[0]


@dataclass(frozen=True)
class GeneratedPlugin:
    """The n-th plugin of a catalog, with everything that all revisions of its files share."""

    number: int

    def chance(self, what: str) -> random.Random:
        """Return the random generator for one aspect, with the same seed for each call."""
        return random.Random(f"{self.number} {what}")

    def has(self, what: str) -> bool:
        """Return whether this plugin has a feature of `SHARES`."""
        return self.chance(what).random() < SHARES[what]

    @cached_property
    def provider(self) -> dict[str, Any]:
        """The provider's row of the pools."""
        return weighted(self.chance("provider"), POOLS["providers"])

    @cached_property
    def service(self) -> dict[str, Any]:
        """The service's row of the pools."""
        return weighted(self.chance("service"), POOLS["services"])

    @cached_property
    def topic(self) -> str:
        """The plugin's topic."""
        return str(self.chance("topic").choice(POOLS["topics"]))

    @cached_property
    def plugin_id(self) -> str:
        """The id, which is the image's name: unique, and at most 40 characters."""
        parts = ("plugin", self.provider["short"], self.topic, self.service["stem"])
        end = f"-{self.number:x}"
        return "-".join(parts)[: 40 - len(end)].rstrip("-") + end

    @cached_property
    def name(self) -> str:
        """The display name."""
        short = str(self.provider["short"])
        maker = short.upper() if len(short) <= 3 else short.replace("-", " ").title()
        return f"{maker} {self.topic.title()} {self.service['title']} {self.number}"

    @cached_property
    def image(self) -> str:
        """The image, with an alias in front on AWS Public ECR."""
        owner = self.chance("owner").choice(POOLS["owners"])
        alias = "a1b2c3d4/" if self.has("AWS Public ECR") else ""
        return f"{alias}{owner}/{self.plugin_id}"

    def file(self, revision: int = 0, mistake: str = "") -> str:
        """Return the plugin file after `revision` changes, with one of `MISTAKES` or none."""
        return "".join(f"{line}\n" for line in self._lines(revision, mistake))

    def _lines(self, revision: int, mistake: str) -> Iterator[str]:
        if self.has("a comment above"):
            yield f"# {self.name}: its owners are asked before the `image` is another one."
        if self.has("its own plugin_id"):
            yield f"plugin_id: {self.plugin_id}"
        yield f"name: {self.name}"
        misspelt = self.service["type"] == "notification.Procotol" and self.number % 5 == 0
        yield f"service_type: {self.service['type']}" + ("   # as first released" * misspelt)
        if mistake != "no image":
            yield f"image: {self.image}" + (f"-{'x' * 40}" if "image name" in mistake else "")
        if self.provider["name"]:
            yield f"provider: {self.provider['name']}"
        yield from self._registry()
        if self.has("disabled"):
            yield "state: DISABLED"
        yield from self._capability()
        yield from self._template(revision)
        yield from self._labels(revision, mistake)
        yield from self._tags(revision)
        if self.has("its domain_id"):
            yield "domain_id: domain-123456789012"
        if revision:
            yield f"# changed {revision} times since it was registered"

    def _registry(self) -> Iterator[str]:
        if self.has("AWS Public ECR"):
            yield "registry_type: AWS_PUBLIC_ECR"
            yield "registry_url: public.ecr.aws"
        elif self.has("a registry_type that is the default"):
            yield "registry_type: DOCKER_HUB"
        else:
            return
        yield "registry_config: {}"

    def _capability(self) -> Iterator[str]:
        is_source, schemas = self.service["stem"] == "mon", self.provider.get("schemas", [])
        if not is_source and not schemas:
            yield "capability: {}"
            return
        yield "capability:"
        if is_source:
            yield f"  monitoring_type: {self.chance('monitoring').choice(('LOG', 'METRIC'))}"
            yield "  use_resource_secret: true"
        if schemas:
            yield "  supported_schema:"
            yield from (f"  - {name}" for name in schemas)

    def _template(self, revision: int) -> Iterator[str]:
        if not self.has("an options form"):
            yield "template: {}"
            return
        chance = self.chance(f"form {revision}")
        count = min(1 + int(chance.expovariate(0.45)), len(POOLS["options"]))
        titles = {_field(title): title for title in chance.sample(POOLS["options"], count)}
        required = [name for name in titles if chance.random() < 0.4]
        yield from ("template:", "  options:", "    schema:", "      type: object")
        yield "      required:" + ("" if required else " []")
        yield from (f"      - {name}" for name in required)
        yield "      properties:"
        for name, title in titles.items():
            yield f"        {name}:"
            yield f"          title: {title}"
            yield from (f"          {line}" for line in _option(chance, name))

    def _labels(self, revision: int, mistake: str) -> Iterator[str]:
        chance, pool = self.chance(f"labels {revision}"), self.provider.get("labels", [])
        labels = chance.sample(pool, min(len(pool), int(chance.expovariate(0.25))))
        if "labels" in mistake:
            yield "labels: aws"
        else:
            yield "labels:" + ("" if labels else " []")
            yield from (f"- {label}" for label in labels)
        if mistake == "an unknown field":
            yield "lables: [x]"

    def _tags(self, revision: int) -> Iterator[str]:
        abroad = POOLS["abroad"][self.number % len(POOLS["abroad"])]
        yield "tags:"
        yield f"  description: {abroad if self.has('another alphabet') else self.name}"
        yield f"  icon: {_ICONS}/{self.provider['name'] or 'api'}-{self.number % 97}.svg"
        if self.has("a long description"):
            chance = self.chance(f"text {revision}")
            text = " ".join(chance.choices(POOLS["words"], k=chance.randint(20, 75)))
            lines = textwrap.wrap(text.capitalize() + ".", 100)
            yield f"  long_description: {lines[0]}"
            yield from (f"    {line}" for line in lines[1:])
        if self.has("a quoted key"):
            yield f"  'spaceone:plugin_name': {self.plugin_id}"
        if self.has("a link with a comment behind it"):
            yield f"  link: https://github.com/{self.image}  # sources"

    def lock(self, behind: int = 0) -> str:
        """Return the lock as it was `behind` resolves ago, each of which added two versions."""
        chance = self.chance("lock")
        count = max(5, 5 + min(55, int(chance.expovariate(1 / 14))) - 2 * behind)
        versions = list(_versions(chance, count, dated=not self.has("AWS Public ECR")))
        newest = next((each for each in reversed(versions) if not each.prerelease), versions[-1])
        is_ecr = self.has("AWS Public ECR")
        return _LOCK.format(
            latest=newest.tag,
            latest_digest=versions[-1].digest,
            plugin_id=self.plugin_id,
            via="oci" if is_ecr else "hub",
            image=self.image,
            registry_type="AWS_PUBLIC_ECR" if is_ecr else "DOCKER_HUB",
            registry_url="public.ecr.aws" if is_ecr else "registry.hub.docker.com",
            count=count,
            versions=",\n".join(each.text() for each in reversed(versions)),
        )


_ICONS = "https://icons.example.org/console-assets/marketplace/service-logos"
_LOCK = """\
{{
  "history": [],
  "latest": "{latest}",
  "lock_version": 1,
  "other_tags": {{
    "latest": "sha256:{latest_digest}"
  }},
  "plugin_id": "{plugin_id}",
  "removed": [],
  "resolved_via": "{via}",
  "source": {{
    "image": "{image}",
    "registry_type": "{registry_type}",
    "registry_url": "{registry_url}"
  }},
  "total_count": {count},
  "versions": [
{versions}
  ]
}}
"""
_VERSION = """\
    {{
      "digest": "sha256:{digest}",
      "first_seen": "{day}",
      "media_type": "application/vnd.docker.distribution.manifest.v2+json",
      "prerelease": {prerelease},
      "pushed_at": {pushed_at},
      "tag": "{tag}"
    }}"""


@dataclass(frozen=True)
class GeneratedVersion:
    """One version of a lock."""

    tag: str
    digest: str
    day: str
    prerelease: bool
    dated: bool

    def text(self) -> str:
        """Return the version as JSON in a lock."""
        return _VERSION.format(
            digest=self.digest,
            day=self.day,
            prerelease="true" if self.prerelease else "false",
            pushed_at=f'"{self.day}"' if self.dated else "null",
            tag=self.tag,
        )


def _versions(chance: random.Random, count: int, *, dated: bool) -> Iterator[GeneratedVersion]:
    """Yield versions, oldest first: patches, some minor, few major, and some unusual releases."""
    release, seconds = [1, 0, 0], FIRST_COMMIT.timestamp() - YEARS * 365 * 43_200
    for step in range(count):
        kind = chance.random()
        part = 0 if kind < 0.04 else 1 if kind < 0.3 else 2
        release = [*release[:part], release[part] + 1, *[0] * (2 - part)]
        seconds += 300_000 + chance.randrange(1 << 19)
        day = datetime.fromtimestamp(seconds, UTC)
        tag = ".".join(map(str, release))
        if kind > 0.93:
            tag += f"-rc{1 + step % 3}"
        elif kind > 0.7:
            tag += f".{day:%Y%m%d.%H%M%S}"
        digest = f"{chance.getrandbits(256):064x}"
        yield GeneratedVersion(tag, digest, f"{day:%Y-%m-%dT%H:%M:%S}.000Z", kind > 0.93, dated)


def _field(title: str) -> str:
    return title.lower().replace(" ", "_")


def _option(chance: random.Random, name: str) -> tuple[str, ...]:
    """Return the lines of one option's schema, below its title."""
    kind = chance.random()
    if kind < 0.6:
        example = (f'examples: ["{name}-{chance.randrange(1000)}"]',)
        return ("type: string", "minLength: 4.0", *(example if chance.random() < 0.3 else ()))
    if kind < 0.75:
        return ("type: string", "enum: [low, medium, high]", "default: medium")
    if kind < 0.87:
        most = chance.choice((60, 100, 3600))
        return ("type: integer", "minimum: 1", f"maximum: {most}", "default: 10")
    if kind < 0.94:
        return ("type: boolean", "default: false")
    return ("type: array", "items:", "  type: string", "  pattern: '^[a-z][a-z0-9-]*$'")


@dataclass(frozen=True)
class Event:
    """A change of one plugin in one commit: the revision of its file, and the age of its lock."""

    number: int
    revision: int | None
    behind: int | None


def history(count: int, commits: int) -> list[list[Event]]:
    """Return the changes of each commit: a third of the plugins come first, the rest over time."""
    plan: list[list[Event]] = [[] for _ in range(commits)]
    for number in range(count):
        chance = random.Random(f"history {number}")
        first = 0 if chance.random() < 0.3 else int(commits * chance.random() ** 1.5)

        def later(times: int, first: int = first, chance: random.Random = chance) -> list[int]:
            rest = range(first + 1, commits)
            return sorted(chance.sample(rest, min(times, len(rest))))

        files = later(int(chance.expovariate(0.6)))
        locks = later(min(3, int(chance.expovariate(0.5))))
        plan[first].append(Event(number, 0, len(locks)))
        for revision, commit in enumerate(files, 1):
            plan[commit].append(Event(number, revision, None))
        for step, commit in enumerate(locks, 1):
            plan[commit].append(Event(number, None, len(locks) - step))
    return plan


def mistake_of(number: int, share: float) -> str:
    """Return the mistake in the n-th plugin file, "" for most."""
    chance = random.Random(f"mistake {number}")
    return chance.choice(MISTAKES) if chance.random() < share else ""


def make(
    folder: Path, plugins: int, *, commits: int = 1000, merges: bool = False, bad: float = 0.0
) -> Path:
    """Write a repository with a catalog to `folder`, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["git", "init", "--quiet", "-b", "main", folder], check=True)
    importer = subprocess.Popen(
        ["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE
    )
    if importer.stdin is None:
        raise RuntimeError("git fast-import takes no input")
    writer = _HistoryWriter(importer.stdin, merges=merges, bad=bad)
    for step, events in enumerate(history(plugins, commits)):
        writer.write(step, events, commits)
    importer.stdin.close()
    if importer.wait():
        raise RuntimeError("git fast-import failed")
    subprocess.run(["git", "-C", folder, "reset", "--quiet", "--hard"], check=True)
    return folder / "catalog"


class _HistoryWriter:
    """Write commits in the format of git fast-import."""

    def __init__(self, out: IO[bytes], *, merges: bool, bad: float) -> None:
        self._out, self._merges, self._bad, self._mark = out, merges, bad, 0

    def write(self, step: int, events: Sequence[Event], commits: int) -> None:
        """Write one commit, or one on its own branch and the merge of it."""
        if not events and step:
            return
        when = int(FIRST_COMMIT.timestamp()) + YEARS * 365 * 86_400 * step // commits + step % 997
        files = dict(self._files(step, events))
        base = self._mark
        self._commit("pull" if self._merges and base else "main", when, [base], files)
        if self._merges and base:  # a merge starts from the tree of its first parent
            self._commit("main", when + 600, [base, self._mark], files)

    def _files(self, step: int, events: Sequence[Event]) -> Iterator[tuple[str, str]]:
        if step == 0:
            yield "catalog.yaml", SETTINGS
            yield from ((f"queries/{name}.yaml", text) for name, text in QUERIES.items())
        for event in events:
            plugin = GeneratedPlugin(event.number)
            if event.revision is not None:
                mistake = mistake_of(event.number, self._bad)
                yield f"plugins/{plugin.plugin_id}.yaml", plugin.file(event.revision, mistake)
            if event.behind is not None:
                yield f"versions/{plugin.plugin_id}.json", plugin.lock(event.behind)

    def _commit(self, branch: str, when: int, parents: list[int], files: dict[str, str]) -> None:
        self._mark += 1
        person = f"Maker <maker@example.org> {when} +0000"
        lines = [f"commit refs/heads/{branch}", f"mark :{self._mark}", f"committer {person}"]
        lines += ["data 7", "change", ""]
        links = ("from", "merge")
        lines += [f"{link} :{mark}" for link, mark in zip(links, parents, strict=False) if mark]
        self._out.write("\n".join(lines).encode() + b"\n")
        for path, text in files.items():
            data = text.encode()
            self._out.write(f"M 100644 inline catalog/{path}\ndata {len(data)}\n".encode())
            self._out.write(data + b"\n")


def main() -> None:
    """Generate a catalog from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plugins", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--commits", type=int, default=1000)
    parser.add_argument("--merges", action="store_true", help="bring each change by a merge")
    parser.add_argument("--bad", type=float, default=0.0, help="the share of files with a mistake")
    given = parser.parse_args()
    options = {"commits": given.commits, "merges": given.merges, "bad": given.bad}
    print(make(given.folder, given.plugins, **options))


if __name__ == "__main__":
    main()
