"""Lists as people keep them: .xlsx and .csv in, whatever their encoding and separator; .xlsx with text cells out."""

from __future__ import annotations

from pathlib import Path

from samskap.integrations.spreadsheets.book import (
    EMPTY_FILE,
    LARGEST_FILE,
    NOT_A_SPREADSHEET,
    Across,
    Book,
    Cell,
    Line,
    Sentence,
    Sheet,
    SpreadsheetError,
    Unread,
    lost_letters,
    tidy,
    too_large,
)
from samskap.integrations.spreadsheets.delimited import read_delimited
from samskap.integrations.spreadsheets.excel import read_excel
from samskap.integrations.spreadsheets.magic import kind_of_file
from samskap.integrations.spreadsheets.write import write_excel

__all__ = [
    "Across",
    "Book",
    "Cell",
    "Line",
    "Sentence",
    "Sheet",
    "SpreadsheetError",
    "Unread",
    "LARGEST_FILE",
    "content_of",
    "lost_letters",
    "read",
    "tidy",
    "too_large",
    "write_excel",
]


def read(data: bytes) -> Book:
    """Read a file by what it holds, whatever it is called; SpreadsheetError when it is no spreadsheet within limits."""
    if len(data) > LARGEST_FILE:
        raise too_large(len(data))
    if not data.strip():
        raise SpreadsheetError(EMPTY_FILE)
    kind = kind_of_file(data)
    if kind is not None:
        raise SpreadsheetError(NOT_A_SPREADSHEET, kind=kind)
    return read_excel(data) if data.startswith(b"PK") else read_delimited(data)


def content_of(path: Path) -> bytes:
    """The bytes of a file on disk; SpreadsheetError for one that is too large, which is not opened."""
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise too_large(size)
    return path.read_bytes()
