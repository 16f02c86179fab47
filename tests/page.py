"""A page as somebody meets it: they read, fill in and press; every page that comes up is held to tests/standard.py.

page = kari.opens("/foresporsel/1")
page.fill("Grunn", "Jeg er bortreist")
page.press("Nei takk")
page.errors()                                  # sentences, without repeats
page.press("Nei takk", on_the_old_page=True)   # pressed once more on the page as it was before
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.standard import elements, faults_of, parse, words_of

BASE = "https://samskap.example"
MOST_REDIRECTS = 5
PLACES: dict[str, str] = {}
"""The address of a thing's page, by table: "/behov/{id}". Filled by tests/web/places.py."""

Fields = MultiDict[str, Any]


class Client(FlaskClient):
    """A browser that always comes over https to the one host that is ours."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        if args and isinstance(args[0], str):
            options.setdefault("base_url", BASE)
        return super().open(*args, **options)


class NotOnThePage(AssertionError):
    """What a test looks for is not on the page; the message tells what is."""


@dataclass
class Document:
    """One page as it came, with what was typed on it."""

    url: str
    response: TestResponse
    root: Element
    typed: dict[Element, list[Any]] = field(default_factory=dict)

    def parents(self) -> dict[Element, Element]:
        """Each element's parent."""
        return {child: parent for parent in self.root.iter() for child in parent}


class Page:
    """What somebody has before them. Follows redirects; `status` is that of the page they end on."""

    def __init__(self, browser: FlaskClient, db: Session | None = None) -> None:
        self.browser = browser
        self.db = db
        self._here: Document | None = None
        self._before: Document | None = None
        self.statuses: list[int] = []
        """Of every response since the last press or opening, redirects first."""

    # going somewhere

    def opens(self, where: str | object, **query: str) -> Page:
        """Opens an address, or the page of a thing."""
        url = where if isinstance(where, str) else PLACES[where.__tablename__].format(id=where.id)  # type: ignore[attr-defined]
        if query:
            url += ("&" if "?" in url else "?") + urlencode(query)
        self._send("GET", url)
        return self

    def follow(self, words: str, *, beside: str = "") -> Page:
        """Follows a link by its words."""
        link = self._pick("a", words, beside)
        return self.opens(urljoin(self.url, link.get("href") or ""))

    def press(self, words: str, *, beside: str = "", on_the_old_page: bool = False) -> Page:
        """Presses a button by its words (or their beginning, up to what only a screen reader says).

        `beside` chooses among many: the one nearest to that text. `on_the_old_page` presses on the page as it was
        before the last press, with what had been typed there.
        """
        if on_the_old_page:
            assert self._before is not None, "nothing was pressed before"
            self._here = self._before
        document = self._document
        button = self._pick("button", words, beside)
        form = self._form_of(button)
        sent = self._sent(form, button)
        url = urljoin(document.url, button.get("formaction") or form.get("action") or document.url)
        method = (button.get("formmethod") or form.get("method") or "get").upper()
        self._before = document
        if method == "GET":
            return self.opens(urlsplit(url)._replace(query=urlencode(list(sent.items(multi=True)))).geturl())
        files = form.get("enctype") == "multipart/form-data"
        self._send("POST", url, data=sent, content_type=None if files else "application/x-www-form-urlencoded")
        return self

    def _send(self, method: str, url: str, **options: Any) -> None:
        self.statuses = []
        headers = {"Accept": "text/html", "Accept-Language": "nb"}
        for _ in range(MOST_REDIRECTS):
            if method == "POST":
                headers |= {"Origin": BASE, "Referer": urljoin(BASE, self.url)}
            response = self.browser.open(url, method=method, headers=headers, **options)
            self._let_go()
            self.statuses.append(response.status_code)
            if response.status_code not in (301, 302, 303):
                break
            url, method, options = _local(urljoin(url, response.location or "")), "GET", {}
        else:
            raise AssertionError(f"more than {MOST_REDIRECTS} redirects; the last to {url}")
        self._arrive(_local(url), response)

    def _let_go(self) -> None:
        """The test's own session reads anew after each request."""
        if self.db is not None:
            self.db.rollback()

    def _arrive(self, url: str, response: TestResponse) -> None:
        html = response.text if response.mimetype == "text/html" else "<title></title>"
        self._here = Document(url, response, parse(html)[0])
        if response.mimetype == "text/html":
            faults = faults_of(html, response.headers)
            assert not faults, f"{url} ({response.status_code}) falls short:\n  " + "\n  ".join(faults)

    # reading

    @property
    def _document(self) -> Document:
        assert self._here is not None, "no page has been opened"
        return self._here

    @property
    def response(self) -> TestResponse:
        """The last response, for headers and files."""
        return self._document.response

    @property
    def status(self) -> int:
        """The status of the page one ended on."""
        return self.response.status_code

    @property
    def url(self) -> str:
        """The address, without the host."""
        return self._here.url if self._here is not None else "/"

    @property
    def html(self) -> str:
        """The page as sent."""
        return self.response.text

    @property
    def main(self) -> Element:
        """What the page is about, without the frame."""
        return next(elements(self._document.root, "main"), self._document.root)

    @property
    def text(self) -> str:
        """All words of the page's main part."""
        return words_of(self.main).strip()

    @property
    def heading(self) -> str:
        """The words of the h1."""
        return words_of(next(elements(self._document.root, "h1"))).strip()

    @property
    def title(self) -> str:
        """The words of the title."""
        return words_of(next(elements(self._document.root, "title"))).strip()

    @property
    def language(self) -> str:
        """The lang of the page."""
        return self._document.root.get("lang") or ""

    def says(self, words: str) -> bool:
        """Whether the words stand on the page's main part, spaces aside."""
        return " ".join(words.split()) in self.text

    def buttons(self) -> list[str]:
        """The words of every button in the page's main part."""
        return [_words(node) for node in elements(self.main, "button")]

    def links(self) -> list[str]:
        """The words of every link in the page's main part."""
        return [_words(node) for node in elements(self.main, "a")]

    def menu(self) -> list[str]:
        """The words of every place in the menu."""
        return [_words(link) for nav in elements(self._document.root, "nav") for link in elements(nav, "a")][:12]

    def errors(self) -> list[str]:
        """What the page says is wrong: the summary, beside the fields, in red boxes, or why nothing was done."""
        found = [_words(node) for node in self._complaints()]
        if self.status >= 400 and not found:
            found = [_words(node) for node in elements(self.main, "p")][:1]
        return list(dict.fromkeys(found))

    def _complaints(self) -> Iterator[Element]:
        for node in elements(self.main):
            classes = (node.get("class") or "").split()
            if "ds-error-summary" in classes:
                yield from elements(node, "li")
            elif "ds-validation-message" in classes:
                yield node
            elif "ds-alert" in classes and node.get("data-color") == "danger":
                yield from elements(node, "p")

    def would_send(self) -> dict[str, Any]:
        """What the page's longest form would send as it stands, by its last button; nothing where there is none."""
        forms = [form for form in elements(self.main, "form") if (form.get("method") or "").lower() == "post"]
        if not forms:
            return {}
        longest = max(forms, key=lambda form: len(list(elements(form, "input", "select", "textarea"))))
        return self._sent(longest, list(elements(longest, "button"))[-1]).to_dict(flat=False)

    # filling in

    def fill(self, label: str, value: str | tuple[bytes, str], *, beside: str = "") -> Page:
        """Types into the field with this label (a file is its content and its name); chooses in a list by its words."""
        found = self._field(label, beside)
        if isinstance(value, tuple):
            self._document.typed[found] = [(io.BytesIO(value[0]), value[1])]
        elif found.tag == "select":
            self._document.typed[found] = [self._option(found, value)]
        else:
            self._document.typed[found] = [value]
        return self

    def tick(self, label: str, *, beside: str = "") -> Page:
        """Ticks a box or chooses among round ones."""
        found = self._field(label, beside)
        for other in self._same_choice(found):
            self._document.typed[other] = []
        self._document.typed[found] = [_ticked(found)]
        return self

    def untick(self, label: str, *, beside: str = "") -> Page:
        """Takes a tick away."""
        self._document.typed[self._field(label, beside)] = []
        return self

    def value(self, label: str, *, beside: str = "") -> str:
        """What stands in a field."""
        return next((str(one) for one in self._values(self._field(label, beside))), "")

    def ticked(self, label: str, *, beside: str = "") -> bool:
        """Whether a box is ticked."""
        return bool(self._values(self._field(label, beside)))

    def _field(self, label: str, beside: str) -> Element:
        controls = list(elements(self._document.root, "input", "select", "textarea"))
        by_id = {node.get("id"): node for node in controls}
        named = [
            (found, _words(node))
            for node in elements(self.main, "label")
            for found in [by_id.get(node.get("for")), *elements(node, "input", "select", "textarea")]
            if found is not None
        ]
        named += [(node, node.get("aria-label") or "") for node in controls if node.get("aria-label")]
        return self._nearest(_matching(named, label), label, beside, sorted({said for _, said in named}))

    def _option(self, select: Element, words: str) -> str:
        options = {_words(option): option for option in elements(select, "option")}
        if words not in options:
            raise NotOnThePage(f"no choice «{words}»; there are {list(options)}")
        chosen = options[words]
        return chosen.get("value") if chosen.get("value") is not None else words  # type: ignore[return-value]

    def _same_choice(self, radio: Element) -> list[Element]:
        if radio.get("type") != "radio":
            return []
        form = self._form_of(radio)
        return [node for node in elements(form, "input") if node.get("name") == radio.get("name")]

    def _values(self, control: Element) -> list[Any]:
        """What a control would send."""
        if control in self._document.typed:
            return self._document.typed[control]
        if control.tag == "textarea":
            return ["".join(control.itertext())]
        if control.tag == "select":
            options = list(elements(control, "option"))
            chosen = [one for one in options if "selected" in one.attrib] or (
                options[:1] if "multiple" not in control.attrib else []
            )
            return [one.get("value") if one.get("value") is not None else _words(one) for one in chosen]
        if control.get("type") in ("checkbox", "radio"):
            return [_ticked(control)] if "checked" in control.attrib else []
        return [] if control.get("type") == "file" else [control.get("value") or ""]

    # buttons, links and forms

    def _pick(self, tag: str, words: str, beside: str) -> Element:
        tags = ("a",) if tag == "a" else ("button", "input")
        named = [
            (node, _words(node) or node.get("value") or "")
            for node in elements(self._document.root, *tags)
            if node.tag != "input" or node.get("type") == "submit"
        ]
        return self._nearest(_matching(named, words), words, beside, [said for _, said in named])

    def _nearest(self, found: list[Element], words: str, beside: str, there: list[str]) -> Element:
        if not found:
            raise NotOnThePage(f"«{words}» is not on {self.url} ({self.status}); there are {there}")
        if len(found) > 1 and beside:
            found = [min(found, key=lambda node: self._steps_to(node, beside))]
        if len({id(node) for node in found}) > 1 and not self._alike(found):
            raise NotOnThePage(f"{len(found)} times «{words}» on {self.url}; say which with beside=")
        return found[0]

    def _alike(self, found: list[Element]) -> bool:
        """Links to one place are one link."""
        return all(node.tag == "a" and node.get("href") == found[0].get("href") for node in found)

    def _steps_to(self, node: Element, words: str) -> int:
        """How far up one has to go from an element until the words are in sight, or name the group it stands in."""
        parents, steps = self._document.parents(), 0
        while words not in words_of(node) and words != node.get("aria-label"):
            if node not in parents:
                return 10_000
            node, steps = parents[node], steps + 1
        return steps

    def _form_of(self, node: Element) -> Element:
        named = node.get("form")
        if named:
            return next(form for form in elements(self._document.root, "form") if form.get("id") == named)
        parents = self._document.parents()
        while node.tag != "form":
            if node not in parents:
                raise NotOnThePage("that button belongs to no form")
            node = parents[node]
        return node

    def _sent(self, form: Element, button: Element) -> Fields:
        sent: Fields = MultiDict()
        outside = [
            node for node in elements(self._document.root) if node.get("form") and node.get("form") == form.get("id")
        ]
        for control in [*elements(form, "input", "select", "textarea"), *outside]:
            if (
                control.get("name")
                and control.get("type") not in ("submit", "button", "image")
                and "disabled" not in control.attrib
            ):
                for one in self._values(control):
                    sent.add(control.get("name") or "", one)
        if button.get("name"):
            sent.add(button.get("name") or "", button.get("value") or "")
        return sent


def _ticked(box: Element) -> str:
    """What a box or round choice sends when it is ticked; an empty word is a word."""
    value = box.get("value")
    return "on" if value is None else value


def _words(node: Element) -> str:
    return words_of(node).strip()


def _matching(named: list[tuple[Element, str]], words: str) -> list[Element]:
    """Those called exactly so; if none is, those whose words begin so."""
    return [node for node, said in named if said == words] or [node for node, said in named if said.startswith(words)]


def _local(url: str) -> str:
    """An address on our own host, without the host; AssertionError for one that leads away."""
    parts = urlsplit(url)
    assert not parts.netloc or f"{parts.scheme}://{parts.netloc}" == BASE, f"led away to {url}"
    return parts._replace(scheme="", netloc="").geturl()


def query_of(url: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(url).query))
