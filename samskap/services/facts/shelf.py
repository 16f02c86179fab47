"""The facts of each municipality, kept in this process and compared with the version in the database."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select

from matching.facts import Facts
from samskap.models import Assignment, Municipality, Need, Term, Volunteer, WordKind
from samskap.models.session import TenantSession
from samskap.services.facts.needs import needs_as_facts
from samskap.services.facts.touching import touched_in
from samskap.services.facts.volunteers import volunteers_as_facts
from samskap.text import Text, today


@dataclass(frozen=True)
class Held:
    """The facts of one municipality as of a version and a day."""

    version: int
    day: date
    facts: Facts
    words: Mapping[tuple[WordKind, str], Text]
    """What each term of the vocabulary is called."""


@dataclass
class _Shelf:
    """The facts of every municipality in this process, with a lock each so that one load serves all who wait."""

    held: dict[tuple[str, int], Held] = field(default_factory=dict)
    locks: defaultdict[tuple[str, int], threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))


_shelf = _Shelf()


def current(db: TenantSession, *, now: datetime) -> Held:
    """The municipality's facts as they stand: one statement when nothing changed, else only what did is read.

    What is read in a transaction that changes facts is not kept for others: it may yet be rolled back.
    """
    query = select(Municipality.facts_version, Municipality.neighbours)
    version, neighbours = db.execute(query.where(Municipality.id == db.municipality_id)).one()
    place = (str(db.get_bind().engine.url), db.municipality_id or 0)
    with _shelf.locks[place]:
        before = _shelf.held.get(place)
        if before is not None and before.version == version and before.day == today(now):
            return before
        held = _read(db, before, version=version, neighbours=neighbours, now=now)
        if not touched_in(db):
            _shelf.held[place] = held
    return held


def _read(db: TenantSession, before: Held | None, *, version: int, neighbours: Collection[str], now: datetime) -> Held:
    """Only what changed since; everything at the first time, on a new day, and after a restored backup."""
    if before is None or before.day != today(now) or before.version > version:
        facts = Facts.of(volunteers_as_facts(db, now=now), needs_as_facts(db, neighbours=neighbours))
    else:
        facts = _with_changes(db, before, neighbours=neighbours, now=now)
    return Held(version, today(now), facts, words_of(db))


def _with_changes(db: TenantSession, before: Held, *, neighbours: Collection[str], now: datetime) -> Facts:
    people = select(Volunteer.id).where(Volunteer.facts_version > before.version)
    changed = set(db.scalars(people))
    needs = set(db.scalars(select(Need.id).where((Need.facts_version > before.version) | _hangs_on(people))))
    volunteers = list(volunteers_as_facts(db, now=now, only=changed)) if changed else []
    matched = list(needs_as_facts(db, neighbours=neighbours, only=needs)) if needs else []
    return before.facts.replaced(
        volunteers=volunteers,
        needs=matched,
        removed_volunteers=changed - {one.id for one in volunteers},
        removed_needs=needs - {one.id for one in matched},
    )


def _hangs_on(people: Select[int]) -> ColumnElement[bool]:
    """The needs of which a column changes with these people: their own, and those of whoever has met one of them."""
    met = select(Assignment.recipient_id).where(Assignment.volunteer_id.in_(people))
    return Need.recipient_id.in_(people) | Need.recipient_id.in_(met)


def of_pair(db: TenantSession, need_id: int, volunteer_id: int, *, now: datetime) -> Facts:
    """One pair read anew, for the step that saves; the pair is missing from it where one of them has gone."""
    neighbours = db.scalars(select(Municipality.neighbours).where(Municipality.id == db.municipality_id)).one()
    volunteers = volunteers_as_facts(db, now=now, only=[volunteer_id])
    return Facts.of(volunteers, needs_as_facts(db, neighbours=neighbours, only=[need_id]))


def words_of(db: TenantSession) -> Mapping[tuple[WordKind, str], Text]:
    """What each term of the vocabulary is called."""
    rows = db.execute(select(Term.kind, Term.key, Term.nb, Term.nn, Term.en))
    return {(row.kind, row.key): Text(nb=row.nb, nn=row.nn, en=row.en) for row in rows}


def forget() -> None:
    """Drop everything that is kept in this process; for tests and after a restore."""
    _shelf.held.clear()
