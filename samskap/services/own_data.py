"""Mine data: what is kept about a person, told from the register of personal columns, and deleted by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Column, ColumnElement, delete, or_, select, update

from matching.week import Week
from samskap.models import Account, Base, LoginSession, Need, Opening, Person, Standing, Term, Volunteer
from samskap.models.base import Moment
from samskap.models.session import TenantSession
from samskap.permissions import STAFF, Actor, Can, require
from samskap.privacy import Held, register_of
from samskap.services import facts, needs, volunteers
from samskap.services.steps import Refused
from samskap.text import Text
from samskap.workflows.need import NeedState
from samskap.workflows.volunteer import VolunteerState

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands where a moment was that may not be left out."""
ERASED_NAME = "–"
"""Stands where the name was, beside decisions that are kept as archive material."""

STILL_STAFF = Text(
    nb="Du har en rolle i kommunen. Be administratoren om å avslutte den først, så kan du slette resten her.",
    nn="Du har ei rolle i kommunen. Be administratoren om å avslutte ho først, så kan du slette resten her.",
    en="You have a role in the municipality. Ask the administrator to end it first; then you can delete the rest here.",
)

Value = str | int | float | bool | None | list[Any] | dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One time that somebody was shown something about a person."""

    by: str
    what: str
    at: datetime


def _tables() -> Mapping[str, type[Any]]:
    return {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]


def _about(model: type[Any], person: Person, account_id: int | None) -> ColumnElement[bool] | None:
    """Which rows of a table are about a person; None where none can be."""
    if model in (Person, Volunteer):
        return model.id == person.id  # type: ignore[no-any-return]
    if model is Account:
        return Account.id == account_id if account_id is not None else None
    if model in (Standing, LoginSession):
        return model.account_id == account_id if account_id is not None else None
    columns = [getattr(model, name) for name in register_of(Base.metadata).subjects_of(model.__tablename__)]
    return or_(*(column == person.id for column in columns)) if columns else None


def export(db: TenantSession, actor: Actor) -> dict[str, list[dict[str, Value]]]:
    """Everything that is kept about the actor here, by table, as plain values; nothing about anybody else."""
    person = _oneself(db, actor)
    register = register_of(Base.metadata)
    words = {term.id: term.nb for term in db.scalars(select(Term))}
    told: dict[str, list[dict[str, Value]]] = {}
    for table in register.tables():
        model = _tables()[table]
        mine = _about(model, person, actor.account_id)
        columns = register.exported_of(table)
        if mine is None or not columns:
            continue
        rows = db.scalars(select(model).where(mine)).all()
        if rows:
            told[table] = [{name: _plain(getattr(row, name), name, words) for name in columns} for row in rows]
    return told


def _plain(value: Any, name: str, words: Mapping[int, str]) -> Value:
    """As JSON has it; a term by its word."""
    if name == "term_id":
        return words.get(value)
    if isinstance(value, Week):
        return [list(span) for span in value.spans()]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value  # type: ignore[no-any-return]


def shown_to_others(db: TenantSession, actor: Actor) -> Sequence[Seen]:
    """Who has been shown what about the actor, the latest first."""
    query = (
        select(Opening.what, Opening.at, Person.name)
        .join(Person, Person.id == Opening.seen_by_id)
        .where(Opening.person_id == actor.id)
    )
    return [Seen(by=row.name, what=row.what, at=row.at) for row in db.execute(query.order_by(Opening.at.desc()))]


def _oneself(db: TenantSession, actor: Actor) -> Person:
    person = db.get_one(Person, actor.id)
    require(actor, Can.SEE_MY_DATA, person)
    return person


def erase(db: TenantSession, actor: Actor, *, now: datetime) -> None:
    """Stop what runs, then delete or blank every personal column; what the archive law keeps, keeps no name."""
    if actor.roles & STAFF:
        raise Refused(STILL_STAFF)
    person = _oneself(db, actor)
    _stop(db, actor, person, now=now)
    erase_rows(db, person, account_id=actor.account_id, now=now)
    _forget_account(db, actor)


def _stop(db: TenantSession, actor: Actor, person: Person, *, now: datetime) -> None:
    """Nobody is left waiting: requests lapse, assignments end, needs are withdrawn, and the others are told."""
    volunteer = db.get(Volunteer, person.id)
    if volunteer is not None and volunteer.state not in (VolunteerState.LEFT, VolunteerState.SIGNING_UP):
        volunteers.leave(db, actor, volunteer.id, now=now)
    for need in db.scalars(select(Need).where(Need.recipient_id == person.id, Need.state != NeedState.CLOSED)).all():
        needs.give_up(db, need, now=now)


def erase_rows(db: TenantSession, person: Person, *, account_id: int | None, now: datetime) -> None:
    """By the register alone: tables with a column to delete lose the row, the others have their columns blanked."""
    register = register_of(Base.metadata)
    for table in register.tables():
        model = _tables()[table]
        mine = _about(model, person, account_id)
        if mine is None or model is Account:
            continue
        if register.erased_of(table, "delete"):
            db.execute(delete(model).where(mine), execution_options={"synchronize_session": False})
        elif blank := _blanks(model, register.of_table(table)):
            db.execute(update(model).where(mine).values(blank), execution_options={"synchronize_session": False})
    db.expire_all()
    person.name = ERASED_NAME
    person.erased_at = now
    person.account_id = None
    facts.touch(db, person.id)
    db.flush()


def _blanks(model: type[Any], held: Iterable[Held]) -> dict[str, Any]:
    return {one.column: _blank(model.__table__.columns[one.column]) for one in held if one.word.erase == "blank"}


def _blank(column: Column[Any]) -> Any:
    """Nothing where nothing may stand; else the column's default; else empty text."""
    if column.nullable:
        return None
    if isinstance(column.type, Moment):
        return NEVER
    if column.default is not None and column.default.is_scalar:
        return column.default.arg  # type: ignore[attr-defined]
    return column.type.python_type() if column.type.python_type in (str, int, bool) else column.type.python_type.min


def _forget_account(db: TenantSession, actor: Actor) -> None:
    """The account goes with its last municipality; its sessions and links go with it."""
    if actor.account_id is None:
        return
    db.execute(
        delete(Standing).where(
            Standing.account_id == actor.account_id, Standing.municipality_id == actor.municipality_id
        )
    )
    if db.scalars(select(Standing.id).where(Standing.account_id == actor.account_id)).first() is None:
        db.execute(delete(Account).where(Account.id == actor.account_id))
