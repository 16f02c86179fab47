"""Notices what a free text should not carry: diagnoses, national ids, contact details, names, addresses and rooms.

It asks the writer to say it otherwise and blocks nothing, a valid national id apart. What it finds is shown where it
stands and kept nowhere.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from samskap.integrations.places import town_names
from samskap.text import Text


class Finds(StrEnum):
    """What was noticed."""

    DIAGNOSIS = "diagnosis"
    NATIONAL_ID = "national_id"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    NAME = "name"
    ROOM = "room"
    BIRTH_DATE = "birth_date"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to say otherwise: the stretch of the text [start, end), what it is, and the sentence to show."""

    finds: Finds
    start: int
    end: int
    sentence: Text
    blocks: bool = False


_SENTENCES: Final = {
    Finds.DIAGNOSIS: Text(
        nb="«{said}» kan si noe om noens helse. Skriv heller hva som trengs, for eksempel «rolig tempo».",
        nn="«{said}» kan seie noko om helsa til nokon. Skriv heller kva som trengst, til dømes «roleg tempo».",
        en="“{said}” may say something about someone’s health. Write what is needed instead, such as “an easy pace”.",
    ),
    Finds.PHONE: Text(
        nb="Her står det et telefonnummer. Ta det bort: kontaktopplysninger åpnes først når begge har sagt ja.",
        nn="Her står det eit telefonnummer. Ta det bort: kontaktopplysningar blir opna først når begge har sagt ja.",
        en="There is a phone number here. Take it out: contact details are opened only when both have said yes.",
    ),
    Finds.EMAIL: Text(
        nb="Her står det en e-postadresse. Ta den bort: kontaktopplysninger åpnes først når begge har sagt ja.",
        nn="Her står det ei e-postadresse. Ta henne bort: kontaktopplysningar blir opna først når begge har sagt ja.",
        en="There is an e-mail address here. Take it out: contact details are opened only when both have said yes.",
    ),
    Finds.ADDRESS: Text(
        nb="«{said}» ser ut som en adresse. Skriv heller området, for eksempel «på Tretten».",
        nn="«{said}» ser ut som ei adresse. Skriv heller området, til dømes «på Tretten».",
        en="“{said}” looks like an address. Write the area instead, such as “in Tretten”.",
    ),
    Finds.NAME: Text(
        nb="Er «{said}» navnet på en person? Skriv heller «en dame» eller «en mann». Ellers kan du la det stå.",
        nn="Er «{said}» namnet på ein person? Skriv heller «ei dame» eller «ein mann». Elles kan du la det stå.",
        en="Is “{said}” someone’s name? Write “a woman” or “a man” instead. If it is not, you can leave it.",
    ),
    Finds.ROOM: Text(
        nb="«{said}» peker ut hvor noen bor. Ta det bort: det sier dere når dere har avtalt å møtes.",
        nn="«{said}» peiker ut kvar nokon bur. Ta det bort: det seier de når de har avtalt å møtast.",
        en="“{said}” points out where someone lives. Take it out: you tell each other when you have agreed to meet.",
    ),
    Finds.BIRTH_DATE: Text(
        nb="Her står det en fødselsdato. Skriv heller «i 80-årene».",
        nn="Her står det ein fødselsdato. Skriv heller «i 80-åra».",
        en="There is a date of birth here. Write “in their eighties” instead.",
    ),
}
_ID_CERTAIN: Final = Text(
    nb="Her står det et fødselsnummer. Det kan ikke lagres her. Ta det bort, så går resten fint.",
    nn="Her står det eit fødselsnummer. Det kan ikkje lagrast her. Ta det bort, så går resten fint.",
    en="There is a national identity number here. It cannot be stored. Take it out, and the rest is fine.",
)
_ID_LIKELY: Final = Text(
    nb="Her står det elleve siffer som ligner på et fødselsnummer. Ta dem bort hvis de er det.",
    nn="Her står det elleve siffer som liknar på eit fødselsnummer. Ta dei bort om dei er det.",
    en="These eleven digits look like a national identity number. Take them out if that is what they are.",
)


def scan(text: str) -> tuple[Finding, ...]:
    """Give everything noticed in the text, in the order it stands; where two overlap the first kind in `Finds` wins."""
    plain = _plain(text)
    kept: list[Finding] = []
    for find in (_diagnoses, _national_ids, _emails, _phones, _birth_dates, _addresses, _rooms, _names):
        for found in find(plain):
            if all(found.end <= other.start or found.start >= other.end for other in kept):
                kept.append(found)
    return tuple(sorted(kept, key=lambda found: found.start))


def blocks(text: str) -> Text | None:
    """Give the sentence that refuses the text, or None when it may be saved; only a valid national id is refused."""
    return next((found.sentence for found in scan(text) if found.blocks), None)


def _plain(text: str) -> str:
    """Give the text with every odd space as a space and every digit as 0–9, letter for letter."""
    return "".join(_plain_letter(letter) for letter in text)


def _plain_letter(letter: str) -> str:
    if letter.isspace() or letter in "\u200b\u200c\u200d\u2060\ufeff":
        return " "
    digit = unicodedata.digit(letter, None)
    return letter if digit is None or letter.isascii() or not letter.isdecimal() else str(digit)


def _found(finds: Finds, text: str, start: int, end: int) -> Finding:
    said = " ".join(text[start:end].split())
    sentence = _SENTENCES[finds]
    told = (getattr(sentence, locale).replace("{said}", _safe(said)) for locale in ("nb", "nn", "en"))
    return Finding(finds, start, end, Text(*told))


def _safe(said: str) -> str:
    """Give what was said with braces out of it, so that it cannot be taken for a value to fill in."""
    return said.replace("{", "(").replace("}", ")")


# ---------------------------------------------------------------- diagnoses


@cache
def _lists(section: str) -> dict[str, tuple[str, ...]]:
    data: dict[str, Any] = tomllib.loads((files("samskap") / "data" / "scanner.toml").read_text("utf-8"))
    return {key: tuple(sorted(words, key=len, reverse=True)) for key, words in data[section].items()}


@cache
def _diagnosis_pattern() -> re.Pattern[str]:
    known = _lists("diagnosis")
    stems = "|".join(_spaced(stem) for stem in known["stems"])
    words = "|".join(_spaced(word) for word in known["words"])
    return re.compile(rf"\b(?:(?i:(?:{stems})[\w-]*|(?:{words})\b)|(?:{'|'.join(known['exact'])})\b)")


def _spaced(words: str) -> str:
    return r"\s+".join(re.escape(word) for word in words.split())


def _diagnoses(text: str) -> Iterator[Finding]:
    for match in _diagnosis_pattern().finditer(text):
        if not any(part in match[0].lower() for part in _lists("diagnosis")["unless"]):
            yield _found(Finds.DIAGNOSIS, text, match.start(), match.end())


# ---------------------------------------------------------------- national ids

_ELEVEN: Final = re.compile(r"(?<![\d+])(\d{6})[ .\-–]{0,2}(\d{5})(?!\d)")
_FIRST_WEIGHTS: Final = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND_WEIGHTS: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def _national_ids(text: str) -> Iterator[Finding]:
    for match in _ELEVEN.finditer(text):
        digits = match[1] + match[2]
        if _has_date(digits):
            certain = _has_check_digits(digits)
            yield Finding(
                Finds.NATIONAL_ID, *match.span(), sentence=_ID_CERTAIN if certain else _ID_LIKELY, blocks=certain
            )


def is_national_id(digits: str) -> bool:
    """Tell whether eleven digits are a valid national id: D-numbers and synthetic ones (month + 40, 65 or 80) too."""
    eleven = len(digits) == 11 and digits.isascii() and digits.isdigit()
    return eleven and _has_date(digits) and _has_check_digits(digits)


def _has_date(digits: str) -> bool:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    day = day - 40 if day > 40 else day
    month = next((month - added for added in (80, 65, 40) if month - added >= 1), month)
    try:
        date(2000 + year, month, day)
    except ValueError:
        return False
    return True


def _has_check_digits(digits: str) -> bool:
    d = [int(digit) for digit in digits]
    first = -sum(a * b for a, b in zip(_FIRST_WEIGHTS, d, strict=False)) % 11
    second = -sum(a * b for a, b in zip(_SECOND_WEIGHTS, d, strict=False)) % 11
    return first == d[9] and second == d[10]


# ---------------------------------------------------------------- contact details and birth dates

_EMAIL: Final = re.compile(r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\]|\(a\))\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_PHONE: Final = re.compile(
    r"(?<![\d+])(?<![Uu]ke )(?<![Vv]eke )(?<![Kk]l\. )(?:(?:\+|00)\s?47\s?)?(?!20\d\d[01]\d[0-3]\d\b)"
    r"(?:[2-9]\d{7}|[2-9]\d{2} \d{2} \d{3}|[2-9]\d(?: \d{2}){3})(?![\d/]|[.,:–-]\d)"
    r"|(?<![\d+])(?:\+|00)(?!\s?47)[1-9](?: ?\d){7,13}(?!\d)"
)
_BIRTH: Final = re.compile(
    r"\b(?:født|fødd|fødselsdato|f\.|born(?: on)?)\s*:?\s*(?:den\s+)?"
    r"\d{1,2}\.?\s?(?:[./-]\s?\d{1,2}[./-]\s?|[a-zæøå]+\s)\d{2,4}\b",
    re.IGNORECASE,
)


def _emails(text: str) -> Iterator[Finding]:
    return (_found(Finds.EMAIL, text, *match.span()) for match in _EMAIL.finditer(text))


def _phones(text: str) -> Iterator[Finding]:
    return (_found(Finds.PHONE, text, *match.span()) for match in _PHONE.finditer(text))


def _birth_dates(text: str) -> Iterator[Finding]:
    return (_found(Finds.BIRTH_DATE, text, *match.span()) for match in _BIRTH.finditer(text))


# ---------------------------------------------------------------- addresses and rooms

_ROAD: Final = "veg|vegen|vei|veien|gate|gata|gaten|gutua|gutu|allé|alleen|alléen|stien|svingen|street|road|lane"
_FARM: Final = "plassen|tunet|grenda|kroken|bakken|haugen|lia|løkka|jordet|flata|kleiva|roa|brua|torget"
_NOT_A_HOUSE: Final = (
    r"(?!\s*(?:år|åringer|åringar|km|kr|min|timer|timar|time|stk|personer|personar|pers|ganger|gonger|meter|m\b|prosent|%"
    r"|people|hours|times|[.:]\d|[–-]\s?\d))"
)
_STREET: Final = re.compile(
    rf"\b(?i:[a-zæøå]+(?:{_ROAD})\s+(?:nr\.?\s*)?\d{{1,4}}\s?[a-h]?)\b{_NOT_A_HOUSE}"
    rf"|\b[A-ZÆØÅ][a-zæøå]+(?:{_FARM})\s+\d{{1,3}}\s?[A-Ha-h]?\b{_NOT_A_HOUSE}"
    r"|\b(?i:g(?:nr|årdsnummer|ardsnummer)\.?\s*\d+[\s,/]*(?:b(?:nr|ruksnummer)\.?\s*)?\d+)"
)
_ROOM: Final = re.compile(
    r"\b(?:rom(?:nummer|nr\.?)?|leilighet(?:snummer)?|leilegheit|leil\.?|room|flat|apartment)\s*(?:nr\.?\s*)?\d{1,4}[A-Ha-h]?\b"
    + _NOT_A_HOUSE
    + r"|\bH0[1-9]\d{2}\b",
    re.IGNORECASE,
)


def _addresses(text: str) -> Iterator[Finding]:
    return (_found(Finds.ADDRESS, text, *match.span()) for match in _STREET.finditer(text))


def _rooms(text: str) -> Iterator[Finding]:
    return (_found(Finds.ROOM, text, *match.span()) for match in _ROOM.finditer(text))


# ---------------------------------------------------------------- names

_PAIR: Final = re.compile(r"(?<![\w-])([A-ZÆØÅ][a-zæøåéèöäü]+)((?:[ -][A-ZÆØÅ][a-zæøåéèöäü]+){1,3})(?![\w-])")
_INSTITUTION: Final = re.compile(
    r"(?:skole|skule|sentral|heim|hjem|gard|gaard|kirke|kyrkje|foren|lag|hus|bibliotek|klubb|kaf[eé]|museum|senter|park"
    r"|kor|korps|kommune|krets|gruppe|tjenest|tenest|stad|fjell|elv|dal|vatn|vann|sjø|sæter|seter|veg|vei|gata|bygd)\w{0,3}$",
    re.IGNORECASE,
)


@cache
def _given() -> frozenset[str]:
    return frozenset(_lists("name")["given"])


@cache
def _no_names() -> frozenset[str]:
    places = frozenset(word for name in town_names() for word in re.split(r"[\s-]+", name))
    return places | frozenset(_lists("name")["never"])


def _names(text: str) -> Iterator[Finding]:
    for match in _PAIR.finditer(text):
        words = re.split(r"[ -]", match[0])
        first = next((place for place, word in enumerate(words[:-1]) if word in _given()), None)
        if first is not None:
            yield _found(Finds.NAME, text, match.start() + sum(len(word) + 1 for word in words[:first]), match.end())
        elif not any(word in _no_names() or _INSTITUTION.search(word) for word in words):
            yield _found(Finds.NAME, text, *match.span())
