"""`catalogctl publish` as a process, to a real S3 server and to a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from catalogctl.publish.headers import BRIEFLY, FOREVER
from support.commands import Done, environment, run
from support.publishing import files_in, tree_of, write_tree
from support.s3_server import variables

if TYPE_CHECKING:
    from pathlib import Path

    from support.s3_server import Bucket

PREFIX = "some/prefix/"


def publish(bucket: Bucket, tree: Path, *arguments: str, prefix: str = PREFIX) -> Done:
    """Publish to a bucket, as a person would."""
    return run("publish", f"s3://{bucket.name}/{prefix}", "--from", tree, *arguments)


def test_a_bucket_holds_exactly_the_tree_with_its_types(bucket: Bucket, tmp_path: Path) -> None:
    files = tree_of(1)
    done = publish(bucket, write_tree(tmp_path / "public", files))
    assert done.code == 0, done.err
    assert bucket.files(PREFIX) == files
    assert f"uploaded {len(files)} files" in done.err
    for path in files:
        sent = bucket.get(PREFIX + path)
        by_content = path.startswith("assets/") or (
            path.startswith("search/") and "index" not in path
        )
        assert sent["CacheControl"] == (FOREVER if by_content else BRIEFLY), path
        if path.endswith(".json"):
            assert sent["ContentType"] == "application/json"
        if path.endswith(".html"):
            assert sent["ContentType"] == "text/html; charset=utf-8"


def test_a_second_run_has_nothing_to_do(bucket: Bucket, tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "public", tree_of(1))
    publish(bucket, tree)
    before = bucket.written()
    done = publish(bucket, tree, "--format", "json")
    assert done.code == 0
    answer = json.loads(done.out)
    assert (answer["unchanged"], answer["deleted"]) == (len(tree_of(1)), 0)
    assert all(each == {"files": 0, "bytes": 0} for each in answer["uploaded"].values())
    assert bucket.written() == before


def test_only_what_differs_is_uploaded_and_what_left_is_deleted_later(
    bucket: Bucket, tmp_path: Path
) -> None:
    old, new = tree_of(1, plugins=("plugin-a", "plugin-b")), tree_of(2, plugins=("plugin-a",))
    publish(bucket, write_tree(tmp_path / "old", old))
    tree = write_tree(tmp_path / "new", new)
    planned = publish(bucket, tree, "--format", "json", "--dry-run")
    assert bucket.files(PREFIX) == old
    done = publish(bucket, tree, "--format", "json")
    answer, said = json.loads(done.out), json.loads(planned.out)
    assert {**said, "dry_run": False} == answer
    gone = old.keys() - new.keys()
    assert (answer["waiting"], answer["deleted"]) == (len(gone), 0)
    assert answer["unchanged"] == sum(old.get(path) == data for path, data in new.items())
    assert bucket.files(PREFIX) == old | new
    later = publish(bucket, tree, "--grace", "0s", "--format", "json")
    assert json.loads(later.out)["deleted"] == len(gone)
    assert bucket.files(PREFIX) == new
    assert ".catalogctl/lock.json" not in bucket.keys(PREFIX)


def test_a_folder_holds_exactly_the_tree(tmp_path: Path) -> None:
    old, new = tree_of(1), tree_of(2, plugins=("plugin-b", "plugin-c"))
    for number, files in enumerate((old, new)):
        tree = write_tree(tmp_path / str(number), files)
        done = run("publish", tmp_path / "www", "--from", tree, "--grace", "0s")
        assert done.code == 0, done.err
        assert files_in(tmp_path / "www") == files
    assert not (tmp_path / "www/plugins/plugin-a").exists(), "a folder that is empty goes, too"


def test_files_of_someone_else_are_not_overwritten(bucket: Bucket, tmp_path: Path) -> None:
    """Q-06: a place with files but without a manifest is not ours."""
    bucket.put(f"{PREFIX}index.html", b"someone's page")
    done = publish(bucket, write_tree(tmp_path / "public", tree_of(1)))
    assert done.code == 2
    assert f"s3://{bucket.name}/some/prefix holds index.html, which catalogctl did not" in done.err
    assert bucket.files(PREFIX) == {"index.html": b"someone's page"}
    assert bucket.keys(PREFIX) == ["index.html"], "the lock is gone"


def test_a_folder_of_someone_else_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("mine")
    tree = write_tree(tmp_path / "public", tree_of(1))
    assert run("publish", tmp_path / "mine", "--from", tree).code == 2
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_what_someone_else_changed_is_uploaded_again(tmp_path: Path) -> None:
    """`verify` finds it, and says what to do."""
    files, www = tree_of(1), tmp_path / "www"
    tree = write_tree(tmp_path / "public", files)
    run("publish", www, "--from", tree)
    (www / "index.html").write_text("changed")
    (www / "index.json").unlink()
    assert "catalogctl publish --repair" in run("verify", www).err
    done = run("publish", www, "--from", tree, "--repair")
    assert done.code == 0, done.err
    assert f"uploaded {len(files)} files" in done.err
    assert files_in(www) == files


@pytest.mark.parametrize("damaged", ["manifest.json", ".catalogctl/state.json"])
def test_a_damaged_record_is_reported_and_everything_uploaded_anew(
    bucket: Bucket, tmp_path: Path, damaged: str
) -> None:
    files = tree_of(1)
    tree = write_tree(tmp_path / "public", files)
    publish(bucket, tree)
    bucket.put(PREFIX + damaged, b"{")
    bucket.put(f"{PREFIX}index.html", b"damaged, too")
    done = publish(bucket, tree)
    assert done.code == 0
    assert f"{damaged} is damaged" in done.err
    assert "everything is uploaded anew" in done.err
    assert bucket.files(PREFIX) == files


def test_one_run_at_a_time(bucket: Bucket, tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "public", tree_of(1))
    lock = b'{"run":"1","who":"run 7 of acme/plugins","since":"2026-01-01T00:00:00.000Z","at":9e9}'
    bucket.put(f"{PREFIX}.catalogctl/lock.json", lock)
    done = publish(bucket, tree)
    assert done.code == 3
    assert "is being published to by run 7 of acme/plugins" in done.err
    assert "--take-over" in done.err
    assert bucket.files(PREFIX) == {}
    done = publish(bucket, tree, "--take-over")
    assert done.code == 0
    assert "taking over from run 7 of acme/plugins" in done.err
    assert bucket.files(PREFIX) == tree_of(1)


def test_a_lock_that_nobody_renews_is_taken_over(bucket: Bucket, tmp_path: Path) -> None:
    lock = b'{"run":"1","who":"run 7","since":"2026-01-01T00:00:00.000Z","at":1767225600}'
    bucket.put(f"{PREFIX}.catalogctl/lock.json", lock)
    done = publish(bucket, write_tree(tmp_path / "public", tree_of(1)))
    assert done.code == 0
    assert "taking over from run 7" in done.err


USAGE = {
    "no-tree": (["s3://bucket/", "--from", "nowhere"], "nowhere holds no built tree"),
    "login": (["s3://key:p4ssw0rd@bucket/"], "has a login"),
    "brackets": (["s3://me:p4ssw0rd@[x/y"], "is not an address: write s3://bucket/prefix"),
    "no-bucket": (["s3://"], "names no bucket"),
    "web": (["https://plugins.example.org/"], "a web address can't be written to"),
    "unfit": (["reference://x"], "can't publish to reference://x"),
    "unknown": (["carrier-pigeon://bucket/"], "can't publish to carrier-pigeon://bucket"),
    "grace": (["www", "--grace", "soon"], "--grace soon is not a duration"),
    "itself": (["./public"], "./public is the tree itself"),
    "inside": (["public/www"], "public/www is the tree itself, or inside it"),
    "inside by a link": (["link/a/b"], "link/a/b is the tree itself, or inside it"),
    "empty": ([""], "the destination is empty"),
}


@pytest.mark.parametrize(("arguments", "words"), USAGE.values(), ids=USAGE)
def test_wrong_usage_is_explained(arguments: list[str], words: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("public")
    done = run("publish", *arguments, cwd=tmp_path)
    assert done.code == 2
    assert words in done.err
    assert "p4ssw0rd" not in done.err
    assert "Traceback" not in done.err


def test_a_missing_package_is_named_with_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden/s3fs.py").write_text("raise ImportError('No module named s3fs')")
    tree = write_tree(tmp_path / "public", tree_of(1))
    env = environment(PYTHONPATH=str(tmp_path / "hidden"))
    done = run("publish", "s3://bucket/", "--from", tree, env=env)
    assert done.code == 2
    assert "pip install 'catalogctl[publish]'" in done.err


def test_a_missing_bucket_is_named(s3_address: str, tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "public", tree_of(1))
    for option in ("--dry-run", "--quiet"):
        env = environment(**variables(s3_address))
        done = run("publish", "s3://no-such-bucket/", "--from", tree, option, env=env)
        assert done.code == 3
        assert "s3://no-such-bucket/" in done.err
        assert "the specified bucket does not exist (create the bucket first" in done.err
        assert "Traceback" not in done.err
