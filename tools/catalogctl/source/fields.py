"""The fields of a plugin file, in the one order in which this project writes them.

That of the API's CreatePluginRequest, registry_url beside registry_type; then what the catalog
adds (seed, register; product contract, 2).
"""

from __future__ import annotations

PLUGIN_FIELDS = (
    "plugin_id",
    "name",
    "service_type",
    "image",
    "provider",
    "registry_type",
    "registry_url",
    "registry_config",
    "capability",
    "template",
    "labels",
    "tags",
    "project_id",
    "domain_id",
    "state",
    "versions",
    "maintainers",
    "deprecated",
)
