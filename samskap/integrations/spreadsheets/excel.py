"""Reading .xlsx: counted and weighed before it is opened, cells as stored values, merged cells filled downwards."""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import IO, Any, Final
from zipfile import BadZipFile, ZipFile

import openpyxl
from defusedxml.ElementTree import fromstring
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from samskap.integrations.spreadsheets.book import (
    BROKEN_FILE,
    ERROR_VALUE,
    FORMULA,
    MOST_COLUMNS,
    MOST_LINES,
    TOO_LARGE,
    Across,
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

LARGEST_UNPACKED: Final = 200_000_000
"""Bytes in all parts of a file together, as the file itself declares them (no part is read further than that)."""
MOST_PARTS: Final = 2_000
MOST_RAW_LINES: Final = 200_000
"""Lines in a sheet, the empty ones counted."""
MOST_MERGED: Final = 2_000
TALLEST_MERGED: Final = 200

DAMAGE: Final = (
    BadZipFile,
    InvalidFileException,
    zlib.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    SyntaxError,
    OverflowError,
)
"""What openpyxl and zipfile raise on files that are damaged or made to be; caught around their calls only."""

RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ROW: Final = re.compile(rb"<(?:\w+:)?row[ />]")
FORMULA_TAG: Final = re.compile(rb"<(?:\w+:)?f[ />]")
MERGED: Final = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})\"")
PIECE: Final = 1 << 20
LONGEST_TAG: Final = 200


def read_excel(data: bytes) -> Book:
    """Read every sheet of an .xlsx file; SpreadsheetError when it is damaged or unpacks to more than the limit."""
    with _damage_is_told(), ZipFile(BytesIO(data)) as archive:
        _weigh(archive)
        glances = {name: _glance(archive, part) for name, part in _sheet_parts(archive).items()}
    with _damage_is_told():
        return Book(sheets=tuple(_sheets(data, glances)))


@contextmanager
def _damage_is_told() -> Iterator[None]:
    try:
        yield
    except SpreadsheetError:
        raise
    except DAMAGE as error:
        raise SpreadsheetError(BROKEN_FILE) from error


def _weigh(archive: ZipFile) -> None:
    parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    if size > LARGEST_UNPACKED or len(parts) > MOST_PARTS:
        raise SpreadsheetError(TOO_LARGE, size=f"{size / 1e6:.0f}", most=f"{LARGEST_UNPACKED / 1e6:.0f}")


def _sheet_parts(archive: ZipFile) -> dict[str, str]:
    """Which part of the file holds each sheet, by the sheet's name."""
    book = fromstring(archive.read("xl/workbook.xml"))
    targets = {
        link.get("Id"): link.get("Target") or "" for link in fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    sheets = [node for node in book.iter() if node.tag.endswith("}sheet")]
    return {node.get("name") or "": _part(targets.get(node.get(RELATION)) or "") for node in sheets}


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


# ---------------------------------------------------------------- a glance at the raw sheet


@dataclass(frozen=True)
class Glance:
    """What is seen in a sheet's bytes before its cells are read."""

    lines: int
    """Counting stops a little above MOST_RAW_LINES."""
    formulas: bool
    merged: tuple[tuple[int, int, int, int], ...]
    """First column, first line, last column, last line; counted from 1."""


def _glance(archive: ZipFile, part: str) -> Glance:
    lines, formulas, merged = 0, False, list[tuple[int, int, int, int]]()
    if part not in archive.namelist():
        return Glance(0, False, ())
    with archive.open(part) as raw:
        for piece in _pieces(raw):
            lines += len(ROW.findall(piece))
            formulas = formulas or FORMULA_TAG.search(piece) is not None
            merged += [range_boundaries(ref.decode()) for ref in MERGED.findall(piece)]  # type: ignore[misc]
            if lines > MOST_RAW_LINES or len(merged) > MOST_MERGED:
                break
    return Glance(lines, formulas, tuple(merged))


def _pieces(raw: IO[bytes]) -> Iterator[bytes]:
    """Pieces that end where a tag ends, so that no tag is cut in two."""
    rest = b""
    while piece := raw.read(PIECE):
        head, end, rest_of_piece = (rest + piece).rpartition(b">")
        yield head + end
        rest = rest_of_piece[-LONGEST_TAG:]
    yield rest


# ---------------------------------------------------------------- sheets and lines


def _sheets(data: bytes, glances: Mapping[str, Glance]) -> Iterator[Sheet]:
    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in book.worksheets:
            yield _sheet(data, sheet, glances.get(sheet.title) or Glance(0, False, ()))
    finally:
        book.close()


def _sheet(data: bytes, sheet: Any, glance: Glance) -> Sheet:
    if glance.lines > MOST_RAW_LINES:
        return Sheet(sheet.title, (), problem=too_many_lines(sheet.title, MOST_RAW_LINES))
    formulas = _formulas(data, sheet.title) if glance.formulas else frozenset()
    lines: list[Line] = []
    for line in _lines(sheet, formulas):
        lines.append(line)
        if len(lines) > MOST_LINES + 1:
            return Sheet(sheet.title, (), problem=too_many_lines(sheet.title, len(lines) - 1))
    across = tuple(Across(top, left - 1, right - 1) for left, top, right, _ in glance.merged if right > left)
    return Sheet(sheet.title, tuple(_filled_down(lines, glance)), across)


def _lines(sheet: Any, formulas: frozenset[tuple[int, int]]) -> Iterator[Line]:
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        cells = _trimmed(tuple(_cell(cell, formula=(number, at) in formulas) for at, cell in enumerate(_filled(row))))
        if cells:
            yield Line(number, cells)


def _filled(row: Sequence[Any]) -> Sequence[Any]:
    """The row as far as the file says anything of its cells."""
    end = len(row)
    while end and row[end - 1] is EMPTY_CELL:
        end -= 1
    return row[:end]


def _trimmed(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]


def _formulas(data: bytes, title: str) -> frozenset[tuple[int, int]]:
    """Where the sheet has formulas: line from 1, column from 0."""
    book = openpyxl.load_workbook(BytesIO(data), read_only=True, keep_links=False)
    try:
        sheet: Any = book[title]
        sheet.reset_dimensions()
        return frozenset(
            (number, at)
            for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1)
            for at, cell in enumerate(row)
            if cell.data_type == "f"
        )
    finally:
        book.close()


def _cell(cell: Any, *, formula: bool) -> Cell:
    """The cell's value; a formula that was computed to an empty text (type "str") is empty, not unread."""
    value = cell.value
    if value is None:
        return Unread(Sentence(FORMULA)) if formula and cell.data_type != "str" else None
    if cell.data_type == "e":
        return Unread(Sentence(ERROR_VALUE, {"value": str(value)}))
    return plain(value)


def plain(value: object) -> Cell:
    """Give a stored value as text, number, day or clock: whole numbers without a fraction, midnights as days."""
    match value:
        case str():
            return tidy(value)
        case bool() | int():
            return value
        case float():
            return int(value) if value.is_integer() else value
        case datetime() if value.time() == time.min:
            return value.date()
        case date() | time():
            return value
        case timedelta():
            return _clock(value) if timedelta(0) <= value < timedelta(days=1) else str(value)
    return tidy(str(value))


def _clock(since_midnight: timedelta) -> time:
    minutes = int(since_midnight.total_seconds()) // 60
    return time(minutes // 60, minutes % 60)


def _filled_down(lines: list[Line], glance: Glance) -> Iterator[Line]:
    """Give every line of cells merged downwards the value that stands at the top of them."""
    fills = _fills(lines, glance)
    for line in lines:
        yield Line(line.number, _with(line.cells, fills[line.number])) if line.number in fills else line


def _fills(lines: list[Line], glance: Glance) -> dict[int, dict[int, Cell]]:
    numbers = [line.number for line in lines]
    fills: dict[int, dict[int, Cell]] = {}
    for left, top, _, bottom in glance.merged:
        first, end = bisect_left(numbers, top), bisect_right(numbers, bottom)
        if bottom == top or first == end or numbers[first] != top or left > len(lines[first].cells):
            continue
        for number in numbers[first + 1 : min(end, first + TALLEST_MERGED)]:
            fills.setdefault(number, {})[left - 1] = lines[first].cells[left - 1]
    return fills


def _with(cells: tuple[Cell, ...], fills: Mapping[int, Cell]) -> tuple[Cell, ...]:
    wide = [*cells, *(None,) * (max(fills) + 1 - len(cells))]
    return tuple(fills.get(at, cell) if cell is None else cell for at, cell in enumerate(wide))
