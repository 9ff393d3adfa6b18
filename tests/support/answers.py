"""Answers of the read calls, and how the command line shows them, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.report.answer_text import render_answer
from catalogctl.report.view import Look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON, JSONObject

INFO: JSONObject = {
    "plugin_id": "plugin-aws-sns-mon-webhook",
    "name": "AWS SNS Webhook",
    "image": "pyengine/aws-sns",
    "registry_url": "registry.hub.docker.com",
    "state": "ENABLED",
    "service_type": "monitoring.Webhook",
    "provider": "aws",
    "registry_type": "DOCKER_HUB",
    "registry_config": {},
    "capability": {},
    "template": {"options": {"schema": {"type": "object", "minLength": 4.0}}},
    "labels": ["Monitoring", "Webhook"],
    "tags": {"description": "Takes alarms of SNS.\nAnd sends them on.", "icon": "yes"},
    "repository_info": {"repository_id": "repo-1", "name": "Marketplace"},
    "domain_id": "domain-1",
    "created_at": "2022-01-01T08:02:38.094Z",
    "updated_at": "2022-01-01T08:02:38.094Z",
}
OTHER: JSONObject = {
    **{name: value for name, value in INFO.items() if name != "provider"},
    "plugin_id": "plugin-jira-noti-protocol",
    "name": "Jira \ud55c\uad6d\uc5b4 notifications for everyone in the whole organisation",
    "state": "DISABLED",
    "service_type": "notification.Protocol",
}
LIST: JSONObject = {"results": [INFO, OTHER], "total_count": 2}
NEWEST = {"plugin-aws-sns-mon-webhook": "1.2.2", "plugin-jira-noti-protocol": None}
STAT: JSONObject = {
    "results": [{"provider": "aws", "count": 12}, {"provider": "azure", "count": 3}]
}
VERSIONS: JSONObject = {"results": ["1.2.2", "1.2.1", "1.0"], "total_count": 3}


def shown(
    call: str,
    answer: JSON,
    format_: str = "table",
    *,
    color: bool = False,
    width: int | None = None,
    unicode: bool = True,
    newest: Mapping[str, str | None] | None = None,
) -> str:
    """Return an answer as the command line prints it; into a pipe, unless a width is given."""
    look = Look(color=color, unicode=unicode, width=width)
    return render_answer(call, answer, format_, look, newest)
