"""Somebody at a browser in a story: presses what can be seen, in the words of the language that is chosen.

With SAMSKAP_PICTURES set to a folder, each page that somebody comes to is kept there as a picture.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from babel.support import Translations
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from samskap.text import LOCALE_NAMES, Locale
from tests.browser import ROOT, Visitor, new_context, scrolls_sideways

PICTURES = os.environ.get("SAMSKAP_PICTURES", "")
Kind = Literal["button", "link"]
PATIENCE = 20_000
"""Milliseconds until somebody gives up; a machine that is busy with other tests is slow."""


def words_of(locale: Locale) -> Translations:
    """The catalogue of a language; Bokmål is the language of the code, and has none."""
    return Translations.load(ROOT / "translations", [locale])  # type: ignore[return-value]


@dataclass
class Visiting:
    """One person with a browser of their own. `saw` is the text of every page the person has come to."""

    called: str
    address: str
    context: BrowserContext
    page: Page
    locale: Locale
    window: Visitor
    saw: list[str] = field(default_factory=list)

    def say(self, words: str, **values: Any) -> str:
        """A sentence of the screens in this person's language."""
        said: str = words_of(self.locale).gettext(words)
        return said % values if values else said

    def opens(self, path: str) -> None:
        """Write an address."""
        self.page.goto(self.address + path)
        self.look()

    def look(self) -> None:
        """Take in the page: it fits the window, is in the language that was chosen, and is remembered."""
        self.page.wait_for_load_state()
        assert self.page.locator("html").get_attribute("lang") == self.locale, self.page.url
        assert scrolls_sideways(self.page) == 0, self.page.url
        self.saw.append(self.page.content())
        if PICTURES:
            who, path = f"{self.locale}-{self.window.width}-{self.called}", urlsplit(self.page.url).path.strip("/")
            name = f"{who}-{len(self.saw):02d}-{path}"
            self.page.screenshot(path=Path(PICTURES) / f"{name.replace('/', '-')}.png", full_page=True)

    def press(self, words: str, **values: Any) -> None:
        """Press a button that is there to be seen."""
        self._click("button", self.say(words, **values))

    def follow(self, words: str, **values: Any) -> None:
        """Follow a link, named by the beginning of its words."""
        self._click("link", self.say(words, **values))

    def go(self, path: str) -> None:
        """Follow the link that leads to an address."""
        self._go(self.page.locator(f"a[href='{path}'], a[href^='{path}?']"))

    def menu(self, words: str) -> None:
        """Choose in the menu, which a phone keeps behind a button."""
        button = self.page.get_by_role("button", name=self.say("Meny"), exact=True)
        if button.is_visible():
            button.click()
        self._go(self.page.get_by_role("navigation").get_by_role("link", name=self.say(words), exact=True))

    def _click(self, kind: Kind, words: str) -> None:
        self._go(self.page.get_by_role(kind, name=re.compile(rf"^{re.escape(words)}")))

    def _go(self, place: Locator) -> None:
        self.saw.append(self.page.content())
        place.locator("visible=true").first.click()
        self.look()

    def writes(self, label: str, text: str) -> None:
        """Fill in a field."""
        self.page.get_by_label(re.compile(rf"^{re.escape(self.say(label))}")).locator("visible=true").first.fill(text)

    def writes_date(self, name: str, *parts: str) -> None:
        """Fill in a date in three fields."""
        for part, text in zip(("dag", "maned", "ar"), parts, strict=True):
            self.page.locator(f"input[name='{name}-{part}']").fill(text)

    def ticks(self, words: str, *, within: str = "") -> None:
        """Tick a box or choose one of several."""
        inside = self.page.get_by_role("group", name=self.say(within)) if within else self.page
        inside.get_by_label(re.compile(rf"^{re.escape(self.say(words))}")).locator("visible=true").first.check()

    def chooses(self, label: str, choice: str) -> None:
        """Choose in a list."""
        self.page.get_by_label(re.compile(rf"^{re.escape(self.say(label))}")).first.select_option(label=choice)

    def sees(self, words: str, **values: Any) -> None:
        """A sentence stands on the page, to be seen."""
        expect(self.page.get_by_text(self.say(words, **values)).locator("visible=true").first).to_be_visible(
            timeout=PATIENCE
        )

    def has_before_them(self, words: str) -> bool:
        """Whether a button is whole in the window as the page comes."""
        box = self.page.get_by_role("button", name=re.compile(rf"^{re.escape(self.say(words))}")).bounding_box()
        assert box is not None
        return box["y"] >= 0 and box["y"] + box["height"] <= self.window.height

    def unfolds(self, words: str) -> None:
        """Open a fold."""
        self.page.locator("summary", has_text=self.say(words)).first.click()

    def is_demo_person(self, name: str) -> None:
        """Log in by the button of a demo person."""
        self.opens("/")
        self.menu("Logg inn")
        self._click("button", name)

    def follows_about(self, what: str) -> None:
        """Follow the link or button of a line that speaks of something."""
        line = self.page.locator("main li", has_text=what)
        self._go(line.get_by_role("link"))

    def again(self) -> None:
        """Come to the same page once more."""
        self.page.reload()
        self.look()

    def path(self) -> str:
        """Where one is."""
        return urlsplit(self.page.url).path


def visiting(browser: Browser, address: str, called: str, visitor: Visitor, locale: Locale) -> Visiting:
    """Somebody new at the front page, who has chosen a language there."""
    context = new_context(browser, visitor)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    one = Visiting(called, address, context, page, locale, visitor)
    page.goto(address)
    if locale != "nb":
        page.get_by_role("link", name=LOCALE_NAMES[locale], exact=True).click()
    one.look()
    return one
