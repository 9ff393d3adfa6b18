"""Codes of what goes wrong before a field is looked at: files, encoding, YAML."""

from __future__ import annotations

from catalogctl.codes.table import HEAD, Code, Where
from catalogctl.problem import Severity

STRICT_YAML = "strict YAML: one reading by every parser"
FILES = "the layout of a catalog"

READING_CODES = (
    Code(
        "stray-file",
        "Only *.yaml files belong into plugins/ and queries/, only *.json into versions/. What"
        " else lies there is reported, so that nothing is skipped in silence.",
        FILES,
        "plugins/plugin-hyperbilling.yml\n",
        "plugins/plugin-hyperbilling.yaml\n",
        Where.FILES,
    ),
    Code(
        "symbolic-link",
        "A symbolic link is never followed: what it points at is not what was reviewed.",
        FILES,
        "plugins/plugin-hyperbilling.yaml -> ../elsewhere.yaml\n",
        "plugins/plugin-hyperbilling.yaml\n",
        Where.FILES,
    ),
    Code(
        "unreadable",
        "A file is a regular file that can be read.",
        FILES,
        "plugins/plugin-hyperbilling.yaml (a named pipe)\n",
        "plugins/plugin-hyperbilling.yaml\n",
        Where.FILES,
    ),
    Code(
        "file-too-large",
        "A YAML file has at most 256 KiB, a lock at most 16 MiB.",
        FILES,
        "plugins/plugin-hyperbilling.yaml (300 KiB)\n",
        "plugins/plugin-hyperbilling.yaml\n",
        Where.FILES,
    ),
    Code(
        "not-utf-8",
        "A file is UTF-8; a byte order mark at its start is allowed.",
        STRICT_YAML,
        "name: H\\xffperbilling\n",
        "name: Hyperbilling\n",
    ),
    Code(
        "refused-character",
        "No control character but tab and line end, and none that turns the direction of text,"
        " stands in a file: not in values, not in comments, not behind an escape. In a key, or"
        " before it, stands no character that nobody sees, such as a no-break space.",
        STRICT_YAML,
        'name: "Hyper\\u202Ebilling"\n'
        "#     ^ refused-character\n"
        "service_type: cost_analysis.DataSource\n"
        "image: acme/plugin-hyperbilling\n",
        HEAD,
    ),
    Code(
        "yaml-syntax",
        "A file is YAML that can be parsed.",
        "YAML 1.2.2",
        "name: Hyperbilling: by the hour\n"
        "#                 ^ yaml-syntax\n"
        "service_type: cost_analysis.DataSource\n"
        "image: acme/plugin-hyperbilling\n",
        'name: "Hyperbilling: by the hour"\n'
        "service_type: cost_analysis.DataSource\n"
        "image: acme/plugin-hyperbilling\n",
    ),
    Code(
        "merge-conflict",
        "Both sides of a merge stand in the file, between the markers that git wrote (<<<<<<<,"
        " |||||||, =======, >>>>>>>): one is to be kept, and the markers taken out.",
        STRICT_YAML,
        "name: Hyperbilling\n"
        "service_type: cost_analysis.DataSource\n"
        "<<<<<<< HEAD\n"
        "# <- merge-conflict\n"
        "image: acme/plugin-hyperbilling\n"
        "=======\n"
        "image: another/plugin-hyperbilling\n"
        ">>>>>>> topic\n",
        HEAD,
    ),
    Code(
        "yaml-directive",
        "A file has no %-directives.",
        STRICT_YAML,
        "%YAML 1.2\n# <- yaml-directive\n---\n" + HEAD,
        HEAD,
    ),
    Code(
        "several-documents",
        "One file holds one document.",
        STRICT_YAML,
        HEAD + "---\n# <- several-documents\nname: Another\n",
        HEAD,
    ),
    Code(
        "no-mapping",
        "A file holds a mapping of field names to values.",
        STRICT_YAML,
        "- Hyperbilling\n# <- no-mapping\n",
        HEAD,
    ),
    Code(
        "duplicate-key",
        "A key stands once in its mapping: parsers keep the first, or the last, or refuse.",
        STRICT_YAML,
        HEAD + "tags:\n  icon: a.svg\n  icon: b.svg\n# ^ duplicate-key\n",
        HEAD + "tags:\n  icon: b.svg\n",
    ),
    Code(
        "non-string-key",
        "A key is text: JSON knows no other.",
        STRICT_YAML,
        HEAD + "tags:\n  1: one\n# ^ non-string-key\n",
        HEAD + 'tags:\n  "1": one\n',
    ),
    Code(
        "yaml-tag",
        "A value has no tag (!x, !!set): its form alone says what it is.",
        STRICT_YAML,
        "name: !!str Hyperbilling\n"
        "#     ^ yaml-tag\n"
        "service_type: cost_analysis.DataSource\n"
        "image: acme/plugin-hyperbilling\n",
        HEAD,
    ),
    Code(
        "alias",
        "An alias (*x) names an anchor above it, does not hold itself, and all aliases of a file"
        " together stand for at most 10,000 values and 1 MiB of text.",
        STRICT_YAML,
        HEAD + "tags:\n  icon: *mark\n#       ^ alias\n",
        HEAD + "tags:\n  mark: &mark mark.svg\n  icon: *mark\n",
    ),
    Code(
        "too-deep",
        "Lists and mappings are nested at most 64 deep; the document is the first level.",
        STRICT_YAML,
        "tags: {x: " + "[" * 64 + "]" * 64 + "}\n" + "#" + " " * 71 + "^ too-deep\n",
        "tags: {x: " + "[" * 8 + "]" * 8 + "}\n" + HEAD,
    ),
    Code(
        "ambiguous-scalar",
        "A bare value means the same in YAML 1.1 and in YAML 1.2; where the two differ (yes, on,"
        " 1:30, 012, 1e3, 2022-01-01, …) it is quoted.",
        STRICT_YAML,
        HEAD + "tags:\n  released: 2022-01-01\n#           ^ ambiguous-scalar\n",
        HEAD + 'tags:\n  released: "2022-01-01"\n',
    ),
    Code(
        "number-range",
        "A number is finite, and an integer lies within ±2^53: beyond, readers lose digits.",
        STRICT_YAML,
        HEAD + "tags:\n  account: 123456789012345678\n#          ^ number-range\n",
        HEAD + 'tags:\n  account: "123456789012345678"\n',
    ),
    Code(
        "number-rewritten",
        "A bare number in registry_config, capability, template or tags is published as JSON writes"
        " it: 1.10 becomes 1.1. What is a version, or another text of digits, is quoted.",
        "numbers are published as numbers",
        HEAD + "tags:\n  min_version: 1.10\n#              ^ number-rewritten\n",
        HEAD + 'tags:\n  min_version: "1.10"\n',
        severity=Severity.WARNING,
    ),
)
