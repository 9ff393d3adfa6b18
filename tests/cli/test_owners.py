"""`catalogctl owners`: CODEOWNERS from `maintainers`, beside what people wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.catalogs import plugin, write_catalog
from support.commands import run

if TYPE_CHECKING:
    from pathlib import Path

BEGIN, END = "# <catalogctl owners>\n", "# </catalogctl owners>\n"
PATTERNS = ("docs/plugin-a/", "icons/plugin-a.*", "plugins/plugin-a.yaml")
LINE = "".join(f"/catalog/{each} @ann @acme/team\n" for each in PATTERNS)
PART = BEGIN + LINE + END


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """Return a repository with a catalog of which one plugin names its owners."""
    files = {
        "plugins/plugin-a.yaml": plugin("plugin-a", maintainers="['@ann', '@acme/team']"),
        "plugins/plugin-b.yaml": plugin("plugin-b"),
    }
    write_catalog(tmp_path / "catalog", files)
    (tmp_path / ".git/refs").mkdir(parents=True)
    (tmp_path / ".git/objects").mkdir()
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
    return tmp_path


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, PART),
        ("", PART),
        ("* @acme/all\n", f"* @acme/all\n{PART}"),
        ("* @acme/all", f"* @acme/all\n{PART}"),
        (f"* @x\n{BEGIN}{END}# mine\n/a @b\n", f"* @x\n{PART}# mine\n/a @b\n"),
        (f"* @x\n{BEGIN}/old @y\n{END}", f"* @x\n{PART}"),
        (f"* @x\r\n{BEGIN}", None),
        (f"{END}{BEGIN}", None),
        (f"{PART}{PART}", None),
        (END, None),
    ],
)
def test_update_keeps_what_people_wrote(top: Path, before: str | None, after: str | None) -> None:
    """R-08: without a whole pair of marks nothing is written."""
    file = top / "CODEOWNERS"
    if before is not None:
        file.write_bytes(before.encode())
    done = run("owners", "--update", file, cwd=top)
    if after is None:
        assert done.code == 2
        assert "is left as it is" in done.err
        assert file.read_bytes() == (before or "").encode()
        return
    assert (done.code, done.out) == (0, "")
    assert file.read_bytes() == after.encode()
    again = run("owners", "--update", file, cwd=top)
    assert (again.code, file.read_bytes()) == (0, after.encode())
    assert "nothing to change" in again.err


def test_update_keeps_line_ends_and_other_bytes(top: Path) -> None:
    file = top / "CODEOWNERS"
    file.write_bytes(b"# caf\xe9\r\n* @x\r\n")
    assert run("owners", "--update", file, cwd=top).code == 0
    part = PART.replace("\n", "\r\n").encode()
    assert file.read_bytes() == b"# caf\xe9\r\n* @x\r\n" + part


@pytest.mark.parametrize(
    ("text", "message"),
    [("tags: [\n", "is never closed"), ("maintainers: '@ann'\n", "maintainers is text")],
)
def test_no_owner_is_lost_while_a_file_can_not_be_read(top: Path, text: str, message: str) -> None:
    run("owners", "--update", "CODEOWNERS", cwd=top)
    before = (top / "CODEOWNERS").read_bytes()
    (top / "catalog/plugins/plugin-c.yaml").write_text(plugin("plugin-c") + text)
    for command in (("--update", "CODEOWNERS"), ("--format", "json"), ()):
        done = run("owners", *command, cwd=top)
        assert (done.code, done.out) == (1, ""), command
        assert message in done.err
    assert (top / "CODEOWNERS").read_bytes() == before


def test_what_is_wrong_elsewhere_hides_no_maintainers(top: Path) -> None:
    """Only the syntax of a file and its maintainers matter here; validate reports the rest."""
    wrong = "maintainers: ['@bob']\nstate: yes\n"
    (top / "catalog/plugins/plugin-b.yaml").write_text(plugin("plugin-b") + wrong)
    done = run("owners", cwd=top)
    assert (done.code, done.err) == (0, "")
    assert "/catalog/plugins/plugin-b.yaml @bob\n" in done.out


def test_all_files_whose_maintainers_can_not_be_told_are_counted(top: Path) -> None:
    for name in ("b", "c"):
        text = plugin(f"plugin-{name}") + "maintainers: yes\n"
        (top / f"catalog/plugins/plugin-{name}.yaml").write_text(text)
    done = run("owners", cwd=top)
    assert done.code == 1
    assert "the catalog has 2 errors, the first in catalog/plugins/plugin-b.yaml:4: " in done.err


def test_update_writes_through_a_link_and_into_no_device(top: Path) -> None:
    (top / "real").write_text("* @x\n")
    (top / "CODEOWNERS").symlink_to("real")
    assert run("owners", "--update", top / "CODEOWNERS", cwd=top).code == 0
    assert (top / "CODEOWNERS").is_symlink()
    assert (top / "real").read_text() == f"* @x\n{PART}"
    done = run("owners", "--update", "/dev/null", cwd=top)
    assert (done.code, "Traceback" in done.err) == (3, False)


@pytest.mark.parametrize("path", ["nodir/CODEOWNERS", "catalog"])
def test_update_of_what_can_be_no_file_is_wrong_usage(top: Path, path: str) -> None:
    done = run("owners", "--update", path, cwd=top)
    assert (done.code, done.out) == (2, "")
    assert f"--update {path}" in done.err
    assert not (top / "nodir").exists()


def test_update_is_of_codeowners_alone(top: Path) -> None:
    assert run("owners", "--update", "x", "--format", "json", cwd=top).code == 2
    assert not (top / "x").exists()


def test_the_help_does_not_let_the_shell_empty_the_file() -> None:
    text = run("owners", "--help").out
    assert "--update .github/CODEOWNERS" in text
    assert "> " not in text


def test_without_update_the_lines_are_printed(top: Path) -> None:
    done = run("owners", cwd=top)
    assert "".join(done.out.splitlines(keepends=True)[1:]) == LINE
