"""The read calls: `get`, `get-versions`, `list`, `stat`, `search`, `repositories`, `query-id`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import click

from catalogctl.cli import options
from catalogctl.cli.completion import fields, plugin_ids, saved_stats
from catalogctl.cli.output import note, say
from catalogctl.cli.unmatched_filters import report_unmatched, with_words
from catalogctl.errors import ApiError, TrustError, UsageError
from catalogctl.report.answer_text import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from catalogctl.catalog import Catalog
    from catalogctl.cli.output import Output
    from catalogctl.jsontypes import JSON, JSONObject


@dataclass(frozen=True, slots=True)
class _Source:
    """The catalog to read, as given by options: a folder, a built tree, or a URL."""

    catalog: Path | None
    location: str | None
    require_fresh: bool
    now: str | None = None
    cache_folder: Path | None = None
    no_cache: bool = False
    trust: str | None = None

    def open(self) -> Catalog:
        """Open the catalog. Raise UsageError or OutsideError if that fails."""
        from catalogctl.catalog import Catalog

        if self.location is not None and self.catalog is not None:
            raise UsageError("--catalog and --from name two catalogs: give one of them")
        if self.location is not None and (self.no_cache or self.cache_folder is not None):
            raise UsageError(
                "--cache and --no-cache are for a working tree: with --from, --require-fresh"
                " answers nothing from what is kept"
            )
        where = options.catalog_folder(self.catalog) if self.location is None else self.location
        return Catalog.open(
            where,
            now=self.now,
            tell=say,
            require_fresh=self.require_fresh,
            cache=not self.no_cache and (self.cache_folder or True),
            trust=options.trusted_root(self.trust, self.location),
        )


class _Answer(NamedTuple):
    """The answer of a call; `newest` has the versions shown in a table of plugins.

    `call` is the call whose rows are shown, "" for those of the command's.
    """

    value: JSON
    newest: Mapping[str, str | None] | None = None
    call: str = ""


def _source_options(*others: options.Decorator) -> options.Decorator:
    return options.as_value(
        "source",
        _Source,
        options.given_catalog,
        click.option(
            "--from",
            "location",
            metavar="DIR|URL",
            help="Read a built tree or a published catalog.  [default: the working tree]",
        ),
        click.option(
            "--require-fresh",
            is_flag=True,
            help="With --from URL, fail instead of answering from the cache.",
        ),
        options.trust,
        *others,
    )


_answer_options = options.output(
    options.format_(*FORMATS, words="How to print the answer."), options.color
)
_query_option = click.option("--query", metavar="FILE|-", help="The query, as JSON or YAML.")


def _answer(call: str, ask: Callable[[Catalog], _Answer], source: _Source, output: Output) -> int:
    """Print the answer of a call and return the exit code; in JSON, an error is an answer too."""
    from catalogctl.report.answer_text import closing_line, columns_left_out

    catalog = source.open()
    try:
        answer = ask(catalog)
    except (ApiError, TrustError) as error:
        if output.answer_format != "json":
            raise
        output.answer("error", {**error.to_json()})
        return error.exit_code
    call = answer.call or call
    output.answer(call, answer.value, answer.newest)
    if output.answer_format == "table":
        left_out = columns_left_out(call, answer.value, output.stdout, answer.newest)
        if line := closing_line(call, answer.value, left_out):
            note(line)
    return 0


@click.command("get")
@click.argument("plugin_id", shell_complete=plugin_ids)
@click.option(
    "--only",
    multiple=True,
    metavar="FIELD",
    shell_complete=fields,
    help="Print only this field; may be repeated.",
)
@options.repository_of_plugin
@_source_options(*options.cache_options)
@_answer_options
def get_command(
    plugin_id: str,
    only: tuple[str, ...],
    repository_id: str | None,
    source: _Source,
    output: Output,
) -> int:
    """Print one plugin: its PluginInfo.

    \b
    Examples:
      catalogctl get plugin-aws-sns-mon-webhook
      catalogctl get plugin-aws-sns-mon-webhook --only image --only tags.icon
      catalogctl get plugin-aws-sns-mon-webhook --format yaml

    Exit codes: 0 success, 1 no such plugin or an error in the catalog, 2 wrong usage, 3 something
    outside failed.
    """

    def ask(catalog: Catalog) -> _Answer:
        found = catalog.get(plugin_id, only or None, repository_id=repository_id)
        return _Answer(cast("JSON", found))

    return _answer("get", ask, source, output)


@click.command("get-versions")
@click.argument("plugin_id", shell_complete=plugin_ids)
@options.repository_of_plugin
@_source_options(*options.cache_options)
@_answer_options
def get_versions_command(
    plugin_id: str, repository_id: str | None, source: _Source, output: Output
) -> int:
    """Print the versions of a plugin, newest first: its VersionsInfo.

    \b
    Examples:
      catalogctl get-versions plugin-aws-sns-mon-webhook
      catalogctl get-versions plugin-aws-sns-mon-webhook --format json

    Exit codes: 0 success, 1 no such plugin or an error in the catalog, 2 wrong usage, 3 something
    outside failed.
    """

    def ask(catalog: Catalog) -> _Answer:
        found = catalog.get_versions(plugin_id, repository_id=repository_id)
        return _Answer(cast("JSON", found))

    return _answer("get-versions", ask, source, output)


@click.command("list")
@_query_option
@click.option("--plugin-id", shell_complete=plugin_ids, help="Only this plugin.")
@click.option("--name", help="Only the plugin with this name.")
@click.option("--state", metavar="ENABLED|DISABLED", help="Only plugins in this state.")
@click.option("--service-type", help="Only plugins with this service_type.")
@click.option("--provider", help="Only plugins of this provider.")
@click.option("--registry-type", metavar="DOCKER_HUB|AWS_PUBLIC_ECR", help="Only this type.")
@options.domain_id
@options.repository_id
@click.option("--label", "labels", multiple=True, help="Only plugins with this label; repeatable.")
@click.option("--keyword", help="Only plugins with a word in their id, name, provider, or labels.")
@_source_options(options.now)
@_answer_options
def list_command(source: _Source, output: Output, **fields: Any) -> int:
    """List plugins: all, or those that match a query and the other fields of the request.

    FILE contains a query, or is a saved query of a catalog. Options override the saved request.

    \b
    Examples:
      catalogctl list --provider aws
      catalogctl list --state DISABLED --format csv
      catalogctl list --format ndjson > plugins.ndjson
      catalogctl list --label monitoring --keyword "sns sqs"
      echo '{"keyword": "billing", "minimal": true}' | catalogctl list --query -

    Exit codes: 0 success, 1 the request or the catalog has an error, 2 wrong usage, 3 something
    outside failed.
    """
    is_for_people = output.answer_format in {"table", "csv"}
    return _answer(
        "list",
        lambda catalog: _list(catalog, is_for_people=is_for_people, **fields),
        source,
        output,
    )


def _list(
    catalog: Catalog,
    *,
    query: str | None,
    labels: tuple[str, ...],
    keyword: str | None,
    is_for_people: bool,
    **fields: str | None,
) -> _Answer:
    """Return the plugins that match the options, and report values that no plugin has.

    For people, there are their versions, and no rows but the count if that is all that is wanted.
    """
    from catalogctl.cli.query_input import read_query_of

    given = {name: text for name, text in fields.items() if text is not None}
    written, params = read_query_of("list", query) if query else (None, {})
    wanted = with_words(written, labels, keyword)
    request: Any = {**params, **given}
    is_count = wanted is not None and wanted.get("count_only") is True
    if is_for_people and not is_count:
        found, newest = catalog.list_with_versions(wanted, **request)
        answer = _Answer(cast("JSON", found), newest)
    else:
        answer = _Answer(cast("JSON", catalog.list(wanted, **request)))
    value = cast("JSONObject", answer.value)
    if is_for_people and is_count:
        answer = _Answer({"total_count": value["total_count"]}, call="count")
    if not value.get("results") and not value.get("total_count"):
        report_unmatched(catalog, given, labels, str(request.get("repository_id") or ""))
    return answer


@click.command("search")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@click.option("--literal", is_flag=True, help="Don't correct typos; find the words as given.")
@_source_options()
@_answer_options
def search_command(words: tuple[str, ...], literal: bool, source: _Source, output: Output) -> int:
    """Find plugins by words, like the site's search, best match first.

    All words must occur in the id, name, labels, provider, service type, or description. A word
    that occurs nowhere is replaced with the nearest words that do.

    \b
    Examples:
      catalogctl search sns webhook
      catalogctl search billing --from https://plugins.example.org/

    Exit codes: 0 success, 1 the catalog has errors, 2 wrong usage, 3 something outside failed.
    """

    def ask(catalog: Catalog) -> _Answer:
        answer, corrected, newest = catalog.search_with_versions(" ".join(words), literal=literal)
        for term, taken in corrected.items():
            near = " or ".join(taken)
            literally = f"--literal searches for {term} as given"
            say(f"{term} occurs nowhere: searched for {near} instead ({literally})")
        return _Answer(cast("JSON", answer), newest)

    return _answer("list", ask, source, output)


@click.command("stat")
@click.argument("name", required=False, shell_complete=saved_stats)
@_query_option
@options.domain_id
@options.repository_id
@_source_options(options.now)
@_answer_options
def stat_command(
    name: str | None, query: str | None, source: _Source, output: Output, **fields: str | None
) -> int:
    """Print the statistics of a query, or of a saved or built-in query by NAME.

    FILE contains a query, or is a saved query of a catalog. Without both, the names of all saved
    and built-in queries are listed.

    \b
    Examples:
      catalogctl stat
      catalogctl stat by-provider
      echo '{"distinct": "provider"}' | catalogctl stat --query -

    Exit codes: 0 success, 1 the request or the catalog has an error, 2 wrong usage, 3 something
    outside failed.
    """
    given = {field: text for field, text in fields.items() if text is not None}
    return _answer("stat", lambda catalog: _stat(catalog, name, query, given), source, output)


def _stat(
    catalog: Catalog, name: str | None, query: str | None, given: Mapping[str, str]
) -> _Answer:
    from catalogctl.cli.query_input import read_query_of

    if name is not None and query is not None:
        raise UsageError("NAME and --query are two queries: give one of them")
    if query is not None:
        written, params = read_query_of("stat", query)
        request: Any = {**params, **given}
        return _Answer(cast("JSON", catalog.stat(written, **request)))
    if name is not None:
        fields: Any = given
        return _Answer(cast("JSON", catalog.saved("stat", name, **fields)))
    if given:
        options_given = ", ".join(f"--{field.replace('_', '-')}" for field in given)
        raise UsageError(f"name a statistic or give a query with --query FILE for {options_given}")
    names: list[JSON] = [{"name": each} for each in sorted(catalog.saved_names("stat"))]
    return _Answer({"results": names, "total_count": len(names)})


@click.command("repositories")
@_source_options()
@_answer_options
def repositories_command(source: _Source, output: Output) -> int:
    """Print the repositories that the catalog answers for, in the order in which they are asked.

    The first is the catalog's own; docs/upstreams.md describes the others.

    \b
    Examples:
      catalogctl repositories
      catalogctl repositories --from https://plugins.example.org/ --format json

    Exit codes: 0 success, 1 the catalog has errors, 2 wrong usage, 3 something outside failed.
    """

    def ask(catalog: Catalog) -> _Answer:
        return _Answer(cast("JSON", catalog.repositories()))

    return _answer("repositories", ask, source, output)


@click.command("query-id")
@click.argument("kind", type=click.Choice(["list", "stat"]), required=False)
@click.option("--query", metavar="FILE|-", required=True, help="The query to hash.")
@click.option("--canonical", is_flag=True, help="Print the canonical form instead of its hash.")
def query_id_command(kind: str | None, query: str, canonical: bool) -> int:
    """Print the hash under which a query's answer is published, if the build answered it.

    FILE contains a query, or is a saved query of a catalog. Without a kind, a query with aggregate
    or distinct is for stat, any other for list.

    \b
    Examples:
      echo '{"distinct": "provider"}' | catalogctl query-id stat --query -
      catalogctl query-id --query catalog/queries/webhooks.yaml

    Exit codes: 0 success, 1 the query has an error, 2 wrong usage.
    """
    from catalogctl.cli.query_input import read_query
    from catalogctl.query import query_id

    given = read_query(query)
    name = _canonical if canonical else query_id
    click.echo(name(kind or given.kind, given.request))
    return 0


def _canonical(kind: str, request: JSONObject) -> str:
    """Return the canonical form of a request. Raise ApiError if it contains a secret."""
    from catalogctl.query import canonical
    from catalogctl.redaction import has_token

    text = canonical(kind, request).decode()
    if has_token(text):
        hint = "remove it: a query is published as it is"
        raise ApiError("ERROR_INVALID_PARAMETER", "the query holds a secret", "/query", hint=hint)
    return text
