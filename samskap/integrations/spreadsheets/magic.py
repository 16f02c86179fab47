"""What a file is that is no spreadsheet, told from its first bytes and from the names inside it."""

from __future__ import annotations

from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile

from samskap.text import Text

PDF: Final = Text(nb="en PDF", nn="ein PDF", en="a PDF")
PICTURE: Final = Text(nb="et bilde", nn="eit bilete", en="a picture")
WEB_PAGE: Final = Text(nb="en nettside eller XML-fil", nn="ei nettside eller XML-fil", en="a web page or XML file")
OLD_EXCEL: Final = Text(
    nb="en gammel Excel-fil (.xls) eller en fil med passord",
    nn="ei gammal Excel-fil (.xls) eller ei fil med passord",
    en="an old Excel file (.xls) or a file with a password",
)
OPEN_DOCUMENT: Final = Text(nb="en OpenDocument-fil", nn="ei OpenDocument-fil", en="an OpenDocument file")
WORD: Final = Text(nb="et tekstdokument", nn="eit tekstdokument", en="a text document")
BINARY_EXCEL: Final = Text(
    nb="en binær Excel-fil (.xlsb)", nn="ei binær Excel-fil (.xlsb)", en="a binary Excel file (.xlsb)"
)
ARCHIVE: Final = Text(nb="en zip-fil", nn="ei zip-fil", en="a zip file")
DAMAGED: Final = Text(nb="en skadet zip-fil", nn="ei skadd zip-fil", en="a damaged zip file")

FIRST_BYTES: Final = (
    (b"%PDF", PDF),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"\xd0\xcf\x11\xe0", OLD_EXCEL),
    (b"{\\rtf", WORD),
    (b"\x1f\x8b", ARCHIVE),
    (b"7z\xbc\xaf", ARCHIVE),
    (b"Rar!", ARCHIVE),
)
NAMES_INSIDE: Final = (
    ("xl/workbook.bin", BINARY_EXCEL),
    ("word/document.xml", WORD),
    ("content.xml", OPEN_DOCUMENT),
)


def kind_of_file(data: bytes) -> Text | None:
    """Say what the file is instead of a spreadsheet; None when it may be one."""
    for beginning, kind in FIRST_BYTES:
        if data.startswith(beginning):
            return kind
    if data.startswith(b"PK"):
        return _kind_of_zip(data)
    return WEB_PAGE if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else None


def _kind_of_zip(data: bytes) -> Text | None:
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = frozenset(archive.namelist())
    except (BadZipFile, ValueError, NotImplementedError, OSError):
        return DAMAGED
    for name, kind in NAMES_INSIDE:
        if name in names:
            return kind
    return None if "[Content_Types].xml" in names else ARCHIVE
