"""`get`, `get-versions`, `list`, `stat`, `search`, `query-id`: the read calls."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

import click

from catalogctl.cli.completion import fields, plugin_ids, saved_stats
from catalogctl.cli.inputs import read_input
from catalogctl.cli.shared_options import (
    catalog_folder,
    catalog_option,
    color_option,
    now_option,
    reference_time,
)
from catalogctl.cli.suggestions import say_to_person, tell_unmatched, with_words
from catalogctl.errors import ApiError, UsageError
from catalogctl.redaction import has_token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from catalogctl.catalog import Catalog
    from catalogctl.jsontypes import JSON, JSONObject

FIELDS = (
    "plugin_id",
    "name",
    "state",
    "service_type",
    "provider",
    "registry_type",
    "domain_id",
    "repository_id",
)
"""The members of PluginQuery that are options of `list`."""

from_option = click.option(
    "--from",
    "location",
    metavar="DIR|URL",
    help="Read a built tree or a published catalog.  [default: the working tree]",
)
fresh_option = click.option(
    "--require-fresh", is_flag=True, help="Fail rather than answer from before, with --from URL."
)
format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "yaml", "csv"]),
    help="How to print the answer.  [default: table on a terminal, else json]",
)


def _open(catalog: Path | None, location: str | None, now: str | None, *, fresh: bool) -> Catalog:
    """Open what the options name: a published catalog, or the working tree."""
    from catalogctl.catalog import Catalog
    from catalogctl.cli.terminal import clean

    def tell(line: str) -> None:
        click.echo(f"catalogctl: {clean(line)}", err=True)

    moment = reference_time(now)
    if location is not None and catalog is not None:
        raise UsageError("--catalog and --from name two catalogs: give one of them")
    where = location if location is not None else catalog_folder(catalog)
    return Catalog.open(where, now=moment, tell=tell, require_fresh=fresh)


def _answer(
    call: str,
    ask: Callable[[], JSON],
    format_: str | None,
    color: str,
    newest: Mapping[str, str | None] | None = None,
) -> int:
    """Print what a call answers; one that can't be answered is an answer too, with exit code 1.

    `newest`, which `ask` may fill in, has the versions that a table of plugins shows.
    """
    from catalogctl.cli import terminal
    from catalogctl.report.answer_text import closing_line, columns_left_out, render_answer

    out = terminal.facts(sys.stdout, color)
    chosen = _chosen(format_)
    try:
        answer, code = ask(), 0
    except ApiError as error:
        if chosen != "json":
            raise
        answer, code = {**error.to_json()}, 1
    text = render_answer(call if code == 0 else "error", answer, chosen, out, newest)
    click.echo(text, nl=False, color=True)
    if chosen == "table":
        left_out = columns_left_out(call, answer, out, newest) if code == 0 else ()
        if line := closing_line(call, answer, [*map(terminal.clean, left_out)]):
            click.echo(line, err=True)
    return code


def _chosen(format_: str | None) -> str:
    """Return the format asked for: without one a table on a terminal, else JSON."""
    from catalogctl.cli import terminal

    return format_ or ("table" if terminal.facts(sys.stdout).tty else "json")


def _query(source: str) -> JSONObject:
    """Return the query in a file, or on stdin for «-»: JSON, or YAML of one meaning."""
    from catalogctl.source.document import parse
    from catalogctl.source.folder import MAX_YAML_SIZE

    data = read_input(source, "the query", MAX_QUERY_SIZE)
    if len(data) > MAX_QUERY_SIZE:
        raise _no_query(f"the query has more than {MAX_QUERY_SIZE} bytes")
    value = _json(data)
    if value is None:
        document = parse("-" if source == "-" else source, "query", data[: MAX_YAML_SIZE + 1])
        if document.problems:
            first = document.problems[0]
            raise _no_query(f"{first.file}:{first.line}:{first.column}: {first.message}")
        value = document.value
    if not isinstance(value, dict):
        raise _no_query("a query is an object")
    return value


def _no_query(message: str) -> ApiError:
    return ApiError("ERROR_INVALID_PARAMETER", message, "/query")


MAX_QUERY_SIZE = 64 * 1024 * 1024


def _json(data: bytes) -> JSON:
    """Return what JSON text holds, None when the text is no JSON."""
    import msgspec

    try:
        value: JSON = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return value


@click.command("get")
@click.argument("plugin_id", shell_complete=plugin_ids)
@click.option(
    "--only",
    multiple=True,
    metavar="FIELD",
    shell_complete=fields,
    help="Print this field; may be repeated.",
)
@catalog_option
@from_option
@fresh_option
@format_option
@color_option
def get_command(
    plugin_id: str,
    only: tuple[str, ...],
    catalog: Path | None,
    location: str | None,
    require_fresh: bool,
    format_: str | None,
    color: str,
) -> int:
    """Print one plugin: its PluginInfo.

    \b
    Examples:
      catalogctl get plugin-aws-sns-mon-webhook
      catalogctl get plugin-aws-sns-mon-webhook --only image --only tags.icon
      catalogctl get plugin-aws-sns-mon-webhook --format yaml

    Exit codes: 0 fine, 1 no such plugin, 2 wrong usage, 3 something outside failed.
    """
    opened = _open(catalog, location, None, fresh=require_fresh)
    return _answer("get", lambda: cast("JSON", opened.get(plugin_id, only or None)), format_, color)


@click.command("get-versions")
@click.argument("plugin_id", shell_complete=plugin_ids)
@catalog_option
@from_option
@fresh_option
@format_option
@color_option
def get_versions_command(
    plugin_id: str,
    catalog: Path | None,
    location: str | None,
    require_fresh: bool,
    format_: str | None,
    color: str,
) -> int:
    """Print the versions of a plugin, newest first: its VersionsInfo.

    \b
    Examples:
      catalogctl get-versions plugin-aws-sns-mon-webhook
      catalogctl get-versions plugin-aws-sns-mon-webhook --format json

    Exit codes: 0 fine, 1 no such plugin, 2 wrong usage, 3 something outside failed.
    """
    opened = _open(catalog, location, None, fresh=require_fresh)
    return _answer(
        "get-versions", lambda: cast("JSON", opened.get_versions(plugin_id)), format_, color
    )


@click.command("list")
@click.option("--query", "query", metavar="FILE|-", help="A Query, as JSON or YAML.")
@click.option("--plugin-id", shell_complete=plugin_ids, help="Only this plugin.")
@click.option("--name", help="Only the plugin of this name.")
@click.option("--state", metavar="ENABLED|DISABLED", help="Only plugins in this state.")
@click.option("--service-type", help="Only plugins of this service_type.")
@click.option("--provider", help="Only plugins of this provider.")
@click.option("--registry-type", metavar="DOCKER_HUB|AWS_PUBLIC_ECR", help="Only of this one.")
@click.option("--domain-id", help="Only plugins of this domain.")
@click.option("--repository-id", help="The repository asked.  [default: the catalog's own]")
@click.option("--label", "labels", multiple=True, help="Only plugins with this label; repeatable.")
@click.option("--keyword", help="Only plugins in whose id, name, provider or labels a word occurs.")
@catalog_option
@from_option
@fresh_option
@now_option
@format_option
@color_option
def list_command(
    query: str | None,
    labels: tuple[str, ...],
    keyword: str | None,
    catalog: Path | None,
    location: str | None,
    require_fresh: bool,
    now: str | None,
    format_: str | None,
    color: str,
    **fields: str | None,
) -> int:
    """List plugins: all, or those that a query and the other fields of the request ask for.

    FILE holds a query, or is a saved query of a catalog. Options win over what is saved with it.

    \b
    Examples:
      catalogctl list --provider aws
      catalogctl list --state DISABLED --format csv
      catalogctl list --label monitoring --keyword "sns sqs"
      echo '{"keyword": "billing", "minimal": true}' | catalogctl list --query -

    Exit codes: 0 fine, 1 the request has an error, 2 wrong usage, 3 something outside failed.
    """
    opened = _open(catalog, location, now, fresh=require_fresh)
    given = {name: value for name in FIELDS if (value := fields.get(name)) is not None}
    newest: dict[str, str | None] = {}

    def ask() -> JSON:
        asked, params = _saved_or_query("list", query) if query else (None, {})
        asked = with_words(asked, labels, keyword)
        answer: JSONObject
        if _chosen(format_) in {"json", "yaml"}:
            answer = cast("JSONObject", opened.list(asked, **{**params, **given}))
        else:
            answer, versions = opened.list_with_versions(asked, **{**params, **given})
            newest.update(versions)
        if not answer.get("results") and not answer.get("total_count"):
            tell_unmatched(opened, given, labels)
        return answer

    return _answer("list", ask, format_, color, newest)


@click.command("search")
@click.argument("words", nargs=-1, required=True, metavar="WORDS")
@click.option("--literal", is_flag=True, help="Forgive no typo: find the words as they stand.")
@catalog_option
@from_option
@fresh_option
@format_option
@color_option
def search_command(
    words: tuple[str, ...],
    literal: bool,
    catalog: Path | None,
    location: str | None,
    require_fresh: bool,
    format_: str | None,
    color: str,
) -> int:
    """Find plugins by words, as the search of the site does, the best first.

    All words must occur, anywhere in the id, the name, a label, the provider, the service type or
    the description. A word that occurs nowhere is taken for the nearest ones that do.

    \b
    Examples:
      catalogctl search sns webhook
      catalogctl search billing --from https://plugins.example.org/

    Exit codes: 0 fine, 1 the catalog has errors, 2 wrong usage, 3 something outside failed.
    """
    opened = _open(catalog, location, None, fresh=require_fresh)
    newest: dict[str, str | None] = {}

    def ask() -> JSON:
        answer, corrected, versions = opened.search_with_versions(" ".join(words), literal=literal)
        for term, taken in corrected.items():
            say_to_person(
                f"{term} occurs nowhere: found is {' or '.join(taken)} (--literal: as it stands)"
            )
        newest.update(versions)
        return answer

    return _answer("list", ask, format_, color, newest)


@click.command("stat")
@click.argument("name", required=False, shell_complete=saved_stats)
@click.option("--query", "query", metavar="FILE|-", help="A StatisticsQuery, as JSON or YAML.")
@click.option("--domain-id", help="Only plugins of this domain.")
@click.option("--repository-id", help="The repository asked.  [default: the catalog's own]")
@catalog_option
@from_option
@fresh_option
@now_option
@format_option
@color_option
def stat_command(
    name: str | None,
    query: str | None,
    domain_id: str | None,
    repository_id: str | None,
    catalog: Path | None,
    location: str | None,
    require_fresh: bool,
    now: str | None,
    format_: str | None,
    color: str,
) -> int:
    """Print statistics: of a query, or those of a saved or built-in one by its NAME.

    FILE holds a query, or is a saved query of a catalog. Without both, the names are listed.

    \b
    Examples:
      catalogctl stat by-provider
      echo '{"distinct": "provider"}' | catalogctl stat --query -

    Exit codes: 0 fine, 1 the request has an error, 2 wrong usage, 3 something outside failed.
    """
    if name is not None and query is not None:
        raise UsageError("NAME and --query are two queries: give one of them")
    opened = _open(catalog, location, now, fresh=require_fresh)
    if name is None and query is None:
        names = ", ".join(sorted(opened.saved_names("stat")))
        raise UsageError(f"name a statistic, or give a query with --query FILE; there are {names}")
    given = {"domain_id": domain_id, "repository_id": repository_id}
    fields = {key: value for key, value in given.items() if value is not None}

    def ask() -> JSON:
        if query is not None:
            asked, params = _saved_or_query("stat", query)
            return opened.stat(asked, **{**params, **fields})
        return opened.saved("stat", str(name), **fields)

    return _answer("stat", ask, format_, color)


@click.command("query-id")
@click.argument("kind", type=click.Choice(["list", "stat"]), required=False)
@click.option("--query", "query", metavar="FILE|-", required=True, help="The query to name.")
@click.option("--canonical", is_flag=True, help="Print the canonical form instead of its hash.")
def query_id_command(kind: str | None, query: str, canonical: bool) -> int:
    """Print the hash under which a query's answer is published, if it was asked at build time.

    FILE holds a query, or is a saved query of a catalog. Without a kind, a query with aggregate or
    distinct is for stat, any other for list.

    \b
    Examples:
      echo '{"distinct": "provider"}' | catalogctl query-id stat --query -
      catalogctl query-id --query catalog/queries/webhooks.yaml

    Exit codes: 0 fine, 1 the query has an error, 2 wrong usage.
    """
    from catalogctl.query import canonical as canonical_form
    from catalogctl.query import query_id

    found, request = _request(_query(query))
    asked = kind or found
    if canonical:
        text = canonical_form(asked, request).decode()
        if has_token(text):
            hint = "take it out: a query is published as it stands"
            raise ApiError(
                "ERROR_INVALID_PARAMETER", "the query holds a secret", "/query", hint=hint
            )
        click.echo(text)
    else:
        click.echo(query_id(asked, request))
    return 0


def _saved_or_query(kind: str, source: str) -> tuple[JSONObject, dict[str, str]]:
    """Return the query in a file, and the other fields of the request where it is a saved one."""
    value = _query(source)
    found, request = _request(value)
    query = request.pop("query")
    if not isinstance(query, dict):
        raise _no_query("a query is an object")
    if "query" in value and found != kind:
        raise _no_query(f"this is a saved query of kind {found}: ask it with catalogctl {found}")
    return query, {name: text for name, text in request.items() if isinstance(text, str)}


def _request(value: JSONObject) -> tuple[str, JSONObject]:
    """Return the kind and the request that a query, or the file of a saved one, stands for."""
    kind, params = value.get("kind"), value.get("params")
    if isinstance(kind, str) and kind in {"list", "stat"} and "query" in value:
        return kind, {**(params if isinstance(params, dict) else {}), "query": value["query"]}
    return "stat" if value.keys() & {"aggregate", "distinct"} else "list", {"query": value}


COMMANDS = {
    "search": search_command,
    "get": get_command,
    "get-versions": get_versions_command,
    "list": list_command,
    "stat": stat_command,
    "query-id": query_id_command,
}
