"""Reading one row of a list of volunteers: what it says of one person, or why it is not imported."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from matching.week import Week
from samskap.integrations.spreadsheets import Line, Sentence
from samskap.models import WordKind
from samskap.services.imports.birth import Adult, Born, read_born
from samskap.services.imports.columns import Field, Layout
from samskap.services.imports.contact import read_email, read_phone
from samskap.services.imports.place import read_place
from samskap.services.imports.row import Row, Unreadable, Warned, read_number, repeats_headings, sum_line
from samskap.services.imports.times import Weekly, read_times, spans_of
from samskap.services.imports.words import (
    AGE_AT_THE_EDGE,
    DATES_NOT_READ,
    HEADINGS_AGAIN,
    NO_NAME,
    NOT_A_LANGUAGE,
    NOT_A_NAME,
    NOT_KEPT,
    OPEN_TIME,
    SUM_LINE,
    SURNAME_FIRST,
    TWO_PEOPLE,
    UNDER_18,
)
from samskap.services.scanner import scan
from samskap.services.vocabulary import Word, find, find_all, find_languages
from samskap.text import Text

LONGEST_NAME: Final = 120
LONGEST_OWN_WORD: Final = 120
MOST_OWN_WORDS: Final = 20


class Standing(StrEnum):
    """What is read of a remark, and all that is."""

    LEFT = "left"
    PAUSED = "paused"


@dataclass(frozen=True, kw_only=True)
class VolunteerEntry:
    """What a list says of one volunteer. None and empty mean that it says nothing."""

    name: str
    number: int | None = None
    """The person's number here, in a list that was exported from here."""
    email: str | None = None
    phone: str | None = None
    born: Born | None = None
    postcode: str | None = None
    resources: frozenset[str] = frozenset()
    interests: frozenset[str] = frozenset()
    languages: tuple[tuple[str, int], ...] = ()
    """Keys with levels 1 to 3."""
    own_words: tuple[str, ...] = ()
    free: Week | None = None
    preferred: Week | None = None
    standing: Standing | None = None


@dataclass(frozen=True, kw_only=True)
class VolunteerReader:
    """What reading needs to know of the world."""

    layout: Layout
    today: date
    near: str
    """The number of the municipality whose places are meant first."""
    own: Sequence[Word] = ()
    """The municipality's own additions to the vocabulary."""

    def read(self, line: Line) -> tuple[VolunteerEntry | Unreadable, tuple[Warned, ...]]:
        """Read one line; warnings belong to the row whether it is imported or not."""
        row = Row(line, self.layout)
        entry = self._entry(row)
        return entry, tuple(row.warnings)

    def _entry(self, row: Row) -> VolunteerEntry | Unreadable:
        email, phone = _contact(row, Field.EMAIL, read_email), _contact(row, Field.PHONE, read_phone)
        if sum_line(row.line) and not (email or phone):
            return _nothing_but(row, SUM_LINE)
        if repeats_headings(row.line, self.layout):
            return _nothing_but(row, HEADINGS_AGAIN)
        name = _name(row)
        if isinstance(name, Unreadable):
            return name
        born = self._born(row)
        if isinstance(born, Unreadable):
            return born
        free, preferred = self._week(row)
        resources, interests, own_words = self._gives(row)
        return VolunteerEntry(
            name=name,
            number=read_number(row),
            email=email,
            phone=phone,
            born=born,
            postcode=read_place(row, near=self.near),
            resources=resources,
            interests=interests,
            languages=_languages(row),
            own_words=own_words,
            free=free,
            preferred=preferred,
            standing=_standing(row),
        )

    def _born(self, row: Row) -> Born | Unreadable | None:
        for heading, cell in row.cells(Field.BORN):
            born, why = read_born(cell if isinstance(cell, date) else str(cell), today=self.today)
            row.warn(heading, why)
            adult = born.adult(self.today) if born else None
            if born and adult is Adult.NO:
                return Unreadable(Sentence(UNDER_18, {"year": born.year}))
            if born and adult is Adult.MAYBE:
                row.warn(heading, Sentence(AGE_AT_THE_EDGE, {"year": born.year}))
            return born
        return None

    def _week(self, row: Row) -> tuple[Week | None, Week | None]:
        """The free half hours, and among them those named with “helst”; None where the list does not say."""
        weekly: list[Weekly] = []
        for heading, text in row.texts(Field.WHEN):
            times = read_times(text, today=self.today)
            for note in times.notes:
                row.warn(heading, note)
            if times.dated:
                row.warn(heading, Sentence(DATES_NOT_READ))
            if times.open and not times.weekly:
                row.warn(heading, Sentence(OPEN_TIME, {"words": text}))
            weekly += times.weekly
        free, wished = spans_of(weekly), spans_of(each for each in weekly if each.wish)
        return Week.from_spans(free) if free else None, Week.from_spans(wished) if wished else None

    def _gives(self, row: Row) -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
        """Resources and interests by key, and what the vocabulary has no word for."""
        known: dict[WordKind, set[str]] = {WordKind.RESOURCE: set(), WordKind.INTEREST: set()}
        own_words = dict[str, None]()
        for field, first, second in WHERE_WORDS_STAND:
            for heading, text in row.texts(field):
                words, rest = self._words_in(text, first, second)
                for word in words:
                    known[word.kind].add(word.key)
                own_words |= {own: None for own in rest if _may_be_kept(row, heading, own)}
        return (
            frozenset(known[WordKind.RESOURCE]),
            frozenset(known[WordKind.INTEREST]),
            tuple(own_words)[:MOST_OWN_WORDS],
        )

    def _words_in(self, text: str, first: WordKind, second: WordKind) -> tuple[list[Word], list[str]]:
        """The words a cell names, taken for one kind before the other, and what is left of it."""
        words, rest = list[Word](), list[str]()
        for piece in BETWEEN_LINES.split(text):
            whole = find(piece, kind=first, own=self.own)
            found = find_all(piece, kind=first, own=self.own)
            words += [whole] if whole else found.words
            for part in () if whole else found.rest:
                other = find(part, kind=second, own=self.own)
                words += [other] if other else []
                rest += [] if other else [part]
        return words, rest


BETWEEN_LINES: Final = re.compile(r"[;\n\t|]+")
"""What parts things for certain; a comma may stand inside the name of one."""
WHERE_WORDS_STAND: Final = (
    (Field.GIVES, WordKind.RESOURCE, WordKind.INTEREST),
    (Field.INTERESTS, WordKind.INTEREST, WordKind.RESOURCE),
)
"""Each column of words, the kind that its words are first taken for, and the kind that stands in."""


def _may_be_kept(row: Row, heading: str, words: str) -> bool:
    if scan(words):
        row.warn(heading, Sentence(NOT_KEPT))
        return False
    return row.keep(heading, words, most=LONGEST_OWN_WORD) is not None


def _nothing_but(row: Row, why: Text) -> Unreadable:
    """A line that is no person: what its cells seemed to say is not worth a warning."""
    row.warnings.clear()
    return Unreadable(Sentence(why))


def _contact(row: Row, field: Field, read: Callable[[str], tuple[str | None, Sentence | None]]) -> str | None:
    """The first cell under the field that can be read."""
    for heading, text in row.texts(field):
        value, why = read(text)
        row.warn(heading, why)
        if value:
            return value
    return None


# ---------------------------------------------------------------- names

_TWO_FIRST_NAMES: Final = re.compile(r"\b\w+ (?:og|&|\+|and) \w+\b")
_COMMA: Final = re.compile(r"([^,]+),\s*([^,]+)")


def _name(row: Row) -> str | Unreadable:
    heading, name = row.text(Field.NAME)
    first, last = row.text(Field.FIRST_NAME), row.text(Field.LAST_NAME)
    if not name:
        heading, name = first[0] or last[0], f"{first[1]} {last[1]}".strip()
    elif last[1] and not first[1] and last[1] not in name:
        name = f"{name} {last[1]}"
    name = " ".join(name.split())
    if not name:
        return Unreadable(Sentence(NO_NAME))
    if not any(char.isalpha() for char in name) or "@" in name or len(name) > LONGEST_NAME:
        return Unreadable(Sentence(NOT_A_NAME))
    if _TWO_FIRST_NAMES.search(name):
        return Unreadable(Sentence(TWO_PEOPLE, {"name": name}))
    return _in_order(row, heading, name)


def _in_order(row: Row, heading: str, name: str) -> str:
    """A name written “Etternavn, Fornavn” the other way round."""
    turned = _COMMA.fullmatch(name)
    if not turned:
        return name
    name = f"{turned.group(2)} {turned.group(1)}".strip()
    row.warn(heading, Sentence(SURNAME_FIRST, {"name": name}))
    return name


# ---------------------------------------------------------------- languages and remarks


def _languages(row: Row) -> tuple[tuple[str, int], ...]:
    spoken: dict[str, int] = {}
    for heading, text in row.texts(Field.LANGUAGES):
        found = find_languages(text)
        if not found:
            row.warn(heading, Sentence(NOT_A_LANGUAGE, {"words": text}))
        for each in found:
            spoken.setdefault(each.word.key, int(each.level))
    return tuple(spoken.items())


_LEFT: Final = re.compile(r"\bslutt(?:et|a|at)\b|\bhar slutta\b|\bmeldt seg ut\b|\bquit\b|\bhas left\b", re.IGNORECASE)
_PAUSED: Final = re.compile(r"\bpause[rt]?\b|\bpausert\b|\bpauset\b|\bpausa\b|\bon a break\b", re.IGNORECASE)
_BACK: Final = re.compile(r"\b(?:ikke|ikkje|igjen|att|tilbake|ferdig|uten|utan|not)\b", re.IGNORECASE)


def _standing(row: Row) -> Standing | None:
    """Only whether someone has left or is on pause. The remark goes no further than this function."""
    told = [_standing_in(text) for _, text in row.texts(Field.REMARK)]
    return Standing.LEFT if Standing.LEFT in told else Standing.PAUSED if Standing.PAUSED in told else None


def _standing_in(remark: str) -> Standing | None:
    for clause in re.split(r"[.,;\n]", remark):
        if _BACK.search(clause):
            continue
        if _LEFT.search(clause):
            return Standing.LEFT
        if _PAUSED.search(clause):
            return Standing.PAUSED
    return None
