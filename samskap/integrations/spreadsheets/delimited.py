"""Reading .csv: the encoding and the separator are found, and an open quotation mark is told of with its line."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from samskap.integrations.spreadsheets.book import (
    FORMULA,
    MOST_COLUMNS,
    MOST_LINES,
    Book,
    Cell,
    Line,
    Sentence,
    Sheet,
    SpreadsheetError,
    Unread,
    tidy,
    too_many_lines,
)
from samskap.integrations.spreadsheets.encoding import Decoded, decode
from samskap.text import Text

SEPARATORS: Final = ";\t,|"
LINES_TRIED: Final = 60
LONGEST_CELL: Final = 100_000
"""Characters in one cell."""
NAMED_SEPARATOR: Final = re.compile(r"sep=(.)\n?", re.IGNORECASE)
TEXT_FORMULA: Final = re.compile(r'="([^"]*)"')
LAST: Final = "\x1eend\x1e"
"""A line of our own after the last one: when it is not read as a line, a quotation mark was left open."""

OPEN_QUOTE: Final = Text(
    nb="Et anførselstegn som åpnes i rad {line}, lukkes aldri. Rett rada, eller lagre lista på nytt.",
    nn="Eit hermeteikn som blir opna i rad {line}, blir aldri lukka. Rett rada, eller lagre lista på nytt.",
    en="A quotation mark opened in row {line} is never closed. Mend the row, or save the list again.",
)
LONG_CELL: Final = Text(
    nb="En celle etter rad {line} har mer enn {most} tegn. Se etter et anførselstegn som mangler.",
    nn="Ei celle etter rad {line} har meir enn {most} teikn. Sjå etter eit hermeteikn som manglar.",
    en="A cell after row {line} has more than {most} characters. Look for a missing quotation mark.",
)


def read_delimited(data: bytes) -> Book:
    """Read text with separators; SpreadsheetError names the line where it stops making sense."""
    decoded = decode(data)
    text, named = _named_separator(decoded.text)
    separator = named or find_separator(text)
    sheet = _sheet(text, separator, decoded, skipped=1 if named else 0)
    if sheet.problem:
        raise SpreadsheetError(sheet.problem.text, **sheet.problem.values)
    return Book((sheet,), encoding=decoded.encoding, separator=separator)


def _named_separator(text: str) -> tuple[str, str]:
    """The first line "sep=;" that a spreadsheet program writes, taken off."""
    named = NAMED_SEPARATOR.match(text)
    return (text[named.end() :], named.group(1)) if named else (text, "")


# ---------------------------------------------------------------- the separator


def find_separator(text: str) -> str:
    """Give the separator under which most of the first lines have the same number of cells, more than one; else ';'."""
    beginning = "\n".join(text.split("\n", LINES_TRIED)[:LINES_TRIED])
    return max(SEPARATORS, key=lambda separator: _regularity(beginning, separator))


def _regularity(text: str, separator: str) -> tuple[float, int]:
    widths = Counter(len(cells) for cells in _records(text, separator) if any(cells))
    width, lines = max(widths.items(), key=lambda pair: (pair[0] > 1, pair[1], pair[0]), default=(1, 0))
    return (lines / widths.total(), width) if width > 1 else (0.0, 0)


def _records(text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        yield from csv.reader(_lines(text), delimiter=separator)
    except csv.Error:
        return


def _lines(text: str) -> list[str]:
    """The lines with their ends; only a line feed ends one."""
    return [f"{line}\n" for line in text.split("\n")]


# ---------------------------------------------------------------- lines and cells


@dataclass(frozen=True)
class _Record:
    number: int
    first_line: int
    cells: list[str]


def _sheet(text: str, separator: str, decoded: Decoded, *, skipped: int) -> Sheet:
    lines: list[Line] = []
    for record in _numbered(text, separator):
        cells = tuple(_cell(cell) for cell in record.cells[:MOST_COLUMNS])
        line = Line(record.number + skipped, cells, _notes(decoded, record.first_line + skipped))
        if not line.blank:
            lines.append(line)
        if len(lines) > MOST_LINES + 1:
            return Sheet("", (), problem=too_many_lines("csv", len(lines) - 1))
    return Sheet("", tuple(lines))


def _numbered(text: str, separator: str) -> Iterator[_Record]:
    """The records in order, as a spreadsheet program would number them; SpreadsheetError at an open quotation mark."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader([*_lines(text), LAST], delimiter=separator)
    number, first_line = 0, 1
    try:
        for number, cells in enumerate(reader, start=1):
            if any(LAST in cell for cell in cells):
                if cells != [LAST]:
                    raise SpreadsheetError(OPEN_QUOTE, line=number)
                return
            yield _Record(number, first_line, cells)
            first_line = reader.line_num + 1
    except csv.Error as error:
        raise SpreadsheetError(LONG_CELL, line=number, most=f"{LONGEST_CELL:,}".replace(",", "\u00a0")) from error


def _notes(decoded: Decoded, line: int) -> tuple[Sentence, ...]:
    return (decoded.mended[line],) if line in decoded.mended else ()


def _cell(text: str) -> Cell:
    plain = tidy(text)
    if plain is None or not plain.startswith("="):
        return plain
    quoted = TEXT_FORMULA.fullmatch(plain)
    return tidy(quoted.group(1)) if quoted else Unread(Sentence(FORMULA))
