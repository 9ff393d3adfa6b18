"""The commands of maintainers: keys, roots, signatures, and what they refuse."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.cli.main import main
from catalogctl.trust.key_files import new_key, signer_of, write_private, write_public
from catalogctl.trust.signed_metadata import DAY
from catalogctl.trust.signing import write_signed
from support.catalogs import SETTINGS, plugin, write_catalog
from support.commands import on_terminal
from support.git import Repository
from support.published import Site, sha256
from support.publishing import files_in, tree_of, write_tree
from support.signed import METADATA, TIMESTAMP, Signing

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = "catalog/trust/1.root.json"


class Maintainer:
    """Runs commands in a catalog's folder, beside which the keys lie."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.keys = folder.parent / "keys"
        self._capture = capture
        self.out = self.err = ""

    def run(self, *arguments: str | Path) -> int:
        """Run a command; keep what it says."""
        code = main([*map(str, arguments)])
        self.out, self.err = self._capture.readouterr()
        assert "Traceback" not in self.err
        return code

    def init(self, *options: str) -> None:
        """Make keys and the first root."""
        how = options or ("--no-passphrase",)
        assert self.run("trust", "init", "--keys", self.keys, *how) == 0, self.err

    def sign(self, tree: Path, *options: str | Path) -> int:
        """Sign a tree with the online key."""
        return self.run("trust", "sign", tree, "--key", self.keys / "online.pem", *options)

    def shown(self, *arguments: str | Path) -> dict[str, Any]:
        """Return what `show` shows."""
        assert self.run("trust", "show", *arguments, "--format", "json") == 0, self.err
        shown: dict[str, Any] = json.loads(self.out)
        return shown


@pytest.fixture
def maintainer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Maintainer:
    """Return a maintainer of a catalog of one plugin."""
    folder = tmp_path / "repository"
    write_catalog(folder / "catalog", {"plugins/plugin-a.yaml": plugin("plugin-a")})
    monkeypatch.chdir(folder)
    monkeypatch.delenv("CATALOGCTL_ONLINE_KEY", raising=False)
    return Maintainer(folder, capfd)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a built tree of the catalog."""
    return write_tree(tmp_path / "public", tree_of(2, repository_id="repo-123456789012"))


# Keys and the first root


def test_init_makes_keys_that_only_their_owner_can_read(maintainer: Maintainer) -> None:
    maintainer.init()
    root = Path(ROOT).read_bytes()
    assert maintainer.out == f"sha256:{sha256(root)}\n"
    assert "catalog-signing" in maintainer.err
    assert sorted(path.name for path in maintainer.keys.iterdir()) == [
        *("online.pem", "root-1.pem", "root-1.pub.pem", "root-2.pem", "root-2.pub.pem"),
    ]
    for path in maintainer.keys.iterdir():
        private = "pub" not in path.name
        assert path.stat().st_mode & 0o777 == (0o600 if private else 0o644)
        assert path.read_text().startswith(
            "-----BEGIN PRIVATE KEY-----" if private else "-----BEGIN PUBLIC KEY-----"
        )
    signed = json.loads(root)["signed"]
    assert signed["x-catalogctl"] == {"repository_id": "repo-123456789012"}
    assert (signed["consistent_snapshot"], signed["version"]) == (True, 1)
    assert {key["scheme"] for key in signed["keys"].values()} == {"ed25519"}
    assert signed["roles"]["root"]["threshold"] == 1
    (role,) = maintainer.shown()["roles"]
    assert role["signatures"] == role["keys"] == sorted(signed["roles"]["root"]["keyids"])


def test_root_keys_are_encrypted_with_a_passphrase(maintainer: Maintainer, tmp_path: Path) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse\n")
    maintainer.init("--passphrase-file", str(secret))
    key = maintainer.keys / "root-1.pem"
    assert "ENCRYPTED" in key.read_text()
    assert "ENCRYPTED" not in (maintainer.keys / "online.pem").read_text()
    rotate = ("trust", "rotate", "--key", key, "--passphrase-file", secret)
    assert maintainer.run(*rotate) == 0, maintainer.err
    secret.write_text("wrong\n")
    assert maintainer.run(*rotate) == 2
    assert "the passphrase is wrong" in maintainer.err
    assert maintainer.err != "wrong\n"


def test_a_passphrase_is_asked_for_at_a_terminal(maintainer: Maintainer) -> None:
    init = ("trust", "init", "--keys", maintainer.keys)
    done = on_terminal(*init, columns=100, typed="correct horse")
    assert "Passphrase for the new root keys" in done.out
    assert "horse" not in done.out
    assert done.code == 0
    assert "ENCRYPTED" in (maintainer.keys / "root-2.pem").read_text()
    Path(ROOT).unlink()
    assert maintainer.run("trust", "init", "--keys", maintainer.keys) == 2
    assert "--passphrase-file" in maintainer.err


def test_keys_never_lie_in_a_git_repository(maintainer: Maintainer) -> None:
    Repository.new(maintainer.folder)
    keys = maintainer.folder / "keys"
    assert maintainer.run("trust", "init", "--keys", keys, "--no-passphrase") == 2
    assert "is in a git repository" in maintainer.err
    assert not keys.exists()
    maintainer.init()
    rotate = ("trust", "rotate", "--key", maintainer.keys / "root-1.pem")
    assert maintainer.run(*rotate, "--new-online", maintainer.folder / "new.pem") == 2
    assert "is in a git repository" in maintainer.err


def test_a_first_root_is_made_once(maintainer: Maintainer) -> None:
    maintainer.init()
    before = Path(ROOT).read_bytes()
    assert maintainer.run("trust", "init", "--keys", "../other", "--no-passphrase") == 2
    assert "catalogctl trust rotate" in maintainer.err
    assert Path(ROOT).read_bytes() == before


def test_one_set_of_keys_serves_two_catalogs(maintainer: Maintainer, tmp_path: Path) -> None:
    maintainer.init()
    settings = SETTINGS.replace("repo-123456789012", "repo-2")
    other = write_catalog(tmp_path / "other", settings=settings)
    arguments = ("--keys", maintainer.keys, "--no-passphrase", "--catalog", other)
    assert maintainer.run("trust", "init", *arguments) == 0
    keys = [
        json.loads(path.read_bytes())["signed"]["keys"].keys()
        for path in (Path(ROOT), other / "trust/1.root.json")
    ]
    assert keys[0] == keys[1]


def test_encrypted_keys_need_their_passphrase(maintainer: Maintainer, tmp_path: Path) -> None:
    """And no further key is made before that is known."""
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse\n")
    maintainer.init("--passphrase-file", str(secret))
    before = sorted(maintainer.keys.iterdir())
    other = write_catalog(tmp_path / "other")
    init = ("trust", "init", "--keys", maintainer.keys, "--catalog", other, "--root-keys", "3")
    assert maintainer.run(*init, "--no-passphrase") == 2
    assert "root-1.pem is encrypted: leave out --no-passphrase" in maintainer.err
    secret.write_text("wrong\n")
    assert maintainer.run(*init, "--passphrase-file", secret) == 2
    assert "the passphrase is wrong" in maintainer.err
    assert sorted(maintainer.keys.iterdir()) == before
    secret.write_text("correct horse\n")
    assert maintainer.run(*init, "--passphrase-file", secret) == 0, maintainer.err
    assert "ENCRYPTED" in (maintainer.keys / "root-3.pem").read_text()


# Signing


def test_signing_changes_no_other_file(maintainer: Maintainer, tree: Path) -> None:
    before = files_in(tree)
    maintainer.init()
    assert maintainer.sign(tree) == 0, maintainer.err
    after = files_in(tree)
    assert {path: data for path, data in after.items() if path in before} == before
    assert all(path.startswith("trust/") for path in after.keys() - before.keys())
    assert after[f"{METADATA}1.root.json"] == Path(ROOT).read_bytes()
    shown = maintainer.shown(tree)
    assert [role["role"] for role in shown["roles"]] == [
        *("root", "timestamp", "snapshot", "targets"),
    ]
    assert (shown["commit"], shown["commit_time"]) == (f"{2:040x}", "2026-01-02T00:00:00.000Z")
    assert shown["manifest_sha256"] == sha256(before["manifest.json"])
    assert shown["first_root_sha256"] == sha256(Path(ROOT).read_bytes())
    lives = [role["seconds_left"] for role in shown["roles"]]
    assert [round(life / DAY) for life in lives] == [365, 7, 365, 365]
    assert maintainer.run("verify", tree) == 0
    assert maintainer.run("verify", tree, "--trust", ROOT) == 0, maintainer.out
    assert maintainer.err.endswith("every file is as manifest.json (signed) says\n")


def test_the_same_commit_has_the_same_parts(maintainer: Maintainer, tree: Path) -> None:
    maintainer.init()
    assert maintainer.sign(tree) == 0
    before = files_in(tree)
    assert maintainer.sign(tree) == 0
    after = files_in(tree)
    parts = {path for path in before if path.startswith("trust/hashes/")}
    assert parts == {path for path in after if path.startswith("trust/hashes/")}
    versions = [json.loads(each[TIMESTAMP])["signed"]["version"] for each in (before, after)]
    assert versions[0] < versions[1]
    assert abs(versions[0] - time.time()) < 60


def test_the_key_may_come_from_the_environment(
    maintainer: Maintainer, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maintainer.init()
    assert maintainer.run("trust", "sign", tree) == 2
    assert "CATALOGCTL_ONLINE_KEY" in maintainer.err
    monkeypatch.setenv("CATALOGCTL_ONLINE_KEY", (maintainer.keys / "online.pem").read_text())
    assert maintainer.run("trust", "sign", tree) == 0, maintainer.err
    monkeypatch.setenv("CATALOGCTL_ONLINE_KEY", "no key at all")
    assert maintainer.run("trust", "sign", tree) == 2
    assert "no key at all" not in maintainer.err


REFUSED = {
    "another file": ("index.html", lambda _: b"<title>3</title>", "index.html is changed"),
    "a file more": ("notes.txt", lambda _: b"mine", "notes.txt is added"),
    "another name in trust": ("trust/notes.json", lambda _: b"{}", "trust/notes.json is added"),
}


@pytest.mark.parametrize(("path", "content", "message"), REFUSED.values(), ids=REFUSED)
def test_a_tree_unlike_its_manifest_is_not_signed(
    maintainer: Maintainer, tree: Path, path: str, content: Any, message: str
) -> None:
    maintainer.init()
    (tree / path).parent.mkdir(exist_ok=True)
    (tree / path).write_bytes(content(b""))
    assert maintainer.sign(tree) == 1
    assert message in maintainer.err
    assert not (tree / TIMESTAMP).exists()


def test_a_tree_that_is_built_anew_meanwhile_is_not_signed(
    maintainer: Maintainer, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maintainer.init()

    def build_and_write(folder: Path, path: str, data: bytes) -> None:
        write_tree(folder, tree_of(3, repository_id="repo-123456789012"))
        write_signed(folder, path, data)

    monkeypatch.setattr("catalogctl.trust.signing.write_signed", build_and_write)
    assert maintainer.sign(tree) == 1
    assert f"{tree} was built anew meanwhile: sign it again" in maintainer.err
    assert not (tree / TIMESTAMP).exists()


def test_another_catalogs_tree_is_not_signed(maintainer: Maintainer, tmp_path: Path) -> None:
    maintainer.init()
    other = write_tree(tmp_path / "other", tree_of(1))
    assert maintainer.sign(other) == 1
    assert "the tree is of repo-1, but the roots are those of repo-123456789012" in maintainer.err


def test_a_key_that_the_root_does_not_name_signs_nothing(
    maintainer: Maintainer, tree: Path
) -> None:
    maintainer.init()
    key = maintainer.keys / "root-1.pem"
    assert maintainer.run("trust", "sign", tree, "--key", key) == 1
    assert "1.root.json does not name this online key" in maintainer.err


def test_an_expired_root_signs_nothing(
    maintainer: Maintainer, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maintainer.init()
    later = time.time() + 366 * DAY
    monkeypatch.setattr("time.time", lambda: later)
    assert maintainer.sign(tree) == 1
    assert "run catalogctl trust rotate" in maintainer.err


def test_signatures_live_for_a_second_at_least(maintainer: Maintainer, tree: Path) -> None:
    maintainer.init()
    assert maintainer.sign(tree, "--life", "0s") == 2
    assert "--life 0s is too short: write 1s or more" in maintainer.err
    assert not (tree / "trust").exists()
    assert maintainer.sign(tree, "--life", "1s") == 0
    renew = ("trust", "renew", tree, "--key", maintainer.keys / "online.pem")
    assert maintainer.run(*renew, "--life", "0d") == 2
    assert "--life 0d is too short" in maintainer.err


def test_a_clock_before_the_commit_signs_nothing(
    maintainer: Maintainer, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: 1_700_000_000.0)
    maintainer.init()
    assert maintainer.sign(tree) == 3
    assert "this machine's clock says 2023-11-14T22:13:20.000Z" in maintainer.err


def test_a_signed_tree_is_built_over_as_before(
    maintainer: Maintainer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Q-06: but nothing is deleted that is not a signature, or the beginning of one."""
    left = tmp_path / "built/trust/metadata/.timestamp.json.0123456789abcdef.tmp"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    build = ("build", "--out", tmp_path / "built", "--quiet", "--now", "2026-01-01T00:00:00Z")
    maintainer.init()
    for number in range(3):
        Path("catalog/plugins/plugin-a.yaml").write_text(plugin("plugin-a", name=f"A {number}"))
        assert maintainer.run(*build) == 0, maintainer.err
        assert not (tmp_path / "built/trust").exists()
        assert maintainer.sign(tmp_path / "built") == 0, maintainer.err
        left.write_bytes(b"{")  # by a run that was killed
        assert maintainer.run("verify", tmp_path / "built", "--trust", ROOT) == 0, maintainer.out
        assert maintainer.sign(tmp_path / "built") == 0, maintainer.err
        assert not left.exists()
        left.write_bytes(b"{")
    (tmp_path / "built/trust/notes.txt").write_text("mine")
    Path("catalog/plugins/plugin-a.yaml").write_text(plugin("plugin-a", name="A"))
    assert maintainer.run(*build) == 2
    assert "it holds trust/notes.txt, which catalogctl did not build" in maintainer.err


# Renewing


@pytest.fixture
def served(maintainer: Maintainer, tree: Path) -> Iterator[Site]:
    """Return the signed tree, served."""
    maintainer.init()
    assert maintainer.sign(tree) == 0, maintainer.err
    site = Site(files_in(tree))
    site.start()
    yield site
    site.stop()


def test_signatures_at_a_url_are_renewed_by_one_file(maintainer: Maintainer, served: Site) -> None:
    out = maintainer.folder.parent / "renewed"
    renew = ("trust", "renew", served.url, "--out", out, "--key", maintainer.keys / "online.pem")
    assert maintainer.run(*renew, "--commit", f"{2:040x}") == 0, maintainer.err
    assert maintainer.out == f"{TIMESTAMP}\n"
    assert len(files_in(out)[TIMESTAMP]) < 520
    served.files |= files_in(out)
    assert maintainer.run("verify", served.url, "--trust", ROOT) == 0, maintainer.out
    assert maintainer.run("trust", "show", served.url, "--min-life", "6d") == 0
    assert maintainer.run("trust", "show", served.url, "--min-life", "8d") == 1
    assert "timestamp expires at" in maintainer.err


def test_a_host_cant_have_an_old_edition_signed_anew(maintainer: Maintainer, served: Site) -> None:
    """R-32: the commit is HEAD's, or the one that is given."""
    repository = Repository.new(maintainer.folder)
    repository.commit("Begin")
    out = maintainer.folder.parent / "renewed"
    renew = ("trust", "renew", served.url, "--out", out, "--key", maintainer.keys / "online.pem")
    assert maintainer.run(*renew) == 1
    assert f"holds the edition of commit {2:040x}, not of " in maintainer.err
    assert not out.exists()
    assert maintainer.run("trust", "renew", served.url, "--key", renew[-1]) == 2


def test_only_expiry_is_mended(
    maintainer: Maintainer, served: Site, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signatures that do not hold are not renewed; those that expired are."""
    key = maintainer.keys / "online.pem"
    with monkeypatch.context() as earlier:
        earlier.setattr("time.time", lambda: time.time_ns() / 1e9 - 60)
        assert maintainer.sign(tree, "--life", "1s") == 0
    assert maintainer.run("trust", "show", tree) == 1
    assert maintainer.run("trust", "renew", tree, "--key", key) == 0, maintainer.err
    assert maintainer.run("trust", "show", tree) == 0
    rotate = ("trust", "rotate", "--key", maintainer.keys / "root-1.pem")
    assert maintainer.run(*rotate, "--new-online", maintainer.keys / "new.pem") == 0
    assert maintainer.run("trust", "renew", tree, "--key", maintainer.keys / "new.pem") == 1
    assert "is not signed by the key that 2.root.json names" in maintainer.err
    assert maintainer.run("trust", "renew", tree, "--key", key) == 1
    del served


def test_what_lives_for_a_year_is_signed_anew_in_time(
    maintainer: Maintainer, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: time.time_ns() / 1e9 - 310 * DAY)
    monkeypatch.setattr("catalogctl.trust.signing.check_edition", lambda *_: None)
    maintainer.init()
    assert maintainer.sign(tree) == 0, maintainer.err
    monkeypatch.undo()
    monkeypatch.chdir(maintainer.folder)
    targets = maintainer.keys / "online.pem"
    assert maintainer.run("trust", "renew", tree, "--key", targets) == 0, maintainer.err
    assert len(maintainer.out.splitlines()) == 4
    lives = [role["seconds_left"] for role in maintainer.shown(tree)["roles"]]
    assert [round(life / DAY) for life in lives] == [55, 7, 365, 365]
    assert maintainer.run("verify", tree, "--trust", ROOT) == 0, maintainer.out


# The next root


def test_a_root_waits_for_the_signatures_that_it_needs(maintainer: Maintainer, tree: Path) -> None:
    """Two of three, of the old keys and of the new ones; until then the one before it counts."""
    maintainer.init("--no-passphrase", "--root-keys", "3", "--threshold", "2")
    keys = [maintainer.keys / f"root-{number}.pem" for number in (1, 2, 3)]
    before = Path(ROOT).read_bytes()
    assert maintainer.run("trust", "rotate", "--key", keys[0], "--new-online", "../new.pem") == 0
    assert "waits for 1 more signature" in maintainer.err
    assert maintainer.run("trust", "show") == 1
    assert "root has 1 of 2 signatures" in maintainer.err
    assert maintainer.sign(tree) == 0
    assert "2.root.json waits for signatures; 1.root.json counts until then" in maintainer.err
    assert maintainer.run("trust", "rotate", "--key", keys[1], "--threshold", "1") == 1
    assert "waits for signatures" in maintainer.err
    assert maintainer.run("trust", "rotate", "--key", keys[1]) == 0
    assert "is complete" in maintainer.err
    assert maintainer.sign(tree) == 1, "the old online key"
    assert maintainer.run("trust", "sign", tree, "--key", "../new.pem") == 0
    assert Path(ROOT).read_bytes() == before
    assert f"{METADATA}2.root.json" in files_in(tree)
    assert maintainer.run("verify", tree, "--trust", ROOT) == 0, maintainer.out


def test_a_root_that_only_a_new_key_has_signed_waits(maintainer: Maintainer) -> None:
    """Whoever comes can't let in themselves, whatever the threshold."""
    maintainer.init()
    write_private(maintainer.keys / "eve.pem", (eve := new_key()), None)
    write_public(maintainer.keys / "eve.pub.pem", eve)
    rotate = ("trust", "rotate", "--add-root", maintainer.keys / "eve.pub.pem")
    assert maintainer.run(*rotate, "--key", maintainer.keys / "eve.pem") == 0, maintainer.err
    assert "waits for 1 more signature" in maintainer.err
    for arguments in (("--format", "json"), ()):
        assert maintainer.run("trust", "show", *arguments) == 1
        assert maintainer.err == "catalogctl: 2.root.json waits for 1 more signature\n"
    assert maintainer.run("trust", "rotate", "--key", maintainer.keys / "root-2.pem") == 0
    assert maintainer.run("trust", "show") == 0


@pytest.mark.parametrize(
    ("option", "cause"),
    [
        (("--drop-root", "zz"), "is not the id of one root key"),
        (("--threshold", "9"), "9 of 2 root keys can't sign"),
        (("--add-root", "none.pem"), "none.pem does not exist"),
        ((), "waits for signatures"),
    ],
)
def test_no_online_key_is_made_for_a_root_that_can_not_be(
    maintainer: Maintainer, option: tuple[str, ...], cause: str
) -> None:
    maintainer.init("--no-passphrase", "--threshold", "2")
    rotate = ("trust", "rotate", "--key", maintainer.keys / "root-1.pem")
    if not option:
        assert maintainer.run(*rotate) == 0
    new = maintainer.keys / "new.pem"
    assert maintainer.run(*rotate, "--new-online", new, *option) in {1, 2}
    assert cause in maintainer.err
    assert not new.exists()


def test_a_root_counts_the_keys_that_must_sign_it(maintainer: Maintainer) -> None:
    """Of the old keys and of the new ones; a key of both counts for both."""
    maintainer.init("--no-passphrase", "--root-keys", "3", "--threshold", "2")
    ids = {
        signer_of(path.read_bytes(), "", lambda _: b"").public_key.keyid: path
        for path in maintainer.keys.glob("root-?.pem")
    }
    (stays, *leave) = ids
    write_public(maintainer.keys / "eve.pub.pem", new_key())
    write_public(maintainer.keys / "dan.pub.pem", new_key())
    drop = [each for keyid in leave for each in ("--drop-root", keyid)]
    add = [each for name in ("eve", "dan") for each in ("--add-root", f"../keys/{name}.pub.pem")]
    assert maintainer.run("trust", "rotate", "--key", ids[stays], *drop, *add) == 0
    assert "waits for 2 more signatures" in maintainer.err
    assert maintainer.run("trust", "rotate", "--key", ids[leave[0]]) == 0
    assert "waits for 1 more signature:" in maintainer.err


@pytest.mark.parametrize("leaving", [0, 1])
def test_a_maintainer_leaves(maintainer: Maintainer, leaving: int) -> None:
    """Who leaves can sign as long as the old root counts, and not alone for the new one."""
    maintainer.init()
    keys = maintainer.shown()["roles"][0]["keys"]
    own_key, other_key = (maintainer.keys / f"root-{number}.pem" for number in (1, 2))
    drop = ("trust", "rotate", "--drop-root", keys[leaving])
    assert maintainer.run(*drop, "--key", own_key) == 0, maintainer.err
    if "waits" in maintainer.out + maintainer.err:
        assert maintainer.run("trust", "rotate", "--key", other_key) == 0, maintainer.err
    (role,) = maintainer.shown()["roles"]
    assert role["keys"] == [keys[1 - leaving]]


def test_maintainers_come_and_go(maintainer: Maintainer) -> None:
    maintainer.init()
    keys = maintainer.shown()["roles"][0]["keys"]
    own = maintainer.keys / "eve.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", own], check=True)
    public = maintainer.keys / "eve.pub.pem"
    subprocess.run(["openssl", "pkey", "-in", own, "-pubout", "-out", public], check=True)
    signers = [("--key", maintainer.keys / f"root-{number}.pem") for number in (1, 2)]
    rotate = ("trust", "rotate", *signers[0], *signers[1])
    assert maintainer.run(*rotate, "--add-root", own) == 2, "a private key is not asked for"
    assert maintainer.run(*rotate, "--drop-root", "") == 1
    assert maintainer.run(*rotate, "--threshold", "3") == 1
    assert maintainer.run(*rotate, "--add-root", public, "--drop-root", keys[0][:8]) == 0
    (role,) = maintainer.shown()["roles"]
    assert len(set(role["keys"]) - set(keys)) == 1
    assert keys[0] not in role["keys"]
    assert maintainer.run("trust", "rotate", "--key", own) == 0, maintainer.err
    assert [path.name for path in sorted(Path("catalog/trust").iterdir())] == [
        *("1.root.json", "2.root.json", "3.root.json"),
    ]
    assert maintainer.run("trust", "rotate", "--key", maintainer.keys / "online.pem") == 1
    assert "is not a root key" in maintainer.err


def test_a_root_that_was_changed_is_no_root(maintainer: Maintainer, tree: Path) -> None:
    maintainer.init()
    root = Path(ROOT)
    root.write_bytes(root.read_bytes().replace(b'"threshold":1', b'"threshold":2'))
    assert maintainer.sign(tree) == 1
    assert "1.root.json is not signed by its own keys" in maintainer.err
    root.write_text("{}")
    assert maintainer.sign(tree) == 1
    root.unlink()
    assert maintainer.sign(tree) == 1
    assert "catalogctl trust init" in maintainer.err


# What a consumer's machine remembers


def test_a_machine_forgets_on_demand(
    maintainer: Maintainer, served: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    get = ("get", "plugin-a", "--from", served.url)
    assert maintainer.run(*get, "--trust", ROOT) == 0, maintainer.err
    other = Signing.new(tmp_path / "other")
    assert maintainer.run(*get, "--trust", other.root) == 3
    assert json.loads(maintainer.out)["error"] == "ERROR_TRUST_PINNED"
    assert f"catalogctl trust forget {served.url}" in json.loads(maintainer.out)["message"]
    assert maintainer.run("trust", "forget", served.url) == 0
    assert list((tmp_path / "state/catalogctl/trust").iterdir()) == []
    assert maintainer.run("trust", "forget", served.url) == 0
    assert "nothing of" in maintainer.err
    served.files.pop(TIMESTAMP)
    assert maintainer.run(*get) == 0


def test_a_trust_state_that_cant_be_written_is_an_error(
    maintainer: Maintainer, served: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state").write_text("a file")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert maintainer.run("get", "plugin-a", "--from", served.url, "--trust", ROOT) == 3
    assert "can't be used: not a directory; make it a folder of this user, or set" in maintainer.err
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME")
    assert maintainer.run("get", "plugin-a", "--from", served.url, "--trust", ROOT) == 3
    assert "set HOME or XDG_STATE_HOME" in maintainer.err


def test_a_trust_state_that_cant_be_looked_into_is_an_error_without_a_pin_too(
    maintainer: Maintainer, served: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The catalog may be pinned, so it is not read unchecked."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state/catalogctl").symlink_to("catalogctl")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert maintainer.run("get", "plugin-a", "--from", served.url) == 3
    assert "can't be used: a symbolic link, which is not followed" in maintainer.err
    assert served.asked == []


@pytest.mark.parametrize(
    ("trust", "message"),
    [
        ("", "--trust is empty: name the catalog's 1.root.json"),
        ("none.json", "does not exist"),
        ("sha256:abc", "write sha256: and the 64 hex digits"),
        ("catalog/catalog.yaml", "is not the root of a signed catalog"),
    ],
)
def test_what_is_no_root_cant_be_pinned(
    maintainer: Maintainer, served: Site, tree: Path, trust: str, message: str
) -> None:
    assert maintainer.run("get", "plugin-a", "--from", served.url, "--trust", trust) == 2
    assert message in maintainer.err
    for location in (served.url, tree):
        assert maintainer.run("verify", location, "--trust", trust) == 2
        assert message in maintainer.err
    assert maintainer.run("get", "plugin-a", "--trust", ROOT) == 2
    assert os.environ.get("CATALOGCTL_TRUST") is None
