"""The form of a plugin's options, drawn from its own schema, filled in and checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from support import samples, site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from catalogctl.jsontypes import JSON


@pytest.fixture
def form(page: Page, address: str) -> Locator:
    page.goto(f"{address}plugins/plugin-options/")
    drawn = page.locator(".form")
    expect(drawn).to_be_visible()
    return drawn


def test_every_option_has_a_field_of_its_kind(form: Locator) -> None:
    expect(form.get_by_label("Project project (required)")).to_have_attribute("type", "text")
    expect(form.get_by_label("severity").locator("option")).to_have_text(["\u2013", "LOW", "HIGH"])
    expect(form.get_by_label("severity")).to_have_value("0")
    limits = form.get_by_role("group", name="Limits")
    expect(limits.get_by_label("window")).to_have_value("60")
    expect(limits.get_by_label("strict")).to_have_attribute("type", "checkbox")


def test_a_secret_is_never_filled_in(form: Locator) -> None:
    expect(form.get_by_label("api_token")).to_have_value("")


@pytest.mark.parametrize(
    ("label", "text", "said"),
    [
        ("Project project (required)", "abc", "needs at least 4 characters"),
        ("window", "0", "must be at least 1"),
        ("window", "99999", "must be at most 3600"),
        ("window", "1.5", "must be an integer"),
        ("accounts", "a\nb\na", "contains a duplicate item"),
        ("region", "Europe", "must match ^[a-z]{2}-[a-z]+-[0-9]$"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(
    form: Locator, label: str, text: str, said: str
) -> None:
    field = form.get_by_label(label)
    field.fill(text)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field.locator("xpath=..").locator(".bad")).to_have_text(said)
    expect(form.get_by_role("status")).to_contain_text("still missing or wrong")


def test_what_fits_is_said_and_written_into_the_yaml(page: Page, form: Locator) -> None:
    form.get_by_label("Project project (required)").fill('my "own" project')
    form.get_by_label("region").fill("eu-west-1")
    form.get_by_label("accounts").fill("1\n2")
    form.get_by_label("strict").check()
    expect(form.get_by_role("status")).to_have_text("These options match the schema.")
    expect(page.locator("#use-yaml code")).to_have_text(
        "plugin_info:\n"
        "  plugin_id: plugin-options\n"
        '  version: "2.0.0"\n'
        "  upgrade_mode: MANUAL\n"
        "  options:\n"
        '    project: "my \\"own\\" project"\n'
        '    severity: "LOW"\n'
        '    region: "eu-west-1"\n'
        '    accounts: ["1","2"]\n'
        '    limits: {"window":60,"strict":true}'
    )


def test_only_what_fits_is_written_and_what_is_missing_is_named(page: Page, form: Locator) -> None:
    own, use = page.locator("#options .code code").first, page.locator("#use-yaml code")
    lines = ['severity: "LOW"', 'limits: {"window":60}', "# project is required"]
    expect(own).to_have_text("\n  ".join(["options:", *lines]))
    expect(use).to_contain_text("\n    ".join(["  options:", *lines]))
    form.get_by_label("Project project (required)").fill("abc")
    form.get_by_label("region").fill("eu-west-1")
    lines.insert(1, 'region: "eu-west-1"')
    expect(own).to_have_text("\n  ".join(["options:", *lines]))
    form.get_by_label("Project project (required)").fill("abcd")
    lines.insert(0, 'project: "abcd"')
    lines.remove("# project is required")
    expect(own).to_have_text("\n  ".join(["options:", *lines]))


def test_a_field_says_what_the_table_says_of_its_values(form: Locator) -> None:
    expect(form.locator(".help").first).to_have_text("at least 4 characters")
    expect(form.get_by_label("severity").locator("xpath=..").locator(".help")).to_have_text(
        "How bad. · one of LOW, HIGH"
    )
    window = form.get_by_label("window").locator("xpath=..").locator(".help")
    expect(window).to_have_text("at least 1, at most 3600")


def test_the_snippets_follow_the_chosen_version_and_the_options_stay(
    page: Page, form: Locator
) -> None:
    form.get_by_label("Project project (required)").fill("abcd")
    select = page.get_by_label("Version", exact=True)
    expect(select.locator("option")).to_have_text(["2.0.0, newest", "1.2.0"])
    select.select_option("1.2.0")
    yaml = page.locator("#use-yaml code")
    expect(yaml).to_contain_text('\n  version: "1.2.0"\n  upgrade_mode: MANUAL\n  options:')
    expect(yaml).to_contain_text('project: "abcd"')
    expect(page.locator("#use-docker code")).to_have_text(re.compile(r":1\.2\.0$"))
    form.get_by_label("Project project (required)").fill("abcde")
    expect(yaml).to_contain_text('version: "1.2.0"')
    expect(yaml).to_contain_text('project: "abcde"')


ODD: dict[str, JSON] = {
    # What `validate` accepts, however odd.
    "anchor": {
        "properties": {"a": {"type": "string"}},
        "allOf": [{"$ref": "#port"}],
        "definitions": {"p": {"$id": "#port", "maxProperties": 0}},
    },
    "root": {"properties": {"a": {"type": "string"}}, "allOf": [{"$ref": "#"}]},
    "escape": {
        "properties": {"a": {"$ref": "#/definitions/%zz"}},
        "definitions": {"%zz": {"type": "string", "maxLength": 2}},
    },
    "dependencies": {
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "dependencies": {"a": ["b"]},
    },
    "ipv6": {"properties": {"a": {"type": "string", "format": "ipv6"}}},
    "nobodys": {"properties": {"a": {"type": "string", "format": "shoe-size"}}},
    "pattern": {"properties": {"a": {"type": "string", "pattern": "(?P<n>^[0-9]+$)"}}},
    "patterns": {
        "properties": {"a": {"type": "string"}},
        "patternProperties": {"^a": {"maxLength": 2}},
    },
    "names": {"properties": {"a": {"type": "string"}}, "propertyNames": {"minLength": 2}},
    "false": {
        "properties": {"a": {"$ref": "#/definitions/no"}, "b": {"type": "string"}},
        "definitions": {"no": False},
    },
    "name": {
        "properties": {"a": {"$ref": "#name"}},
        "definitions": {"n": {"$id": "#name", "type": "string", "maxLength": 2}},
    },
    "circle": {"properties": {"a": {"$ref": "#/properties/a"}}},
    "nowhere": {"properties": {"a": {"$ref": "http://elsewhere.example/x"}}},
    "defaults": {
        "properties": {
            "note": {"type": ["string", "null"], "default": None},
            "flag": {"type": ["boolean", "null"], "default": None},
            "which": {"type": ["integer", "string"], "default": "all"},
            "many": {"type": ["string", "integer"], "default": 5},
            "release": {"default": "1.10"},
            "mode": {"enum": [["a"], ["b"]], "default": ["b"]},
            "size": {
                "properties": {"rows": {"type": "integer", "default": 1}, "cut": {"default": True}},
                "default": {"rows": 2},
            },
            "ports": {"type": "array", "items": {"type": ["integer", "string"]}, "default": ["1"]},
        }
    },
    "recursive": {"properties": {"a": {"type": "string"}, "below": {"$ref": "#"}}},
    "exact": {
        "properties": {
            "big": {"type": "integer"},
            "object": {"type": "object"},
            "numbers": {"type": "array", "items": {"type": "number"}},
            "list": {"type": "array"},
            "small": {"type": "number"},
        }
    },
    "group": {
        "properties": {
            "a": {"minProperties": 2, "properties": {"b": {"type": "string"}, "c": {}}},
            "d": {"type": "string"},
        },
        "minProperties": 3,
    },
    "secrets": {
        "allOf": [
            {"$ref": "#/definitions/logins"},
            {"properties": {"login": {"title": "Not this one"}}, "required": ["account", "login"]},
        ],
        "definitions": {
            "logins": {
                "properties": {
                    "login": {
                        "properties": {"user": {"type": "string"}, "password": {"type": "string"}},
                        "default": {"password": "hunter2", "user": "u"},
                    },
                    "account": {"type": "object", "default": {"password": "hunter2", "user": "u"}},
                    "accounts": {"default": [{"api_key": "hunter2"}, 1]},
                    "keys": {"items": [{}, {"format": "password"}], "default": ["a", "hunter2"]},
                    "more": {
                        "type": "object",
                        "additionalProperties": {"format": "password"},
                        "default": {"a": "hunter2"},
                    },
                }
            }
        },
    },
    "choice": {
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
        "patternProperties": {"^[ab]$": {"type": "string"}},
    },
    "many": {
        "properties": {f"p{number}": {"type": "string"} for number in range(310)},
        "required": ["p305"],
    },
}


@pytest.fixture(scope="module")
def odd_address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    """The address of a site whose plugins have odd schemas."""
    plugins = [
        site.plugin(f"plugin-{name}", name, template={"options": {"schema": schema}})
        for name, schema in ODD.items()
    ]
    files = site.tree(plugins, site.context())
    return serve(samples.written(files, tmp_path_factory.mktemp("odd")))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("anchor", "5", "may have at most 0 members"),
        ("root", "5", "can't be checked here"),
        ("escape", "ok", "match the schema"),
        ("escape", "long", "still missing or wrong"),
        ("dependencies", "x", '"b" is required with "a"'),
        ("ipv6", "5", "still missing or wrong"),
        ("ipv6", "::1", "match the schema"),
        ("nobodys", "44", '"a" can\'t be checked here (format shoe-size)'),
        ("pattern", "zzz", "can't be checked here (pattern (?P<n>^[0-9]+$))"),
        ("patterns", "long", "still missing or wrong"),
        ("patterns", "ok", "match the schema"),
        ("names", "x", "still missing or wrong"),
        ("false", "x", "still missing or wrong"),
        ("name", "ok", "match the schema"),
        ("name", "long", "still missing or wrong"),
        ("circle", "x", "can't be checked here"),
        ("nowhere", "x", "can't be checked here"),
        ("recursive", "x", "match the schema"),
    ],
)
def test_an_odd_schema_gets_an_honest_verdict(
    page: Page, odd_address: str, name: str, text: str, said: str
) -> None:
    """R-45: no schema that `validate` accepts raises an exception, or is called right unseen."""
    page.goto(f"{odd_address}plugins/plugin-{name}/")
    form = page.locator(".form")
    form.get_by_label("a", exact=True).fill(text)
    expect(form.get_by_role("status")).to_contain_text(said)


def test_a_default_stays_as_it_is_until_its_field_is_changed(page: Page, odd_address: str) -> None:
    page.goto(f"{odd_address}plugins/plugin-defaults/")
    form, own = page.locator(".form"), page.locator("#options .code code").first
    values = {
        "note": "null",
        "flag": "null",
        "which": '"all"',
        "many": "5",
        "release": '"1.10"',
        "mode": '["b"]',
        "size": '{"rows":2,"cut":true}',
        "ports": '["1"]',
    }

    def lines() -> str:
        return "\n  ".join(["options:", *(f"{name}: {value}" for name, value in values.items())])

    expect(own).to_have_text(lines())
    expect(page.locator("#use-yaml code")).to_contain_text(lines().replace("\n", "\n  "))
    expect(form.get_by_label("note")).to_have_value("")
    expect(form.get_by_label("mode")).to_have_value("1")
    for name, shown, text, value in (
        ("which", '"all"', "7", "7"),
        ("many", "5", '"5"', '"5"'),
        ("release", "1.10", "1.20", '"1.20"'),
        ("ports", '"1"', '"1"\n2', '["1",2]'),
    ):
        expect(form.get_by_label(name)).to_have_value(shown)
        form.get_by_label(name).fill(text)
        values[name] = value
    form.get_by_label("flag").check()
    form.get_by_label("note").fill("x")
    values |= {"flag": "true", "note": '"x"'}
    expect(own).to_have_text(lines())
    form.get_by_label("note").fill("")
    del values["note"]
    expect(own).to_have_text(lines())


def test_what_would_be_rounded_is_not_written(page: Page, odd_address: str) -> None:
    page.goto(f"{odd_address}plugins/plugin-exact/")
    form, own = page.locator(".form"), page.locator("#options .code code").first
    digits = "has more digits than every reader of numbers keeps"
    for label, text, said in (
        ("big", "12345678901234567890", digits),
        ("object", '{"a": 1, "a": 2}', "has two members with the same name"),
        ("numbers", "1.10\n9007199254740993", digits),
        ("list", "1.10\n1e5\n7", ""),
        ("small", "0.0000001", ""),
    ):
        field = form.get_by_label(label)
        field.fill(text)
        expect(field.locator("xpath=..").locator(".bad")).to_have_text(said)
    expect(form.get_by_role("status")).to_contain_text("3 things are still missing or wrong")
    expect(own).to_have_text('options:\n  list: ["1.10","1e5",7]\n  small: 1.0e-7')


def test_a_group_that_does_not_fit_is_not_written(page: Page, odd_address: str) -> None:
    page.goto(f"{odd_address}plugins/plugin-group/")
    form, own = page.locator(".form"), page.locator("#options .code code").first
    form.get_by_label("b", exact=True).fill("x")
    form.get_by_label("d", exact=True).fill("y")
    expect(form.get_by_role("status")).to_contain_text("2 things are still missing or wrong")
    expect(own).to_have_text('options:\n  # does not fit: needs at least 3 members\n  d: "y"')
    form.get_by_label("c", exact=True).fill("z")
    expect(own).to_contain_text('\n  a: {"b":"x","c":"z"}\n  d: "y"')


def test_no_secret_in_a_default_is_filled_in(page: Page, odd_address: str) -> None:
    page.goto(f"{odd_address}plugins/plugin-secrets/")
    lines = (
        'login: {"user":"u"}',
        'account: {"user":"u"}',
        "accounts: [{},1]",
        'keys: ["a"]',
        "more: {}",
    )
    own, use = page.locator("#options .code code").first, page.locator("#use-yaml code")
    expect(own).to_have_text("\n  ".join(("options:", *lines)))
    expect(use).to_contain_text("\n    ".join(("  options:", *lines)))
    expect(page.get_by_label("password")).to_have_value("")
    assert "hunter2" not in page.locator("#options .form").inner_html()


def test_options_without_names_are_one_text_of_json(page: Page, odd_address: str) -> None:
    page.goto(f"{odd_address}plugins/plugin-choice/")
    form, own = page.locator(".form"), page.locator("#options .code code").first
    expect(page.locator("#options > .hint")).to_contain_text("The options as a whole: one of: ")
    form.get_by_label("options").fill('{"a": "x", "b": "y"}')
    expect(form.locator(".bad")).to_contain_text("more than one of the alternatives")
    expect(own).to_contain_text("options: {}\n  # does not fit: matches more than one")
    form.get_by_label("options").fill('{"a": "x"}')
    expect(form.get_by_role("status")).to_have_text("These options match the schema.")
    expect(own).to_have_text('options:\n  a: "x"')


def test_of_too_many_options_the_first_and_the_required_ones_have_fields(
    page: Page, odd_address: str
) -> None:
    page.goto(f"{odd_address}plugins/plugin-many/")
    form = page.locator(".form")
    expect(form.locator("input")).to_have_count(200)
    expect(form.locator("> .hint")).to_have_text(
        "The first 200 options are shown here; the schema has them all."
    )
    form.get_by_label("p305").fill("x")
    expect(form.get_by_role("status")).to_have_text("These options match the schema.")


def test_a_reference_is_drawn_as_what_it_leads_to(page: Page, odd_address: str) -> None:
    page.goto(f"{odd_address}plugins/plugin-name/")
    expect(page.locator(".form input")).to_have_count(1)
    page.goto(f"{odd_address}plugins/plugin-recursive/")
    expect(page.locator(".form fieldset")).to_have_count(0)
    expect(page.locator(".form textarea")).to_have_count(1)


def test_a_reference_that_can_not_be_followed_is_said_at_once(page: Page, odd_address: str) -> None:
    page.goto(f"{odd_address}plugins/plugin-nowhere/")
    said = "can't be checked here ($ref http://elsewhere.example/x)"
    expect(page.locator(".form .help")).to_have_text(said)


def test_what_can_not_be_checked_is_told_without_calling_it_wrong(
    page: Page, odd_address: str
) -> None:
    page.goto(f"{odd_address}plugins/plugin-nobodys/")
    field = page.locator(".form").get_by_label("a", exact=True)
    field.fill("44")
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(page.locator(".form .bad")).to_have_text("can't be checked here (format shoe-size)")


def test_a_pattern_that_takes_for_ever_does_not_stop_the_page(
    page: Page, hostile_address: str
) -> None:
    """R-45: a plugin's pattern runs in a worker, which is ended after a moment."""
    page.goto(f"{hostile_address}plugins/plugin-hostile/")
    field = page.locator(".form").first.get_by_role("textbox").first
    field.fill("a" * 60 + "!")
    field.fill("still typing")
    expect(field).to_have_value("still typing")
    expect(page.locator(".form").first.get_by_role("status")).to_be_visible()
