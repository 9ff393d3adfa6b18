"""The search in a browser: forgiving, ranked, its state in the address, its keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from catalogctl.source.settings import SiteSettings
from support import samples, site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page, Route

    from catalogctl.jsontypes import JSON


def names(page: Page) -> list[str]:
    """Return the names found: their text, as rows out of view have no layout and no inner text."""
    return page.locator("#found > article h3 a").all_text_contents()


def typed(page: Page, address: str, query: str) -> None:
    page.goto(address)
    page.get_by_label("Search plugins").fill(query)


@pytest.mark.parametrize(
    ("query", "first", "count"),
    [
        ("VERS opt", "Options and Versions", 1),
        ("opt vers", "Options and Versions", 1),
        ("plugin-options", "Options and Versions", 1),
        ("loudw", "CloudWatch Café", 1),
        ("cafe", "CloudWatch Café", 1),
        ("라우", "Options and Versions", 1),
        ("inventory", "Disabled Collector", 1),
        ("usual 07", "Usual 07", 1),
        ("usual", "Usual 00", 30),
        ("plugin", "CloudWatch Café", 34),
        ("zzzzzz", "", 0),
    ],
)
def test_what_is_typed_finds_its_plugins(
    page: Page, address: str, query: str, first: str, count: int
) -> None:
    typed(page, address, query)
    noun = "plugin" if count == 1 else "plugins"
    expect(page.locator("#count")).to_have_text(f"{count} {noun} of 34")
    assert ([*names(page), ""])[0] == first


@pytest.fixture(scope="module")
def joined_address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    """The address of a site whose texts are written in one way, and searched in another."""
    plugins = [
        site.plugin("ms-teams", "Teams Notifier", image="acme/ms-teams"),
        site.plugin("plugin-go", "Agent", tags={"description": "A Go-based agent for AWS S3."}),
        site.plugin("plugin-road", "Straße und Weg"),
        site.plugin("plugin-k8s", "Cluster", image="acme/plugin-k8s", labels=["In-House"]),
        site.plugin("plugin-other", "Other", image="team/else", tags={"description": "in stock"}),
    ]
    files = site.tree(plugins, site.context())
    return serve(samples.written(files, tmp_path_factory.mktemp("joined")))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("gobased", ["Agent"]),
        ("go-based", ["Agent"]),
        ("goba", []),
        ("gobas", ["Agent"]),
        ("awss3", ["Agent"]),
        ("wss3", []),
        ("s3", ["Agent"]),
        ("strasse", ["Straße und Weg"]),
        ("STRASSE", ["Straße und Weg"]),
        ("straße", ["Straße und Weg"]),
        ("strasseund", ["Straße und Weg"]),
        ("acme/plugin-k8s", ["Cluster"]),
        ("pluginkeights", []),
        ("pluginK8S", ["Cluster"]),
        ("acme/", ["Cluster", "Teams Notifier"]),
        ("team/else", ["Other"]),
        ("msteams", ["Teams Notifier"]),
        ("ms-teams", ["Teams Notifier"]),
        ("inhouse", ["Cluster"]),
        ("ins", []),
        ("teamsnotifier", ["Teams Notifier"]),
        ("gobased awss3", ["Agent"]),
    ],
)
def test_words_are_found_however_they_are_joined(
    page: Page, joined_address: str, query: str, found: list[str]
) -> None:
    page.goto(f"{joined_address}?literal=1&q={query}")
    count = page.locator("#count")
    expect(count).to_have_text(f"{len(found)} plugin{'' if len(found) == 1 else 's'} of 5")
    assert sorted(names(page)) == found


def test_joined_words_are_marked_as_they_are_written(page: Page, joined_address: str) -> None:
    typed(page, joined_address, "gobased awss3 strasse")
    expect(page.locator("#found")).to_contain_text("No plugin matches")
    typed(page, joined_address, "gobased awss3")
    expect(page.locator("#found mark")).to_have_text(["Go-based", "AWS S3"])
    typed(page, joined_address, "strasse")
    expect(page.locator("#found mark")).to_have_text(["Straße"])


@pytest.mark.parametrize("query", ["clodwatch", "cluodwatch", "xloudwatch", "cloudwtch"])
def test_a_typo_is_forgiven_and_the_literal_search_offered(
    page: Page, address: str, query: str
) -> None:
    typed(page, address, query)
    note = page.locator("#note")
    expect(note).to_have_text(f"Showing results for cloudwatch. Search for {query} instead.")
    assert names(page) == ["CloudWatch Café"]
    note.get_by_role("link").click()
    expect(page.locator("#count")).to_be_focused()
    expect(page.locator("#found")).to_contain_text(f"No plugin matches {query}")
    expect(page).to_have_url(f"{address}?q={query}&literal=1")


def test_hits_are_marked_as_they_are_written(page: Page, address: str) -> None:
    typed(page, address, "cafe met")
    marks = page.locator("#found mark")
    expect(marks).to_have_text(["Café", "met"])


def test_disabled_plugins_come_last_and_say_so(page: Page, address: str) -> None:
    page.goto(f"{address}?q=plugin-&page=2")
    last = page.locator("#found article").last
    expect(last).to_contain_text("Disabled Collector")
    expect(last.locator(".tag").first).to_have_text("Disabled")


def test_nothing_is_fetched_before_the_search_is_used(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    page.goto(address, wait_until="networkidle")
    assert not [path for path in asked if path.startswith("search/")]
    page.keyboard.press("/")
    expect(page.get_by_label("Search plugins")).to_be_focused()
    page.keyboard.type("usual")
    expect(page.locator("#found article")).to_have_count(24)
    assert len([path for path in asked if path.startswith("search/")]) == 2


def test_facets_combine_and_their_counts_follow(page: Page, address: str) -> None:
    page.goto(address)
    facets = page.locator("#facets")
    facets.get_by_label("Azure").check()
    expect(page.locator("#count")).to_have_text("1 plugin of 34")
    # A choice does not lower the counts of its own facet, but those of the others.
    expect(facets.locator("label", has_text="AWS").locator("b").first).to_have_text("32")
    expect(facets.locator("label", has_text="Enabled").locator("b")).to_have_text("1")
    facets.get_by_label("AWS").first.check()
    expect(page.locator("#count")).to_have_text("33 plugins of 34")
    facets.get_by_label("Disabled").check()
    expect(page.locator("#count")).to_have_text("1 plugin of 34")
    expect(page).to_have_url(f"{address}?provider=azure&provider=aws&state=DISABLED")
    chips = page.locator("#chips")
    chips.get_by_role("button", name="Disabled").click()
    expect(page.locator("#count")).to_have_text("33 plugins of 34")
    expect(chips.get_by_role("button", name="Clear all")).to_be_focused()
    chips.get_by_role("button", name="Azure").click()
    expect(page.locator("#count")).to_have_text("32 plugins of 34")
    expect(chips.get_by_role("button", name="AWS")).to_be_focused()
    chips.get_by_role("button", name="Clear all").click()
    expect(page.locator("#listed")).to_be_visible()
    expect(page.get_by_label("Search plugins")).to_be_focused()
    expect(page).to_have_url(address)
    # All plugins have one registry type, so that the page has no list of them.
    page.goto(f"{address}?registry_type=DOCKER_HUB&provider=azure&state=DISABLED")
    expect(chips.locator(".chip").last).to_have_text("Registry type: DOCKER_HUB ✕ (remove)")
    empty = page.locator("#found .empty").first
    expect(empty).to_have_text("No plugin has all of theseRemove a filter.")


def test_the_address_is_the_state_and_back_restores_it(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Search plugins").fill("usual")
    expect(page.locator("#count")).to_have_text("30 plugins of 34")
    page.locator("#found-pages").get_by_role("link", name="2").click()
    expect(page.locator("#found article")).to_have_count(6)
    expect(page.locator("#count")).to_be_focused()
    expect(page).to_have_url(f"{address}?q=usual&page=2")
    page.get_by_label("Sort").select_option("newest")
    expect(page).to_have_url(f"{address}?q=usual&sort=newest")
    page.go_back()
    expect(page.locator("#found article")).to_have_count(6)
    page.go_back()
    expect(page.locator("#found article")).to_have_count(24)
    page.go_forward()
    expect(page.locator("#found article")).to_have_count(6)
    page.reload()
    expect(page.locator("#found article")).to_have_count(6)
    expect(page.get_by_label("Search plugins")).to_have_value("usual")


def test_a_shared_address_never_shows_the_whole_list_first(page: Page, address: str) -> None:
    page.goto(f"{address}?q=cafe&provider=unknown&sort=odd&page=x")
    assert page.locator("#listed:visible h3").count() == 0
    expect(page.locator("#found article")).to_have_count(1)
    page.route("**/assets/search.*", lambda route: route.fulfill(body=""))
    page.goto(f"{address}?repository=acme", wait_until="domcontentloaded")
    assert page.locator("#listed h3").first.is_hidden()


def test_an_address_with_a_query_hides_no_list_where_nothing_searches(
    page: Page, address: str, guard: Any
) -> None:
    page.goto(f"{address}providers/aws/?sort=updated&q=x")
    expect(page.locator("#listed h3").first).to_be_visible()
    page.route("**/assets/search.*", lambda route: route.abort())
    page.goto(f"{address}?q=cafe")
    expect(page.locator("#listed h3").first).to_be_visible()
    expect(page.locator("#count")).to_be_visible()
    guard.noise.clear()


def test_an_index_that_never_comes_leaves_the_list(page: Page, address: str) -> None:
    page.clock.install()
    page.route("**/search/index.json", lambda _: None)
    page.goto(f"{address}?q=cost")
    expect(page.locator("#listed")).to_have_css("visibility", "hidden")
    page.clock.fast_forward(5_000)
    expect(page.locator("#listed")).to_have_css("visibility", "visible")
    page.unroute_all(behavior="ignoreErrors")


def test_an_empty_search_is_the_front_page(page: Page, address: str) -> None:
    heading = page.locator(".hero .lead")
    page.goto(f"{address}?q=")
    expect(heading).to_be_visible()
    page.goto(f"{address}?q=cafe")
    expect(page.locator("#found article")).to_have_count(1)
    expect(heading).to_be_hidden()
    page.get_by_role("button", name="Clear the search").click()
    expect(heading).to_be_visible()


def test_sorting_puts_the_newest_first(page: Page, address: str) -> None:
    page.goto(f"{address}?sort=updated")
    expect(page.locator("#found article")).to_have_count(24)
    assert names(page)[0] == "CloudWatch Café"


def test_keys_walk_from_the_field_through_the_results_and_open_one(
    page: Page, address: str
) -> None:
    """«/» focuses, arrows choose, Escape returns and then clears, Enter opens; then copy."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{address}?state=ENABLED&sort=name")
    page.keyboard.press("/")
    page.keyboard.type("usual 0")
    results = page.locator("#found h3 a")
    expect(results).to_have_count(12)
    page.keyboard.press("ArrowDown")
    expect(results.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(results.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    field = page.get_by_label("Search plugins")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    expect(page).to_have_url(f"{address}?state=ENABLED&sort=name")
    page.keyboard.type("options vers")
    expect(results).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}plugins/plugin-options/")
    page.get_by_role("button", name="Copy plugin id").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("navigator.clipboard.readText().then(t => t === 'plugin-options')")


def test_enter_waits_for_the_answer_to_what_was_typed(page: Page, address: str) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/search/index.json", hold)
    typed(page, address, "usual")
    field = page.get_by_label("Search plugins")
    field.press("Enter")
    expect(field).to_be_focused()
    held.pop().continue_()
    expect(page.locator("#found h3 a").first).to_be_focused()


def test_slash_types_a_slash_where_one_is_typing(page: Page, address: str) -> None:
    page.goto(f"{address}stats/")
    page.keyboard.press("/")
    page.keyboard.type("a/b")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}?q=a%2Fb")


def test_results_are_told_once_typing_rests(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Search plugins").press_sequentially("usual")
    expect(page.get_by_role("status").filter(has_text="30 plugins of 34")).to_have_count(1)


def test_a_failed_fetch_says_so_and_can_be_tried_again(
    page: Page, address: str, guard: Any
) -> None:
    page.route("**/search/index.json", lambda route: route.fulfill(status=503))
    typed(page, address, "usual")
    again = page.get_by_role("button", name="Try again")
    expect(page.get_by_text("could not be loaded")).to_be_visible()
    expect(page.locator("#listed")).to_be_visible()
    assert guard.noise
    page.unroute("**/search/index.json")
    again.click()
    expect(page.locator("#found article")).to_have_count(24)
    expect(again).to_be_hidden()
    assert all("503" in text for text in guard.noise)
    guard.noise.clear()


def in_two_parts(page: Page, address: str) -> Callable[[], None]:
    """Give the index a second shard, of plugins of «rare»; the returned function lets it come."""
    index = page.request.get(f"{address}search/index.json").json()
    (shard,) = index["shards"]
    later = page.request.get(f"{address}{shard['path']}").text().replace('"aws"', '"rare"')
    shards = [shard, {**shard, "path": f"{shard['path']}?later"}]
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(
        "**/search/index.json", lambda route: route.fulfill(json={"count": 68, "shards": shards})
    )
    page.route(re.compile("later$"), hold)
    return lambda: held.pop().fulfill(body=later, content_type="application/json")


def test_a_result_keeps_the_focus_when_a_shard_comes(page: Page, address: str) -> None:
    come = in_two_parts(page, address)
    typed(page, address, "usual")
    expect(page.locator("#count")).to_contain_text("30 plugins of 68")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    come()
    expect(page.locator("#count")).to_have_text("60 plugins of 68")
    expect(page.locator("#found h3 a").nth(1)).to_be_focused()


def test_a_value_that_comes_with_a_later_shard_is_waited_for(page: Page, address: str) -> None:
    come = in_two_parts(page, address)
    page.goto(f"{address}?provider=rare")
    count = page.locator("#count")
    expect(count).to_contain_text("0 plugins of 68")
    expect(page.locator("#chips .chip")).to_have_text("Provider: rare ✕ (remove)")
    come()
    expect(count).to_have_text("64 plugins of 68")


MANY = (
    "document.addEventListener('readystatechange', () => {"
    " document.getElementById('found').dataset.count = '9999' }, {once: true})"
)
"""Above 5,000 plugins the page only asks a worker; here it is told that there are that many."""


def test_a_worker_is_made_again_when_the_search_is_tried_again(
    page: Page, address: str, guard: Any
) -> None:
    page.add_init_script(MANY)
    page.route("**/search/index.json", lambda route: route.fulfill(status=503))
    typed(page, address, "usual")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    page.unroute("**/search/index.json")
    with page.expect_worker() as started:
        again.click()
    assert "/assets/search-engine." in started.value.url
    expect(page.locator("#found article")).to_have_count(24)
    assert len(page.workers) == 1
    guard.noise[:] = [text for text in guard.noise if "503" not in text]


def test_a_worker_that_could_not_start_is_made_again(page: Page, address: str, guard: Any) -> None:
    page.add_init_script(MANY)
    page.goto(address)
    engine = "**/assets/search-engine.*"
    page.route(engine, lambda route: route.abort())
    field = page.get_by_label("Search plugins")
    with page.expect_event("requestfailed"):
        field.focus()
    field.fill("usual")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    expect(page.locator("#listed")).to_be_visible()
    page.unroute(engine)
    again.click()
    expect(page.locator("#found article")).to_have_count(24)
    guard.noise.clear()


def test_many_plugins_are_searched_in_a_worker(page: Page, address: str) -> None:
    page.add_init_script(MANY)
    with page.expect_worker() as started:
        page.goto(f"{address}?q=clodwatch")
    expect(page.locator("#count")).to_have_text("1 plugin of 34")
    assert "/assets/search-engine." in started.value.url


@pytest.mark.parametrize(("width", "folds"), [(767, True), (768, False)])
def test_filters_fold_below_768_px(page: Page, address: str, width: int, folds: Any) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    expect(page.locator("#facets")).to_be_visible(visible=not folds)
    expect(page.get_by_role("button", name="Filters")).to_be_visible(visible=folds)


def test_filters_fold_behind_a_button_on_a_phone(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{address}?provider=azure")
    button = page.get_by_role("button", name="Filters · 1")
    expect(page.locator("#facets")).to_be_hidden()
    button.click()
    expect(page.locator("#facets")).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.locator("#facets").get_by_label("AWS").first.check()
    page.get_by_role("button", name="Show 33 plugins").click()
    expect(page.locator("#facets")).to_be_hidden()
    expect(page.locator("#count")).to_have_text("33 plugins of 34")
    expect(page.locator("#count")).to_be_focused()


def test_what_matches_outside_the_filters_is_named(page: Page, address: str) -> None:
    page.goto(f"{address}?q=opt&provider=azure")
    expect(page.locator("#count")).to_have_text("0 plugins of 34")
    note = page.locator("#found .note")
    expect(note).to_have_text("1 more for «opt» outside these filters: Options and Versions.")
    page.goto(f"{address}?q=collector&provider=azure")
    expect(note).to_contain_text("Disabled Collector (Disabled).")
    page.goto(f"{address}?q=collector")
    expect(page.locator("#found > article")).to_have_count(1)
    expect(note).to_have_count(0)


def test_where_nothing_is_found_the_filters_stay_and_the_nearest_are_shown(
    page: Page, address: str
) -> None:
    page.goto(f"{address}?q=metrix+opsions")
    expect(page.locator("#count")).to_have_text("0 plugins of 34")
    expect(page.locator("#found h3 a", has_text="Options and Versions")).to_be_visible()
    kinds = page.locator("#facets section", has_text="Kind").locator("label")
    expect(kinds).to_have_text(["Alert webhook32", "Inventory collector1", "Metrics and logs1"])
    expect(page.get_by_role("link", name="Add a plugin").first).to_be_visible()
    page.get_by_role("button", name="Show all 34 plugins").click()
    expect(page).to_have_url(address)
    expect(page.locator("#listed")).to_be_visible()


def test_best_match_is_only_offered_with_a_query(page: Page, address: str) -> None:
    page.goto(address)
    sort = page.get_by_label("Sort")
    expect(sort.locator("option")).to_have_text(["Name", "Updated", "Newest"])
    field = page.get_by_label("Search plugins")
    field.fill("usual")
    expect(sort.locator("option").first).to_have_text("Best match")
    expect(sort).to_have_value("")
    page.get_by_role("button", name="Clear the search").click()
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    expect(sort).to_have_value("name")
    expect(page.get_by_role("button", name="Clear the search")).to_be_hidden()


def test_deprecated_plugins_can_be_chosen(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#facets").get_by_label("Deprecated").check()
    expect(page).to_have_url(f"{address}?state=DEPRECATED")
    expect(page.locator("#found > article")).to_have_count(1)
    expect(page.locator("#found .tag")).to_have_text(["Disabled", "Deprecated"])


def test_values_with_one_word_are_one_filter(
    page: Page, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    kinds = ["notification.Protocol", "notification.Procotol", "inventory.Collector"]
    plugins = [
        site.plugin(f"plugin-{number}", f"Plugin {number}", service_type=kind)
        for number, kind in enumerate(kinds)
    ]
    words = {"notification.Procotol": "Notification channel"}
    context = site.context(site=SiteSettings(words=words))
    address = serve(samples.written(site.tree(plugins, context), tmp_path))
    page.goto(address)
    box = page.locator("#facets").get_by_label("Notification channel")
    box.check()
    expect(page.locator("#count")).to_have_text("2 plugins of 3")
    expect(page.locator("#chips button").first).to_have_text(
        "Kind: Notification channel ✕ (remove)"
    )
    box.uncheck()
    expect(page).to_have_url(address)
    for kind in kinds[:2]:
        page.goto(f"{address}?service_type={kind}")
        expect(page.locator("#count")).to_have_text("2 plugins of 3")
        expect(box).to_be_checked()
        expect(page.locator("#chips .chip")).to_have_count(1)


def test_values_that_the_filters_do_not_name_keep_their_page(
    page: Page, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    labels: JSON = [f"label-{number}" for number in range(401)]
    plugins = [site.plugin("plugin-a", "Labelled", labels=labels), site.plugin("plugin-b", "Other")]
    page.goto(serve(samples.written(site.tree(plugins, site.context()), tmp_path)))
    field = page.get_by_label("Search plugins")
    field.fill("labelled")
    facets = page.locator("#facets")
    expect(facets.get_by_role("button", name="Show the first 400")).to_be_visible()
    every = facets.get_by_role("link", name="All 401")
    expect(every).to_be_visible()
    field.fill("other")
    expect(every).to_be_hidden()
