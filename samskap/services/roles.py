"""Roles that a municipality gives: given and ended, with history, and never without an administrator left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from samskap.models import Membership, Person, StepTaken, Unit
from samskap.models.session import TenantSession
from samskap.permissions import STAFF, Actor, Can, Role
from samskap.services import accounts
from samskap.services.steps import Missing, Refused, find, hold
from samskap.text import Text

LAST_ADMINISTRATOR = Text(
    nb="Kommunen må ha minst én administrator. Gi rollen til noen andre først.",
    nn="Kommunen må ha minst éin administrator. Gi rolla til nokon andre først.",
    en="The municipality must have at least one administrator. Give the role to somebody else first.",
)


def write_down(
    db: TenantSession,
    step: str,
    *,
    noun: str,
    thing_id: int,
    frm: str = "",
    to: str = "",
    why: str = "",
    by_id: int | None,
    now: datetime,
) -> None:
    """One line of history for what is no workflow: a role, an invitation, a setting."""
    line = StepTaken(noun=noun, thing_id=thing_id, step=step, from_state=frm, to_state=to, why=why, by_id=by_id, at=now)
    db.add(line)
    db.flush()


def give(
    db: TenantSession, person: Person, role: Role, unit_id: int | None, *, by_id: int | None, now: datetime
) -> None:
    """The person holds the role from now on, if they did not already; their sessions begin anew."""
    hold(db, Person, person.id)
    held = select(Membership.id).where(Membership.person_id == person.id, Membership.role == role)
    held = held.where(Membership.unit_id.is_(None) if unit_id is None else Membership.unit_id == unit_id)
    if db.scalars(held).first() is not None:
        return
    db.add(Membership(person_id=person.id, role=role, unit_id=unit_id, since=now))
    write_down(
        db, "give", noun="membership", thing_id=person.id, to=role, why=_unit_name(db, unit_id), by_id=by_id, now=now
    )
    _begin_anew(db, person)


def end(db: TenantSession, actor: Actor, membership_id: int, *, now: datetime) -> Person:
    """The person holds the role no longer; it acts on their next request. Refused for the last administrator."""
    if find(db, actor, Can.CHANGE_ROLES, Membership, membership_id).role is Role.ADMINISTRATOR:
        _hold_administrators(db)
    membership = find(db, actor, Can.CHANGE_ROLES, Membership, membership_id, lock=True)
    if membership.role not in STAFF:
        raise Missing("membership")
    if membership.role is Role.ADMINISTRATOR and not _others_administer(db, membership.person_id):
        raise Refused(LAST_ADMINISTRATOR)
    person = db.get_one(Person, membership.person_id)
    db.delete(membership)
    write_down(
        db,
        "end",
        noun="membership",
        thing_id=person.id,
        frm=membership.role,
        why=_unit_name(db, membership.unit_id),
        by_id=actor.id,
        now=now,
    )
    _begin_anew(db, person)
    return person


def _hold_administrators(db: TenantSession) -> None:
    """Lock them all, always in the same order, so that two who end each other's role take turns."""
    query = select(Membership.id).where(Membership.role == Role.ADMINISTRATOR).order_by(Membership.id)
    db.scalars(query.with_for_update()).all()


def _others_administer(db: TenantSession, person_id: int) -> bool:
    """Whether somebody else who can log in is an administrator here."""
    query = select(Membership.id).join(Person, Person.id == Membership.person_id)
    others = query.where(
        Membership.role == Role.ADMINISTRATOR,
        Membership.person_id != person_id,
        Person.account_id.is_not(None),
        Person.erased_at.is_(None),
    )
    return db.scalars(others).first() is not None


def refuse_without_administrator(db: TenantSession, person_id: int) -> None:
    """Refused if this person is the only administrator; asked before somebody is deleted."""
    _hold_administrators(db)
    administers = select(Membership.id).where(Membership.person_id == person_id, Membership.role == Role.ADMINISTRATOR)
    if db.scalars(administers).first() is not None and not _others_administer(db, person_id):
        raise Refused(LAST_ADMINISTRATOR)


def _begin_anew(db: TenantSession, person: Person) -> None:
    if person.account_id is not None:
        accounts.raise_version(db, person.account_id)


def _unit_name(db: TenantSession, unit_id: int | None) -> str:
    unit = db.get(Unit, unit_id) if unit_id is not None else None
    return unit.name if unit else ""
