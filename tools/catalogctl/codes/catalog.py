"""Codes of the catalog's other files: settings, locks, saved queries, imported dates."""

from __future__ import annotations

from catalogctl.codes.table import REPOSITORY, Code, Where
from catalogctl.problem import Severity

LOCKS = "the catalog: what a lock holds"
QUERIES = "the query language"
SETTINGS = "the catalog: what catalog.yaml holds"

LOCK = """\
{
  "history": [],
  "latest": "1.2.2",
  "lock_version": 1,
  "other_tags": {},
  "plugin_id": "plugin-hyperbilling",
  "removed": [],
  "resolved_via": "manual",
  "source": {
    "image": "acme/plugin-hyperbilling",
    "registry_type": "DOCKER_HUB",
    "registry_url": "registry.hub.docker.com"
  },
  "total_count": 1,
  "versions": [
    {
      "digest": null,
      "first_seen": null,
      "media_type": null,
      "platforms": null,
      "prerelease": false,
      "pushed_at": null,
      "size": null,
      "tag": "1.2.2"
    }
  ]
}
"""

CATALOG_CODES = (
    Code(
        "settings-missing",
        "A catalog has its settings in catalog.yaml.",
        SETTINGS,
        "plugins/plugin-hyperbilling.yaml\n",
        "catalog.yaml\nplugins/plugin-hyperbilling.yaml\n",
        Where.FILES,
    ),
    Code(
        "auto-merge-locks",
        "policy.auto_merge.locks names the requester whose changes of locks may be merged without a"
        " maintainer: the bot that runs resolve. true, which once meant everybody, means nobody.",
        SETTINGS,
        REPOSITORY
        + "policy:\n  auto_merge: {locks: true}\n#                     ^ auto-merge-locks\n",
        REPOSITORY + 'policy:\n  auto_merge: {locks: "@acme-bot"}\n',
        Where.SETTINGS,
        Severity.WARNING,
    ),
    Code(
        "host-shape",
        "A host in catalog.yaml (registries, token_hosts, site.image_hosts) is a bare name, or"
        " name:port for a registry, in lower case.",
        SETTINGS,
        REPOSITORY + "registries:\n  https://registry.example.org: {}\n# ^ host-shape\n",
        REPOSITORY + "registries:\n  registry.example.org: {}\n",
        Where.SETTINGS,
    ),
    Code(
        "address-shape",
        "An address in catalog.yaml starts with https:// or http:// and names a host; that of a"
        " registry with http:// needs insecure: true.",
        SETTINGS,
        REPOSITORY + "site:\n  base_url: plugins.example.org\n#           ^ address-shape\n",
        REPOSITORY + "site:\n  base_url: https://plugins.example.org/\n",
        Where.SETTINGS,
    ),
    Code(
        "colour-shape",
        "`site.accent` is a colour of the form #rgb or #rrggbb.",
        SETTINGS,
        REPOSITORY + "site:\n  accent: green\n#         ^ colour-shape\n",
        REPOSITORY + 'site:\n  accent: "#0b665a"\n',
        Where.SETTINGS,
    ),
    Code(
        "file-inside",
        "A file that catalog.yaml names lies inside the catalog: site.logo in its folder site/, a"
        " ca_file anywhere in it.",
        SETTINGS,
        REPOSITORY + "site:\n  logo: ../../logo.svg\n#       ^ file-inside\n",
        REPOSITORY + "registries:\n  registry.example.org: {ca_file: own-ca.pem}\n",
        Where.SETTINGS,
    ),
    Code(
        "lock-broken",
        "A lock is, byte for byte, what `catalogctl resolve` writes: JSON with its members alone,"
        " each once, in its layout, without a hidden character, with at most 20,000 versions.",
        LOCKS,
        LOCK.replace(
            '"lock_version": 1,\n', '"lock_version": "one",\n#                 ^ lock-broken\n'
        ),
        LOCK,
        Where.LOCK,
    ),
    Code(
        "lock-plugin-id",
        "A lock's plugin_id is the name of its file.",
        LOCKS,
        LOCK.replace(
            '"plugin-hyperbilling",\n', '"plugin-other",\n#              ^ lock-plugin-id\n'
        ),
        LOCK,
        Where.LOCK,
    ),
    Code(
        "lock-stale",
        "A lock was resolved from the image and registry that the plugin file names now;"
        " otherwise it is not used until the next resolve.",
        LOCKS,
        LOCK.replace(
            '"acme/plugin-hyperbilling",\n', '"acme/plugin-older",\n#            ^ lock-stale\n'
        ),
        LOCK,
        Where.LOCK,
        Severity.WARNING,
    ),
    Code(
        "lock-orphan",
        "A lock belongs to a plugin of the catalog.",
        LOCKS,
        "versions/plugin-gone.json\n",
        "versions/plugin-hyperbilling.json\n",
        Where.FILES,
        Severity.WARNING,
    ),
    Code(
        "query-name",
        "A saved query's file name is made of lower-case letters, digits and hyphens, and is not"
        " the name of a built-in one or of a Windows device.",
        QUERIES,
        "queries/by-state.yaml\n",
        "queries/webhooks.yaml\n",
        Where.FILES,
    ),
    Code(
        "query",
        "A saved query can be answered: its members, operators and paths are those of the query"
        " language. The message begins with the API's own code.",
        QUERIES,
        "kind: list\ntitle: Webhooks\nquery:\n  filter:\n"
        "    - {k: service_type, v: monitoring.Webhook, o: equals}\n"
        "#                                                 ^ query\n",
        "kind: list\ntitle: Webhooks\nquery:\n  filter:\n"
        "    - {k: service_type, v: monitoring.Webhook, o: eq}\n",
        Where.QUERY,
    ),
    Code(
        "imported-broken",
        "imported.json maps plugin_ids to the dates of the service that they came from.",
        "the catalog: plugins taken over from a running service",
        '{"plugin-hyperbilling": {"created_at": "yesterday"}}\n'
        "#                                      ^ imported-broken\n",
        '{"plugin-hyperbilling": {"created_at": "2022-01-01T08:02:38.094Z",'
        ' "updated_at": "2022-01-01T08:02:38.094Z", "from": "https://repository.example.org"}}\n',
        Where.IMPORTED,
    ),
)
