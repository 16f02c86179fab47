"""The words people sign or say yes to, by version: a published version never changes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from samskap.text import Text

CURRENT: Final = "2026-1"
"""The version that is signed today."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """The declaration of confidentiality in one version."""

    version: str
    citation: str
    url: str
    last_checked: date
    title: Text
    paragraphs: tuple[Text, ...]
    sign: Text


@dataclass(frozen=True, slots=True)
class Consent:
    """What someone says yes to, and how the yes is taken back."""

    key: str
    version: str
    title: Text
    line: Text
    withdraw: Text


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page on privacy; its text names {municipality} where it needs to."""

    key: str
    title: Text
    text: Text


class UnknownTextError(LookupError):
    """There is no such text or version."""


@cache
def declaration(version: str = CURRENT) -> Declaration:
    """Give the declaration in one version; UnknownTextError when that version was never published."""
    data = _read(_published("declaration", version))
    return Declaration(
        version=data["version"],
        citation=f"{data['law']} {data['section']}",
        url=data["url"],
        last_checked=data["last_checked"],
        title=Text.of(data["title"]),
        paragraphs=tuple(Text.of(row) for row in data["paragraph"]),
        sign=Text.of(data["sign"]),
    )


@cache
def consent(key: str, version: str = CURRENT) -> Consent:
    """Give the words of one consent in one version; UnknownTextError when there are none."""
    data = _read(_published("consent", version))
    if not isinstance(data.get(key), dict):
        raise UnknownTextError(f"no consent {key!r} in version {version!r}")
    row = data[key]
    return Consent(key, version, Text.of(row["title"]), Text.of(row["line"]), Text.of(row["withdraw"]))


@cache
def privacy_sections() -> tuple[Section, ...]:
    """Give the sections of the page on privacy, in order."""
    rows = _read("privacy_page.toml")["section"]
    return tuple(Section(row["key"], Text.of(row["title"]), Text.of(row["text"])) for row in rows)


def versions() -> tuple[str, ...]:
    """Give every version of the declaration that was published, oldest first."""
    folder = files("samskap") / "data" / "declaration"
    return tuple(sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml")))


def _published(folder: str, version: str) -> str:
    if version not in versions():
        raise UnknownTextError(f"version {version!r} was never published")
    return f"{folder}/{version}.toml"


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("samskap") / "data" / name).read_text("utf-8"))
