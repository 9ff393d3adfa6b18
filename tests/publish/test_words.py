"""Service types and providers in people's words: the catalog's, the table's, or written out."""

from __future__ import annotations

import pytest

from catalogctl.publish.site.words import Words
from catalogctl.source.settings import SiteSettings, settings
from support import site


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("monitoring.Webhook", "Alert webhook"),
        ("google_cloud", "Google Cloud"),
        ("cost_analysis.Budget", "Cost analysis · Budget"),
        ("cost_analysis.DataSoruce", "Cost analysis · Data soruce"),
        ("some_cloud", "Some cloud"),
        ("statistics.HTTPServer2", "Statistics · HTTP server2"),
        ("a.B", "A · B"),
        ("S3", "S3"),
        ("Already Written", "Already Written"),
        ("라우드", "라우드"),
        ("=cmd()", "=cmd()"),
        ("__proto__", "__proto__"),
        ("", ""),
    ],
)
def test_a_value_is_said_in_words(value: str, word: str) -> None:
    assert Words().of(value) == word


def test_the_words_of_a_catalog_add_to_ours_and_replace_them() -> None:
    words = Words({"aws": "Amazon", "acme.Rocket": "Rocket"})
    assert [words.of(each) for each in ("aws", "acme.Rocket", "azure")] == [
        "Amazon",
        "Rocket",
        "Azure",
    ]


def test_words_that_are_no_text_are_passed_over() -> None:
    given = settings({"site": {"words": {"aws": 1, "azure": " ", "kubernetes": "K8s"}}})
    assert given.site.words == {"kubernetes": "K8s"}


def test_values_with_one_word_are_one_choice_and_keep_their_pages() -> None:
    plugins = [
        site.plugin("plugin-a", "A", service_type="notification.Protocol"),
        site.plugin("plugin-b", "B", service_type="notification.Procotol"),
        site.plugin("plugin-c", "C", service_type="notification.Protocol"),
        site.plugin("plugin-d", "D", service_type="inventory.Collector"),
    ]
    words = {"notification.Procotol": "Notification channel"}
    pages = site.pages(plugins, site.context(site=SiteSettings(words=words)))
    home = pages["index.html"].decode()
    facet = home[home.index('data-field="service_type"') :].partition("</section>")[0]
    assert facet.count("<li>") == 2
    assert 'service-types/notification.Protocol/" data-value="notification.Protocol"' in facet
    assert "Notification channel</span><b>3</b>" in facet.replace("\n", "").replace("  ", "")
    other = pages["service-types/notification.Procotol/index.html"].decode()
    assert "<code>notification.Procotol</code>" in other
    assert 'href="../../service-types/notification.Protocol/"' in other
