"""What an administrator keeps: who works here as what, the units, how the municipality appears. All with history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, select

from samskap.models import Account, Membership, Municipality, Need, Person, StepTaken, Unit
from samskap.models.session import TenantSession
from samskap.permissions import STAFF, Actor, Can, Role, require
from samskap.services import facts, roles
from samskap.services.steps import Missing, Refused, find
from samskap.text import Text

NOUNS: Final = ("membership", "invitation", "unit", "municipality")
"""What the history of administration is about."""

SAME_NAME = Text(
    nb="Det er allerede en virksomhet som heter dette. Velg et annet navn.",
    nn="Det er alt ei verksemd som heiter dette. Vel eit anna namn.",
    en="There is already a unit with this name. Choose another.",
)


# ---------------------------------------------------------------- people and roles


@dataclass(frozen=True, kw_only=True)
class HeldRole:
    """A role that somebody holds, with its unit's name."""

    membership_id: int
    role: Role
    unit: str | None
    since: datetime


def staff(*, role: Role | None = None, unit_id: int | None = None) -> Select[int, str, str | None]:
    """The query for everyone who holds a role at work here: id, name and address, by name."""
    held = select(Membership.id).where(Membership.person_id == Person.id, Membership.role.in_(sorted(STAFF)))
    if role is not None:
        held = held.where(Membership.role == role)
    if unit_id is not None:
        held = held.where(Membership.unit_id == unit_id)
    query = select(Person.id, Person.name, Account.email).outerjoin(Account, Account.id == Person.account_id)
    return query.where(held.exists(), Person.erased_at.is_(None)).order_by(Person.name, Person.id)


def roles_of(db: TenantSession, person_ids: Collection[int]) -> Mapping[int, Sequence[HeldRole]]:
    """The roles at work that each of these persons holds, in one statement."""
    query = select(Membership, Unit.name).outerjoin(Unit, Unit.id == Membership.unit_id)
    query = query.where(Membership.person_id.in_(sorted(person_ids)), Membership.role.in_(sorted(STAFF)))
    found: dict[int, list[HeldRole]] = {person_id: [] for person_id in person_ids}
    for held, unit in db.execute(query.order_by(Membership.id)):
        found[held.person_id].append(HeldRole(membership_id=held.id, role=held.role, unit=unit, since=held.since))
    return found


def held_by(db: TenantSession, actor: Actor, membership_id: int) -> tuple[Person, HeldRole]:
    """One role and the one who holds it, for the page that asks whether to end it; Missing if it is none at work."""
    membership = find(db, actor, Can.CHANGE_ROLES, Membership, membership_id)
    person = db.get_one(Person, membership.person_id)
    held = next((held for held in roles_of(db, [person.id])[person.id] if held.membership_id == membership.id), None)
    if held is None:
        raise Missing("membership")
    return person, held


# ---------------------------------------------------------------- units


def units(db: TenantSession) -> list[Unit]:
    """Every unit here, by name."""
    return list(db.scalars(select(Unit).order_by(Unit.name)))


def add_unit(db: TenantSession, actor: Actor, *, name: str, sector: str, phone: str, now: datetime) -> Unit:
    """A new unit; Refused if the name is taken."""
    require(actor, Can.CHANGE_MUNICIPALITY)
    _refuse_same_name(db, name, but=None)
    unit = Unit(name=name, sector=sector, phone=phone)
    db.add(unit)
    db.flush()
    roles.write_down(db, "add", noun="unit", thing_id=unit.id, why=name, by_id=actor.id, now=now)
    return unit


def change_unit(
    db: TenantSession, actor: Actor, unit: Unit, *, name: str, sector: str, phone: str, now: datetime
) -> None:
    """The unit as it is to be from now on; one line of history for each thing that changes."""
    require(actor, Can.CHANGE_MUNICIPALITY)
    _refuse_same_name(db, name, but=unit.id)
    wanted = {"name": name, "sector": sector, "phone": phone}
    _change(db, actor, "unit", unit, wanted, now=now)


def _refuse_same_name(db: TenantSession, name: str, *, but: int | None) -> None:
    taken = db.scalar(select(Unit.id).where(Unit.name == name))
    if taken is not None and taken != but:
        raise Refused(SAME_NAME)


# ---------------------------------------------------------------- the municipality


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a municipality decides about itself. Hours are o'clock in Norway; neighbours are kommunenumre."""

    name: str
    phone: str
    email: str
    locale: str
    theme: str
    offer_days: int
    quiet_from: int
    quiet_to: int
    neighbours: tuple[str, ...]


def settings_of(municipality: Municipality) -> Settings:
    """The settings as they are."""
    kept = {name: getattr(municipality, name) for name in Settings.__dataclass_fields__ if name != "neighbours"}
    return Settings(**kept, neighbours=tuple(municipality.neighbours))


def change_settings(db: TenantSession, actor: Actor, wanted: Settings, *, now: datetime) -> None:
    """The settings as they are to be from now on; one line of history for each that changes."""
    require(actor, Can.CHANGE_MUNICIPALITY)
    here = db.get_one(Municipality, db.municipality_id)
    if list(wanted.neighbours) != here.neighbours:
        for need_id in db.scalars(select(Need.id)):
            facts.touch_need(db, need_id)
    _change(db, actor, "municipality", here, {**asdict(wanted), "neighbours": list(wanted.neighbours)}, now=now)


def _change(
    db: TenantSession, actor: Actor, noun: str, row: Municipality | Unit, wanted: Mapping[str, object], *, now: datetime
) -> None:
    for name, value in wanted.items():
        before = getattr(row, name)
        if before == value:
            continue
        setattr(row, name, value)
        why = f"{_in_words(before)} → {_in_words(value)}"[:500]
        roles.write_down(db, name, noun=noun, thing_id=row.id, why=why, by_id=actor.id, now=now)


def _in_words(value: object) -> str:
    """A value as history shows it."""
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value) or "–"


# ---------------------------------------------------------------- history


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of the history of administration."""

    noun: str
    step: str
    frm: str
    to: str
    why: str
    about: str
    """The name of the person, for roles."""
    by: str | None
    """None: the one whom it is about, by a link that was sent to them; or the service."""
    at: datetime


def history() -> Select[StepTaken]:
    """The query for what administrators have done here, newest first."""
    return select(StepTaken).where(StepTaken.noun.in_(NOUNS)).order_by(StepTaken.id.desc())


def in_words(db: TenantSession, lines: Sequence[StepTaken]) -> list[Change]:
    """Lines of history with the names of those whom they are about."""
    ids = {line.by_id for line in lines if line.by_id} | {line.thing_id for line in lines if line.noun == "membership"}
    names = {row.id: row.name for row in db.execute(select(Person.id, Person.name).where(Person.id.in_(sorted(ids))))}
    return [
        Change(
            noun=line.noun,
            step=line.step,
            frm=line.from_state,
            to=line.to_state,
            why=line.why,
            about=names.get(line.thing_id, "") if line.noun == "membership" else "",
            by=names.get(line.by_id) if line.by_id else None,
            at=line.at,
        )
        for line in lines
    ]
