"""Codes of what is wrong with a plugin's fields, alone or beside other plugins."""

from __future__ import annotations

from catalogctl.codes.table import HEAD, REPOSITORY, Code, Where
from catalogctl.problem import Severity

REQUEST = "the API: CreatePluginRequest"
PLUGIN_FILE = "the catalog: what a plugin file holds"
REGISTRIES = "the catalog: which registries may be asked"
SECRETS = "the catalog: nothing secret in git"
TEMPLATES = "JSON Schema, Draft 7"

PLUGIN_CODES = (
    Code(
        "missing-field",
        "name, service_type, image and domain_id are required; a catalog's `defaults` may give"
        " the last. Parts of other files are required in the same way.",
        REQUEST,
        "name: Hyperbilling\n# <- missing-field\nimage: acme/plugin-hyperbilling\n",
        HEAD,
    ),
    Code(
        "unknown-field",
        "Only fields that the API or the catalog knows may stand in a file.",
        REQUEST,
        HEAD + "lables: [billing]\n# <- unknown-field\n",
        HEAD + "labels: [billing]\n",
    ),
    Code(
        "wrong-type",
        "A value has the type of its field: text, a number, true or false, a list, a mapping.",
        REQUEST,
        HEAD + "labels: billing\n#       ^ wrong-type\n",
        HEAD + "labels: [billing]\n",
    ),
    Code(
        "unknown-value",
        "A field with a fixed set of values has one of them.",
        REQUEST,
        HEAD + "state: Enabled\n#      ^ unknown-value\n",
        HEAD + "state: ENABLED\n",
    ),
    Code(
        "blank",
        "A text that stands for something can be seen: it holds more than blanks and characters"
        " that draw nothing. So does each label.",
        REQUEST,
        HEAD + 'labels: ["  "]\n#        ^ blank\n',
        HEAD + "labels: [billing]\n",
    ),
    Code(
        "invalid-value",
        "A value keeps the limits of its field: its least and largest number, its shape, its"
        " length. A text outside the Structs, and each label, has at most 255 characters; a file"
        " has at most 100 labels and 100 maintainers.",
        REQUEST,
        REPOSITORY + "site:\n  page_size: 0\n#            ^ invalid-value\n",
        REPOSITORY + "site:\n  page_size: 50\n",
        Where.SETTINGS,
    ),
    Code(
        "line-break",
        "A text outside the Structs is one line.",
        PLUGIN_FILE,
        HEAD + 'provider: "a\\nb"\n#         ^ line-break\n',
        HEAD + "provider: aws\n",
    ),
    Code(
        "plugin-id-shape",
        "A plugin_id is made of lower-case letters, digits and hyphens, starts with a letter and"
        " has at most 64 characters.",
        PLUGIN_FILE,
        HEAD + "plugin_id: Hyper_Billing\n"
        "#          ^ plugin-id-shape\n#          ^ plugin-id-file\n",
        HEAD + "plugin_id: plugin-hyperbilling\n",
    ),
    Code(
        "device-name",
        "A plugin_id, which names files, is none of the names that Windows keeps for devices: CON,"
        " PRN, AUX, NUL, COM0 to COM9, LPT0 to LPT9, CONIN$, CONOUT$. A repository with such a file"
        " can't be checked out there.",
        PLUGIN_FILE,
        HEAD + "plugin_id: aux\n#          ^ device-name\n#          ^ plugin-id-file\n",
        HEAD + "plugin_id: plugin-hyperbilling\n",
    ),
    Code(
        "plugin-id-file",
        "A plugin's id, written or taken from the image's name, is the name of its file.",
        PLUGIN_FILE,
        HEAD + "plugin_id: plugin-other\n#          ^ plugin-id-file\n",
        HEAD + "plugin_id: plugin-hyperbilling\n",
    ),
    Code(
        "plugin-id-taken",
        "A plugin_id names one plugin of the catalog, whatever its case.",
        PLUGIN_FILE,
        HEAD + "plugin_id: plugin-other\n#          ^ plugin-id-file\n"
        "--- plugins/plugin-other.yaml\n"
        "name: Another\nservice_type: cost_analysis.DataSource\nimage: acme/plugin-other\n"
        "#      ^ plugin-id-taken\n",
        HEAD + "--- plugins/plugin-other.yaml\n"
        "name: Another\nservice_type: cost_analysis.DataSource\nimage: acme/plugin-other\n",
    ),
    Code(
        "name-taken",
        "A name is unique within its domain; blanks around it and the form of its accents do"
        " not tell two names apart.",
        PLUGIN_FILE,
        HEAD + "--- plugins/plugin-other.yaml\n"
        "name: Hyperbilling\n#     ^ name-taken\n"
        "service_type: cost_analysis.DataSource\nimage: acme/plugin-other\n",
        HEAD + "--- plugins/plugin-other.yaml\n"
        "name: Hyperbilling of last year\n"
        "service_type: cost_analysis.DataSource\nimage: acme/plugin-other\n",
    ),
    Code(
        "similar-name",
        "A name that looks the same as another one of its domain could be taken for it: they differ"
        " only by characters that can't be seen, or by letters that are drawn alike. Of a new"
        " plugin `diff` says the same of a name that differs by case, blanks or one edit.",
        PLUGIN_FILE,
        HEAD + "--- plugins/plugin-other.yaml\n"
        'name: "Hyper\\u200Bbilling"\n#     ^ similar-name\n'
        "service_type: cost_analysis.DataSource\nimage: acme/plugin-other\n",
        HEAD + "--- plugins/plugin-other.yaml\n"
        "name: Budgets\nservice_type: cost_analysis.DataSource\nimage: acme/plugin-other\n",
        severity=Severity.WARNING,
    ),
    Code(
        "similar-value",
        "A provider or service_type that differs by case, or by one edit, from one that more"
        " plugins have was probably meant to be that one.",
        PLUGIN_FILE,
        HEAD.replace("DataSource", "DataSoruce").replace(
            "image:", "#             ^ similar-value\nimage:"
        )
        + "".join(
            f"--- plugins/plugin-{name}.yaml\n"
            f"name: {name}\nservice_type: cost_analysis.DataSource\nimage: acme/plugin-{name}\n"
            for name in ("first", "second")
        ),
        HEAD,
        severity=Severity.WARNING,
    ),
    Code(
        "invisible-character",
        "provider, service_type, registry_url, image, labels, domain_id, project_id and maintainers"
        " are compared as they stand: they hold no character that can't be seen, and no blank at"
        " their ends. Joiners and variation selectors inside a word are fine.",
        PLUGIN_FILE,
        HEAD + 'provider: "aws\\u200B"\n#         ^ invisible-character\n'
        'labels: ["billing "]\n#        ^ invisible-character\n',
        HEAD + "provider: aws\nlabels: [billing]\n",
    ),
    Code(
        "unlisted-value",
        "Where `policy.service_types` or `policy.providers` of catalog.yaml lists values, a plugin"
        " has one of them.",
        "the catalog: what catalog.yaml holds",
        REPOSITORY + "defaults: {provider: AWS}\n#                    ^ unlisted-value\n"
        "policy: {providers: [aws, azure]}\n",
        REPOSITORY + "defaults: {provider: aws}\npolicy: {providers: [aws, azure]}\n",
        Where.SETTINGS,
    ),
    Code(
        "image-host",
        "The host of a registry stands in registry_url, not in the image. A first part with a dot"
        " or a colon, or `localhost`, names a host: on Docker Hub no image has one, and elsewhere"
        " it is not repeated.",
        REGISTRIES,
        HEAD.replace("acme/", "ghcr.io/acme/") + "#      ^ image-host\n",
        HEAD + "registry_url: ghcr.io\n",
    ),
    Code(
        "image-like-host",
        "The first part of an image that lies at another registry than Docker Hub usually has no"
        " dot, and is not `localhost`: such a part looks like a registry's host.",
        REGISTRIES,
        HEAD.replace("acme/", "ghcr.io/acme/")
        + "#      ^ image-like-host\nregistry_url: quay.io\n",
        HEAD + "registry_url: quay.io\n",
        severity=Severity.WARNING,
    ),
    Code(
        "image-shape",
        "An image has 1 to 3 parts divided by `/`, each of lower-case letters and digits joined"
        " by `.`, `_`, `__` or hyphens; its name, the last part, has hyphens only. No tag, no"
        " digest, no registry.",
        REQUEST + "; OCI distribution 1.1, names",
        HEAD.replace("acme/plugin-hyperbilling", "Acme/plugin-hyperbilling")
        + "#      ^ image-shape\n",
        HEAD,
    ),
    Code(
        "image-name-too-long",
        "The image's name, the part after the last `/`, has at most 40 characters (or what"
        " `policy.image_name_max_length` says).",
        REQUEST,
        HEAD.replace("plugin-hyperbilling", "plugin-hyperbilling-of-all-accounts-since-2019")
        + "#      ^ image-name-too-long\nplugin_id: plugin-hyperbilling\n",
        HEAD,
    ),
    Code(
        "service-type-shape",
        "A service_type is usually `service.Purpose`, such as `inventory.Collector`.",
        REQUEST,
        HEAD.replace("cost_analysis.DataSource", "billing").replace(
            "image:", "#             ^ service-type-shape\nimage:"
        ),
        HEAD,
        severity=Severity.WARNING,
    ),
    Code(
        "registry-url-missing",
        "registry_url is required unless registry_type is DOCKER_HUB.",
        "the API: register",
        HEAD.replace("service_type", "# <- registry-url-missing\nservice_type")
        + "registry_type: AWS_PUBLIC_ECR\n",
        HEAD + "registry_type: AWS_PUBLIC_ECR\nregistry_url: public.ecr.aws\n",
    ),
    Code(
        "registry-url-shape",
        "A registry_url is a bare host, or host:port, in lower case: no scheme, no path.",
        REGISTRIES,
        HEAD + "registry_url: https://ghcr.io/\n#             ^ registry-url-shape\n",
        HEAD + "registry_url: ghcr.io\n",
    ),
    Code(
        "registry-unlisted",
        "A registry is one of the built-in ones or stands under `registries` in catalog.yaml.",
        REGISTRIES,
        HEAD + "registry_url: registry.example.net\n#             ^ registry-unlisted\n",
        HEAD + "registry_url: ghcr.io\n",
    ),
    Code(
        "registry-type-host",
        "Docker Hub's hosts go with DOCKER_HUB only, public.ecr.aws with AWS_PUBLIC_ECR only;"
        " every other host goes with either.",
        REGISTRIES,
        HEAD + "registry_url: public.ecr.aws\n#             ^ registry-type-host\n",
        HEAD + "registry_type: AWS_PUBLIC_ECR\nregistry_url: public.ecr.aws\n",
    ),
    Code(
        "secret-key",
        "No key of registry_config, at any depth, speaks of a password, token, secret or key.",
        SECRETS,
        HEAD + "registry_config:\n  password: hunter2\n# ^ secret-key\n",
        HEAD + "registry_config:\n  account_id: '123456789012'\n",
    ),
    Code(
        "secret-value",
        "No value, key or comment of a plugin file, of catalog.yaml or of a saved query has the"
        " form of a known credential, and no plugin file is named like one.",
        SECRETS,
        HEAD + "tags:\n  note: " + "AKIA" + "ABCDEFGHIJKLMNOP\n#       ^ secret-value\n",
        HEAD + "tags:\n  note: ask the owner for a key\n",
    ),
    Code(
        "template-schema",
        "A `template.<key>.schema` is a valid JSON Schema of Draft 7; nothing else is read.",
        TEMPLATES,
        HEAD + "template:\n  options:\n    schema: {type: text}\n"
        "#                  ^ template-schema\n",
        HEAD + "template:\n  options:\n    schema: {type: string}\n",
    ),
    Code(
        "template-dialect",
        "A `$schema` in a template is absent or that of Draft 7.",
        TEMPLATES,
        HEAD + "template:\n  options:\n    schema:\n"
        "      $schema: https://json-schema.org/draft/2020-12/schema\n"
        "#              ^ template-dialect\n",
        HEAD + "template:\n  options:\n    schema:\n"
        "      $schema: http://json-schema.org/draft-07/schema#\n",
    ),
    Code(
        "template-ref",
        "A `$ref` in a template points at something in the same schema; nothing is fetched.",
        TEMPLATES,
        HEAD + "template:\n  options:\n    schema:\n"
        '      $ref: "#/definitions/region"\n#           ^ template-ref\n',
        HEAD + "template:\n  options:\n    schema:\n"
        '      $ref: "#/definitions/region"\n      definitions: {region: {type: string}}\n',
    ),
    Code(
        "template-pattern",
        "A pattern in a template is a regular expression, as ECMA-262 or Python has them. The"
        " templates of a file have at most 500.",
        TEMPLATES,
        HEAD + "template:\n  options:\n    schema:\n"
        '      pattern: "[a-z"\n#              ^ template-pattern\n',
        HEAD + 'template:\n  options:\n    schema:\n      pattern: "[a-z]"\n',
    ),
    Code(
        "versions-pattern",
        "`versions.pattern` is a regular expression that compiles in linear-time engines: no"
        " look-around, no back-reference.",
        PLUGIN_FILE,
        HEAD + 'versions: {pattern: "(v"}\n#                   ^ versions-pattern\n',
        HEAD + 'versions: {pattern: "v(.*)"}\n',
    ),
    Code(
        "maintainer-shape",
        "A maintainer is `@handle`, `@organisation/team` or an e-mail address.",
        PLUGIN_FILE,
        HEAD + "maintainers: [Alice]\n#             ^ maintainer-shape\n",
        HEAD + 'maintainers: ["@alice"]\n',
    ),
    Code(
        "since-shape",
        "`deprecated.since` is a date, YYYY-MM-DD.",
        PLUGIN_FILE,
        HEAD + "deprecated: {reason: replaced, since: spring}\n"
        "#                                     ^ since-shape\n",
        HEAD + 'deprecated: {reason: replaced, since: "2026-03-01"}\n',
    ),
    Code(
        "successor-unknown",
        "`deprecated.successor` is the plugin_id of another plugin of this catalog.",
        PLUGIN_FILE,
        HEAD + "deprecated: {reason: replaced, successor: plugin-new}\n"
        "#                                         ^ successor-unknown\n",
        HEAD + "deprecated: {reason: replaced, successor: plugin-new}\n"
        "--- plugins/plugin-new.yaml\n"
        "name: New\nservice_type: cost_analysis.DataSource\nimage: acme/plugin-new\n",
    ),
    Code(
        "successor-deprecated",
        "`deprecated.successor` is not deprecated itself: who follows it would have to move twice.",
        PLUGIN_FILE,
        HEAD + "deprecated: {reason: replaced, successor: plugin-new}\n"
        "#                                         ^ successor-deprecated\n"
        "--- plugins/plugin-new.yaml\n"
        "name: New\nservice_type: cost_analysis.DataSource\nimage: acme/plugin-new\n"
        "deprecated: {reason: replaced too}\n",
        HEAD + "deprecated: {reason: replaced, successor: plugin-new}\n"
        "--- plugins/plugin-new.yaml\n"
        "name: New\nservice_type: cost_analysis.DataSource\nimage: acme/plugin-new\n",
        severity=Severity.WARNING,
    ),
    Code(
        "published-size",
        "A plugin is published once more for each of its labels: all of it together has at most"
        " 24 MiB.",
        PLUGIN_FILE,
        "a file of 250 KiB with 100 labels\n",
        "a file of 250 KiB with 20 labels\n",
    ),
    Code(
        "validators-disagree",
        "Two validators read the schemas differently. The file may be fine; the catalog is not"
        " published until it is clear. Please report it.",
        "catalogctl itself",
        "",
        "",
    ),
)
