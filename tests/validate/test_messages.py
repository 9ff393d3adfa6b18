"""What a problem says, where a careless word would send its reader the wrong way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.check import check
from catalogctl.validate.message_schemas import MAX_EXPLAINED
from support.catalogs import PLUGIN, write_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.problem import Problem

HEAD = "name: X\nservice_type: monitoring.Webhook\n"
IMAGE = f"{HEAD}image: acme/plugin-x\n"


def only_problem(folder: Path, text: str, name: str = "plugin-x") -> Problem:
    """Return the one problem that a plugin file has."""
    catalog = write_catalog(folder, {f"plugins/{name}.yaml": text})
    [problem] = check(catalog, working=catalog).problems
    return problem


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        (f"{IMAGE}name: Y\n", "/name"),
        (f"{IMAGE}tags:\n  a/b: {{c: 1, c: 2}}\n", "/tags/a~1b/c"),
        (f"{IMAGE}tags:\n  1: a\n", "/tags"),
        (f"{IMAGE}1: a\n", ""),
    ],
)
def test_a_wrong_key_has_the_pointer_of_its_place(tmp_path: Path, text: str, pointer: str) -> None:
    assert only_problem(tmp_path, text).pointer == pointer


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{IMAGE}labels: [a, ' ']\n", "labels[1] is blank"),
        (f"{IMAGE}labels: [a, b, 3]\n", "labels[2] is a number; text is expected"),
        (f"{IMAGE}tags: {{a: ['1' '2']}}\n", "a comma is missing after this entry"),
        (f"{IMAGE}tags: {{a: [1, 2}}\n", "the list that opens here is never closed"),
        (f"{IMAGE}provider: 'it's'\n", "text follows the closing quote"),
        (f"{IMAGE}labels: [\n", "the list that opens here is never closed"),
    ],
)
def test_a_message_names_what_it_is_about(tmp_path: Path, text: str, message: str) -> None:
    assert only_problem(tmp_path, text).message == message


def test_a_number_is_quoted_as_it_was_written(tmp_path: Path) -> None:
    """YAML reads 1.10 as 1.1: a hint that repeats what was read would lose a digit."""
    problem = only_problem(tmp_path, f"{IMAGE}provider: 1.10\n")
    assert problem.hint == "put it in quotes"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("labels: Monitoring", "write labels: [Monitoring]"),
        ("labels: a b, c-d", "write labels: [a b, c-d]"),
        ("labels: 'yes'", 'write labels: ["yes"]'),
        ("labels: 5", 'write labels: ["…"], with the number in quotes'),
        ("labels: 1.10", 'write labels: ["…"], with the number in quotes'),
        ("labels: true", 'write labels: ["true"]'),
        ("labels: {a: b}", "write labels: […]"),
        (f"labels: {'x' * 70}", "write labels: […]"),
        ("labels: \uff3ba, b\uff3d", "write [ in place of U+FF3B (full-width left square bracket)"),
        ("labels:\n  \u2013 a\n  \u2013 b", "write - in place of U+2013 (en dash)"),
        ("labels:\n  \u2022 a", "write - in place of U+2022 (bullet)"),
        ("labels: 2010 \u2013 2020", 'write labels: ["2010 \u2013 2020"]'),
        ("labels:\n  -\u00a0a", "write a space instead of U+00A0 (no-break space)"),
        (
            "labels:\n  -a\n  -b",
            'write "- ", with a space, before each element, one on a line',
        ),
        ("labels: [[x]]", "write x"),
        ("labels: [[x, y]]", "write text"),
        ("maintainers: '@ann'", 'write maintainers: ["@ann"]'),
        ("maintainers: ann, b@c.de", 'write maintainers: ["@ann", "b@c.de"]'),
        ("deprecated: use plugin-b instead", "write deprecated: {reason: use plugin-b instead}"),
        (f"deprecated: {'x' * 31}", "write deprecated: {reason: …}"),
        ("deprecated: true", "write deprecated: {reason: …}"),
        (
            "deprecated: reason:x",
            "write deprecated: {reason: …}: a colon and a space are missing",
        ),
        ("versions: '1.*'", "write versions: {pattern: …}"),
        ("tags: [a]", "write tags: {key: value}"),
        ("tags:\n  icon x", "write tags: {key: value}, with a colon and a space after the key"),
        ("tags: icon", "write tags: {key: value}"),
        ("tags:\n  icon:\u00a0x", "write a space instead of U+00A0 (no-break space)"),
        ("tags:\n  icon\uff1ax", "write : in place of U+FF1A (full-width colon)"),
        ("provider: [aws]", "write provider: aws"),
        ("provider: {a: b}", "write text"),
        ("state: true", "write ENABLED or DISABLED"),
        ("state: 1.10", "write ENABLED or DISABLED"),
        ("state: [x]", "write ENABLED or DISABLED"),
        ("registry_type: [DOCKER_HUB]", "write registry_type: DOCKER_HUB"),
    ],
)
def test_a_hint_says_what_to_write(tmp_path: Path, text: str, hint: str) -> None:
    problem = only_problem(tmp_path, f"{IMAGE}{text}\n")
    assert (problem.code, problem.line, problem.hint) == ("wrong-type", problem.line, hint)


@pytest.mark.parametrize(
    ("schema", "at", "message", "hint"),
    [
        ("{type: objekt}", "/type", 'type is "objekt"', 'did you mean "object"?'),
        ("{type: Object}", "/type", 'type is "Object"', 'did you mean "object"?'),
        ("{type: int}", "/type", 'type is "int"', 'did you mean "integer"?'),
        ("{type: bool}", "/type", 'type is "bool"', 'did you mean "boolean"?'),
        ("{type: list}", "/type", 'type is "list"', 'did you mean "array"?'),
        ("{type: [string, nul]}", "/type/1", 'type is "nul"', 'did you mean "null"?'),
        ("{items: {type: strng}}", "/items/type", 'type is "strng"', 'did you mean "string"?'),
        ("{required: a}", "/required", "required is text", "write required: [a]"),
        ("{required: true}", "/required", "required is true or false", 'write "required: [NAME]"'),
        ("{properties: [a]}", "/properties", "properties is a list", "write properties: {a: {}}"),
        ("{properties: {a: string}}", "/properties/a", "a is text", "write a: {type: string}"),
        ("{properties: {a: b}}", "/properties/a", "a is text", "write a: {type: string}"),
        ("{items: 5}", "/items", "items is a number", "write items: {type: string}"),
        ("{allOf: [integer]}", "/allOf/0", "allOf[0] is text", "write {type: integer}"),
        ("{type: }", "/type", "type has no value", "write array, boolean, integer, null, number"),
        ("{type: true}", "/type", "type is true or false; allowed", "write array, boolean"),
        ("{multipleOf: 0}", "/multipleOf", "multipleOf is not above 0", "write a number above 0"),
        ("{minLength: '4'}", "/minLength", "minLength is text", "write 4"),
        ("{minLength: '4.5'}", "/minLength", "minLength is text", "write a whole number"),
        ("{minimum: '-4.5'}", "/minimum", "minimum is text", "write -4.5"),
        ("{uniqueItems: 'no'}", "/uniqueItems", "uniqueItems is text", "write false"),
        ("{minLength: -1}", "/minLength", "minLength is below 0", "write 0 or more"),
        ("{enum: a}", "/enum", "enum is text", "write enum: [a]"),
    ],
)
def test_a_word_of_json_schema_is_explained(
    tmp_path: Path, schema: str, at: str, message: str, hint: str
) -> None:
    problem = only_problem(tmp_path, f"{IMAGE}template: {{o: {{schema: {schema}}}}}\n")
    assert (problem.code, problem.pointer) == ("template-schema", f"/template/o/schema{at}")
    assert problem.message.startswith(message)
    assert problem.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("name: N\nservce_type: a.B\nimage: acme/plugin-x\n", (2, 1), "service_type"),
        ("name: N\nservice_type: a.B\nimgae: acme/plugin-x\n", (3, 1), "image"),
        ("nmae: N\nservice_type: a.B\nimage: acme/plugin-x\n", (1, 1), "name"),
        ("Name: N\nservice_type: a.B\nimage: acme/plugin-x\n", (1, 1), "name"),
        ("name: N\nserviceType: a.B\nimage: acme/plugin-x\n", (2, 1), "service_type"),
        ("name: N\nservice: a.B\nimage: acme/plugin-x\n", (2, 1), "service_type"),
        (f"{IMAGE}deprecated: {{reson: x}}\n", (4, 14), "reason"),
        (f"{IMAGE}versions: {{patern: x}}\n", (4, 12), "pattern"),
        (
            f"{IMAGE}registry_type: AWS_PUBLIC_ECR\nregistry_ulr: public.ecr.aws\n",
            (5, 1),
            "registry_url",
        ),
        (
            f"{IMAGE}registry_typ: AWS_PUBLIC_ECR\nregistry_url: public.ecr.aws\n",
            (4, 1),
            "registry_type",
        ),
        ("n\u0430me: N\nservice_type: a.B\nimage: acme/plugin-x\n", (1, 1), "name"),
    ],
)
def test_one_misspelt_name_is_one_problem(
    tmp_path: Path, text: str, place: tuple[int, int], hint: str
) -> None:
    problem = only_problem(tmp_path, text)
    assert (problem.code, problem.line, problem.column) == ("unknown-field", *place)
    assert problem.hint.startswith(f'did you mean "{hint}"?')


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("deprecated {reason: x}", 'write "deprecated: …": a colon is missing after it'),
        ("deprecated: {'reason:x': y}", 'write "reason: …", with a space after the colon'),
    ],
)
def test_a_name_that_ran_into_its_value_is_told_apart(tmp_path: Path, text: str, hint: str) -> None:
    catalog = write_catalog(tmp_path, {"plugins/plugin-x.yaml": f"{IMAGE}{text}\n"})
    problems = check(catalog, working=catalog).problems
    told = [each.hint for each in problems if each.code == "unknown-field"]
    assert told == [hint]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("created_at", "the catalog fills this in: take it out"),
        ("repository_info", "the catalog fills this in: take it out"),
        ("description", 'write it under tags: "tags: {description: …}"'),
        ("homepage", 'write it under tags: "tags: {homepage: …}"'),
    ],
)
def test_a_name_of_the_answer_or_of_a_tag_is_not_taken_for_a_slip(
    tmp_path: Path, name: str, hint: str
) -> None:
    problem = only_problem(tmp_path, f"{IMAGE}{name}: x\n")
    assert (problem.code, problem.hint) == ("unknown-field", hint)


def test_a_letter_of_another_script_is_named(tmp_path: Path) -> None:
    problem = only_problem(tmp_path, f"{IMAGE}t\u0430gs: {{a: b}}\n")
    assert problem.hint == 'did you mean "tags"? it contains U+0430 (cyrillic small letter a)'


def test_a_misspelt_name_hides_no_wrong_value(tmp_path: Path) -> None:
    text = "name: N\nservice_type: a.B\nimgae: acme/plugin-x:1\nlables: [a, ' ']\n"
    catalog = write_catalog(tmp_path, {"plugins/plugin-x.yaml": text})
    problems = check(catalog, working=catalog).problems
    assert [(each.line, each.column, each.code, each.pointer) for each in problems] == [
        (3, 1, "unknown-field", "/imgae"),
        (3, 8, "image-shape", "/imgae"),
        (4, 1, "unknown-field", "/lables"),
        (4, 13, "blank", "/lables/1"),
    ]


def test_misspelt_settings_count_as_what_was_meant(tmp_path: Path) -> None:
    settings = (
        "reposiotry: {repository_id: r, nmae: M, repository_type: local}\n"
        "defualts: {domain_id: d}\n"
    )
    catalog = write_catalog(tmp_path, {"plugins/plugin-hyperbilling.yaml": PLUGIN}, settings)
    problems = check(catalog, working=catalog).problems
    assert [(each.line, each.column, each.code) for each in problems] == [
        (1, 1, "unknown-field"),
        (2, 1, "unknown-field"),
    ]


@pytest.mark.parametrize("number", ["1.10", "0x10", "007"])
def test_a_number_is_told_in_a_struct_alone(tmp_path: Path, number: str) -> None:
    problem = only_problem(tmp_path, f"{IMAGE}tags: {{a: [{number}]}}\n")
    assert (problem.code, problem.severity.value) == ("number-rewritten", "warning")
    assert (problem.line, problem.column, problem.pointer) == (4, 12, "/tags/a/0")
    assert number in problem.hint
    other = only_problem(tmp_path / "other", f"{IMAGE}provider: {number}\n")
    assert other.code == "wrong-type"


def test_an_ambiguous_value_hides_no_rule(tmp_path: Path) -> None:
    text = (
        "name: N\nservice_type: a.B\nimage: acme/plugin-x:1.0\nprovider: 2022-01-01\n"
        "lables: [a]\ntags: {a: !x 1, a: 2, b: .inf}\nlabels: [yes, ' ']\nfoo\n"
    )
    catalog = write_catalog(tmp_path, {"plugins/plugin-x.yaml": text})
    problems = check(catalog, working=catalog).problems
    assert [(each.line, each.column, each.code) for each in problems] == [
        (3, 8, "image-shape"),
        (4, 11, "ambiguous-scalar"),
        (5, 1, "unknown-field"),
        (6, 11, "yaml-tag"),
        (6, 17, "duplicate-key"),
        (6, 26, "number-range"),
        (7, 10, "ambiguous-scalar"),
        (7, 15, "blank"),
        (8, 1, "yaml-syntax"),
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("state: yes", "write ENABLED or DISABLED"),
        ("name: no", 'quote it: "no"'),
        ("template: {o: {schema: {additionalProperties: no}}}", "write false"),
        ("template: {o: {schema: {maxLength: 1e3}}}", "write 1000"),
        ("template: {o: {schema: {maximum: 1_000}}}", "write 1000"),
        ("template: {o: {schema: {maximum: 1:30}}}", "write a number"),
        ("template: {o: {schema: {maximum: 010}}}", "write a number"),
    ],
)
def test_an_ambiguous_value_is_one_problem_with_what_its_field_takes(
    tmp_path: Path, text: str, hint: str
) -> None:
    head = IMAGE.replace("name: X\n", "") if text.startswith("name") else IMAGE
    problem = only_problem(tmp_path, f"{head}{text}\n")
    assert (problem.code, problem.hint) == ("ambiguous-scalar", hint)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("registries: [ghcr.io]", "write registries: {ghcr.io: {}}"),
        ("registries: {r.example.org: {insecure: yes}}", "write true"),
        ("registries: {r.example.org: {insecure: 'no'}}", "write false"),
        ("registries: {r.example.org: https://x}", "write r.example.org: {endpoint: …}"),
        ("site: {links: [https://x]}", "write {text: …, url: …}"),
    ],
)
def test_a_hint_says_what_to_write_in_the_settings(tmp_path: Path, text: str, hint: str) -> None:
    settings = f"{REPOSITORY}defaults: {{domain_id: d}}\n{text}\n"
    catalog = write_catalog(tmp_path, {"plugins/plugin-hyperbilling.yaml": PLUGIN}, settings)
    [problem] = check(catalog, working=catalog).problems
    assert problem.hint == hint


@pytest.mark.parametrize(
    "slip",
    [
        "tags:\n  note: [beta] a thing",
        "tags: {note: 'it's'}",
        'tags: {path: "C:\\dir"}',
        'tags:\n  note: "a" b',
        "tags: {a: 1 b: 2}",
        "tags: {a: b: c}",
        "tags: {\n  icon: x\n  z: 1}",
        "tags:\n  a: 1\n b: 2",
        "provider: > 5 things\n  of ours",
        'provider: "\\ud83d\\ude00"',
        "provider: *x y",
        "labels: [a,, b]",
        "labels: [a, b}",
        "labels: [a, b]]",
        "labels: - a",
        "labels:\n  - a\n - b",
        "labels:\n  - a\n  - 'b' c\n  - d",
    ],
)
def test_a_slip_of_quotes_brackets_or_indentation_hides_no_other_problem(
    tmp_path: Path, slip: str
) -> None:
    text = f"{HEAD}image: acme/plugin-x:1\n{slip}\nprovder: aws\nstate: enabled\n"
    catalog = write_catalog(tmp_path, {"plugins/plugin-x.yaml": text})
    problems = check(catalog, working=catalog).problems
    codes = ["image-shape", "yaml-syntax", "unknown-field", "unknown-value"]
    assert [each.code for each in problems if each.code != "alias"] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("image: acme: plugin-x", []),
        ("image: acme: plugin: x", []),
        ("image: acme: plugin\n  x", []),
        ("registry_type: DOCKER: HUB", []),
        ("service_type: monitoring: Webhook", []),
        ("maintainers: [a: b: c]", []),
        ("maintainers: [a: b: c, d: e: f]", []),
        ("maintainers: [{a: b: c}]", ["wrong-type"]),
        ("maintainers: {a: b: c}", ["wrong-type"]),
        ("labels: ['', a: b: c]", ["blank"]),
        ("labels: ['', @a]", ["blank"]),
        ("registry_config: {user: a: b, token: c}", ["secret-key"]),
        ("registry_config: {token: @a}", ["secret-key"]),
    ],
)
def test_a_value_that_nobody_wrote_is_not_reported(
    tmp_path: Path, text: str, codes: list[str]
) -> None:
    field = text.partition(":")[0]
    others = [line for line in IMAGE.splitlines() if not line.startswith(f"{field}:")]
    catalog = write_catalog(tmp_path, {"plugins/plugin-x.yaml": "\n".join((*others, text, ""))})
    problems = check(catalog, working=catalog).problems
    assert sorted(each.code for each in problems) == [*codes, "yaml-syntax"]


def test_a_blank_before_the_first_field_hides_no_other_problem(tmp_path: Path) -> None:
    text = f" {HEAD}image: acme/plugin-x:1\nprovder: aws\n"
    catalog = write_catalog(tmp_path, {"plugins/plugin-x.yaml": text})
    problems = check(catalog, working=catalog).problems
    places = [(each.line, each.column, each.code) for each in problems]
    assert places == [(1, 1, "yaml-syntax"), (3, 8, "image-shape"), (4, 1, "unknown-field")]


def test_a_value_that_can_t_be_read_hides_no_wrong_name(tmp_path: Path) -> None:
    text = f"{IMAGE}note: 'it's'\ndeprecated: {{reason: [x] y}}\n"
    catalog = write_catalog(tmp_path, {"plugins/plugin-x.yaml": text})
    problems = check(catalog, working=catalog).problems
    assert [(each.line, each.column, each.code) for each in problems] == [
        (4, 1, "unknown-field"),
        (4, 11, "yaml-syntax"),
        (5, 26, "yaml-syntax"),
    ]


REPOSITORY = "repository: {repository_id: r, name: M, repository_type: local}\n"
QUERY = "kind: list\ntitle: A\nquery: {}\n"


def conflict(side: str) -> str:
    """Return what git leaves where both sides added a line."""
    return f"<<<<<<< HEAD\n{side}=======\n{side}>>>>>>> topic\n"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("catalog.yaml", conflict("defaults: {domain_id: d}\n") + REPOSITORY, 1),
        ("catalog.yaml", REPOSITORY + conflict("defaults: {domain_id: d}\n"), 2),
        ("queries/saved.yaml", QUERY + conflict("description: x\n"), 4),
        ("versions/plugin-x.json", "{\n" + conflict('"a": 1\n') + "}\n", 2),
        ("imported.json", "{\n" + conflict('"a": 1\n') + "}\n", 2),
    ],
)
def test_a_merge_conflict_is_told_in_every_file(
    tmp_path: Path, name: str, text: str, line: int
) -> None:
    catalog = write_catalog(tmp_path, {"plugins/plugin-x.yaml": IMAGE, name: text})
    (problem,) = check(catalog, working=catalog).problems
    assert (problem.file, problem.line, problem.column) == (name, line, 1)
    assert problem.message == "a merge conflict was left here"


@pytest.mark.parametrize(
    ("name", "image", "hint"),
    [
        ("plugin-x", "plugin-y", "rename the file to plugin-y.yaml, or add plugin_id: plugin-x"),
        ("Plugin-X", "plugin-x", "rename the file to plugin-x.yaml"),
    ],
)
def test_a_hint_offers_no_name_that_would_be_refused(
    tmp_path: Path, name: str, image: str, hint: str
) -> None:
    assert only_problem(tmp_path, f"{HEAD}image: acme/{image}\n", name).hint == hint


def test_a_host_is_shown_as_it_was_written(tmp_path: Path) -> None:
    settings = (
        "repository: {repository_id: r, name: M, repository_type: local}\n"
        "defaults: {domain_id: d}\nregistries: {GHCR.io: {}}\n"
    )
    catalog = write_catalog(tmp_path, {"plugins/plugin-hyperbilling.yaml": PLUGIN}, settings)
    [problem] = check(catalog, working=catalog).problems
    assert problem.message == '"GHCR.io" is not a bare host'


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("ann:s3cret@harbor.example.org", "ann:s3cr…@harbor.example.org"),
        ("https://:s3cret@harbor.example.org", "https://:s3cr…@harbor.example.org"),
        ("https://s3cret@harbor.example.org", "https://s3cr…@harbor.example.org"),
    ],
)
def test_the_password_of_a_registry_s_login_is_hidden_and_told_to_be_invalid(
    tmp_path: Path, url: str, shown: str
) -> None:
    """R-14."""
    problem = only_problem(tmp_path, f"{IMAGE}registry_url: {url}\n")
    assert problem.message == f'registry_url "{shown}" is not a bare host'
    assert problem.hint == (
        "write harbor.example.org, and make the password invalid, because git keeps it for ever:"
        " credentials of a registry belong in CATALOGCTL_REGISTRY_… variables"
    )


def test_of_thousands_of_unknown_fields_the_first_are_told(tmp_path: Path) -> None:
    """More than that is noise, and would cost seconds."""
    fields = "".join(f"field_{number}: x\n" for number in range(2000))
    catalog = write_catalog(tmp_path, {"plugins/plugin-x.yaml": f"{IMAGE}{fields}"})
    problems = check(catalog, working=catalog).problems
    assert len(problems) == MAX_EXPLAINED
    assert problems[0].line == len(IMAGE.splitlines()) + 1
