"""The door to imports: look at a list, and carry it out; the same from a page and from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import select

from samskap.integrations.spreadsheets import Book, Sheet
from samskap.models import Municipality, Term
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, require
from samskap.services import terms
from samskap.services.imports.columns import Kind, Layout, find_layout, matched
from samskap.services.imports.compare_needs import plan_needs
from samskap.services.imports.compare_people import plan_volunteers
from samskap.services.imports.needs import NeedEntry, NeedReader
from samskap.services.imports.people import VolunteerEntry, VolunteerReader
from samskap.services.imports.plan import Plan
from samskap.services.imports.registered import known_needs, known_volunteers, units
from samskap.services.imports.saving import save_needs, save_volunteers
from samskap.text import today

AnyPlan = Plan[VolunteerEntry] | Plan[NeedEntry]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """How somebody wants a list read, where they have said so: which sheet, and which column holds what."""

    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column from 0, as text, to the name of a field; an empty name leaves the column unread."""


def layout_of(book: Book, kind: Kind, choice: Choice) -> tuple[Sheet, Layout]:
    """The sheet and how it is laid out, with somebody's own match in it; ImportRefused when it cannot be found."""
    sheet, layout = find_layout(book, kind, sheet=choice.sheet)
    return sheet, matched(layout, choice.columns)


def look(db: TenantSession, actor: Actor, book: Book, kind: Kind, choice: Choice, *, now: datetime) -> AnyPlan:
    """Say row by row what importing the list would do; changes nothing. ImportRefused when it cannot be read."""
    require(actor, Can.IMPORT_LISTS)
    sheet, layout = layout_of(book, kind, choice)
    near = db.get_one(Municipality, db.municipality_id).code
    if kind is Kind.NEEDS:
        reader = NeedReader(layout=layout, today=today(now), near=near, units=units(db))
        return plan_needs(sheet, reader, known_needs(db))
    own = terms.own_of(db.scalars(select(Term).where(Term.own, Term.retired_at.is_(None)).order_by(Term.id)))
    people = VolunteerReader(layout=layout, today=today(now), near=near, own=own)
    return plan_volunteers(sheet, people, known_volunteers(db))


def carry_out(db: TenantSession, actor: Actor, plan: AnyPlan, *, now: datetime) -> None:
    """Do what the plan says, all of it in this transaction; nobody is told anything."""
    if plan.layout.kind is Kind.NEEDS:
        save_needs(db, actor, cast(Plan[NeedEntry], plan), now=now)
    else:
        save_volunteers(db, actor, cast(Plan[VolunteerEntry], plan), now=now)
