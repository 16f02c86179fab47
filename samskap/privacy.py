"""Why a column is held, how long, and what erasure does: said once, beside the column, and read by all who ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal

from sqlalchemy import Column, MetaData

from samskap.text import Locale, Text, counted

KEY: Final = "privacy"
Erase = Literal["blank", "delete", "keep"]


class Until(StrEnum):
    """The event from which a column's days are counted."""

    LEAVES = "leaves"
    """The person leaves the municipality's service, or asks to be erased."""
    ENDS = "ends"
    """What the row is about is over: the assignment has ended, the need is closed, the link is used or expired."""
    MADE = "made"
    """The row was written."""
    ARCHIVED = "archived"
    """Kept as archive material (arkivlova); erasure does not touch it."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a column says of itself: personal or not, why, for how long, exported or not, what erasure does."""

    personal: bool
    why: str
    days: int = 0
    until: Until = Until.LEAVES
    exported: bool = True
    erase: Erase = "blank"
    subject: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """One column with its word."""

    table: str
    column: str
    word: Word

    @property
    def name(self) -> str:
        """The column as "table.column"."""
        return f"{self.table}.{self.column}"


def personal(
    why: str,
    *,
    days: int = 0,
    until: Until = Until.LEAVES,
    exported: bool = True,
    erase: Erase = "blank",
    subject: bool = False,
) -> dict[str, Any]:
    """Mark a column as personal, for `mapped_column(info=…)`.

    `why` is a phrase in bokmål that names the thing and the purpose ("Telefonnummeret ditt, så koordinatoren kan
    ringe"); it is a gettext msgid and stands on the privacy page. The column is kept until the event `until` and `days`
    days more. `subject=True` marks the column that points to the person whom the row is about. ValueError for words
    that contradict each other.
    """
    if not why.strip():
        raise ValueError("a personal column must say why it is held")
    if days < 0:
        raise ValueError(f"days is {days}; it may be 0 or more")
    if (until is Until.ARCHIVED) != (erase == "keep"):
        raise ValueError("a column is kept at erasure only as archive material: until=Until.ARCHIVED with erase='keep'")
    word = Word(True, why, days=days, until=until, exported=exported, erase=erase, subject=subject)
    return {KEY: word}


def not_personal(why: str = "") -> dict[str, Any]:
    """Mark a column that says nothing of a person, for `mapped_column(info=…)`; the reason is for developers."""
    return {KEY: Word(False, why, exported=False, erase="keep")}


@dataclass(frozen=True, slots=True)
class Register:
    """Every column that has a word, in the order of tables and columns."""

    held: tuple[Held, ...]

    def __iter__(self) -> Iterator[Held]:
        return iter(self.held)

    def personal(self) -> tuple[Held, ...]:
        """The columns about persons."""
        return tuple(one for one in self.held if one.word.personal)

    def of_table(self, table: str) -> tuple[Held, ...]:
        """The personal columns of one table."""
        return tuple(one for one in self.personal() if one.table == table)

    def tables(self) -> tuple[str, ...]:
        """The tables that hold something personal."""
        return tuple(dict.fromkeys(one.table for one in self.personal()))

    def subjects_of(self, table: str) -> tuple[str, ...]:
        """The columns of a table that point to the person whom a row is about."""
        return tuple(one.column for one in self.of_table(table) if one.word.subject)

    def exported_of(self, table: str) -> tuple[str, ...]:
        """The columns that go into a person's own export."""
        return tuple(one.column for one in self.of_table(table) if one.word.exported)

    def erased_of(self, table: str, how: Erase) -> tuple[str, ...]:
        """The columns that erasure treats in one way."""
        return tuple(one.column for one in self.of_table(table) if one.word.erase == how)


def register_of(metadata: MetaData) -> Register:
    """Collect the words of every column; columns without one are left out (see `unmarked`)."""
    return Register(tuple(Held(c.table.name, c.name, word) for c in _columns(metadata) if (word := _word_of(c))))


def unmarked(metadata: MetaData) -> tuple[str, ...]:
    """List, as "table.column", every column that does not say whether it is personal."""
    return tuple(f"{column.table.name}.{column.name}" for column in _columns(metadata) if _word_of(column) is None)


def _columns(metadata: MetaData) -> Iterator[Column[Any]]:
    for table in sorted(metadata.tables.values(), key=lambda one: one.name):
        yield from table.columns


def _word_of(column: Column[Any]) -> Word | None:
    word = column.info.get(KEY)
    return word if isinstance(word, Word) else None


_HOW_LONG: Final[Mapping[tuple[Until, bool], Text]] = {
    (Until.LEAVES, False): Text(
        nb="Så lenge du er med. Slettes når du slutter.",
        nn="Så lenge du er med. Blir sletta når du sluttar.",
        en="For as long as you take part. Deleted when you leave.",
    ),
    (Until.LEAVES, True): Text(
        nb="Så lenge du er med, og {days} etter at du slutter.",
        nn="Så lenge du er med, og {days} etter at du sluttar.",
        en="For as long as you take part, and {days} after you leave.",
    ),
    (Until.ENDS, False): Text(nb="Til det er over.", nn="Til det er over.", en="Until it is over."),
    (Until.ENDS, True): Text(
        nb="{days} etter at det er over.", nn="{days} etter at det er over.", en="{days} after it is over."
    ),
    (Until.MADE, False): Text(
        nb="Slettes med en gang det er brukt.",
        nn="Blir sletta med ein gong det er brukt.",
        en="Deleted as soon as it has been used.",
    ),
    (Until.MADE, True): Text(
        nb="{days} etter at det ble skrevet.",
        nn="{days} etter at det blei skrive.",
        en="{days} after it was written.",
    ),
    (Until.ARCHIVED, False): Text(
        nb="Blir tatt vare på i kommunens arkiv, slik arkivloven sier.",
        nn="Blir teke vare på i arkivet til kommunen, slik arkivlova seier.",
        en="Kept in the municipality’s archive, as the Archives Act requires.",
    ),
}


def how_long(word: Word, *, locale: Locale) -> str:
    """Say in one language how long a column is kept."""
    text = _HOW_LONG[(word.until, word.until is not Until.ARCHIVED and word.days > 0)]
    years, rest = divmod(word.days, 365)
    spell = counted(word.days, "day", locale=locale) if rest else counted(years, "year", locale=locale)
    said = text.say(locale, days=spell) if word.days and word.until is not Until.ARCHIVED else text.say(locale)
    return said[0].upper() + said[1:]
