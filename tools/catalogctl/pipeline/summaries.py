"""Summarize a checked plugin file with its dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.model.assemble import plugin_info, summarize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.pipeline.check_files import CheckedFile
    from catalogctl.pipeline.file_dates import PluginDates


def summarize_file(
    checked: CheckedFile,
    repository_info: Mapping[str, str],
    dates: PluginDates,
    icon_path: str = "",
) -> PluginSummary:
    """Return the summary of a checked plugin file, with its dates and the path of its icon."""
    info = plugin_info(checked.request, repository_info, dates.created_at, dates.updated_at)
    return summarize(
        info,
        checked.request,
        file=dates.file,
        resolved_at=dates.resolved_at,
        icon_path=icon_path,
    )
