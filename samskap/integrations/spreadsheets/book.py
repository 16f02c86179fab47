"""What a spreadsheet is once it is read: sheets of numbered lines, and sentences for what could not be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Final

from samskap.text import Locale, Text

LARGEST_FILE: Final = 10_000_000
"""Bytes in an uploaded file."""
MOST_LINES: Final = 20_000
"""Lines with content in a sheet."""
MOST_COLUMNS: Final = 100

MB: Final = 1_000_000


@dataclass(frozen=True)
class Sentence:
    """One sentence with its values, said in the language of the one who reads it."""

    text: Text
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, locale: Locale) -> str:
        """Give the sentence in one language; values that are texts or sentences are said in it too."""
        return self.text.say(locale, **{name: _said(value, locale) for name, value in self.values.items()})


def _said(value: object, locale: Locale) -> object:
    return value.say(locale) if isinstance(value, Text | Sentence) else value


@dataclass(frozen=True)
class Unread:
    """A cell that is not empty and cannot be read either."""

    why: Sentence


Cell = str | int | float | bool | date | time | Unread | None


@dataclass(frozen=True)
class Line:
    """One line of a sheet; the number is the one that a spreadsheet program shows."""

    number: int
    cells: tuple[Cell, ...]
    notes: tuple[Sentence, ...] = ()
    """What was mended to read the line at all."""

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything."""
        return all(cell is None for cell in self.cells)


@dataclass(frozen=True)
class Across:
    """Cells of one line that are merged into one: columns first to last, counted from 0."""

    line: int
    first: int
    last: int


@dataclass(frozen=True)
class Sheet:
    """One sheet: its lines with content, or the sentence that says why it was not read."""

    name: str
    lines: tuple[Line, ...]
    across: tuple[Across, ...] = ()
    problem: Sentence | None = None


@dataclass(frozen=True)
class Book:
    """A file that was read, and how: encoding and separator are empty for .xlsx."""

    sheets: tuple[Sheet, ...]
    encoding: str = ""
    separator: str = ""


class SpreadsheetError(ValueError):
    """The file cannot be read; `sentence` says what is wrong, where, and what to do."""

    def __init__(self, text: Text, **values: object) -> None:
        self.sentence = Sentence(text, values)
        super().__init__(self.sentence.say("en"))


NO_WIDTH: Final = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
JOINERS: Final = "\u200c\u200d"
SPACES: Final = re.compile(r"[^\S\n]+")


def tidy(text: str) -> str | None:
    """Give the text in composed letters, without invisible characters and spare spaces; None when nothing is left."""
    whole = unicodedata.normalize("NFC", text.translate(NO_WIDTH).replace("\r\n", "\n").replace("\r", "\n"))
    lines = (SPACES.sub(" ", line).strip() for line in whole.replace("\u2028", "\n").split("\n"))
    kept = "\n".join(lines).strip()
    return kept if kept.strip(JOINERS) else None


def lost_letters(text: str) -> bool:
    """Tell whether the text holds characters that stand for nothing: lost letters, control and steering characters."""
    return any(char == "\ufffd" or (char not in ORDINARY and unicodedata.category(char) in STRANGE) for char in text)


STRANGE: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
ORDINARY: Final = frozenset({"\n", *JOINERS})


def too_large(size: int) -> SpreadsheetError:
    """The refusal of a file of that many bytes."""
    return SpreadsheetError(TOO_LARGE, size=_megabytes(size), most=_megabytes(LARGEST_FILE))


def _megabytes(size: int) -> str:
    return f"{size / MB:.0f}" if size >= MB else f"{size / MB:.1f}".replace(".", ",")


def too_many_lines(name: str, count: int) -> Sentence:
    """What is said of a sheet with more lines than are read; the count may be the point where counting stopped."""
    return Sentence(TOO_MANY_LINES, {"sheet": name, "count": _grouped(count), "most": _grouped(MOST_LINES)})


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", "\u00a0")


TOO_LARGE: Final = Text(
    nb="Fila er på {size} MB; grensa er {most} MB. Del lista i flere filer, eller lagre den uten bilder.",
    nn="Fila er på {size} MB; grensa er {most} MB. Del lista i fleire filer, eller lagre ho utan bilete.",
    en="The file is {size} MB; the limit is {most} MB. Split the list into several files, or save it without pictures.",
)
TOO_MANY_LINES: Final = Text(
    nb="Arket «{sheet}» har {count} rader eller flere; grensa er {most}. Slett tomme rader nederst, eller del lista "
    "i flere filer.",
    nn="Arket «{sheet}» har {count} rader eller fleire; grensa er {most}. Slett tomme rader nedst, eller del lista i "
    "fleire filer.",
    en="The sheet “{sheet}” has {count} rows or more; the limit is {most}. Delete empty rows at the bottom, or split "
    "the list.",
)
EMPTY_FILE: Final = Text(
    nb="Fila er tom. Åpne den i regnearket, se at lista er der, og lagre den på nytt.",
    nn="Fila er tom. Opne ho i reknearket, sjå at lista er der, og lagre ho på nytt.",
    en="The file is empty. Open it in your spreadsheet, check that the list is there, and save it again.",
)
NOT_A_SPREADSHEET: Final = Text(
    nb="Fila er ikke et regneark, men {kind}. Lagre lista som .xlsx eller .csv, og prøv igjen.",
    nn="Fila er ikkje eit rekneark, men {kind}. Lagre lista som .xlsx eller .csv, og prøv igjen.",
    en="The file is not a spreadsheet, but {kind}. Save the list as .xlsx or .csv, and try again.",
)
BROKEN_FILE: Final = Text(
    nb="Fila ser ut som et regneark, men er skadet og lar seg ikke åpne. Åpne den i regnearket, lagre den på nytt "
    "som .xlsx, og prøv igjen.",
    nn="Fila ser ut som eit rekneark, men er skadd og lèt seg ikkje opne. Opne ho i reknearket, lagre ho på nytt som "
    ".xlsx, og prøv igjen.",
    en="The file looks like a spreadsheet, but is damaged and cannot be opened. Open it, save it again as .xlsx, and "
    "try again.",
)
FORMULA: Final = Text(
    nb="Cella er en formel uten utregnet verdi. Åpne fila i regnearket og lagre den på nytt, eller skriv inn verdien.",
    nn="Cella er ein formel utan utrekna verdi. Opne fila i reknearket og lagre ho på nytt, eller skriv inn verdien.",
    en="The cell is a formula without a computed value. Open the file in your spreadsheet and save it again, or type "
    "the value.",
)
ERROR_VALUE: Final = Text(
    nb="Cella har feilverdien {value}. Rett formelen, eller skriv inn verdien.",
    nn="Cella har feilverdien {value}. Rett formelen, eller skriv inn verdien.",
    en="The cell holds the error {value}. Mend the formula, or type the value.",
)
