"""When someone was born, as lists have it: a day, a year, "ca 1960", two digits; and whether that is 18 years ago."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from samskap.integrations.spreadsheets import Sentence
from samskap.text import Text, age_on

OLDEST: Final = 115
"""Years; an age above it is a slip of the pen."""
GROWN_UP: Final = 18

_MONTHS: Final = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
_DAY: Final = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4}|\d{2})")
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")
_NAMED: Final = re.compile(rf"(\d{{1,2}})\.?\s*({'|'.join(_MONTHS)})[a-z]*\.?\s*(\d{{4}}|\d{{2}})")
_GLUED: Final = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})")
_YEAR: Final = re.compile(r"(?:ca\.?|cirka|omkring|rundt|omtrent|f\.?|født|fødd|trolig|around)?\s*(\d{4})\s*\??")
_ABOUT: Final = re.compile(r"^(?:ca|cirka|omkring|rundt|omtrent|trolig|around)|\?$")

NOT_A_DATE: Final = Text(
    nb="Dette er ikke en fødselsdato; feltet er tomt.",
    nn="Dette er ikkje ein fødselsdato; feltet er tomt.",
    en="This is not a date of birth; the field is left empty.",
)
NO_SUCH_DAY: Final = Text(
    nb="Datoen finnes ikke, eller den er ikke en fødselsdato; feltet er tomt.",
    nn="Datoen finst ikkje, eller han er ikkje ein fødselsdato; feltet er tomt.",
    en="The date does not exist, or is not a date of birth; the field is left empty.",
)
NATIONAL_ID: Final = Text(
    nb="Dette ser ut som et fødselsnummer. Det lagres ikke; feltet er tomt.",
    nn="Dette ser ut som eit fødselsnummer. Det blir ikkje lagra; feltet er tomt.",
    en="This looks like a national identity number. It is not stored; the field is left empty.",
)
TWO_DIGITS: Final = Text(
    nb="Året er skrevet med to siffer; lest som {year}.",
    nn="Året er skrive med to siffer; lese som {year}.",
    en="The year is written with two digits; read as {year}.",
)
YEAR_ONLY: Final = Text(
    nb="Omtrentlig år; bare {year} er lagret.",
    nn="Omtrentleg år; berre {year} er lagra.",
    en="An approximate year; only {year} is kept.",
)


@dataclass(frozen=True)
class Born:
    """A day, or only its year."""

    year: int
    day: date | None = None

    def adult(self, today: date) -> Adult:
        """Whether this is at least 18 years ago, as far as anybody can tell from a year."""
        if self.day is not None:
            return Adult.YES if age_on(self.day, on=today) >= GROWN_UP else Adult.NO
        years = today.year - self.year
        return Adult.YES if years > GROWN_UP else Adult.MAYBE if years == GROWN_UP else Adult.NO


class Adult(Enum):
    """Whether somebody is 18."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


Found = tuple[Born | None, Sentence | None]


def read_born(cell: str | date, *, today: date) -> Found:
    """Give what is known of a birth date, or None; and what was assumed, or why there is none."""
    if isinstance(cell, date):
        return _plausible(Born(cell.year, date(cell.year, cell.month, cell.day)), today)
    text = cell.strip().lower()
    if len(re.sub(r"\s", "", text)) == 11 and re.sub(r"\s", "", text).isdigit():
        return None, Sentence(NATIONAL_ID)
    year = _YEAR.fullmatch(text)
    if year:
        return _year_only(int(year.group(1)), text, today)
    parts = _parts(text)
    return _day(*parts, today) if parts else (None, Sentence(NOT_A_DATE))


def _year_only(year: int, text: str, today: date) -> Found:
    born, why = _plausible(Born(year), today)
    return (born, Sentence(YEAR_ONLY, {"year": year})) if born and _ABOUT.search(text) else (born, why)


def _parts(text: str) -> tuple[int, int, str] | None:
    """Day, month and year, the year as it is written."""
    if iso := _ISO.fullmatch(text):
        return int(iso[3]), int(iso[2]), iso[1]
    if named := _NAMED.fullmatch(text):
        return int(named[1]), _MONTHS.index(named[2]) + 1, named[3]
    found = _DAY.fullmatch(text) or _GLUED.fullmatch(text)
    return (int(found[1]), int(found[2]), found[3]) if found else None


def _day(day: int, month: int, written: str, today: date) -> Found:
    year = int(written) if len(written) == 4 else _century(int(written), today)
    try:
        born, why = _plausible(Born(year, date(year, month, day)), today)
    except ValueError:
        return None, Sentence(NO_SUCH_DAY)
    return born, Sentence(TWO_DIGITS, {"year": year}) if born and len(written) == 2 else why


def _century(two: int, today: date) -> int:
    """The latest year with those two digits that has begun."""
    return 2000 + two if 2000 + two <= today.year else 1900 + two


def _plausible(born: Born, today: date) -> Found:
    late = born.day > today if born.day else born.year > today.year
    if late or today.year - born.year > OLDEST:
        return None, Sentence(NO_SUCH_DAY)
    return born, None
