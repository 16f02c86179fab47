"""One row of a list: its cells by field, and the warnings that reading them gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final

from samskap.integrations.spreadsheets import Cell, Line, Sentence, Unread, lost_letters
from samskap.services.imports.columns import Field, Layout, headings_of, letter
from samskap.services.imports.words import LOST_LETTERS, TOO_LONG
from samskap.services.vocabulary import fold

NOTHING: Final = frozenset(
    {"", "ukjent", "ukjend", "ingen", "mangler", "manglar", "har ikke", "har ikkje", "na", "n a", "xxx"}
)
"""What people write in a cell to say that there is nothing."""
LONGEST_NOTHING: Final = 12
SUM_WORDS: Final = frozenset(
    {"sum", "total", "totalt", "totalsum", "tils", "sammen", "i alt", "til sammen", "antall", "antal", "tal", "snitt"}
)


@dataclass(frozen=True)
class Warned:
    """What was mended, assumed or left empty: in which row, under which heading, and why."""

    row: int
    column: str
    why: Sentence


@dataclass(frozen=True)
class Unreadable:
    """A row that is not imported, and why."""

    why: Sentence


@dataclass
class Row:
    """A line under its layout. Reading gathers warnings; nothing else changes."""

    line: Line
    layout: Layout
    warnings: list[Warned] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.warnings += [Warned(self.line.number, "", note) for note in self.line.notes]

    def warn(self, column: str, why: Sentence | None) -> None:
        """Note a warning, if there is one."""
        if why is not None:
            self.warnings.append(Warned(self.line.number, column, why))

    def cells(self, wanted: Field) -> Iterator[tuple[str, str | date | time]]:
        """Each readable cell under a field, with its heading: a day or clock as it is, everything else as text."""
        for column in headings_of(self.layout, wanted):
            heading = column.heading or letter(column.at)
            cell = self.line.cells[column.at] if column.at < len(self.line.cells) else None
            read = self._read(heading, cell)
            if read is not None:
                yield heading, read

    def texts(self, wanted: Field) -> Iterator[tuple[str, str]]:
        """Each readable cell under a field as text, with its heading."""
        for heading, cell in self.cells(wanted):
            yield heading, shown(cell)

    def text(self, wanted: Field) -> tuple[str, str]:
        """The cells under a field joined to one text, with the heading of the first; empty when there is none."""
        found = list(self.texts(wanted))
        return (found[0][0], " ".join(text for _, text in found)) if found else ("", "")

    def _read(self, heading: str, cell: Cell) -> str | date | time | None:
        if isinstance(cell, Unread):
            self.warn(heading, cell.why)
            return None
        if cell is None or isinstance(cell, date | time):
            return cell
        text = str(cell)
        if lost_letters(text):
            self.warn(heading, Sentence(LOST_LETTERS))
            return None
        return text if says_something(text) else None

    def keep(self, heading: str, text: str, *, most: int) -> str | None:
        """The text, unless it is longer than the field holds; then a warning."""
        if len(text) <= most:
            return text
        self.warn(heading, Sentence(TOO_LONG, {"length": len(text), "most": most}))
        return None


def shown(cell: Cell) -> str:
    """A cell as text, days and clocks as people write them."""
    match cell:
        case datetime():
            return f"{cell:%d.%m.%Y kl. %H.%M}"
        case date():
            return f"{cell:%d.%m.%Y}"
        case time():
            return f"{cell:%H.%M}"
        case None | Unread():
            return ""
    return str(cell)


def says_something(text: str) -> bool:
    """Whether a cell says more than that there is nothing to say ("-", "?", "ukjent")."""
    if len(text) > LONGEST_NOTHING:
        return True
    folded = fold(text)
    return folded not in NOTHING or (not folded and any(char.isalnum() for char in text))


def read_number(row: Row) -> int | None:
    """The number that the thing has here, in a list that was exported from here."""
    text = row.text(Field.NUMBER)[1]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def sum_line(line: Line) -> bool:
    """Whether the first filled cell begins a sum of the rows above."""
    first = next((shown(cell) for cell in line.cells if cell is not None), "")
    words = fold(first).split()
    return bool(words) and (words[0] in SUM_WORDS or " ".join(words[:2]) in SUM_WORDS)


def repeats_headings(line: Line, layout: Layout) -> bool:
    """Whether the line is the headings once more, as where two lists were pasted together."""
    named = [column for column in layout.columns if column.heading]
    cells = (shown(line.cells[column.at]) if column.at < len(line.cells) else "" for column in named)
    same = sum(cell.casefold() == column.heading.casefold() for cell, column in zip(cells, named, strict=True))
    return same >= 2 and 2 * same > len(named)
