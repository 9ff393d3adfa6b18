"""Secrets of each kind in each kind of place: no command shows one, in any format (R-14)."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click
import pytest

from catalogctl.cli.main import GROUPS, catalogctl, main
from support.catalogs import SETTINGS, plugin, write_catalog
from support.git import Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LETTERS = "QwErTyUiOpAsDfGhJkLzXcVbNm0123456789"


def letters(number: int, length: int = 36) -> str:
    """Return letters and digits that no other number gives, from the first one on."""
    start = f"{LETTERS[number % 26]}{number % 10}{LETTERS[(number * 7) % 26]}"
    return (start + LETTERS * 2)[:length]


TOKENS: dict[str, Callable[[int], str]] = {
    "github": lambda number: f"ghp_{letters(number)}",
    "gitlab": lambda number: f"glpat-{letters(number, 20)}",
    "docker": lambda number: f"dckr_pat_{letters(number, 27)}",
    "slack": lambda number: f"xoxb-{letters(number, 24)}",
    "aws": lambda number: f"AKIA{letters(number, 16).upper()}",
    "jwt": lambda number: ".".join(
        base64.urlsafe_b64encode(part.encode()).decode().rstrip("=")
        for part in ('{"alg":"HS256"}', '{"sub":"' + letters(number) + '"}', letters(number, 30))
    ),
}
KEY_LINES = [base64.b64encode(letters(number, 36).encode()).decode() for number in range(40, 44)]
KEY = ["-----BEGIN RSA PRIVATE KEY-----", *KEY_LINES, "-----END RSA PRIVATE KEY-----"]


def block(lines: list[str], indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in lines)


@dataclass
class Secrets:
    """Files with secrets, and the texts of which no output holds the first five characters."""

    files: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    _made: int = 0

    def token(self, kind: str = "github") -> str:
        """Return another credential."""
        self._made += 1
        made = TOKENS[kind](self._made)
        self.texts.append(made)
        return made

    def password(self, text: str) -> str:
        """Return a value that is a secret by its key."""
        self.texts.append(text)
        return text

    def add(self, name: str, text: str) -> None:
        """Add a plugin file."""
        self.files[f"plugins/{name}.yaml"] = text


def secrets() -> Secrets:
    """Return a catalog's files with a secret of each kind in each kind of place."""
    made = Secrets()
    password = made.password
    made.texts += KEY_LINES
    for number, kind in enumerate(TOKENS):
        in_value, in_key, in_comment = made.token(kind), made.token(kind), made.token(kind)
        tags = f'{{note: "see {in_value} there", "{in_key}": x}} # {in_comment}'
        made.add(f"plugin-token-{number}", plugin(f"plugin-token-{number}", tags=tags))
    for number, name in enumerate(
        ("name", "state", "service_type", "provider", "registry_type", "registry_url", "image")
    ):
        name_of = f"plugin-field-{number}"
        made.add(name_of, plugin(name_of, **{name: made.token("github" if number % 2 else "jwt")}))
    made.add("plugin-id", plugin("plugin-id", plugin_id=made.token()))
    fields = {
        "image": f"https://ann:{password('InTheImage99')}@harbor.example.org/acme/x",
        "registry_url": f"ann:{password('InTheHost99')}@harbor.example.org",
        "tags": f"{{a: 'https://ann:{password('InATag99')}@h/{'x' * 99}'}} # {made.token()}",
    }
    made.add("plugin-login", plugin("plugin-login", **fields))
    made.add("plugin-label", plugin("plugin-label", labels=f"[a, {made.token('slack')}]"))
    made.add("plugin-owner", plugin("plugin-owner", maintainers=f"['@{made.token()}']"))
    made.add("plugin-unknown", plugin("plugin-unknown") + f"{made.token()}: x\n")
    made.add("plugin-escaped", plugin("plugin-escaped", tags=f'{{a: "\\x67{made.token()[1:]}"}}'))
    folded = made.token()
    made.add(
        "plugin-folded",
        plugin("plugin-folded", tags=f'\n  a: "{folded[:12]}\\\n    {folded[12:]}"\n  b: 1_0'),
    )
    made.add("plugin-key", plugin("plugin-key", tags="\n  k: |\n" + block(KEY, "    ")))
    joined = "\\n".join(KEY)
    made.add("plugin-key-line", plugin("plugin-key-line", name=f'"{joined}"'))
    made.add("plugin-commented", block(KEY, "# ") + plugin("plugin-commented") + "state: NO\n")
    configs = {
        "flow": f"{{password: {password('SuperSecretValue99')}}}",
        "deep": f"{{a: [{{b: {{client-secret: {{x: [{password('DeepHiddenValue1')}]}}}}}}]}}",
        "number": f"{{api_key: {password('8675309867530')}}}",
        "range": f"{{api_key: {password('98765432109876543210')}}}",
        "date": f"{{Access_Token: {password('2031-12-24')}}}",
        "block": f"\n  password: |\n    {password('BlockFirst')}\n    {password('NextLineOfIt')}",
        "folded": f"\n  password: >-\n    {password('FoldedFirst')}\n    {password('Moreofthat')}",
        "plain": f"\n  password: {password('PlainFirst one')}\n    {password('Goesonhere')}",
        "quoted": f"\n  'pass-word': '{password('QuotedFirst')}\n    {password('Quotedmore')}'",
        "escaped": f'{{"pass\\x77ord": {password("EscapedNameOf")}}}',
        "anchor": f"{{x: &p {password('AnchoredValue')}, password: *p}}",
        "list": f"\n  credentials:\n  - {password('FirstElement')}\n  - 1_000\n",
        "broken": f"\n  password {password('BrokenNoColon')}\n  user: x",
        "unclosed": f'\n  password: "{password("UnclosedQuote")}\n',
        "bracket": f"{{password: {password('BracketOpened')}\n",
        "tab": f"\n  password:\n\t{password('TabIndented')}\n",
    }
    for name, text in configs.items():
        for broken in (False, True):
            plugin_id = f"plugin-config-{name}" + ("-broken" if broken else "")
            more = {"tags": "[a"} if broken else {}
            made.add(plugin_id, plugin(plugin_id, registry_config=text, **more))
    named = made.token("gitlab").lower()
    made.texts[-1] = named
    made.add(named, plugin(named))
    for kind in ("list", "stat"):
        made.files[f"queries/{kind}-of.yaml"] = (
            f"kind: {kind}\ntitle: T # {made.token()}\nquery:\n"
            f"  filter: [{{key: name, value: {made.token()}, operator: {made.token()}}}]\n"
        )
    made.files["catalog.yaml"] = (
        f"{SETTINGS}# {made.token()}\nsite: {{title: {made.token()}, accent: {made.token()}}}\n"
        f"{made.token()}: x\nregistries:\n  {made.token()}: {{}}\n"
        f"  ann:{password('InAKey99')}@h.example.org: {{}}\n  h.example.org:\n"
        f"    endpoint: https://ann:{password('InAnEndpoint99')}@m.example.org\n"
        f"    token_hosts: ['ann:{password('InATokenHost99')}@t.example.org']\n"
    )
    made.files["imported.json"] = f'{{"plugin-a": {{"created_at": "{made.token()}"}}}}'
    return made


SECRETS = secrets()
SECRETS.texts.append(TOKENS["github"](77))
IDS = [
    name.removeprefix("plugins/").removesuffix(".yaml")
    for name in SECRETS.files
    if name.startswith("plugins/")
]
QUERY = '{"filter": [{"key": "name", "value": "TOKEN", "operator": "TOKEN"}], "TOKEN": 1}'


def calls(name: str, work: Path) -> list[list[str]]:
    """Return ways to call a command that meet secrets; every command must have one."""
    token = TOKENS["github"](77)
    entry = '{"name": "N", "image": "acme/plugin-n", "service_type": "x.Y", '
    config = '"registry_config": {"password": "SuperSecretValue99"}}'
    (work / "request.json").write_text(entry + config)
    (work / "request.yaml").write_text(f"name: [\nregistry_config:\n  password {token}\n")
    (work / "list.json").write_text(f'[{entry + config}, {entry}"state": "{token}"}}]')
    (work / "query.json").write_text(QUERY.replace("TOKEN", token))
    one_plugin = [[name, plugin_id] for plugin_id in IDS]
    files = [str(work / "request.json"), str(work / "request.yaml")]
    also = [f"json={work / 'also.json'}", f"markdown={work / 'also.md'}"]
    known = {
        "get": one_plugin,
        "get-versions": one_plugin,
        "enable": one_plugin,
        "disable": one_plugin,
        "deregister": one_plugin,
        "list": [[name], [name, "--query", str(work / "query.json")], [name, "--state", token]],
        "search": [[name, "x"], [name, token]],
        "stat": [
            [name, "by-state"],
            [name, "stat-of"],
            [name, token],
            [name, "--query", str(work / "query.json")],
        ],
        "register": [
            *([name, "-f", file] for file in files),
            [name, "--name", token, "--image", "a/plugin-z", "--service-type", "a.B"],
            [name, "--image", "a/plugin-z", "--set", "registry_config.password=SuperSecretValue99"],
        ],
        "update": [
            *([name, plugin_id, "--set", "tags.x=1"] for plugin_id in IDS),
            [name, "plugin-good", "--set", "registry_config.password=SuperSecretValue99"],
            [name, "plugin-good", "--set", f"tags.a={token}"],
            [name, "plugin-good", "--unset", f"tags.{token}"],
            *([name, "plugin-good", "-f", file] for file in files),
        ],
        "fmt": [[name, "--check"], [name]],
        "import": [
            [name, "--check", str(work / "list.json")],
            [name, str(work / "list.json")],
            [name, files[1]],
        ],
        "diff": [
            [name, "--base", "main", "--also", also[0], "--also", also[1]],
            [name, "--base", "side"],
        ],
        "owners": [[name]],
        "init": [[name, str(work / "new")]],
        "validate": [[name, "--all"], [name]],
        "resolve": [[name, "--report", str(work / "report.md")], [name, "plugin-good"]],
        "build": [[name, "--out", str(work / "public")]],
        "publish": [
            [name, "--from", "catalog", str(work / "www")],
            [name, "--from", str(work), f"s3://key:{token}@bucket/plugins"],
        ],
        "repositories": [[name]],
        "sync": [[name], [name, token, "--report", str(work / "report.md")]],
        "serve": [],  # see below
        "gateway": [
            [name, "--from", f"http://user:{token}@127.0.0.1/"],
            [name, "--from", str(work / token)],
            [name, "--from", str(work), "--tls-cert", token, "--tls-key", token],
        ],
        "verify": [[name, str(work)], [name, "catalog"]],
        "trust": [
            [name, "sign", str(work), "--key", files[1]],
            [name, "rotate", "--key", files[1]],
            [name, "show", files[0]],
            [name, "init", "--keys", str(work / "keys"), "--passphrase-file", files[1]],
        ],
        "explain": [[name, "secret-value"]],
        "query-id": [
            [name, "--query", str(work / "query.json")],
            [name, "--canonical", "--query", str(work / "query.json")],
            [name, "--canonical", "--query", "catalog/queries/list-of.yaml"],
        ],
        "completion": [[name, "bash"]],
    }
    return known[name]


def commands() -> list[str]:
    return [name for names in GROUPS.values() for name in names]


def formats(name: str) -> list[str]:
    """Return the formats that a command has, as click knows them."""
    command = catalogctl.get_command(click.Context(catalogctl), name)
    assert command is not None
    for option in command.params:
        if "--format" in option.opts and isinstance(option.type, click.Choice):
            return list(option.type.choices)
    return [""]


CASES = [(name, format_) for name in commands() for format_ in formats(name)]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository whose branch has secrets: `main` is without them, `side` has them."""
    folder = tmp_path_factory.mktemp("secret") / "repo"
    made = Repository.new(folder)
    good = {"catalog/plugins/plugin-good.yaml": plugin("plugin-good", tags="{x: a}")}
    made.commit("Start", {"catalog/catalog.yaml": SETTINGS, **good})
    made.branch("side")
    made.commit("Add", {f"catalog/{path}": text for path, text in SECRETS.files.items()})
    made.branch("away")
    return folder


def leaks(text: str) -> list[str]:
    """Return the secrets of which a text holds more than the first four characters."""
    return [secret for secret in SECRETS.texts if secret[:5] in text]


def written(folder: Path) -> Iterator[str]:
    """Yield what was written, but not the tool itself: it knows how secrets begin."""
    for path in folder.rglob("*"):
        is_given = path.name.startswith(("request.", "list.", "query."))
        if path.is_file() and not is_given and path.suffix != ".whl":
            yield path.read_text("utf-8", "replace")


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_no_command_shows_a_secret(
    case: tuple[str, str],
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """R-14: nor does a file that it writes."""
    name, format_ = case
    monkeypatch.chdir(repository)
    monkeypatch.setenv("COLUMNS", "200")
    found: dict[str, list[str]] = {}
    for call in calls(name, tmp_path):
        arguments = [*call, "--format", format_] if format_ else call
        main(arguments)
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        if shown := leaks(out + err):
            found[" ".join(arguments)] = shown
    assert found == {}
    for text in written(tmp_path):
        assert leaks(text) == []


def test_a_taken_out_secret_is_not_shown_either(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """R-14: the difference has what stood there before."""
    made = Repository(repository)
    monkeypatch.chdir(repository)
    made.switch("away")
    try:
        made.commit(
            "Take out",
            {
                **{f"catalog/{path}": None for path in SECRETS.files if "plugin-t" in path},
                "catalog/catalog.yaml": SETTINGS,
                "catalog/plugins/plugin-config-flow.yaml": plugin("plugin-config-flow"),
                "catalog/plugins/plugin-config-deep.yaml": plugin("plugin-config-deep"),
                "catalog/plugins/plugin-label.yaml": plugin("plugin-label"),
            },
        )
        for format_ in formats("diff"):
            main(["diff", "--base", "side", "--format", format_])
            out, err = capfd.readouterr()
            assert leaks(out + err) == [], format_
    finally:
        made.switch("side")


def test_every_secret_is_found(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-14: whatever else is wrong with its file, and in which file it stands."""
    from catalogctl.pipeline.check import check

    monkeypatch.chdir(repository)
    problems = check(repository / "catalog").problems
    refused = {each.file for each in problems if each.code in ("secret-key", "secret-value")}
    broken = {"list", "broken", "unclosed", "bracket", "tab", "date", "range"}
    expected = {
        f"catalog/{path}"
        for path in SECRETS.files
        if "plugin-config" not in path
        or not (path.endswith("-broken.yaml") or path.split("-")[2].split(".")[0] in broken)
    }
    assert expected - refused <= {"catalog/imported.json"}


def test_a_preview_shows_none(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-14."""
    from catalogctl.pipeline.live_sources import LiveOptions
    from catalogctl.serve.preview import Preview
    from catalogctl.serve.preview_pages import described, nothing_yet

    monkeypatch.chdir(repository)
    preview = Preview(LiveOptions(repository / "catalog", os.environ, generator="catalogctl"))
    preview.rebuild()
    assert preview.state.problems
    assert leaks(nothing_yet(preview.state)) == []
    assert leaks(json.dumps(described(preview.state))) == []


def test_completion_offers_none(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-14."""
    from catalogctl.cli import completion

    monkeypatch.chdir(repository)
    command = catalogctl.get_command(click.Context(catalogctl), "update")
    assert command is not None
    for plugin_id in IDS:
        ctx = click.Context(command)
        ctx.params = {"plugin_id": plugin_id}
        for option in command.params:
            for complete in (completion.members, completion.plugin_ids):
                offered = [item.value for item in complete(ctx, option, "")]
                assert leaks("\n".join(offered)) == []


def test_a_folder_name_that_is_a_token_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """R-14."""
    token = TOKENS["github"](1)
    folder = write_catalog(tmp_path / token / "catalog", {"plugins/x.yml": "a: b"})
    monkeypatch.chdir(tmp_path)
    for format_ in formats("validate"):
        main(["validate", "--catalog", str(folder), "--format", format_])
        out, err = capfd.readouterr()
        assert token[:5] not in out + err, format_
