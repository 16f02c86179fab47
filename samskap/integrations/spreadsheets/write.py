"""Writing .xlsx in which every cell is text: nothing a person has written can become a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

LONGEST_CELL: Final = 32_767
"""Characters that the format allows in one cell."""
TEXT_FORMAT: Final = "@"
WIDTH: Final = 22
"""Width of a column, in characters."""


def write_excel(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Give the bytes of an .xlsx file with one sheet, a bold line of headings, and every cell stored as text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for at in range(len(headings)):
        sheet.column_dimensions[chr(ord("A") + at)].width = WIDTH
    sheet.append([_text(sheet, heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append([_text(sheet, value) for value in row])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _text(sheet: WriteOnlyWorksheet, value: str, *, bold: bool = False) -> Cell:
    """A cell of type text, whatever the text begins with."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL])
    cell.data_type = "s"
    cell.number_format = TEXT_FORMAT
    if bold:
        cell.font = Font(bold=True)
    return cell
