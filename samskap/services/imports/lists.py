"""The door to imports: look at a list, and carry it out; the same from a page and from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import cast

from sqlalchemy import select

from samskap.integrations.spreadsheets import Book, Sheet, read
from samskap.models import Municipality, Term
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, require
from samskap.services import terms
from samskap.services.imports.columns import Kind, Layout, find_layout, matched
from samskap.services.imports.compare_needs import NeedRows, compare_needs, read_needs
from samskap.services.imports.compare_people import VolunteerRows, compare_volunteers, read_volunteers
from samskap.services.imports.needs import NeedEntry, NeedReader, UnitName
from samskap.services.imports.people import VolunteerEntry, VolunteerReader
from samskap.services.imports.plan import Plan
from samskap.services.imports.registered import known_needs, known_volunteers, units
from samskap.services.imports.saving import save_needs, save_volunteers
from samskap.services.vocabulary import Word
from samskap.text import today

AnyPlan = Plan[VolunteerEntry] | Plan[NeedEntry]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """How somebody wants a list read, where they have said so: which sheet, and which column holds what."""

    sheet: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    """Column from 0, as text, and the name of a field; an empty name leaves the column unread."""

    @classmethod
    def of(cls, kept: Mapping[str, object]) -> Choice:
        """A choice as it was kept between two pages."""
        sheet, columns = kept.get("sheet"), kept.get("columns")
        pairs = columns.items() if isinstance(columns, Mapping) else ()
        return cls(
            sheet=str(sheet) if sheet is not None else None, columns=tuple((str(at), str(name)) for at, name in pairs)
        )

    def kept(self) -> dict[str, object]:
        """The choice as plain values."""
        return {"sheet": self.sheet, "columns": dict(self.columns)}


@lru_cache(maxsize=2)
def book_of(data: bytes) -> Book:
    """The file as it is read; SpreadsheetError when it cannot be. The last two are remembered for their next page."""
    return read(data)


def layout_of(data: bytes, kind: Kind, choice: Choice) -> tuple[Sheet, Layout]:
    """The sheet and how it is laid out, with somebody's own match in it; ImportRefused when it cannot be found."""
    sheet, layout = find_layout(book_of(data), kind, sheet=choice.sheet)
    return sheet, matched(layout, dict(choice.columns))


def look(db: TenantSession, actor: Actor, data: bytes, kind: Kind, choice: Choice, *, now: datetime) -> AnyPlan:
    """Say row by row what importing the list would do; changes nothing. SpreadsheetError when it cannot be read."""
    require(actor, Can.IMPORT_LISTS)
    near = db.get_one(Municipality, db.municipality_id).code
    if kind is Kind.NEEDS:
        return compare_needs(_needs(data, choice, near, today(now), units(db)), known_needs(db))
    own = terms.own_of(db.scalars(select(Term).where(Term.own, Term.retired_at.is_(None)).order_by(Term.id)))
    return compare_volunteers(_volunteers(data, choice, near, today(now), own), known_volunteers(db))


@lru_cache(maxsize=2)
def _volunteers(data: bytes, choice: Choice, near: str, day: date, own: tuple[Word, ...]) -> VolunteerRows:
    sheet, layout = layout_of(data, Kind.VOLUNTEERS, choice)
    return read_volunteers(sheet, VolunteerReader(layout=layout, today=day, near=near, own=own))


@lru_cache(maxsize=2)
def _needs(data: bytes, choice: Choice, near: str, day: date, known: tuple[UnitName, ...]) -> NeedRows:
    sheet, layout = layout_of(data, Kind.NEEDS, choice)
    return read_needs(sheet, NeedReader(layout=layout, today=day, near=near, units=known))


def carry_out(db: TenantSession, actor: Actor, plan: AnyPlan, *, now: datetime) -> None:
    """Do what the plan says, all of it in this transaction; nobody is told anything."""
    if plan.layout.kind is Kind.NEEDS:
        save_needs(db, actor, cast(Plan[NeedEntry], plan), now=now)
    else:
        save_volunteers(db, actor, cast(Plan[VolunteerEntry], plan), now=now)
