"""Make a write call and print its answer, or the reason for its refusal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.cli.output import note, say
from catalogctl.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.calls.planned_change import PlannedChange
    from catalogctl.cli.output import Output
    from catalogctl.pipeline.open_catalog import OpenCatalog


def make_call(
    catalog: Path,
    cache: Path | None,
    plan: Callable[[OpenCatalog], PlannedChange],
    output: Output,
) -> int:
    """Make one call, print its answer, and return the exit code.

    `cache` is the folder of the catalog's cache, None for no cache.
    If the call is refused, print the problems that `validate` would report, and return 1. In JSON,
    an error is also the answer (product contract, 4). If JSON is only the default, a person may be
    reading: an error without problems goes to stderr as well.
    """
    from catalogctl.calls.perform import perform
    from catalogctl.calls.planned_change import RefusedCallError
    from catalogctl.cli.source_lines import lines_after

    format_ = output.answer_format
    try:
        result = perform(catalog, plan, cache=cache, tell=say)
    except ApiError as error:
        if isinstance(error, RefusedCallError):
            output.warn(error.problems, line_of=lines_after(error.overlay, catalog))
        if format_ == "json":
            output.answer("error", {**error.to_json()})
        if isinstance(error, RefusedCallError) or output.format == "json":
            return 1
        raise
    if not output.quiet:
        output.warn(result.warnings, line_of=lines_after(result.change.overlay, catalog))
        _say_what_changed(result.change, catalog)
    is_shown = result.info or format_ == "yaml"
    output.answer("get", result.info, format_=format_ if is_shown else "json")
    return 0


def _say_what_changed(change: PlannedChange, folder: Path) -> None:
    from catalogctl.source.folder import label_of

    label = label_of(folder, Path.cwd())
    if not change.files:
        note("nothing to change")
    for each in change.files:
        verb = "removed" if each.after is None else "added" if each.before is None else "changed"
        note(f"{verb} {Path(label, each.path)}")
