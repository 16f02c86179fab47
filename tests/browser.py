"""A real browser for tests: Chromium through Playwright, and the kinds of visitor that pages are held to.

A plugin of pytest (see addopts), so that its fixtures are known everywhere: `chromium` is one browser for the session,
`visit` opens an address as a Visitor, `showcase` is the address of every component on one page.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

import pytest

from tests import machine

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, StorageState

ROOT: Final = Path(__file__).resolve().parent.parent
AXE: Final = ROOT / "node_modules/axe-core/axe.min.js"
AXE_TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
QUIET: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Visitor:
    """How somebody looks at a page: width in CSS pixels, colour scheme, and whether scripts run."""

    width: int
    height: int = 844
    scheme: Scheme = "light"
    script: bool = True
    touch: bool = False

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}-{'script' if self.script else 'no script'}"


NARROW: Final = Visitor(320, touch=True)
PHONE: Final = Visitor(390, touch=True)
DESK: Final = Visitor(1280, 900)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless browser for the whole session."""
    from playwright.sync_api import sync_playwright  # here, so that tests without a browser do not wait for it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.chromium(), args=list(QUIET))
        yield browser
        browser.close()


def new_context(
    browser: Browser, visitor: Visitor, *, locale: str = "nb-NO", state: StorageState | None = None
) -> BrowserContext:
    """A profile that looks at pages as the visitor does: a fresh one, or one that goes on from a state."""
    return browser.new_context(
        storage_state=state,
        viewport={"width": visitor.width, "height": visitor.height},
        color_scheme=visitor.scheme,
        java_script_enabled=visitor.script,
        has_touch=visitor.touch,
        locale=locale,
        timezone_id="Europe/Oslo",
    )


class Visit(Protocol):
    """Opens an address as a visitor; the page is closed after the test."""

    def __call__(self, url: str, visitor: Visitor = DESK, /, *, locale: str = "nb-NO") -> Page:
        """The page, loaded."""


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """Opens pages: `visit(url, PHONE)`; each has a profile of its own."""
    contexts: list[BrowserContext] = []

    def open_page(url: str, visitor: Visitor = DESK, /, *, locale: str = "nb-NO") -> Page:
        contexts.append(new_context(chromium, visitor, locale=locale))
        page = contexts[-1].new_page()
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of an application while it is served from a thread of this process."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Silent(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  werkzeug names it so
            """Says nothing: a test speaks through what it asserts."""

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def showcase() -> Iterator[str]:
    """The address of an application that shows every component."""
    from tests.web.showcase import showcase_app

    with serving(showcase_app()) as address:
        yield address


def axe_violations(page: Page) -> list[str]:
    """One line for each rule of WCAG 2.2 A/AA and best practice that the page breaks; also where scripts are off."""
    world = isolated_world(page)
    if not runs_scripts(world):
        return twin_violations(page)
    world.evaluate(AXE.read_text("utf-8"))
    return list(world.evaluate(AXE_RUN % json.dumps({"runOnly": list(AXE_TAGS), "rules": {"target-size": ON}})))


AXE_RUN: Final = """axe.run(document, %s).then(r => r.violations.map(v => v.id + ': ' +
    v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary.replace(/\\s+/g, ' ')).join(' | ')))"""
ON: Final = {"enabled": True}


class World:
    """A corner of a page where scripts of ours run beside the page's policy, which stays as strict as it is."""

    def __init__(self, session: CDPSession, context_id: int) -> None:
        self.session, self.context_id = session, context_id

    def evaluate(self, expression: str) -> Any:
        """The value of an expression, awaited; AssertionError with the reason when it throws."""
        found = self.session.send("Runtime.evaluate", {"expression": expression, "contextId": self.context_id,
                                                       "awaitPromise": True, "returnByValue": True})  # fmt: skip
        if "exceptionDetails" in found:
            raise AssertionError(f"the page would not run it: {found['exceptionDetails']}")
        return found["result"].get("value")


def isolated_world(page: Page) -> World:
    """A corner of the page as it now stands."""
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    return World(session, session.send("Page.createIsolatedWorld", {"frameId": frame})["executionContextId"])


def runs_scripts(world: World) -> bool:
    """Whether the page's own scripts may run."""
    return bool(world.evaluate("matchMedia('(scripting: enabled)').matches"))


def twin_violations(page: Page) -> list[str]:
    """What axe says of the markup as it stands, its scripts taken out: axe cannot run where scripts are off."""
    size, dark = isolated_world(page).evaluate(
        "[[innerWidth, innerHeight], matchMedia('(prefers-color-scheme: dark)').matches]"
    )
    browser = page.context.browser
    assert browser is not None
    twin = _twins(browser, Visitor(size[0], size[1], "dark" if dark else "light")).new_page()
    markup = re.sub(r"<script\b.*?</script>|</?noscript>", "", page.content(), flags=re.DOTALL)
    twin.route(page.url, lambda route: route.fulfill(body=markup, content_type="text/html; charset=utf-8"))
    twin.goto(page.url)
    try:
        return axe_violations(twin)
    finally:
        twin.close()


@cache
def _twins(browser: Browser, visitor: Visitor) -> BrowserContext:
    """Where twins are looked at: they ask us for styles and fonts alone, so one profile will do for all of them."""
    return new_context(browser, visitor)


def scrolls_sideways(page: Page) -> int:
    """How many CSS pixels the page is wider than its window; 0 is what is wanted."""
    metrics = page.context.new_cdp_session(page).send("Page.getLayoutMetrics")
    return int(metrics["cssContentSize"]["width"] - metrics["cssLayoutViewport"]["clientWidth"])
