"""The form of a plugin's options, drawn from its own schema, filled in and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


@pytest.fixture
def form(page: Page, address: str) -> Locator:
    page.goto(f"{address}plugins/plugin-options/")
    page.get_by_text("Fill it in").click()
    drawn = page.locator(".form")
    expect(drawn).to_be_visible()
    return drawn


def test_every_option_has_a_field_of_its_kind(form: Locator) -> None:
    expect(form.get_by_label("Project (required)")).to_have_attribute("type", "text")
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
        ("Project (required)", "abc", "needs at least 4 characters"),
        ("window", "0", "must be at least 1"),
        ("window", "99999", "must be at most 3600"),
        ("window", "1.5", "must be an integer"),
        ("accounts", "a\nb\na", "has an item twice"),
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
    form.get_by_label("Project (required)").fill('my "own" project')
    form.get_by_label("region").fill("eu-west-1")
    form.get_by_label("accounts").fill("1\n2")
    form.get_by_label("strict").check()
    expect(form.get_by_role("status")).to_have_text("These options fit the schema.")
    expect(page.locator("#use-yaml code")).to_have_text(
        "plugin_info:\n"
        '  plugin_id: "plugin-options"\n'
        '  version: "2.0.0"\n'
        "  upgrade_mode: MANUAL\n"
        "  options:\n"
        '    "project": "my \\"own\\" project"\n'
        '    "severity": "LOW"\n'
        '    "region": "eu-west-1"\n'
        '    "accounts": ["1","2"]\n'
        '    "limits": {"window":60,"strict":true}'
    )


def test_a_pattern_that_takes_for_ever_does_not_stop_the_page(
    page: Page, hostile_address: str
) -> None:
    """R-45: a plugin's pattern runs in a worker, which is ended after a moment."""
    page.goto(f"{hostile_address}plugins/plugin-hostile/")
    page.get_by_text("Fill it in").first.click()
    field = page.locator(".form").first.get_by_role("textbox").first
    field.fill("a" * 60 + "!")
    field.fill("still typing")
    expect(field).to_have_value("still typing")
    expect(page.locator(".form").first.get_by_role("status")).to_be_visible()
