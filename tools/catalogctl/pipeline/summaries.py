"""Summarize a checked plugin file with its dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.model.assemble import plugin_info, summarize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.pipeline.check_files import CheckedFile
    from catalogctl.pipeline.file_dates import FileDates


def summarize_file(
    checked: CheckedFile, repository_info: Mapping[str, str], dates: FileDates
) -> PluginSummary:
    """Return the summary of a checked plugin file, with its dates."""
    stem = checked.file.removesuffix(".yaml")
    created_at, updated_at = dates.of_plugin(stem, checked.file)
    info = plugin_info(checked.request, repository_info, created_at, updated_at)
    return summarize(
        info,
        checked.request,
        file=dates.repository_path(f"plugins/{checked.file}"),
        resolved_at=dates.resolved_at(stem),
    )
