"""Clearances: that a requirement was met, for one person in one role. Only a clearance officer sees the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, delete, func, select

from samskap.models import Clearance, ClearanceKind, Person, Volunteer
from samskap.models.session import HIGHEST_ID, TenantSession
from samskap.permissions import Actor, Can, require
from samskap.services import facts, kinds
from samskap.services.steps import Missing, Refused, find, hold
from samskap.text import Text, today

MONTHS = 3
"""A police certificate is at most so old on the day it is shown (politiregisterforskriften § 37-2)."""

TOO_OLD = Text(
    nb="Attesten var eldre enn tre måneder da den ble vist. Be om en ny, og registrer den når du har sett den.",
    nn="Attesten var eldre enn tre månader då han blei vist. Be om ein ny, og registrer han når du har sett han.",
    en="The certificate was more than three months old when it was shown. Ask for a new one and register that.",
)
IN_FUTURE = Text(
    nb="Datoen du så attesten, kan ikke ligge fram i tid.",
    nn="Datoen du såg attesten, kan ikkje liggje fram i tid.",
    en="The day you saw the certificate cannot lie in the future.",
)
ISSUED_LATER = Text(
    nb="Attesten kan ikke være utstedt etter at du så den.",
    nn="Attesten kan ikkje vere utferda etter at du såg han.",
    en="The certificate cannot have been issued after you saw it.",
)
ONES_OWN = Text(
    nb="Du kan ikke registrere din egen attest. Be en annen avklaringsansvarlig gjøre det.",
    nn="Du kan ikkje registrere din eigen attest. Be ein annan avklaringsansvarleg gjere det.",
    en="You cannot register your own certificate. Ask another clearance officer to do it.",
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
    """Somebody for whom a certificate may be registered."""

    person_id: int
    name: str


def requirements() -> Mapping[str, kinds.Requirement]:
    """Everything that the law lets anyone ask for, by key; nothing else can be registered."""
    return {one.key: one for kind in kinds.kinds() for one in kinds.requirements_of(kind)}


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
    if key not in requirements():
        raise Refused(NO_BASIS)
    if person.id == actor.id:
        raise Refused(ONES_OWN)
    _refuse_dates(issued_on, seen_on, today(now))
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


def _refuse_dates(issued_on: date, seen_on: date, day: date) -> None:
    if seen_on > day:
        raise Refused(IN_FUTURE)
    if issued_on > seen_on:
        raise Refused(ISSUED_LATER)
    if seen_on > months_after(issued_on, MONTHS):
        raise Refused(TOO_OLD)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    month = day.month - 1 + months
    first = date(day.year + month // 12, month % 12 + 1, 1)
    following = first.replace(day=28) + timedelta(days=4)
    return first.replace(day=min(day.day, (following - timedelta(days=following.day)).day))


def role_is_over(db: TenantSession, person_id: int, *, now: datetime) -> None:
    """Whoever leaves is asked anew if they come back. A confidentiality declaration binds for ever, and stays."""
    for row in held(db, person_id):
        if row.kind is ClearanceKind.CERTIFICATE:
            row.ended_at = now
    facts.touch(db, person_id)


def is_cleared(db: TenantSession, person_id: int) -> bool:
    """What others than the clearance officer may know: that something the law asks for was shown, or not yet."""
    return any(one.kind is ClearanceKind.CERTIFICATE for one in held(db, person_id))


def end(db: TenantSession, actor: Actor, clearance_id: int, *, now: datetime) -> Clearance:
    """The role ended or was broken: what was shown counts no more. Missing for a declaration, which binds for ever."""
    row = find(db, actor, Can.RECORD_CLEARANCE, Clearance, clearance_id, lock=True)
    if row.kind is not ClearanceKind.CERTIFICATE:
        raise Missing("Clearance")
    row.ended_at = row.ended_at or now
    facts.touch(db, row.person_id)
    return row


def forget_ended(db: TenantSession) -> None:
    """Delete what was shown for a role that is over; nobody may keep it longer (politiregisterforskriften § 37-2)."""
    ended = Clearance.kind == ClearanceKind.CERTIFICATE, Clearance.ended_at.is_not(None)
    db.execute(delete(Clearance).where(*ended), execution_options={"synchronize_session": False})


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


def volunteer_named(db: TenantSession, actor: Actor, person_id: int) -> Waiting:
    """One of them; Missing for whoever is no volunteer here."""
    require(actor, Can.RECORD_CLEARANCE)
    if not 0 < person_id <= HIGHEST_ID:
        raise Missing("Person")
    row = db.execute(_volunteers().where(Person.id == person_id)).one_or_none()
    if row is None:
        raise Missing("Person")
    return Waiting(person_id=row.id, name=row.name)


def _volunteers() -> Select[int, str]:
    query = select(Person.id, Person.name).join(Volunteer, Volunteer.id == Person.id)
    return query.where(Person.erased_at.is_(None))


def volunteers_named(db: TenantSession, actor: Actor, name: str, *, most: int = 10) -> Sequence[Waiting]:
    """Whom a certificate may be registered for."""
    require(actor, Can.RECORD_CLEARANCE)
    query = (
        _volunteers().where(Person.name.icontains(name, autoescape=True)).order_by(func.lower(Person.name)).limit(most)
    )
    return [Waiting(person_id=row.id, name=row.name) for row in db.execute(query)]
