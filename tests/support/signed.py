"""A signed catalog of two editions, and a machine that reads it with the real command."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalogctl.trust.key_files import signer_of
from catalogctl.trust.root_chain import read_roots
from catalogctl.trust.root_keys import NewKeys, RootChange, make_first_root, online_key, rotate
from catalogctl.trust.signing import Signer, sign_tree
from support.commands import Done, environment, run
from support.publishing import files_in, tree_of, write_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.published import Site

METADATA = "trust/metadata/"
TIMESTAMP = f"{METADATA}timestamp.json"
WEEK = 7 * 86400
HOUR = 3600


def unencrypted(_: str) -> bytes:
    return b""


@dataclass
class Signing:
    """A catalog's keys and roots, with which a test signs trees at any second.

    `folder` has `keys/` and `roots/`, as `trust init` makes them.
    """

    folder: Path
    repository_id: str = "repo-1"
    key: str = "online.pem"

    @classmethod
    def new(
        cls, folder: Path, repository_id: str = "repo-1", keys: Path | None = None, **how: int
    ) -> Signing:
        """Make the keys and the first root of a catalog."""
        made = NewKeys(
            keys or folder / "keys", how.get("root_keys", 2), how.get("threshold", 1), unencrypted
        )
        made_at = int(time.time()) - how.get("ago", 86400)
        make_first_root(made, repository_id, folder / "roots", made_at)
        return cls(folder, repository_id, str(made.folder / "online.pem"))

    @property
    def root(self) -> Path:
        """The first root, which consumers pin."""
        return self.folder / "roots/1.root.json"

    def signer(self, *, ago: float = 0, life: int = WEEK) -> Signer:
        """Return who signs, so many seconds ago."""
        data = Path(self.key).read_bytes()
        signer = signer_of(data, self.key, unencrypted)
        return Signer(signer, read_roots(self.folder / "roots"), int(time.time() - ago), life)

    def signed(
        self, number: int, name: str, *, ago: float = 0, life: int = WEEK, **how: Any
    ) -> dict[str, bytes]:
        """Return the files of an edition, signed so many seconds ago."""
        return self.signed_files(self.edition(number, **how), name, ago=ago, life=life)

    def signed_files(
        self, files: Mapping[str, bytes], name: str, *, ago: float = 0, life: int = WEEK
    ) -> dict[str, bytes]:
        """Return the files of a tree, signed so many seconds ago."""
        tree = write_tree(self.folder / "trees" / name, files)
        sign_tree(tree, self.signer(ago=ago, life=life))
        return files_in(tree)

    def edition(self, number: int, **how: Any) -> dict[str, bytes]:
        """Return the files of an edition that is not signed yet."""
        return tree_of(number, repository_id=self.repository_id, **how)

    def rotated(self, **change: Any) -> None:
        """Make the next root, with a new online key unless something else is to change."""
        key = next((self.folder / "keys").glob("root-1.pem"))
        root_key = signer_of(key.read_bytes(), "root", unencrypted)
        if not change:
            online = online_key(self.folder / f"online-{time.monotonic_ns()}.pem")
            change = {"new_online": online}
            self.key = str(online.path)
        rotate(self.folder / "roots", [root_key], RootChange(**change), int(time.time()))


@dataclass
class Machine:
    """A machine of a consumer; another `home` is another machine."""

    site: Site
    home: Path
    root: Path | str | None
    changes: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str | Path) -> Done:
        """Run a command that reads the site's catalog."""
        return run(*arguments, env=self.environ)

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment of each command."""
        trust = {} if self.root is None else {"CATALOGCTL_TRUST": str(self.root)}
        homes = {"XDG_STATE_HOME": str(self.home / "state"), "HOME": str(self.home)}
        return environment(
            XDG_CACHE_HOME=str(self.home / "cache"),
            http_proxy=None,
            **{**homes, **trust, **self.changes},
        )

    def get(self, *options: str, plugin: str = "plugin-a") -> Done:
        """Read one plugin."""
        return self.run("get", plugin, "--from", self.site.url, *options)

    def code(self, *options: str) -> str:
        """Return the error of a read, which must fail with exit code 3 and show nothing else."""
        done = self.get(*options)
        assert done.code == 3, (done.out, done.err)
        answer = json.loads(done.out)
        assert list(answer) == ["error", "message", "pointer"]
        return str(answer["error"]).removeprefix("ERROR_TRUST_")

    def name(self, *options: str) -> str:
        """Return the name of the plugin that a read gives, which must succeed."""
        done = self.get(*options)
        assert done.code == 0, done.out + done.err
        return str(json.loads(done.out)["name"])

    def other(self, home: Path) -> Machine:
        """Return another machine that reads the same site."""
        return replace(self, home=home)

    @property
    def remembered(self) -> list[Path]:
        """The files that the machine remembers of catalogs."""
        return [path for path in (self.home / "state").rglob("*") if path.is_file()]


def flipped(data: bytes, at: int) -> bytes:
    """Return bytes with one bit changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def age(machine: Machine, seconds: int) -> None:
    """Let so much time have passed since the host last answered."""
    (state,) = (path for path in machine.remembered if path.name == "state.json")
    value = json.loads(state.read_bytes())
    value["refreshed_at"] -= seconds
    state.write_text(json.dumps(value))
