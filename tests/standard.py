"""The standard every page is held to, as a list of faults in words. tests/page.py applies it to each page it opens."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as PARSE_ERRORS
from werkzeug.datastructures import Headers

LANGUAGES = frozenset({"nb", "nn", "en"})
FIELDS = frozenset({"input", "select", "textarea"})
UNLABELLED = frozenset({"hidden", "submit", "reset", "button", "image"})
POINTS_AT = (
    "for",
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "aria-owns",
    "popovertarget",
    "list",
    "form",
)
LISTS = {"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}, "tr": {"td", "th"}}
PRESSABLE = frozenset({"a", "button", "input", "select", "textarea", "label"})
CONTENT_OF_ANY = frozenset({"script", "template"})
LEFTOVER = re.compile(r"%\(\w+\)|\{\{|\{%|\{\w+\}|Undefined|<bound method|None None")
"""What is left on a page when a sentence was not filled in."""
UNSAFE = re.compile(r"unsafe-(inline|eval)|\*|http:")


def parse(html: str) -> tuple[Element, list[str]]:
    """The page as a tree without namespaces, and every error of HTML in it."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root: Element = parser.parse(html)
    return root, [f"line {line}: {PARSE_ERRORS[code] % told}" for (line, _), code, told in parser.errors]


def faults_of(html: str, headers: Headers) -> list[str]:
    """Everything in which a page falls short of the standard; an empty list is what is wanted."""
    root, faults = parse(html)
    faults += faults_of_frame(root)
    faults += faults_of_ids(root)
    faults += faults_of_fields(root)
    faults += faults_of_names(root)
    faults += faults_of_nesting(root)
    faults += faults_of_forms(root)
    faults += faults_of_policy(root, headers)
    faults += [f"left over: {said}" for said in LEFTOVER.findall(words_of(root))]
    return faults


def words_of(element: Element) -> str:
    """The text of an element and all in it, spaces made single; scripts and styles left out."""
    if element.tag in ("script", "style", "template"):
        return ""
    parts = [element.text or "", *(words_of(child) + (child.tail or "") for child in element if is_element(child))]
    parts += [child.tail or "" for child in element if not is_element(child)]
    return re.sub(r"\s+", " ", "".join(parts))


def is_element(node: Element) -> bool:
    """Whether a node of the tree is an element, not a comment."""
    return isinstance(node.tag, str)


def elements(root: Element, *tags: str) -> Iterator[Element]:
    """Every element, or those of some tags, in the order of the page."""
    return (node for node in root.iter() if is_element(node) and (not tags or node.tag in tags))


def faults_of_frame(root: Element) -> Iterator[str]:
    """Language, title, one heading that says something, one main, and headings that skip no level."""
    if root.get("lang") not in LANGUAGES:
        yield f"lang is {root.get('lang')!r}"
    title = words_of(next(elements(root, "title"), Element("none"))).strip()
    if not title or title.startswith(("–", "-")):
        yield f"title is {title!r}"
    for tag in ("h1", "main"):
        if (found := len(list(elements(root, tag)))) != 1:
            yield f"{found} {tag}, not one"
    yield from faults_of_headings(root)


def faults_of_headings(root: Element) -> Iterator[str]:
    """Headings say something, and none is more than one level below the one before it."""
    before = 0
    for heading in elements(root, "h1", "h2", "h3", "h4", "h5", "h6"):
        level = int(str(heading.tag)[1])
        if not words_of(heading).strip():
            yield f"an empty {heading.tag}"
        if level > before + 1:
            yield f"{heading.tag} «{words_of(heading).strip()}» comes after h{before}"
        before = level


def faults_of_ids(root: Element) -> Iterator[str]:
    """Ids are unique, and what points at one finds it."""
    ids = Counter(node.get("id") for node in elements(root) if node.get("id") is not None)
    yield from (f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1 or not name)
    for node in elements(root):
        for attribute in POINTS_AT:
            lost = [name for name in (node.get(attribute) or "").split() if name not in ids]
            yield from (f"{attribute} points at {name!r}, which is not there" for name in lost)
    for link in elements(root, "a"):
        where = link.get("href") or ""
        if where.startswith("#") and where[1:] not in ids:
            yield f"a link to {where}, which is not there"


def faults_of_fields(root: Element) -> Iterator[str]:
    """Every field has a label."""
    labelled = {label.get("for") for label in elements(root, "label") if words_of(label).strip()}
    wrapped = {field for label in elements(root, "label") for field in elements(label, *FIELDS)}
    for field in elements(root, *FIELDS):
        if field.get("type") in UNLABELLED or named(field):
            continue
        if field.get("id") not in labelled and field not in wrapped:
            yield f"no label for {field.tag} {field.get('name')!r}"


def faults_of_names(root: Element) -> Iterator[str]:
    """Every group has a legend, every button and link a name, every picture a text."""
    for group in elements(root, "fieldset"):
        if not named(group) and not any(child.tag == "legend" and words_of(child).strip() for child in group):
            yield "a fieldset without a legend"
    for pressable in elements(root, "button", "a"):
        if pressable.get("aria-hidden") == "true" and pressable.get("tabindex") == "-1":
            continue  # the button that Enter presses, which nobody sees
        if not named(pressable) and not words_of(pressable).strip():
            yield f"a {pressable.tag} without words"
    for picture in elements(root, "img"):
        if picture.get("alt") is None:
            yield f"no alt for {picture.get('src')}"


def named(node: Element) -> bool:
    """Whether an element is named by an attribute."""
    return bool((node.get("aria-label") or "").strip() or node.get("aria-labelledby"))


def faults_of_nesting(root: Element) -> Iterator[str]:
    """What the grammar allows but the language does not: strangers in lists, pressable things in pressable things."""
    for parent in elements(root):
        wanted = LISTS.get(str(parent.tag))
        for child in parent:
            if wanted and is_element(child) and child.tag not in wanted | CONTENT_OF_ANY:
                yield f"{child.tag} directly in {parent.tag}"
        if parent.tag in ("a", "button"):
            inside = [node.tag for node in elements(parent) if node is not parent and node.tag in PRESSABLE]
            yield from (f"{tag} inside {parent.tag}" for tag in inside)


def faults_of_forms(root: Element) -> Iterator[str]:
    """A form that changes something carries one CSRF token; one that only looks carries none."""
    for form in elements(root, "form"):
        posts = (form.get("method") or "get").lower() == "post"
        tokens = [
            field for field in elements(form, "input") if field.get("name") == "csrf_token" and field.get("value")
        ]
        if len(tokens) != posts:
            yield f"{len(tokens)} csrf tokens in the form to {form.get('action') or 'itself'!r}"
        if posts and any(node is not form for node in elements(form, "form")):
            yield "a form in a form"


def faults_of_policy(root: Element, headers: Headers) -> Iterator[str]:
    """A content security policy without holes, and a page that keeps to it."""
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or UNSAFE.search(policy):
        yield f"policy is {policy!r}"
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "no nosniff"
    nonce = re.search(r"'nonce-([\w-]{22,})'", policy)
    for script in elements(root, "script"):
        if script.get("type") in ("application/json", "text/template"):
            continue
        if nonce is None or script.get("nonce") != nonce[1]:
            yield "a script without the nonce of the policy"
    for node in elements(root):
        inline = [name for name in node.attrib if name == "style" or str(name).startswith("on")]
        yield from (f"{name}= on {node.tag}" for name in inline)
        if str(node.get("href") or "").lower().startswith("javascript:"):
            yield "a javascript: link"
    if any(True for _ in elements(root, "style")):
        yield "a style element"
