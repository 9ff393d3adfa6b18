"""The codes of problems that only a change can have: `catalogctl diff` compares two states."""

from __future__ import annotations

from catalogctl.codes.catalog import LOCK
from catalogctl.codes.table import HEAD, REPOSITORY, Code, Where
from catalogctl.problem import Severity

CALLS = "the catalog: what a change of a file amounts to as a call"
MOVED_LOCK = LOCK.replace('"digest": null', f'"digest": "sha256:{"0" * 64}"')

CALL_CODES = (
    Code(
        "not-updatable",
        "An update changes only the fields that policy.updatable names; an image that changes is"
        " another plugin.",
        CALLS,
        HEAD.replace("acme/plugin-hyperbilling", "other/plugin-hyperbilling"),
        HEAD + "labels: [billing]\n",
    ),
    Code(
        "not-local",
        "A catalog whose repository_type is not local mirrors another repository: it takes no"
        " write calls.",
        CALLS,
        REPOSITORY.replace("local", "remote"),
        REPOSITORY,
        Where.SETTINGS,
    ),
    Code(
        "similar-plugin-id",
        "A new plugin_id that differs from an existing one by case, hyphens or one edit could be"
        " taken for it.",
        CALLS,
        "plugins/plugin-hyper-billing.yaml\n",
        "plugins/plugin-budgets.yaml\n",
        Where.FILES,
        Severity.WARNING,
    ),
    Code(
        "image-before",
        "A plugin_id that stood for another image before means something else to who used it then.",
        CALLS,
        HEAD.replace("acme/plugin-hyperbilling", "other/plugin-hyperbilling"),
        HEAD,
        Where.PLUGIN,
        Severity.WARNING,
    ),
    Code(
        "needs-maintainer",
        "Who may approve a change of a plugin (maintainers), which tags are versions"
        " (versions.pattern) and which plugin users are sent to (deprecated.successor) are for a"
        " maintainer of the catalog to decide, whatever policy.auto_merge lets owners do.",
        CALLS,
        HEAD + 'maintainers: ["@somebody-else"]\n',
        HEAD + 'maintainers: ["@acme"]\n',
        Where.PLUGIN,
        Severity.WARNING,
    ),
    Code(
        "tag-moved",
        "A version whose digest changes names other bytes than those that were reviewed.",
        CALLS,
        MOVED_LOCK,
        LOCK,
        Where.LOCK,
        Severity.WARNING,
    ),
)
