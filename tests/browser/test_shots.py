"""Screenshots of every kind of page, narrow and wide, light and dark, for people to look at.

They lie in `SCREENSHOTS` (a folder), else nowhere: CI keeps that folder. What can be wrong without
being seen is a matter of the other tests.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.samples import VIEWS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = os.environ.get("SCREENSHOTS")


@pytest.mark.skipif(not FOLDER, reason="SCREENSHOTS names no folder")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_kind_of_page_is_shot(
    browser: Browser, address: str, guard: Any, width: int, theme: Any
) -> None:
    folder = Path(FOLDER or "")
    folder.mkdir(parents=True, exist_ok=True)
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
    )
    for name, path in VIEWS.items():
        page.goto(address + path, wait_until="networkidle")
        file = folder / f"{name.replace(' ', '-')}-{width}-{theme}.png"
        page.screenshot(path=file, full_page=True)
        assert file.stat().st_size > 5_000
    page.close()
    guard.noise.clear()  # «not found» misses its script but for one way.
