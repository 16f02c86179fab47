"""What an import will do, row by row, before it does anything; the same plan is shown, printed and carried out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from samskap.integrations.spreadsheets import Cell, Line, Sentence
from samskap.services.imports.columns import Field, Layout
from samskap.services.imports.row import Warned, shown
from samskap.text import Locale, Text

Entry = TypeVar("Entry")


class Outcome(StrEnum):
    """What happens to a row."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Change:
    """One thing that the list changes: what it is called, what stands, and what the list says."""

    what: str
    label: Text
    before: object
    after: object


@dataclass(frozen=True)
class RowPlan:
    """One row of the list: what happens to it and why, and what it was read as."""

    row: int
    outcome: Outcome
    title: str
    """The name, or the beginning of the description; empty where there is none."""
    why: Sentence | None = None
    changes: tuple[Change, ...] = ()
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True)
class Save(Generic[Entry]):
    """One thing to save: new when `known_id` is None; `changes` says what of it is to be written otherwise."""

    entry: Entry
    rows: tuple[int, ...]
    listed_as: str | None
    """The fingerprint of the rows, by which the same rows are known again; None when somebody else has it."""
    known_id: int | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Plan(Generic[Entry]):
    """Everything that an import will do."""

    layout: Layout
    rows: tuple[RowPlan, ...]
    saves: tuple[Save[Entry], ...] = field(default=())

    def count(self, outcome: Outcome) -> int:
        """How many rows this happens to."""
        return self._counts()[outcome]

    def _counts(self) -> Counter[Outcome]:
        return Counter(row.outcome for row in self.rows)

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """Every warning, in the order of the rows."""
        return tuple(warned for row in self.rows for warned in row.warnings)

    def as_json(self, locale: Locale) -> dict[str, Any]:
        """The plan as one object: counts, unreadable rows with why, warnings with row, column and why."""
        counts = self._counts()
        return {
            "rows": len(self.rows),
            "new": counts[Outcome.NEW],
            "same": counts[Outcome.SAME],
            "changed": counts[Outcome.CHANGED],
            "unreadable": [
                {"row": row.row, "why": row.why.say(locale) if row.why else ""}
                for row in self.rows
                if row.outcome is Outcome.UNREADABLE
            ],
            "warnings": [
                {"row": warned.row, "column": warned.column, "why": warned.why.say(locale)} for warned in self.warnings
            ],
        }


def content_lines(lines: Sequence[Line], layout: Layout) -> tuple[Line, ...]:
    """The lines below the headings, each of which counts once."""
    return tuple(line for line in lines if line.number > layout.heading_lines[-1])


# ---------------------------------------------------------------- fingerprints

NOT_IN_PRINT: Final = frozenset({Field.REMARK})
"""What is not kept is not kept as a hash either."""
HALF: Final = 32


def fingerprint(line: Line, layout: Layout) -> str:
    """A hash of what the row says in the columns that are read, the remark left out: 32 hex digits."""
    read = [column for column in layout.columns if column.field and column.field not in NOT_IN_PRINT]
    told = [f"{column.field}={shown(_at(line, column.at))}" for column in sorted(read, key=lambda column: column.at)]
    return digest(told)


def _at(line: Line, at: int) -> Cell:
    return line.cells[at] if at < len(line.cells) else None


def digest(parts: Sequence[str]) -> str:
    """32 hex digits that stand for the parts in their order."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:HALF]


class Repeats:
    """Counts how often a fingerprint has come, so that the second of two alike is told from the first."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def number(self, fingerprint: str) -> int:
        """How many times it came before this one."""
        self._seen[fingerprint] += 1
        return self._seen[fingerprint] - 1
