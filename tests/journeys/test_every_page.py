"""Every page of the demo municipality, as the person who uses it: axe, width and weight, in every state that it has.

A state is a language, a scheme, and script on or off; `script/test` tries each page in two of them so that all come up,
`script/test-long` tries all twelve.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, StorageState

from tests.browser import DESK, PHONE, Visitor, axe_violations, new_context, scrolls_sideways
from tests.journeys.demo_town import LONG, demo_town

__all__ = ["demo_town"]

MOST_BYTES = 60_000
"""Over the wire at first view (experience.md)."""
STATES = tuple(product(("nb", "nn", "en"), ("light", "dark"), (True, False)))
COORDINATOR, PROFESSIONAL, VOLUNTEER = "Ingrid Moen", "Ane Solbakken", "Kari Nordli"
PAGES = (
    ("", "/"), ("", "/her-trengs-du"), ("", "/slik-virker-det"), ("", "/personvern"), ("", "/tilgjengelighet"),
    ("", "/logg-inn"), ("", "/ny-konto"), ("", "/glemt-passord"), ("", "/finnes-ikke"),
    (VOLUNTEER, "/min-side"), (VOLUNTEER, "/her-trengs-du-for-meg"), (VOLUNTEER, "/ressursene-mine"),
    (VOLUNTEER, "/pause"), (VOLUNTEER, "/meld-meg-ut"), (VOLUNTEER, "/mine-data"), (VOLUNTEER, "/mine-data/rett"),
    (VOLUNTEER, "/meld-deg/hvor"),
    (VOLUNTEER, "/meld-deg/hva"), (VOLUNTEER, "/meld-deg/nar"), (VOLUNTEER, "/meld-deg/om-deg"),
    (VOLUNTEER, "/meld-deg/se-over"), (VOLUNTEER, "/jeg-trenger-noen"), (VOLUNTEER, "/vi-er-en-forening"),
    (VOLUNTEER, "> /foresporsel/"), (VOLUNTEER, "> /avtaler/"), (VOLUNTEER, "/taushetserklaering"),
    ("Tor Bakken", "/min-side"), ("Tor Bakken", "/mine-avtaler"), ("Tor Bakken", "> /avtaler/"),
    (PROFESSIONAL, "/mine-behov"), (PROFESSIONAL, "/behov/nytt"), (PROFESSIONAL, "/behov/nytt/walking_friend"),
    (PROFESSIONAL, "/behov/nytt/homework_at_school"),
    (COORDINATOR, "/arbeidsliste"), (COORDINATOR, "/plan"), (COORDINATOR, "/behov"), (COORDINATOR, "/frivillige"),
    (COORDINATOR, "/frivillige/registrer"), (COORDINATOR, "/ring"), (VOLUNTEER, "/foresporsler"),
    (COORDINATOR, "/egne-ord"), (COORDINATOR, "/foreninger"), (COORDINATOR, "/tall"), (COORDINATOR, "/avtaler"),
    (COORDINATOR, "/importer"), (COORDINATOR, "need"), (COORDINATOR, "candidates"), (COORDINATOR, "candidate"),
    (COORDINATOR, "set aside"), (COORDINATOR, "volunteer"), (COORDINATOR, "/demo/post"),
    ("Liv Haugen", "/tall"), ("Grete Lund", "/administrasjon"), ("Ida Brenden", "/avklaringer"),
)  # fmt: skip
"""Who opens what; words instead of an address are found by walking there (see WALKS)."""


@dataclass
class People:
    """One logged-in profile for each person and kind of visitor. Somebody logs in once; all their profiles go on."""

    browser: Browser
    address: str
    contexts: dict[tuple[str, str], BrowserContext] = field(default_factory=dict)
    logged_in: dict[str, StorageState] = field(default_factory=dict)

    def page(self, who: str, visitor: Visitor) -> Page:
        """A page of a profile in which somebody is logged in."""
        key = (who, str(visitor))
        if key not in self.contexts:
            state = self.state_of(who) if who else None
            self.contexts[key] = new_context(self.browser, visitor, state=state)
        return self.contexts[key].new_page()

    def state_of(self, who: str) -> StorageState:
        """What a browser holds after the button of a demo person."""
        if who not in self.logged_in:
            context = new_context(self.browser, PHONE)
            page = context.new_page()
            page.goto(f"{self.address}/logg-inn")
            page.get_by_role("button", name=who).first.click()
            page.wait_for_load_state()
            self.logged_in[who] = context.storage_state()
            context.close()
        return self.logged_in[who]


@pytest.fixture(scope="module")
def people(chromium: Browser, demo_town: str) -> Iterator[People]:
    """Everybody of the demo municipality."""
    held = People(chromium, demo_town)
    yield held
    for context in held.contexts.values():
        context.close()


def states_of(number: int) -> tuple[tuple[str, str, bool], ...]:
    """All twelve, or two that lie as far apart as can be, another pair for each page."""
    return STATES if LONG else (STATES[number * 5 % 12], STATES[(number * 5 + 7) % 12])


WALKS = {
    "need": ("/behov", "a[href^='/behov/']:not([href*='nytt'])"),
    "candidates": ("/arbeidsliste?slag=match", "a[href$='/kandidater']"),
    "candidate": ("candidates", "a[href*='/kandidater/']:not([href$='/legg-til-side'])"),
    "set aside": ("candidates", "a[href$='/legg-til-side']"),
    "volunteer": ("/frivillige", "a[href^='/frivillige/']:not([href*='registrer'])"),
}
"""Where a page is found: on which page, by which link."""


def walk(page: Page, address: str, where: str, *, language: str = "nb") -> None:
    """Open an address in a language, or walk to a page by its link; the language comes along."""
    if where in WALKS:
        start, link = WALKS[where]
        walk(page, address, start, language=language)
        page.goto(address + str(page.locator(link).first.get_attribute("href")))
    elif where.startswith("> "):
        walk(page, address, "/mine-avtaler" if "avtaler" in where else "/foresporsler", language=language)
        page.goto(address + str(page.locator(f"a[href^='{where[2:]}']").first.get_attribute("href")))
    else:
        page.goto(f"{address}{where}{'&' if '?' in where else '?'}lang={language}")


def faults_on(page: Page) -> list[str]:
    """What the browser complains of while the page is used; grows."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "404" not in message.text:
            found.append(message.text)

    page.on("console", note)
    return found


@pytest.mark.parametrize(("number", "who", "where"), [(at, *pair) for at, pair in enumerate(PAGES)])
def test_a_page_breaks_no_rule_of_accessibility_in_any_state(people: People, number: int, who: str, where: str) -> None:
    for language, scheme, script in states_of(number):
        for visitor in (PHONE, DESK) if LONG else ((PHONE, DESK)[number % 2],):
            page = people.page(who, replace(visitor, scheme="dark" if scheme == "dark" else "light", script=script))
            faults = faults_on(page)
            walk(page, people.address, where, language=language)
            state = f"{where} {language} {scheme} {'script' if script else 'no script'} {visitor.width}"
            assert axe_violations(page) == [], state
            assert scrolls_sideways(page) == 0, state
            assert page.locator("html").get_attribute("lang") == language, state
            assert faults == [], state
            page.close()


@pytest.mark.parametrize(("who", "where"), [("", "/"), (COORDINATOR, "candidates"), (VOLUNTEER, "/meld-deg/hva")])
def test_a_first_view_is_light_and_asks_nobody_else(people: People, who: str, where: str) -> None:
    page = people.page(who, PHONE)
    walk(page, people.address, where)
    url = page.url
    page.close()
    page = new_context(people.browser, PHONE).new_page() if not who else people.page(who, PHONE)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    hosts: set[str] = set()
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))

    def note(response: Response) -> None:
        hosts.add(urlsplit(response.url).netloc)

    page.on("response", note)
    page.goto(url, wait_until="networkidle")
    assert sum(sizes) <= MOST_BYTES
    assert hosts == {urlsplit(people.address).netloc}
    page.close()


@pytest.mark.parametrize("visitor", [PHONE, DESK], ids=str)
def test_the_first_candidate_is_whole_on_the_first_screen(people: People, visitor: Visitor) -> None:
    page = people.page(COORDINATOR, visitor)
    walk(page, people.address, "candidates")
    box = page.get_by_role("button", name="Godkjenn og spør").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= visitor.height
    page.close()
