"""Take the README's screenshots, docs/images/*.png, of a fresh build of the shipped catalog.

    python tools/make_images.py

This needs Debian's chromium and the development packages, and is only run by hand.
"""

from __future__ import annotations

import functools
import http.server
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs/images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
LARGEST = 150_000
COLLECTORS = """{
  "filter": [
    {
      "key": "service_type",
      "value": "inventory",
      "operator": "contain"
    }
  ],
  "only": [
    "plugin_id", "name", "provider",
    "service_type", "labels", "updated_at"
  ],
  "sort": {"key": "name"}
}"""
SHOTS = (
    ("home", "", "light", 1080, 640),
    ("search", "?q=clodwatch", "dark", 800, 560),
    ("plugin", "plugins/plugin-aws-cloud-service-inven-collector/", "light", 1080, 860),
    ("stats", "stats/", "dark", 1280, 900),
    ("console", f"api/console/#list:{quote(COLLECTORS)}", "light", 1200, 800),
)
"""Name, address, theme, width and height."""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve the built tree without logging."""

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def main() -> int:
    """Build, serve, and take screenshots; return 1 if one is too large for a README."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "public")
        command = [sys.executable, "-m", "catalogctl", "build", "--catalog", "catalog"]
        subprocess.run([*command, "--out", out], cwd=ROOT, check=True, env=os.environ)  # noqa: S603
        handler = functools.partial(Handler, directory=str(out))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            shoot(f"http://127.0.0.1:{server.server_port}/")
            server.shutdown()
    large = [file.name for file in IMAGES.glob("*.png") if file.stat().st_size > LARGEST]
    for name in large:
        print(f"{name} is larger than {LARGEST:,} bytes")
    return 1 if large else 0


def shoot(address: str) -> None:
    """Take and write all screenshots."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, path, theme, width, height in SHOTS:
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme="dark" if theme == "dark" else "light",
                reduced_motion="reduce",
            )
            page.goto(address + path, wait_until="networkidle")
            page.screenshot(path=IMAGES / f"{name}.png")
            print(f"{name}.png: {(IMAGES / f'{name}.png').stat().st_size:,} bytes")
            page.close()
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
