"""Photographs the coordinator's desk of the demo municipality as README.md shows it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import databases, machine  # noqa: E402  the path above
from tests.browser import DESK, QUIET, new_context, serving  # noqa: E402
from tests.journeys.demo_town import demo_app  # noqa: E402

PICTURE = ROOT / "docs" / "desk.png"
MOST_BYTES = 250_000
A_THURSDAY = datetime(2026, 11, 26, 13, tzinfo=UTC)
COORDINATOR, NEED = "Ingrid Moen", "Følge på ærender"


def photograph(browser: Browser, address: str) -> bytes:
    """The first screen of a need with those who could meet it, as the coordinator sees it."""
    page = new_context(browser, DESK).new_page()
    page.goto(f"{address}/logg-inn")
    page.get_by_role("button", name=COORDINATOR).click()
    page.goto(f"{address}/arbeidsliste?slag=match")
    page.locator("a", has_text=NEED).first.click()
    page.wait_for_load_state("networkidle")
    return page.screenshot()


@contextmanager
def in_a_folder() -> Iterator[Path]:
    """Where the town lives while its picture is taken."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[databases.RUN] = folder
        yield Path(folder)


def main() -> None:
    """Writes the picture; AssertionError when it has become too heavy for a README."""
    with (
        in_a_folder() as folder,
        demo_app(folder, clock=lambda: A_THURSDAY) as app,
        serving(app) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=machine.chromium(), args=list(QUIET))
        picture = photograph(browser, address)
        browser.close()
    assert len(picture) <= MOST_BYTES, f"the picture is {len(picture)} bytes; at most {MOST_BYTES} are wanted"
    PICTURE.write_bytes(picture)
    print(f"{PICTURE.relative_to(ROOT)}: {len(picture)} bytes")


if __name__ == "__main__":
    main()
