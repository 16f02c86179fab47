"""Which rows are needs that were imported before, and what the list would change of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from samskap.integrations.spreadsheets import Line, Sentence, Sheet
from samskap.services.imports.columns import Field, Layout
from samskap.services.imports.needs import NeedEntry, NeedReader
from samskap.services.imports.plan import (
    HALF,
    Change,
    Outcome,
    Plan,
    Repeats,
    RowPlan,
    Save,
    content_lines,
    digest,
    fingerprint,
)
from samskap.services.imports.row import Row, Unreadable, Warned
from samskap.services.imports.words import SAME_AS_ROW, UNDER_WAY, WRITTEN_BEFORE
from samskap.services.vocabulary import fold
from samskap.text import Text

LABELS: Final[dict[str, Text]] = {
    "title": Text(nb="Tittel", nn="Tittel", en="Title"),
    "task": Text(nb="Beskrivelse", nn="Skildring", en="Description"),
    "postcode": Text(nb="Postnummer", nn="Postnummer", en="Postcode"),
    "weekly": Text(nb="Tid i uka", nn="Tid i veka", en="Time of the week"),
    "sessions": Text(nb="Datoer", nn="Datoar", en="Dates"),
    "how_often": Text(nb="Hvor ofte", nn="Kor ofte", en="How often"),
    "wanted": Text(nb="Antall", nn="Tal på folk", en="Number of people"),
    "unit_id": Text(nb="Meldt av", nn="Meldt av", en="Reported by"),
}


@dataclass(frozen=True, kw_only=True)
class KnownNeed:
    """A need that is here already: what it says now, and whether a list may still change it."""

    id: int
    entry: NeedEntry
    listed_as: str
    """The row it came in: 32 hex digits for which need it is, and 32 for everything the row said; empty for no row."""
    changeable: bool


@dataclass(frozen=True)
class _Read:
    line: Line
    entry: NeedEntry
    warnings: tuple[Warned, ...]
    listed_as: str


@dataclass(frozen=True)
class NeedRows:
    """A list as it was read, before anybody has looked at what is here."""

    layout: Layout
    reads: tuple[_Read, ...]
    settled: tuple[RowPlan, ...]
    """Rows that are no need, or the same as one before."""


def read_needs(sheet: Sheet, reader: NeedReader) -> NeedRows:
    """Read every row of the sheet; a row that is wholly like one before it is that need again."""
    reads, settled = list[_Read](), list[RowPlan]()
    first_rows, repeats = dict[str, int](), Repeats()
    for line in content_lines(sheet.lines, reader.layout):
        entry, warnings = reader.read(line)
        whole = fingerprint(line, reader.layout)
        if isinstance(entry, Unreadable):
            settled.append(RowPlan(line.number, Outcome.UNREADABLE, _words_in(line, reader), entry.why, (), warnings))
        elif whole in first_rows:
            again = Sentence(SAME_AS_ROW, {"row": first_rows[whole]})
            settled.append(RowPlan(line.number, Outcome.SAME, entry.title, again, (), warnings))
        else:
            first_rows[whole], identity = line.number, _identity(entry)
            reads.append(_Read(line, entry, warnings, digest([identity, str(repeats.number(identity))]) + whole))
    return NeedRows(reader.layout, tuple(reads), tuple(settled))


def compare_needs(read: NeedRows, known: Sequence[KnownNeed]) -> Plan[NeedEntry]:
    """Say what will happen to every row, given what is here; changes nothing."""
    here, saves = _Here(known), list[Save[NeedEntry]]()
    rows = {row.row: row for row in read.settled}
    for one in read.reads:
        save, rows[one.line.number] = _judge(one, here.find(one.entry, one.listed_as))
        saves += [save] if save else []
    return Plan(read.layout, tuple(rows[number] for number in sorted(rows)), tuple(saves))


def plan_needs(sheet: Sheet, reader: NeedReader, known: Sequence[KnownNeed]) -> Plan[NeedEntry]:
    """Read every row and say what will happen to it; changes nothing."""
    return compare_needs(read_needs(sheet, reader), known)


class _Here:
    """The needs that are here, found by their number or by the row they once came in."""

    def __init__(self, known: Sequence[KnownNeed]) -> None:
        self._by_number = {need.id: need for need in known}
        self._by_row = {need.listed_as[:HALF]: need for need in known if need.listed_as}

    def find(self, entry: NeedEntry, listed_as: str) -> KnownNeed | None:
        """The need that a row speaks of; a number counts only beside the description or title that belongs to it."""
        numbered = self._by_number.get(entry.number or 0)
        if numbered and (numbered.entry.task == entry.task or numbered.entry.title == entry.title):
            return numbered
        return self._by_row.get(listed_as[:HALF])


def _words_in(line: Line, reader: NeedReader) -> str:
    row = Row(line, reader.layout)
    return (row.text(Field.TASK)[1] or row.text(Field.TITLE)[1])[:80]


def _identity(entry: NeedEntry) -> str:
    """What makes it the same need when its time or number of people has changed: the description and the postcode."""
    return digest([fold(entry.task), entry.postcode or ""])


def _judge(read: _Read, known: KnownNeed | None) -> tuple[Save[NeedEntry] | None, RowPlan]:
    number, title = read.line.number, read.entry.title
    save = Save(read.entry, (number,), read.listed_as)
    if known is None:
        return save, RowPlan(number, Outcome.NEW, title, None, (), read.warnings)
    changes = () if known.listed_as == read.listed_as else tuple(_changes(known.entry, read.entry))
    if not changes:
        return None, RowPlan(number, Outcome.SAME, title, Sentence(WRITTEN_BEFORE), (), read.warnings)
    if not known.changeable:
        warned = (*read.warnings, Warned(number, "", Sentence(UNDER_WAY)))
        return None, RowPlan(number, Outcome.SAME, title, Sentence(WRITTEN_BEFORE), (), warned)
    return (
        Save(read.entry, (number,), read.listed_as if known.listed_as else None, known.id, changes),
        RowPlan(number, Outcome.CHANGED, title, None, changes, read.warnings),
    )


def _changes(before: NeedEntry, after: NeedEntry) -> Iterator[Change]:
    """What the list says otherwise; an empty cell says nothing."""
    for what, label in LABELS.items():
        stands, says = getattr(before, what), getattr(after, what)
        if says and stands != says:
            yield Change(what, label, stands, says)
