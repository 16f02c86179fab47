"""From a rule's sentence and numbers to the words that are shown."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from matching.rule import Lang, Said, Terms, Times, Value
from matching.week import Span

Namer = Callable[[Lang, str, str], str]
"""From language, vocabulary (skill, language, gender, …) and term to the term's name on screen."""

DAYS: Mapping[Lang, Sequence[str]] = {
    "nb": ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    "nn": ("måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: Mapping[Lang, Sequence[str]] = {
    "nb": ("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
           "desember"),
    "nn": ("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
           "desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
}  # fmt: skip
AND: Mapping[Lang, str] = {"nb": "og", "nn": "og", "en": "and"}
NONE: Mapping[Lang, str] = {"nb": "ingen", "nn": "ingen", "en": "none"}
NOT_STATED: Mapping[Lang, str] = {"nb": "ikke oppgitt", "nn": "ikkje oppgitt", "en": "not stated"}
YES: Mapping[Lang, tuple[str, str]] = {"nb": ("nei", "ja"), "nn": ("nei", "ja"), "en": ("no", "yes")}
NAMES: Mapping[Lang, Mapping[tuple[str, str], str]] = {
    "nb": {
        ("gender", "f"): "kvinne", ("gender", "m"): "mann", ("gender", "x"): "annet",
        ("mode", "home"): "hjemme", ("mode", "outdoors"): "ute", ("mode", "institution"): "på institusjon",
        ("mode", "phone"): "på telefon", ("mode", "online"): "på nett",
        ("level", "1"): "litt", ("level", "2"): "til samtale", ("level", "3"): "godt",
    },
    "nn": {
        ("gender", "f"): "kvinne", ("gender", "m"): "mann", ("gender", "x"): "anna",
        ("mode", "home"): "heime", ("mode", "outdoors"): "ute", ("mode", "institution"): "på institusjon",
        ("mode", "phone"): "på telefon", ("mode", "online"): "på nett",
        ("level", "1"): "litt", ("level", "2"): "til samtale", ("level", "3"): "godt",
    },
    "en": {
        ("gender", "f"): "a woman", ("gender", "m"): "a man", ("gender", "x"): "other",
        ("mode", "home"): "at home", ("mode", "outdoors"): "outdoors", ("mode", "institution"): "at an institution",
        ("mode", "phone"): "by phone", ("mode", "online"): "online",
        ("level", "1"): "a little", ("level", "2"): "for conversation", ("level", "3"): "well",
    },
}  # fmt: skip


def by_key(lang: Lang, vocabulary: str, term: str) -> str:
    """The term itself: what stands where no one hands in names."""
    return term


def sentence(said: Said, lang: Lang, name: Namer = by_key) -> str:
    """The sentence in one language, with its numbers in that language's way of writing."""
    return _Filler(lang, name).vformat(said.text.in_(lang), (), said.numbers)


class _Filler(string.Formatter):
    def __init__(self, lang: Lang, name: Namer) -> None:
        self.lang, self.name = lang, name

    def parse(self, format_string: Any) -> Any:
        return _parsed(format_string)

    def format_field(self, value: Any, format_spec: str) -> str:
        return written(value, self.lang, self.name, format_spec)


@cache
def _parsed(text: str) -> tuple[tuple[str, str | None, str | None, str | None], ...]:
    """The parts of a sentence; there are as many as there are sentences in the rules."""
    return tuple(string.Formatter().parse(text))


def written(value: Value, lang: Lang, name: Namer = by_key, format_spec: str = "") -> str:
    """One value in words: decimal comma in Norwegian, terms by name, minutes as clock times."""
    if isinstance(value, bool):
        return YES[lang][value]
    if isinstance(value, float):
        number = format(value, format_spec or "g")
        return number if lang == "en" else number.replace(".", ",")
    if isinstance(value, Terms):
        if value.vocabulary == "gender" and not value.keys:
            return NOT_STATED[lang]
        return _listed([_named(value.vocabulary, key, lang, name) for key in value.keys], lang)
    if isinstance(value, Times):
        return _listed([clock(span, lang) for span in value.spans], lang)
    if isinstance(value, date):
        return day(value, lang)
    return str(value)


def _named(vocabulary: str, key: str, lang: Lang, name: Namer) -> str:
    """The engine's own word, or the name handed in; a language with the level asked or held, if not the highest."""
    if vocabulary != "language":
        return NAMES[lang].get((vocabulary, key)) or name(lang, vocabulary, key)
    code, _, level = key.rpartition("/")
    spoken = name(lang, vocabulary, code)
    return spoken if level == "3" else f"{spoken} ({NAMES[lang]['level', level]})"


def _listed(names: Sequence[str], lang: Lang) -> str:
    if len(names) < 2:
        return names[0] if names else NONE[lang]
    return f"{', '.join(names[:-1])} {AND[lang]} {names[-1]}"


def clock(span: Span, lang: Lang) -> str:
    """A span of the week: "tirsdag 17–18.30", "Tuesday 17:00–18:30"; with two days when it passes midnight."""
    start, end = span
    first, last = start // 1440, (end - 1) // 1440
    until = f"{DAYS[lang][last]} {_hour(end - last * 1440, lang)}" if last > first else _hour(end - first * 1440, lang)
    return f"{DAYS[lang][first]} {_hour(start - first * 1440, lang)}–{until}"


def _hour(minute: int, lang: Lang) -> str:
    hour, minute = divmod(minute, 60)
    if lang == "en":
        return f"{hour:02}:{minute:02}"
    return f"{hour}.{minute:02}" if minute else f"{hour}"


def day(value: date, lang: Lang) -> str:
    """A date: "3. mars 2026", "3 March 2026"."""
    return f"{value.day}{'' if lang == 'en' else '.'} {MONTHS[lang][value.month - 1]} {value.year}"
