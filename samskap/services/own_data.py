"""Mine data: what is kept about a person, told from the register of personal columns, and deleted by the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, String, delete, false, or_, select, update

from matching.week import Week
from samskap.models import (
    Account,
    Assignment,
    Association,
    Audience,
    Base,
    Block,
    Link,
    LoginSession,
    Meeting,
    Municipality,
    Need,
    Offer,
    Opening,
    Outbox,
    Person,
    Proposal,
    Standing,
    StepTaken,
    Term,
    Unit,
    Volunteer,
)
from samskap.models.session import TenantSession
from samskap.permissions import STAFF, Actor, Can, require
from samskap.privacy import Register, Word, register_of
from samskap.services import facts, needs, volunteers
from samskap.services.steps import Refused, hold
from samskap.text import Locale, Text
from samskap.workflows.assignment import LIVE, OPEN_CONTACT
from samskap.workflows.need import NeedState
from samskap.workflows.volunteer import VolunteerState

ERASED = "–"
"""Stands where text was that may not be empty, beside decisions that are kept as archive material."""
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands where a moment was that may not be empty."""

STILL_STAFF = Text(
    nb="Du har en rolle i kommunen. Be administratoren om å avslutte den først, så kan du slette resten her.",
    nn="Du har ei rolle i kommunen. Be administratoren om å avslutte ho først, så kan du slette resten her.",
    en="You have a role in the municipality. Ask the administrator to end it first; then you can delete the rest here.",
)

Value = str | int | float | bool | None | list[Any] | dict[str, Any]
Model = type[Any]


@dataclass(frozen=True)
class Held:
    """One value that is kept about a person, with the word on why and how long."""

    table: str
    column: str
    value: Any
    word: Word


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One time that somebody was shown something about a person."""

    by: str
    what: str
    at: datetime


# ---------------------------------------------------------------- whose a row is


@dataclass(frozen=True)
class _Self:
    """Whom rows are sought for."""

    person: Person
    account_id: int | None


def _of_account(model: Any) -> Callable[[_Self], ColumnElement[bool]]:
    """The account's, in this municipality; what it has in another belongs to that one."""

    def theirs(who: _Self) -> ColumnElement[bool]:
        here: ColumnElement[bool] = model.municipality_id == who.person.municipality_id
        return here & (model.account_id == who.account_id) if who.account_id is not None else false()

    return theirs


def _letters_to(who: _Self) -> ColumnElement[bool]:
    """What was sent to the person, or to the address before it was known to be the person's."""
    unnamed = Outbox.person_id.is_(None) & (Outbox.address == who.person.email) if who.person.email else false()
    return (Outbox.person_id == who.person.id) | unnamed


def _links_to(who: _Self) -> ColumnElement[bool]:
    """Links of the account or the person here, and those sent to the address before it was known to be anybody's."""
    unnamed = (
        Link.account_id.is_(None) & Link.person_id.is_(None) & (Link.municipality_id == who.person.municipality_id)
    )
    to_address = unnamed & (Link.email == who.person.email) if who.person.email else false()
    return _of_account(Link)(who) | (Link.person_id == who.person.id) | to_address


def _steps_about(who: _Self) -> ColumnElement[bool]:
    """Reasons that were given in matters about the person; of an assignment only those that they gave themselves."""
    ident = who.person.id
    about = {
        "volunteer": select(Volunteer.id).where(Volunteer.id == ident),
        "proposal": select(Proposal.id).where(Proposal.volunteer_id == ident),
        "offer": select(Offer.id).where(Offer.volunteer_id == ident),
        "need": select(Need.id).where(Need.recipient_id == ident),
    }
    lines = [(StepTaken.noun == noun) & StepTaken.thing_id.in_(ids) for noun, ids in about.items()]
    return or_(StepTaken.by_id == ident, *lines) & (StepTaken.why != "")


WHOSE: Final[Mapping[Model, Callable[[_Self], ColumnElement[bool]]]] = {
    Person: lambda who: Person.id == who.person.id,
    Volunteer: lambda who: Volunteer.id == who.person.id,
    Account: lambda who: Account.id == who.account_id if who.account_id is not None else false(),
    Standing: _of_account(Standing),
    LoginSession: _of_account(LoginSession),
    Link: _links_to,
    Outbox: _letters_to,
    Association: lambda who: Association.contact_id == who.person.id,
    StepTaken: _steps_about,
}
"""Tables that do not name their subject in a column of their own."""


def _about(model: Model, who: _Self) -> ColumnElement[bool]:
    """Which rows of a table are about a person."""
    if model in WHOSE:
        return WHOSE[model](who)
    columns = [getattr(model, name) for name in _register().subjects_of(model.__tablename__)]
    return or_(false(), *(column == who.person.id for column in columns))


def _register() -> Register:
    return register_of(Base.metadata)


def _models() -> Iterator[Model]:
    """Every class with personal columns, in the order of tables."""
    by_table = {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]
    return (by_table[table] for table in _register().tables())


# ---------------------------------------------------------------- seeing and downloading


def held_about(db: TenantSession, actor: Actor) -> Sequence[tuple[str, Sequence[Held]]]:
    """Everything that is kept about the actor here, row by row with the table's name; nothing about anybody else."""
    who = _Self(_oneself(db, actor), actor.account_id)
    words = {(one.table, one.column): one.word for one in _register()}
    told = []
    for model in _models():
        table = model.__tablename__
        columns = _register().exported_of(table)
        for row in db.scalars(select(model).where(_about(model, who)).order_by(model.id)) if columns else ():
            shown = [name for name in columns if not _is_withheld(db, row, name, who)]
            told.append((table, [Held(table, name, getattr(row, name), words[table, name]) for name in shown]))
    return told


def _is_withheld(db: TenantSession, row: Any, column: str, who: _Self) -> bool:
    """Where two meet may be the other one's home: the volunteer has it only while contact is open."""
    if column not in ("meeting_place", "place") or not isinstance(row, Assignment | Meeting):
        return False
    assignment = row if isinstance(row, Assignment) else db.get_one(Assignment, row.assignment_id)
    return assignment.recipient_id != who.person.id and assignment.state not in OPEN_CONTACT


def export(db: TenantSession, actor: Actor) -> dict[str, list[dict[str, Value]]]:
    """The same by table, as plain values for a file."""
    named = rows_named(db)
    told: dict[str, list[dict[str, Value]]] = {}
    for table, values in held_about(db, actor):
        told.setdefault(table, []).append({one.column: _plain(one, named) for one in values})
    return told


Named = Mapping[tuple[str, str], Mapping[int | None, str | Term]]


def rows_named(db: TenantSession) -> Named:
    """What the numbers of other rows stand for, by table and column: the name of a place, or the word itself."""
    units = {row.id: row.name for row in db.execute(select(Unit.id, Unit.name))}
    here = {row.id: row.name for row in db.execute(select(Municipality.id, Municipality.name))}
    terms = {term.id: term for term in db.scalars(select(Term))}
    return {
        ("membership", "unit_id"): units, ("standing", "municipality_id"): here, ("volunteer_term", "term_id"): terms,
    }  # fmt: skip


def _plain(held: Held, named: Named) -> Value:
    """As JSON has it; what is the number of a row by what it is called."""
    value = held.value
    if (held.table, held.column) in named:
        called = named[held.table, held.column].get(value)
        return called.nb if isinstance(called, Term) else called
    if isinstance(value, Week):
        return [list(span) for span in value.spans()]
    if isinstance(value, datetime | date):
        return value.isoformat()
    plain: Value = value.value if isinstance(value, Enum) else value
    return plain


def shown_to_others(db: TenantSession, actor: Actor) -> Sequence[Seen]:
    """Who has been shown what about the actor, the latest first."""
    query = (
        select(Opening.what, Opening.at, Person.name)
        .join(Person, Person.id == Opening.seen_by_id)
        .where(Opening.person_id == actor.id)
    )
    rows = db.execute(query.order_by(Opening.at.desc(), Opening.id.desc()))
    return [Seen(by=row.name, what=row.what, at=row.at) for row in rows]


def _oneself(db: TenantSession, actor: Actor) -> Person:
    require(actor, Can.SEE_MY_DATA)
    person: Person = db.get_one(Person, actor.id)
    require(actor, Can.SEE_MY_DATA, person)
    return person


# ---------------------------------------------------------------- correcting


def correct(db: TenantSession, actor: Actor, *, name: str, phone: str | None, locale: Locale) -> Person:
    """Oneself: how one is called and rung, and the language one is written to in."""
    person = _oneself(db, actor)
    person.name, person.phone, person.locale = name, phone, locale
    db.flush()
    return person


# ---------------------------------------------------------------- deleting


def erase(db: TenantSession, actor: Actor, *, now: datetime) -> None:
    """Stop what runs, then delete or blank every personal column; what the archive law keeps, keeps no name."""
    if actor.roles & STAFF:
        raise Refused(STILL_STAFF)
    person = _oneself(db, actor)
    _stop(db, actor, person, now=now)
    erase_rows(db, person, account_id=actor.account_id, now=now)
    _forget_account(db, actor)


def _stop(db: TenantSession, actor: Actor, person: Person, *, now: datetime) -> None:
    """Nobody is left waiting: needs are withdrawn, requests lapse, assignments end, and the others are told."""
    for need in [hold(db, Need, ident) for ident in sorted(_needs_of(db, person))]:
        if need.state is not NeedState.CLOSED:
            needs.give_up(db, need, now=now)
    volunteer = db.get(Volunteer, person.id)
    if volunteer is not None and volunteer.state not in (VolunteerState.LEFT, VolunteerState.SIGNING_UP):
        volunteers.leave(db, actor, volunteer.id, now=now)


def _needs_of(db: TenantSession, person: Person) -> Collection[int]:
    """The person's own needs, and those posted for them that a volunteer has said yes to."""
    own = select(Need.id).where(Need.recipient_id == person.id, Need.state != NeedState.CLOSED)
    met = select(Need.id).join(Assignment, Assignment.need_id == Need.id)
    met = met.where(Assignment.recipient_id == person.id, Assignment.state.in_(sorted(LIVE)))
    return {*db.scalars(own), *db.scalars(met.where(Need.audience == Audience.PERSON))}


def erase_rows(db: TenantSession, person: Person, *, account_id: int | None, now: datetime) -> None:
    """By the register alone: tables with a column to delete lose the row, the others have their columns blanked."""
    db.flush()
    who = _Self(person, account_id)
    whole = {"synchronize_session": False}
    for model in _models():
        if model is Account:
            continue
        mine = _about(model, who)
        if model is Block:
            mine |= Block.other_id == person.id
        if _register().erased_of(model.__tablename__, "delete"):
            db.execute(delete(model).where(mine), execution_options=whole)
        elif blank := _blanks(model):
            db.execute(update(model).where(mine).values(blank), execution_options=whole)
    db.expire_all()
    person.erased_at = now
    person.account_id = None
    facts.touch(db, person.id)
    db.flush()


def _blanks(model: Model) -> dict[str, Any]:
    columns = _register().erased_of(model.__tablename__, "blank")
    return {name: _blank(model.__table__.columns[name]) for name in columns}


def _blank(column: Column[Any]) -> Any:
    """Nothing where nothing may stand; else the column's default; else a mark that says that something was."""
    if column.nullable:
        return None
    if column.default is not None and column.default.is_scalar:
        return column.default.arg  # type: ignore[attr-defined]
    return ERASED if isinstance(column.type, String) else LONG_AGO


def _forget_account(db: TenantSession, actor: Actor) -> None:
    """The account goes with its last municipality; its sessions and links go with it."""
    if actor.account_id is None:
        return
    mine = Standing.account_id == actor.account_id
    db.execute(delete(Standing).where(mine, Standing.municipality_id == actor.municipality_id))
    if db.scalars(select(Standing.id).where(mine)).first() is None:
        db.execute(delete(Account).where(Account.id == actor.account_id))
