"""Which column of a list holds what: headings found under titles and matched to fields; and what is never read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from samskap.integrations.spreadsheets import Book, Cell, Line, Sheet
from samskap.services.imports.words import ALL_SHEETS_EMPTY, NO_HEADINGS, NO_SUCH_SHEET, ImportRefused
from samskap.services.vocabulary import fold
from samskap.text import Text


class Kind(StrEnum):
    """What a list is a list of."""

    VOLUNTEERS = "volunteers"
    NEEDS = "needs"


class Field(StrEnum):
    """What a column may hold."""

    NUMBER = "number"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    PLACE = "place"
    BORN = "born"
    GIVES = "gives"
    INTERESTS = "interests"
    WHEN = "when"
    HOW_OFTEN = "how_often"
    LANGUAGES = "languages"
    REMARK = "remark"
    AREA = "area"
    TITLE = "title"
    TASK = "task"
    COUNT = "count"
    UNIT = "unit"


class Never(StrEnum):
    """What is never read from a list, whoever asks for it."""

    POLICE = "police"
    NATIONAL_ID = "national_id"
    HEALTH = "health"
    BELIEF = "belief"
    RECIPIENT = "recipient"


@dataclass(frozen=True)
class Heading:
    """A field as lists name it: its label on screen, the headings known for it, and if several columns may hold it."""

    field: Field
    label: Text
    known: tuple[str, ...]
    many: bool = False


def _read_headings() -> Mapping[Kind, tuple[Heading, ...]]:
    rows = tomllib.loads((files("samskap") / "data" / "list_headings.toml").read_text("utf-8"))["heading"]
    return {kind: tuple(_read_heading(row) for row in rows if row["kind"] == kind) for kind in Kind}


def _read_heading(row: dict[str, Any]) -> Heading:
    return Heading(Field(row["field"]), Text.of(row), tuple(row["known"]), many=row.get("many", False))


HEADINGS: Final = _read_headings()
NEVER_READ: Final[Mapping[Never, re.Pattern[str]]] = {
    Never.POLICE: re.compile(r"attest|vandel"),
    Never.NATIONAL_ID: re.compile(
        r"person ?n(umme)?r|fodsels ?n(umme)?r|fodsels og person|\bfnr\b|\bf nr\b|\bd ?n(umme)?r\b|11 siffer"
        r"|national id",
    ),
    Never.HEALTH: re.compile(
        r"diagnos|helse|sykdom|sjukdom|medisin|medikament|allergi|funksjons(nedsettelse|hemming)|health",
    ),
    Never.BELIEF: re.compile(r"religion|livssyn|etnisitet|etnisk|statsborger|nasjonalitet|fagforening|ethnicity"),
}
NEVER_IN_NEEDS: Final = re.compile(
    r"mottak(er|ar)|bruker|brukar|pasient|klient|beboer|bebuar|parorende|^(navn|namn|name)$"
    r"|recipient|patient|gjelder hvem",
)

NEVER_TEXTS: Final[Mapping[Never, Text]] = {
    Never.POLICE: Text(
        nb="Leses aldri: Politiattest registreres bare når en lov gir grunnlag for det, og da av den som har sett den.",
        nn="Blir aldri lesen: Politiattest blir registrert berre når ei lov gir grunnlag for det, og då av den som "
        "har sett han.",
        en="Never read: a police certificate is recorded only where a law gives a basis, by the one who has seen it.",
    ),
    Never.NATIONAL_ID: Text(
        nb="Leses aldri: Samskap lagrer ikke fødselsnummer.",
        nn="Blir aldri lesen: Samskap lagrar ikkje fødselsnummer.",
        en="Never read: Samskap does not store national identity numbers.",
    ),
    Never.HEALTH: Text(
        nb="Leses aldri: Samskap lagrer ikke helseopplysninger.",
        nn="Blir aldri lesen: Samskap lagrar ikkje helseopplysningar.",
        en="Never read: Samskap does not store health information.",
    ),
    Never.BELIEF: Text(
        nb="Leses aldri: Samskap lagrer ikke tro, opphav eller medlemskap.",
        nn="Blir aldri lesen: Samskap lagrar ikkje tru, opphav eller medlemskap.",
        en="Never read: Samskap does not store belief, origin or membership.",
    ),
    Never.RECIPIENT: Text(
        nb="Leses aldri: Behov er uten navn til begge har sagt ja.",
        nn="Blir aldri lesen: Behov er utan namn til begge har sagt ja.",
        en="Never read: needs carry no names until both sides have said yes.",
    ),
}


# ---------------------------------------------------------------- what a layout is


@dataclass(frozen=True)
class Column:
    """One column: its place from 0, its heading as written, and the field it is read as; None is left unread."""

    at: int
    heading: str
    field: Field | None = None
    never: Never | None = None


@dataclass(frozen=True)
class Layout:
    """How one sheet is laid out: the lines of its headings, and its columns."""

    kind: Kind
    sheet: str
    heading_lines: tuple[int, ...]
    columns: tuple[Column, ...]

    def has(self, *fields: Field) -> bool:
        """Whether each of the fields has a column."""
        return set(fields) <= {column.field for column in self.columns}

    @property
    def complete(self) -> bool:
        """Whether there is enough to read a row: a name, or a description."""
        if self.kind is Kind.VOLUNTEERS:
            return self.has(Field.NAME) or self.has(Field.FIRST_NAME) or self.has(Field.LAST_NAME)
        return self.has(Field.TASK) or self.has(Field.TITLE)

    @property
    def fingerprint(self) -> dict[str, str]:
        """The match as it is kept between the dry run and the import: column from 0 to field."""
        return {str(column.at): column.field or "" for column in self.columns}


def matched(layout: Layout, match: Mapping[str, str]) -> Layout:
    """The layout with somebody's own match of columns to fields; what may never be read stays unread."""
    allowed = {heading.field for heading in HEADINGS[layout.kind]}
    return replace(layout, columns=tuple(_rematched(column, match, allowed) for column in layout.columns))


def _rematched(column: Column, match: Mapping[str, str], allowed: set[Field]) -> Column:
    chosen = match.get(str(column.at))
    if chosen is None or column.never:
        return column
    return replace(column, field=next((field for field in allowed if field == chosen), None))


def letter(at: int) -> str:
    """Name a column as a spreadsheet does: 0 is A, 26 is AA."""
    return (letter(at // 26 - 1) if at >= 26 else "") + chr(ord("A") + at % 26)


# ---------------------------------------------------------------- finding the headings

LINES_SEARCHED: Final = 50
EXACT: Final = 4
CLOSE: Final = 3
BEGINNING: Final = 2
ALIKE: Final = 0.84
"""How alike two headings of five letters or more are when one is a slip of the other."""
LONGEST_HEADING: Final = 60


def find_layout(book: Book, kind: Kind, *, sheet: str | None = None) -> tuple[Sheet, Layout]:
    """Find the sheet and its headings; ImportRefused says what was looked for when there are none."""
    sheets = [one for one in book.sheets if sheet is None or one.name == sheet]
    if not sheets:
        raise ImportRefused(NO_SUCH_SHEET, sheet=sheet or "", sheets=", ".join(one.name for one in book.sheets))
    found = [(score, -place, one, layout) for place, one in enumerate(sheets) for score, layout in _layouts(one, kind)]
    if found:
        _, _, best, layout = max(found, key=lambda entry: entry[:2])
        return best, layout
    raise _nothing_found(sheets, kind)


def _nothing_found(sheets: Sequence[Sheet], kind: Kind) -> ImportRefused:
    problem = next((one.problem for one in sheets if one.problem), None)
    if problem:
        return ImportRefused(problem.text, **problem.values)
    if not any(one.lines for one in sheets):
        return ImportRefused(ALL_SHEETS_EMPTY)
    return ImportRefused(NO_HEADINGS[kind], lines=LINES_SEARCHED)


def _layouts(sheet: Sheet, kind: Kind) -> Iterator[tuple[int, Layout]]:
    for lines in _possible_headings(sheet.lines[:LINES_SEARCHED], kind):
        columns = match_headings(_joined(sheet, lines), kind)
        layout = Layout(kind, sheet.name, tuple(line.number for line in lines), columns)
        if layout.complete:
            yield _score(columns, kind, len(lines)), layout


def _possible_headings(lines: Sequence[Line], kind: Kind) -> Iterator[tuple[Line, ...]]:
    """Each line of short texts, and each such line together with a line of headings straight after it."""
    for place, line in enumerate(lines):
        if _wordy(line):
            yield (line,)
            after = lines[place + 1] if place + 1 < len(lines) else None
            if after is not None and after.number == line.number + 1 and _mostly_headings(after, kind):
                yield (line, after)


def _wordy(line: Line) -> bool:
    """Whether at least half of what the line holds could be headings."""
    filled = [cell for cell in line.cells if cell is not None]
    short = [cell for cell in filled if isinstance(cell, str) and len(cell) <= LONGEST_HEADING and "@" not in cell]
    return 2 * len(short) >= len(filled)


def _mostly_headings(line: Line, kind: Kind) -> bool:
    texts = [text for cell in line.cells if (text := _heading_text(cell))]
    known = sum(best_fit(text, kind)[0] >= CLOSE or never_read(text, kind) is not None for text in texts)
    return known >= 2 and 5 * known >= 3 * len(texts)


def _joined(sheet: Sheet, lines: Sequence[Line]) -> list[tuple[str, ...]]:
    """For each column what may be its heading: the lowest line first, then both lines together, then the upper."""
    wide = max(len(line.cells) for line in lines)
    texts = [_spread(sheet, line, wide) for line in lines]
    if len(texts) == 1:
        return [(text,) if text else () for text in texts[0]]
    return [
        tuple(filter(None, (low, f"{high} {low}" if high and low else "", high)))
        for high, low in zip(*texts, strict=True)
    ]


def _spread(sheet: Sheet, line: Line, wide: int) -> list[str]:
    """The line's texts, with a text in merged cells over every column it spans."""
    texts = [_heading_text(cell) for cell in line.cells] + [""] * (wide - len(line.cells))
    for across in sheet.across:
        if across.line == line.number and across.first < wide:
            for at in range(across.first, min(across.last + 1, wide)):
                texts[at] = texts[across.first]
    return texts


def _heading_text(cell: Cell) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else ""


def _score(columns: Sequence[Column], kind: Kind, lines: int) -> int:
    """More fields are better, each by how well its heading fits; one line is better than two that say the same."""
    fits = sum(best_fit(column.heading, kind)[0] for column in columns if column.field)
    return 10 * fits + 10 * sum(column.never is not None for column in columns) - lines


# ---------------------------------------------------------------- matching headings to fields


def match_headings(headings: Sequence[tuple[str, ...]], kind: Kind) -> tuple[Column, ...]:
    """Match each column's heading to the field it fits best; a field that takes one column gets the best of them."""
    columns = [_best(at, texts, kind) for at, texts in enumerate(headings)]
    single = {heading.field for heading in HEADINGS[kind] if not heading.many}
    taken: dict[Field, Column] = {}
    for column, _fit in sorted(columns, key=lambda pair: -pair[1]):
        if column.field in single and column.field is not None:
            taken.setdefault(column.field, column)
    return tuple(
        replace(column, field=None) if column.field in single and taken[column.field] != column else column
        for column, _ in columns
        if column.heading or column.field
    )


def _best(at: int, texts: tuple[str, ...], kind: Kind) -> tuple[Column, int]:
    heading = texts[0] if texts else ""
    never = next((why for text in texts if (why := never_read(text, kind))), None)
    if never or not texts:
        return Column(at, heading, never=never), 0
    fits = [(*best_fit(text, kind), text) for text in texts]
    fit, field, text = max(fits, key=lambda entry: entry[0])
    return (Column(at, text, field), fit) if fit else (Column(at, heading), 0)


def never_read(heading: str, kind: Kind) -> Never | None:
    """Say why a column with this heading is never read; None when it may be."""
    bare = fold(heading)
    if kind is Kind.NEEDS and NEVER_IN_NEEDS.search(bare):
        return Never.RECIPIENT
    return next((why for why, words in NEVER_READ.items() if words.search(bare)), None)


PARENTHESES: Final = re.compile(r"\([^)]*\)|\d+$")


@lru_cache(maxsize=4_096)
def best_fit(text: str, kind: Kind) -> tuple[int, Field | None]:
    """How well a text fits as a heading, 0 is not at all, and the field it is then read as."""
    bare = fold(PARENTHESES.sub(" ", text)) or fold(text)
    fits = ((max(_fit(bare, known) for known in spellings), field) for field, spellings in _spellings(kind))
    fit, field = max(fits, key=lambda entry: entry[0])
    return (fit, field) if fit else (0, None)


@cache
def _spellings(kind: Kind) -> tuple[tuple[Field, tuple[str, ...]], ...]:
    return tuple((heading.field, tuple(fold(one) for one in heading.known)) for heading in HEADINGS[kind])


def _fit(text: str, known: str) -> int:
    if text.replace(" ", "") == known.replace(" ", ""):
        return EXACT
    near = min(len(text), len(known)) >= 5 and abs(len(text) - len(known)) <= 2
    if near and SequenceMatcher(None, known, text).ratio() >= ALIKE:
        return CLOSE
    return BEGINNING if len(known) >= 3 and text.startswith(f"{known} ") and len(text.split()) <= 5 else 0


def headings_of(layout: Layout, field: Field) -> tuple[Column, ...]:
    """The columns that are read as this field, the leftmost first."""
    return tuple(column for column in layout.columns if column.field is field)
