"""The command line as a whole: help, exit codes, wrong names, and streams that are not there."""

from __future__ import annotations

import errno
import functools
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
from concurrent import futures
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from catalogctl import __version__
from catalogctl.cli import main as main_module
from catalogctl.cli.inputs import read_input
from catalogctl.cli.main import GROUPS, catalogctl
from support.catalogs import PLUGIN, plugin, write_catalog
from support.commands import COMMAND, Done, environment, on_terminal, run
from support.texts import SGR
from support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
NAMES = [name for names in GROUPS.values() for name in names]
EACH = pytest.mark.parametrize("name", NAMES)
ELSEWHERE = {
    "serve": "runs until it is ended: test_serve_command.py",
    "gateway": "runs until it is ended: tests/gateway/",
    "publish": "writes to a bucket or a folder: tests/upload/",
    "trust": "makes keys: tests/trust/",
    "resolve": "asks registries: tests/resolve/",
    "sync": "asks other repositories: tests/sync/",
    "import": "asks a running service, and writes a catalog of its own",
    "init": "writes a catalog of its own",
    "completion": "is read by each shell in its own way",
}
EXAMPLE = re.compile(r"(?m)^    (.*\bcatalogctl (?:.*\\\n)*.*)$")


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """Return a good catalog of one plugin."""
    return write_catalog(tmp_path / "catalog", {"plugins/plugin-hyperbilling.yaml": PLUGIN})


REQUEST = '{"name": "SNS", "image": "acme/sns", "service_type": "monitoring.Webhook"}'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a clone with the shipped catalog in it, where the examples may be run."""
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    (tmp_path / ".github").mkdir()
    (tmp_path / "request.json").write_text(REQUEST)
    author = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "."],
        [*author, "commit", "--quiet", "--message=Begin"],
        ["update-ref", "refs/remotes/origin/main", "main"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


# Help


@functools.cache
def help_of(*names: str) -> str:
    """Return what `--help` prints on a terminal of 80 columns."""
    return CliRunner().invoke(catalogctl, [*names, "--help"], prog_name="catalogctl").output


def test_alone_it_lists_its_commands_in_groups() -> None:
    done = run()
    assert (done.code, done.err) == (0, "")
    assert done.out == run("--help").out
    for heading, names in GROUPS.items():
        _, _, section = done.out.partition(f"\n{heading}:\n")
        assert re.findall(r"(?m)^  ([a-z-]+)  ", section.partition("\n\n")[0]) == list(names)


@pytest.mark.parametrize("name", ["", *NAMES])
def test_help_fits_a_terminal_of_80_columns(name: str) -> None:
    text = help_of(name) if name else help_of()
    assert max(map(len, text.splitlines())) <= 80
    assert "..." not in re.sub(r"\[?\b[A-Z_]+\b\]?\.\.\.", "", text), "a sentence that is cut"


@EACH
def test_help_says_what_it_does_with_examples_and_exit_codes(name: str) -> None:
    text = help_of(name)
    usage, sentence, *_ = text.split("\n\n")
    assert usage.startswith(f"Usage: catalogctl {name} ")
    assert sentence.strip().endswith(".")
    assert EXAMPLE.findall(text)
    assert "Exit codes: " in text
    assert "2 " in " ".join(text.partition("Exit codes:")[2].split())


@EACH
def test_every_option_is_explained(name: str) -> None:
    _, _, options = help_of(name).partition("\nOptions:\n")
    bare = re.findall(r"(?m)^  (-\S+(?: \S+)*)\n(?!      )", options)
    assert bare == []


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ELSEWHERE])
def test_the_examples_work_on_the_shipped_catalog(name: str, checkout: Path) -> None:
    if name == "verify":
        run("build", cwd=checkout)
    for example in EXAMPLE.findall(help_of(name)):
        if "https://" in example or "--interactive" in example:
            continue  # no such host; no one to answer
        line = example.replace("catalogctl", shlex.join(COMMAND), 1)
        if example.lstrip().startswith("echo"):
            line = example.replace("| catalogctl", f"| {shlex.join(COMMAND)}")
        done = subprocess.run(
            ["bash", "-c", line], cwd=checkout, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (example, done.stderr)


def test_the_table_of_the_readme_names_every_command_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (`catalogctl [^|]+(?:\\\|[^|]*)*) \|", readme)
    named = [
        word.removeprefix("catalogctl ").split()[0]
        for row in rows
        for word in re.findall(r"`([^`]+)`", row)
    ]
    assert sorted(named) == sorted(NAMES)


def test_the_version_names_python_too() -> None:
    assert re.fullmatch(
        rf"catalogctl {re.escape(__version__)} \(Python 3\.\d+\.\d+\)\n", run("--version").out
    )


def test_help_is_there_at_once() -> None:
    """Nothing heavy is imported before a command needs it."""
    code = (
        "import sys; from catalogctl.cli.main import main; main(['--help']);"
        "heavy = {'requests', 'jinja2', 'jsonschema', 'yaml'} & set(sys.modules);"
        "sys.exit(f'imported: {heavy}' if heavy & {'requests', 'jinja2'} else 0)"
    )
    done = subprocess.run(
        [COMMAND[0], "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")


# Exit codes


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["validate"], 0),
        (["get", "plugin-hyperbilling"], 0),
        (["get-versions", "plugin-hyperbilling"], 0),
        (["list"], 0),
        (["stat", "by-state"], 0),
        (["build", "--out", "{tmp}/public"], 0),
        (["explain", "blank"], 0),
        (["get", "plugin-x"], 1),
        (["get-versions", "plugin-x"], 1),
        (["stat", "no-such-query"], 1),
        (["list", "--state", "PAUSED"], 1),
        (["list", "--query", "-"], 1),
        (["explain", "no-such-code"], 2),
        (["list", "--query", "{tmp}/nothing.json"], 2),
        (["list", "--now", "yesterday"], 2),
        (["list", "--now", "0001-01-01T00:00:00+23:59"], 2),
        (["get"], 2),
        (["stat"], 0),
        (["stat", "--domain-id", "domain-1"], 2),
        (["list", "--no-such-option"], 2),
        (["list", "--format", "xml"], 2),
        (["validate", "--jobs", "0"], 2),
        (["validate", "plugins/plugin-x.yaml"], 2),
        (["validate", "plugins/plugin-hyperbilling.yaml"], 0),
        (["verify", "{tmp}/nothing"], 2),
        (["list", "--from", "{tmp}/empty"], 2),
        (["list", "--from", "http://127.0.0.1:9/"], 3),
        (["get", "plugin-x", "--from", "http://127.0.0.1:9/"], 3),
        (["verify", "http://127.0.0.1:9/"], 3),
        (["build", "--out", "{tmp}/file/public"], 3),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_a_run_ends_with_its_code(
    catalog: Path, tmp_path: Path, arguments: list[str], code: int
) -> None:
    """Product contract, 4: 0 fine, 1 problems, 2 wrong usage, 3 something outside failed."""
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    given = [argument.replace("{tmp}", str(tmp_path)) for argument in arguments]
    done = run(*given, cwd=catalog, stdin='["no query"]')
    assert done.code == code, done.err
    assert "Traceback" not in done.err
    if code:
        assert done.err or done.out.startswith('{\n  "error"')


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("plugins/nope.yaml", "there is no plugins/nope.yaml"),
        ("/dev/null", "/dev/null is not part of the catalog in {catalog}"),
    ],
)
def test_a_path_to_validate_that_is_no_part_of_the_catalog_is_wrong_usage(
    catalog: Path, path: str, message: str
) -> None:
    done = run("validate", path, cwd=catalog)
    assert (done.code, done.out) == (2, "")
    assert message.format(catalog=catalog) in done.err


def test_a_path_without_a_problem_does_not_vouch_for_the_rest(catalog: Path) -> None:
    (catalog / "plugins/plugin-other.yaml").write_text("name: Other\n")
    done = run("validate", "plugins/plugin-hyperbilling.yaml", cwd=catalog)
    assert done == Done(0, "", "no problem in plugins/plugin-hyperbilling.yaml\n")


@pytest.mark.parametrize("name", ["validate", "build", "list", "stat", "get"])
def test_a_catalog_with_errors_ends_with_one(catalog: Path, tmp_path: Path, name: str) -> None:
    (catalog / "plugins" / "plugin-hyperbilling.yaml").write_text("name: X\n")
    more = {"stat": ["by-state"], "get": ["plugin-hyperbilling"], "build": ["--out", "out"]}
    done = run(name, *more.get(name, []), "--catalog", catalog, cwd=tmp_path)
    assert done.code == 1
    assert "is required" in done.out + done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["validate", "list", "build", "get"])
def test_no_catalog_anywhere_upward_is_wrong_usage(tmp_path: Path, name: str) -> None:
    more = ["plugin-x"] if name == "get" else []
    done = run(name, *more, cwd=tmp_path)
    assert done.code == 2
    assert "catalog.yaml" in done.err
    assert run(name, *more, "--catalog", tmp_path / "nowhere").code == 2


def test_an_address_for_a_folder_is_told_where_it_belongs() -> None:
    done = run("get", "plugin-x", "--catalog", "https://plugins.example.org/")
    message = "--catalog names a folder: get, list, get-versions and stat take --from URL"
    assert done == Done(2, "", f"catalogctl: {message}\n")


def test_the_catalog_is_found_upward_and_beside(catalog: Path, tmp_path: Path) -> None:
    """Each folder upward is tried, itself and its `catalog/`."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    for place in (tmp_path, tmp_path / "a" / "b", catalog, catalog / "plugins"):
        assert run("get", "plugin-hyperbilling", cwd=place).code == 0, place


# Wrong names


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["lits"], "'list'"),
        (["validat"], "'validate'"),
        (["list", "--provder", "aws"], "'--provider'"),
        (["list", "--provder=aws"], "'--provider'"),
        (["get", "plugin-hyperbiling", "--format", "table"], "plugin-hyperbilling"),
        (["get", "plugin-hyperbilling", "--only", "lables", "--format", "table"], '"labels"'),
        (["explain", "blnk"], '"blank"'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_a_wrong_name_is_answered_with_the_nearest(
    catalog: Path, arguments: list[str], meant: str
) -> None:
    done = run(*arguments, cwd=catalog)
    assert done.code in (1, 2)
    assert re.search(r"(?i)did you mean", done.err), done.err
    assert meant in done.err


# Answers and errors


def test_a_call_that_can_t_be_answered_is_json_on_stdout_when_json_is_asked_for(
    catalog: Path,
) -> None:
    """Product contract, 4."""
    done = run("get", "plugin-x", "--format", "json", cwd=catalog)
    assert done == Done(
        1,
        '{\n  "error": "ERROR_NOT_FOUND",\n'
        '  "message": "plugin plugin-x is not in this catalog",\n'
        '  "pointer": "/plugin_id"\n}\n',
        "",
    )
    assert run("get", "plugin-x", cwd=catalog) == done


@pytest.mark.parametrize("format_", ["table", "yaml", "csv", "ndjson"])
def test_in_another_format_the_message_goes_to_stderr(catalog: Path, format_: str) -> None:
    done = run("get", "plugin-x", "--format", format_, cwd=catalog)
    assert done.code == 1
    assert done.out == ""
    assert done.err == "catalogctl: plugin plugin-x is not in this catalog\n"


def test_answers_go_to_stdout_and_all_else_to_stderr(catalog: Path) -> None:
    done = run("list", "--format", "json", cwd=catalog)
    assert '"total_count": 1' in done.out
    assert "date" in done.err  # outside git: told, and in no one's way
    validated = run("validate", cwd=catalog)
    assert validated.out == ""
    assert re.fullmatch(r"✓ 1 plugin valid in \d+\.\d\d s\n", validated.err)
    assert run("validate", "--quiet", cwd=catalog) == Done(0, "", "")


def test_a_list_is_a_table_on_a_terminal_and_json_in_a_pipe(catalog: Path) -> None:
    shown = on_terminal("list", cwd=catalog)
    assert shown.code == 0
    assert "plugin-hyperbilling  ENABLED" in SGR.sub("", shown.out)
    assert "1 plugin\n" in shown.out
    assert run("list", cwd=catalog).out.startswith("{\n")


# Colour


@pytest.mark.parametrize(
    ("environ", "color", "colored"),
    [
        ({}, "auto", True),
        ({"NO_COLOR": ""}, "auto", True),
        ({"NO_COLOR": "1"}, "auto", False),
        ({"TERM": "dumb"}, "auto", False),
        ({}, "never", False),
        ({"NO_COLOR": "1"}, "always", True),
        ({"TERM": "dumb"}, "always", True),
    ],
)
def test_colour_follows_the_terminal_and_the_option_wins(
    catalog: Path, environ: dict[str, str], color: str, *, colored: bool
) -> None:
    """Q-51: TERM=dumb."""
    (catalog / "plugins" / "plugin-hyperbilling.yaml").write_text("name: X\n")
    env = environment(**{"TERM": "xterm", **environ})
    done = on_terminal("validate", "--color", color, cwd=catalog, env=env)
    assert done.code == 1
    assert ("\x1b[" in done.out) is colored
    assert "error[missing-field]" in SGR.sub("", done.out)


def test_a_pipe_has_no_colour_unless_asked_for(catalog: Path) -> None:
    assert "\x1b" not in run("list", "--format", "table", cwd=catalog).out
    assert "\x1b[" in run("list", "--format", "table", "--color", "always", cwd=catalog).out


def test_where_the_terminal_has_no_signs_there_are_words(catalog: Path) -> None:
    env = environment(PYTHONIOENCODING="ascii")
    assert run("validate", cwd=catalog, env=env).err.startswith("ok: 1 plugin valid")
    assert run("validate", "--help", env=env).code == 0


# Streams and surroundings that are not there


def closed(stream: str, *arguments: str, cwd: Path) -> Done:
    """Run catalogctl with a stream closed, as a shell does by `>&-`."""
    line = f"{shlex.join([*COMMAND, *arguments])} {stream}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=cwd, capture_output=True, text=True, check=False, timeout=120
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("stream", [">&-", "2>&-", ">&- 2>&- <&-"])
@pytest.mark.parametrize("name", ["validate", "list", "build", "--help"])
def test_a_closed_stream_is_no_trouble(catalog: Path, name: str, stream: str) -> None:
    """Q-51."""
    more = {"build": ["--out", "../public"]}
    done = closed(stream, name, *more.get(name, []), cwd=catalog)
    assert done.code == 0, done.err
    assert "Traceback" not in done.err


def test_a_query_from_a_closed_stdin_is_one_clear_line(catalog: Path) -> None:
    """Q-51."""
    done = closed("<&-", "list", "--query", "-", cwd=catalog)
    assert done == Done(
        2, "", "catalogctl: there is nothing on stdin to read the query from: it is closed\n"
    )


def test_a_query_from_a_stdin_that_can_t_be_read_is_one_clear_line(catalog: Path) -> None:
    """Q-51."""
    done = closed("0>/dev/null", "list", "--query", "-", cwd=catalog)
    assert done == Done(2, "", "catalogctl: can't read the query from stdin: bad file descriptor\n")


@pytest.mark.parametrize("text", [b"", b"keyword: aws\n"])
def test_one_end_of_file_on_a_terminal_ends_the_input(
    text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, encoding="utf-8") as stdin:
        os.write(ours, text + b"\x04")
        monkeypatch.setattr(sys, "stdin", stdin)
        with futures.ThreadPoolExecutor(1) as reader:
            reading = reader.submit(read_input, "-", "the query", 1 << 26)
            done, _ = futures.wait([reading], timeout=5)
            os.write(ours, b"\x04")
    os.close(ours)
    assert done
    assert reading.result() == text


@pytest.mark.parametrize("name", ["list", "validate", "explain"])
def test_a_full_disk_behind_stdout_is_one_clear_line(catalog: Path, name: str) -> None:
    (catalog / "plugins" / "plugin-b.yaml").write_text(
        "name: X\n" if name == "validate" else PLUGIN
    )
    if name == "list":
        (catalog / "plugins" / "plugin-b.yaml").write_text(plugin("plugin-b"))
    done = closed(">/dev/full", name, cwd=catalog)
    assert done.code == 3
    lines = [line for line in done.err.splitlines() if "no space left on device" in line]
    assert len(lines) == 1
    assert "Traceback" not in done.err
    assert "Exception ignored" not in done.err


@pytest.mark.parametrize(("stream", "code"), [("stdout", 3), ("stderr", 0)])
def test_a_full_pipe_that_does_not_wait_is_no_lack_of_processes(
    catalog: Path, stream: str, code: int
) -> None:
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    with suppress(BlockingIOError):
        while os.write(theirs, bytes(1 << 12)):
            pass
    out, err = (theirs if stream == name else subprocess.PIPE for name in ("stdout", "stderr"))
    done = subprocess.run([*COMMAND, "list"], cwd=catalog, stdout=out, stderr=err, check=False)
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code
    message = b"catalogctl: standard output: it is full, and set not to wait for its reader: "
    assert stream == "stderr" or message in done.stderr


@pytest.mark.parametrize(("name", "code"), [("validate", 0), ("get", 2)])
def test_a_full_disk_behind_stderr_changes_no_code(catalog: Path, name: str, code: int) -> None:
    assert closed("2>/dev/full", name, cwd=catalog).code == code


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "too many files are open: raise"),
        (BlockingIOError(errno.EAGAIN, "Resource"), "no more processes or threads can be started"),
        (RuntimeError("can't start new thread"), "no more processes or threads can be started"),
        (MemoryError(), "there is too little memory"),
        (ImportError("a.so: failed to map segment from shared object"), "there is too little mem"),
        (ImportError("a.so: Cannot allocate memory"), "there is too little memory"),
        (OSError(errno.EIO, "Input/output error"), "input/output error\n"),
        (OSError(errno.EIO, "Input/output error", "a/b"), "a/b: input/output error\n"),
    ],
)
def test_a_limit_of_the_system_is_one_clear_line(
    error: Exception,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Q-51: the standard output is blamed for none of it."""

    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(main_module, "_result", fail)
    monkeypatch.setattr(main_module, "_discard_stdout", lambda: None)
    assert main_module.main(["validate"]) == 3
    assert capsys.readouterr().err.startswith(f"catalogctl: {message}")


def test_a_small_list_is_imported_with_little_memory(catalog: Path) -> None:
    """Q-51: what is reserved depends on the list, not on the largest one."""
    tracemalloc.start()
    try:
        assert read_input(str(catalog / "catalog.yaml"), "the list", 1 << 30)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def without_readers(*arguments: str, cwd: Path, streams: Sequence[str]) -> Done:
    """Run catalogctl with streams whose readers have left already."""
    ours, theirs = os.pipe()
    os.close(ours)
    out, err = (theirs if name in streams else subprocess.PIPE for name in ("stdout", "stderr"))
    command = [*COMMAND, *arguments]
    done = subprocess.run(command, cwd=cwd, check=False, stdout=out, stderr=err)
    os.close(theirs)
    return Done(done.returncode, (done.stdout or b"").decode(), (done.stderr or b"").decode())


@pytest.mark.parametrize(
    ("name", "code"), [("list", 0), ("validate", 1), ("explain", 0), ("--help", 0)]
)
def test_a_reader_that_leaves_is_no_error(catalog: Path, name: str, code: int) -> None:
    """Q-09: SIGPIPE, as in `catalogctl list | head -1`."""
    if name == "validate":
        (catalog / "plugins" / "plugin-hyperbilling.yaml").write_text("name: X\n")
    done = without_readers(name, cwd=catalog, streams=["stdout"])
    assert done.code == code
    told = [line for line in done.err.splitlines() if "date" not in line]
    assert told == (["✗ 2 errors in 1 of 2 files"] if code else [])


REGISTER = [
    *("register", "--name", "X", "--service-type", "monitoring.Webhook", "--image"),
    "acme/plugin-new",
]


@pytest.mark.parametrize("streams", [["stderr"], ["stdout", "stderr"]])
def test_readers_that_leave_end_no_work_and_change_no_code(
    catalog: Path, streams: list[str]
) -> None:
    """Decision 510: a build tells of dates before it publishes, and a call after it wrote."""

    def code(*arguments: str) -> int:
        return without_readers(*arguments, cwd=catalog, streams=streams).code

    assert code("build", "--out", "../public") == 0
    assert (catalog.parent / "public/index.json").exists()
    assert code(*REGISTER) == 0
    assert (catalog / "plugins/plugin-new.yaml").exists()
    assert code(*REGISTER) == 1, "it is there already"
    assert code("list", "--nonsense") == 2
    (catalog / "plugins/plugin-new.yaml").write_text("name: X\n")
    assert code("build", "--out", "../public") == 1


def test_head_gets_its_line(checkout: Path) -> None:
    """Q-09."""
    line = f"{shlex.join(COMMAND)} list --format csv | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=checkout, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("plugin_id,name,")
    assert done.stdout.splitlines()[-1] == "0"


@pytest.mark.parametrize("home", [None, "/nonexistent", "/proc"])
def test_a_home_is_not_needed(catalog: Path, tmp_path: Path, home: str | None) -> None:
    """Q-51: HOME unset or read-only."""
    env = environment(HOME=home, XDG_CACHE_HOME=None)
    assert run("validate", cwd=catalog, env=env).code == 0
    assert run("build", "--out", tmp_path / "public", cwd=catalog, env=env).code == 0
    assert run("list", "--from", tmp_path / "public", env=env).code == 0


@pytest.mark.parametrize("limit", ["-n 64", "-u 400"])
def test_few_files_and_few_processes_are_enough(catalog: Path, limit: str) -> None:
    """Q-51: ulimit."""
    line = f"ulimit {limit}; exec {shlex.join([*COMMAND, 'build', '--jobs', '2', '--out', '../p'])}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=catalog, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0 or len(done.stderr.splitlines()) <= 2, done.stderr
    assert "Traceback" not in done.stderr


# Signals


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalog that takes many seconds to check, however fast the machine is."""
    numbers = f"tags:\n  numbers: [{'1.10, ' * 40_000}]\n"  # each is one to warn of
    files = {f"plugins/plugin-{n}.yaml": plugin(f"plugin-{n}") + numbers for n in range(100)}
    return write_catalog(tmp_path_factory.mktemp("large") / "catalog", files)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_signal_ends_a_check_without_a_traceback_and_its_children(
    large: Path, number: signal.Signals, code: int, jobs: str
) -> None:
    """Q-09."""
    with subprocess.Popen(
        [*COMMAND, "validate", "--no-cache", "--jobs", jobs],
        cwd=large,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        wait_until(lambda: busy(process.pid, jobs))
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        began = time.monotonic()
        out, err = process.communicate(timeout=60)
        took = time.monotonic() - began
    assert process.returncode == code, err.decode()
    assert took < 20  # 2 s on a machine of its own
    assert b"Traceback" not in err
    assert err.count(b"\n") <= 1
    assert out == b""
    assert not session_members(process.pid)


def busy(pid: int, jobs: str) -> bool:
    """Return whether the check is under way: it handles signals, and works, or its children run."""
    caught = re.search(r"^SigCgt:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    if caught is None or not int(caught[1], 16) >> (signal.SIGTERM - 1) & 1:
        return False
    if jobs != "1":
        return len(session_members(pid)) > 1
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(stat[11]) + int(stat[12]) > 0.6 * os.sysconf("SC_CLK_TCK")


def session_members(pid: int) -> list[int]:
    """Return the processes that are in a session now."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == pid and fields[0] != "Z":
            found.append(int(folder.name))
    return found
