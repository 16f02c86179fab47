"""Clearances: that a requirement was met, for one person in one role. Only a clearance officer sees the record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from samskap.models import Clearance, ClearanceKind, Person, Requirement, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, require
from samskap.services import facts, kinds
from samskap.services.steps import Refused, find, hold
from samskap.text import Text, today

FRESH = timedelta(days=92)
"""A police certificate is at most three months old on the day it is shown (politiregisterforskriften § 37-2)."""

TOO_OLD = Text(
    nb="Attesten var eldre enn tre måneder da den ble vist. Be om en ny, og registrer den når du har sett den.",
    nn="Attesten var eldre enn tre månader då han vart vist. Be om ein ny, og registrer han når du har sett han.",
    en="The certificate was more than three months old when it was shown. Ask for a new one and register that.",
)
IN_FUTURE = Text(
    nb="Datoen kan ikke ligge fram i tid.",
    nn="Datoen kan ikkje liggje fram i tid.",
    en="The date cannot lie in the future.",
)
NO_BASIS = Text(
    nb="Det finnes ikke noe lovgrunnlag for å be om politiattest her.",
    nn="Det finst ikkje noko lovgrunnlag for å be om politiattest her.",
    en="There is no basis in law for asking for a police certificate here.",
)
HELD_ALREADY = Text(
    nb="Personen er allerede avklart i denne rollen. Det må ikke bes om en ny attest så lenge rollen er uavbrutt.",
    nn="Personen er alt avklart i denne rolla. Det må ikkje bedast om ein ny attest så lenge rolla er uavbroten.",
    en="The person is already cleared in this role. No new certificate may be asked for while the role is unbroken.",
)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Somebody whom open needs would call for a clearance."""

    person_id: int
    name: str


def keys_in_use(db: TenantSession) -> Collection[str]:
    """The requirements that the needs here call for; nothing else can be registered."""
    return db.scalars(select(Requirement.key).distinct().order_by(Requirement.key)).all()


def held(db: TenantSession, person_id: int) -> Sequence[Clearance]:
    """What holds now for a person, newest first."""
    query = select(Clearance).where(Clearance.person_id == person_id, Clearance.ended_at.is_(None))
    return db.scalars(query.order_by(Clearance.id.desc())).all()


def show_certificate(
    db: TenantSession,
    actor: Actor,
    *,
    person_id: int,
    key: str,
    issued_on: date,
    seen_on: date,
    now: datetime,
) -> Clearance:
    """Register that a certificate was shown: never the paper, its number or a remark."""
    require(actor, Can.RECORD_CLEARANCE)
    person = hold(db, Person, person_id)
    if key not in {one.key for kind in kinds.kinds() for one in kinds.requirements_of(kind)}:
        raise Refused(NO_BASIS)
    if issued_on > seen_on or seen_on > today(now):
        raise Refused(IN_FUTURE)
    if seen_on - issued_on > FRESH:
        raise Refused(TOO_OLD)
    if any(one.key == key for one in held(db, person.id)):
        raise Refused(HELD_ALREADY)
    row = Clearance(
        person_id=person.id,
        kind=ClearanceKind.CERTIFICATE,
        key=key,
        issued_on=issued_on,
        seen_on=seen_on,
        seen_by_id=actor.id,
        made_at=now,
    )
    db.add(row)
    db.flush()
    facts.touch(db, person.id)
    return row


def end(db: TenantSession, actor: Actor, clearance_id: int, *, now: datetime) -> Clearance:
    """The role ended or was broken: what was shown counts no more."""
    row = find(db, actor, Can.RECORD_CLEARANCE, Clearance, clearance_id, lock=True)
    row.ended_at = now
    facts.touch(db, row.person_id)
    return row


def register_page(db: TenantSession, actor: Actor, *, name: str) -> Sequence[tuple[Clearance, str]]:
    """The officer's register: certificates that hold, newest first, with whose they are."""
    require(actor, Can.SEE_CLEARANCE)
    query = (
        select(Clearance, Person.name)
        .join(Person, Person.id == Clearance.person_id)
        .where(Clearance.kind == ClearanceKind.CERTIFICATE, Clearance.ended_at.is_(None))
    )
    if name:
        query = query.where(Person.name.icontains(name, autoescape=True))
    return [(row.Clearance, row.name) for row in db.execute(query.order_by(Clearance.id.desc()))]


def volunteers_named(db: TenantSession, actor: Actor, name: str, *, most: int = 10) -> Sequence[Waiting]:
    """Whom a certificate may be registered for."""
    require(actor, Can.RECORD_CLEARANCE)
    query = select(Person.id, Person.name).join(Volunteer, Volunteer.id == Person.id)
    query = query.where(Person.name.icontains(name, autoescape=True)).order_by(func.lower(Person.name)).limit(most)
    return [Waiting(person_id=row.id, name=row.name) for row in db.execute(query)]
