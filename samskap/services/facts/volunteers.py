"""Volunteers as facts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from matching.records import VolunteerFacts
from matching.week import Week
from samskap.models import Away, Clearance, ClearanceKind, Municipality, Person, Volunteer
from samskap.models.session import TenantSession
from samskap.services.facts import terms, ties
from samskap.services.facts.rows import Only, grouped, place_of, some
from samskap.text import today
from samskap.workflows.volunteer import HERE, VolunteerState, on_a_break

METRES = 1_000
READY = frozenset({VolunteerState.READY, VolunteerState.ACTIVE})


@dataclass(frozen=True, kw_only=True)
class _Around:
    """Everything about volunteers that stands in other tables, by volunteer."""

    municipality: str
    day: date
    words: Mapping[int, terms.Words]
    away: Mapping[int, Collection[Any]]
    cleared: Mapping[int, Collection[Any]]
    asks: Mapping[int, ties.Asks]
    bonds: Mapping[int, ties.Bonds]
    blocks: Mapping[int, Collection[int]]


def volunteers_as_facts(db: TenantSession, *, now: datetime, only: Only = None) -> Iterator[VolunteerFacts]:
    """Every volunteer who is here (or only some), as facts; nine statements whatever the number.

    Somebody with an account whose address is not shown to be theirs yet is asked nothing, and is left out.
    """
    around = _around(db, now=now, only=only)
    query = select(Volunteer, Person.birth_date, Person.gender, Person.lat, Person.lon)
    query = query.join(Person, Person.id == Volunteer.id).where(
        Volunteer.state.in_(sorted(HERE)),
        Person.erased_at.is_(None),
        or_(Person.account_id.is_(None), Person.confirmed_at.is_not(None)),
    )
    return (_facts_of(row, around) for row in db.execute(some(query, Volunteer.id, only)))


def _around(db: TenantSession, *, now: datetime, only: Only) -> _Around:
    away = select(Away.volunteer_id, Away.first_day, Away.last_day)
    cleared = select(Clearance.person_id, Clearance.key).where(
        Clearance.ended_at.is_(None), Clearance.kind != ClearanceKind.DECLARATION
    )
    return _Around(
        municipality=db.scalars(select(Municipality.code).where(Municipality.id == db.municipality_id)).one(),
        day=today(now),
        words=terms.of_volunteers(db, only),
        away=grouped(db, away, Away.volunteer_id, only),
        cleared=grouped(db, cleared, Clearance.person_id, only),
        asks=ties.asks(db, only),
        bonds=ties.bonds(db, only),
        blocks=ties.blocks(db),
    )


def _facts_of(row: Any, around: _Around) -> VolunteerFacts:
    volunteer: Volunteer = row.Volunteer
    ident = volunteer.id
    asked, bond = around.asks[ident], around.bonds[ident]
    return VolunteerFacts(
        id=ident,
        human=ident,
        municipality=around.municipality,
        reach_m=volunteer.reach_km * METRES,
        capacity=max(0, volunteer.capacity - bond.live - asked.open),
        paused=is_resting(volunteer, around.day),
        ready=volunteer.state in READY,
        place=place_of(row.lat, row.lon),
        travel=volunteer.travel,
        running=bond.live,
        minutes_left=_minutes_left(volunteer, bond.minutes),
        available=volunteer.free or Week(),
        preferred=volunteer.preferred or Week(),
        away=tuple((one.first_day, one.last_day) for one in around.away[ident]),
        holds=tuple(bond.holds),
        experience_shared=volunteer.experience_shared,
        clearances=frozenset(one.key for one in around.cleared[ident]),
        gender=row.gender,
        meets=volunteer.meet_gender,
        birth_date=row.birth_date,
        kinds_declined=frozenset(volunteer.not_kinds.split()),
        modes_declined=frozenset(volunteer.not_modes.split()),
        blocks=frozenset(around.blocks[ident]),
        meet_again=frozenset(bond.again),
        ended_badly=frozenset(bond.never),
        needs_declined=frozenset(asked.closed),
        open_offers=asked.open,
        asked=tuple(sorted(asked.days, reverse=True)),
        idle_since=max([today(volunteer.registered_at), *asked.days, *filter(None, [bond.last_day])]),
        never_asked=not asked.days,
        **around.words[ident].of_volunteer(),
    )


def _minutes_left(volunteer: Volunteer, spoken_for: int) -> int | None:
    return None if volunteer.weekly_minutes is None else max(0, volunteer.weekly_minutes - spoken_for)


def is_resting(volunteer: Volunteer, day: date) -> bool:
    """On pause that day, or has asked to be left alone until a later one."""
    return on_a_break(volunteer, day) or (volunteer.ask_after is not None and volunteer.ask_after > day)
