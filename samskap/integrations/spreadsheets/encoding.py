"""Finding out how the letters of a text file were written: UTF-8, UTF-16, Windows, Latin-1, old Mac or DOS."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from charset_normalizer import from_bytes

from samskap.integrations.spreadsheets.book import NOT_A_SPREADSHEET, Sentence, SpreadsheetError
from samskap.text import Text

MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BYTES_TRIED: Final = 4_000
HALF_OF_A_PAIR: Final = 0.2
"""Share of NUL bytes on one side of each pair, above which Western text is taken for UTF-16."""
ONE_BYTE: Final = ("cp1252", "mac_roman", "cp865", "latin-1")
"""Encodings that Norwegian lists are found in, the likeliest first."""
WESTERN: Final = frozenset("æøåÆØÅäöüÄÖÜéèêëÉÈÊáàâÁÀÂíìîóòôÓÒÔúùûçÇñÑšžŠŽßðþÐÞýÝïÏëË–—‘’“”„«»…•€£§°´·½¼¾×²³ºª©®™\u00a0")
CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")
TWICE: Final = re.compile(
    r"[ÃÂ][\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)

BINARY: Final = Text(
    nb="en fil med andre data enn tekst", nn="ei fil med andre data enn tekst", en="a file of other data than text"
)
WRONG_LETTERS: Final = Text(
    nb="Fila er merket som {encoding}, men i rad {line} står det noe annet. Lagre den på nytt som .xlsx eller CSV "
    "UTF-8.",
    nn="Fila er merkt som {encoding}, men i rad {line} står det noko anna. Lagre ho på nytt som .xlsx eller CSV UTF-8.",
    en="The file is marked as {encoding}, but row {line} holds something else. Save it again as .xlsx or CSV UTF-8.",
)
OTHER_LETTERS: Final = Text(
    nb="Bokstavene i rada var skrevet på en annen måte enn resten av fila. De er lest som Windows-tekst; se over dem.",
    nn="Bokstavane i rada var skrivne på ein annan måte enn resten av fila. Dei er lesne som Windows-tekst; sjå over "
    "dei.",
    en="The letters of this row were written in another way than the rest of the file. They are read as Windows "
    "text; check them.",
)
TWICE_OVER: Final = Text(
    nb="Bokstavene i rada var ødelagt av en tidligere lagring («Ã¸» for «ø»). De er rettet; se over dem.",
    nn="Bokstavane i rada var øydelagde av ei tidlegare lagring («Ã¸» for «ø»). Dei er retta; sjå over dei.",
    en="The letters of this row were broken by an earlier save (“Ã¸” for “ø”). They are mended; check them.",
)


@dataclass(frozen=True)
class Decoded:
    """The text with plain line ends, the encoding it had, and what was mended, by line from 1."""

    text: str
    encoding: str
    mended: Mapping[int, Sentence] = field(default_factory=dict)


def decode(data: bytes) -> Decoded:
    """Give the text of the file; SpreadsheetError when it holds other data than text."""
    encoding = _marked(data) or _paired(data)
    if encoding:
        return _plain(_strictly(data, encoding), encoding)
    if b"\x00" in data:
        raise SpreadsheetError(NOT_A_SPREADSHEET, kind=BINARY)
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return _plain(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _mixed(data) or _plain(*_one_byte(data))


def _marked(data: bytes) -> str:
    return next((encoding for mark, encoding in MARKS if data.startswith(mark)), "")


def _paired(data: bytes) -> str:
    """Tell UTF-16 without a mark by the NULs that Western letters have on one side of each pair."""
    beginning = data[:BYTES_TRIED]
    even, odd = beginning[::2].count(0), beginning[1::2].count(0)
    most = len(beginning) / 2 * HALF_OF_A_PAIR
    return "utf-16-le" if odd > most and not even else "utf-16-be" if even > most and not odd else ""


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, errors="ignore").count("\n") + 1
        raise SpreadsheetError(WRONG_LETTERS, encoding=encoding.upper(), line=line) from error


def _mixed(data: bytes) -> Decoded | None:
    """Read a UTF-8 file that has had lines of Windows text pasted in; None when no line is UTF-8."""
    lines, mended, other = list[str](), dict[int, Sentence](), False
    for number, line in enumerate(data.replace(b"\r\n", b"\n").split(b"\n"), start=1):
        try:
            lines.append(line.decode("utf-8"))
            other = other or not line.isascii()
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", errors="replace"))
            mended[number] = Sentence(OTHER_LETTERS)
    return Decoded(_checked("\n".join(lines)), "utf-8", mended) if other else None


def _one_byte(data: bytes) -> tuple[str, str]:
    """The reading with the fewest letters that Norwegian lists lack; charset-normalizer knows other alphabets."""
    readings = [(data.decode(encoding, errors="replace"), encoding) for encoding in ONE_BYTE]
    text, encoding = min(readings, key=lambda reading: _odd_letters(reading[0]))
    if _odd_letters(text):
        guess = from_bytes(data).best()
        if guess is not None and guess.encoding not in ("ascii", "utf_8"):
            return _strictly(data, guess.encoding), guess.encoding
    return text, encoding


def _odd_letters(text: str) -> int:
    return sum(not char.isascii() and char not in WESTERN for char in text)


def _plain(text: str, encoding: str) -> Decoded:
    lines = _checked(text.lstrip("\ufeff")).split("\n")
    mended = {number: _mended(line) for number, line in enumerate(lines, start=1) if TWICE.search(line)}
    whole = [mended.get(number) or line for number, line in enumerate(lines, start=1)]
    return Decoded(
        "\n".join(whole), encoding, {number: Sentence(TWICE_OVER) for number, line in mended.items() if line}
    )


def _checked(text: str) -> str:
    """Give the text with plain line ends; SpreadsheetError when one character in fifty is a control character."""
    if len(CONTROL.findall(text)) * 50 > len(text):
        raise SpreadsheetError(NOT_A_SPREADSHEET, kind=BINARY)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _mended(line: str) -> str | None:
    """Undo UTF-8 that was once read as Windows text; None when it is not that."""
    try:
        return b"".join(_as_byte(char) for char in line).decode("utf-8")
    except UnicodeError:
        return None


def _as_byte(char: str) -> bytes:
    """The byte that Windows reads as this character; those that Windows has none for stand as in Latin-1."""
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1")
