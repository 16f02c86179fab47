"""Imported people who were invited and have not answered: who may be invited, and who is to be deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, select

from samskap.models import Person, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, require
from samskap.services import invitations
from samskap.services.imports.saving import SOURCE
from samskap.workflows.volunteer import VolunteerState

ANSWERS_WITHIN: Final = timedelta(days=30)


def waiting() -> Select[Person]:
    """Imported people who have not confirmed and have not left, those who are not invited yet first."""
    query = select(Person).join(Volunteer, Volunteer.id == Person.id)
    query = query.where(_unconfirmed(), Volunteer.state != VolunteerState.LEFT)
    return query.order_by(Person.invited_at.is_not(None), Person.name, Person.id)


def _unconfirmed() -> ColumnElement[bool]:
    return and_(
        Person.source == SOURCE,
        Person.confirmed_at.is_(None),
        Person.account_id.is_(None),
        Person.erased_at.is_(None),
    )


def can_be_invited(db: TenantSession) -> int:
    """How many imported people have an e-mail address and have not been invited."""
    return (
        db.scalar(select(func.count()).select_from(waiting().where(_can_be_invited()).order_by(None).subquery())) or 0
    )


def _can_be_invited() -> ColumnElement[bool]:
    return and_(Person.email.is_not(None), Person.invited_at.is_(None))


def invite_all(db: TenantSession, actor: Actor, *, secret: str, now: datetime) -> int:
    """Invite everyone imported who has an e-mail address and has not been invited; how many that were."""
    require(actor, Can.IMPORT_LISTS)
    people = db.scalars(waiting().where(_can_be_invited())).all()
    for person in people:
        invitations.invite_volunteer(db, actor, person.id, secret=secret, now=now)
    return len(people)


def to_be_deleted(db: TenantSession, *, now: datetime) -> Sequence[int]:
    """The imported people who were invited 30 days ago or more and have not confirmed; they are to be erased."""
    query = select(Person.id).where(_unconfirmed(), Person.invited_at <= now - ANSWERS_WITHIN)
    return db.scalars(query.order_by(Person.id)).all()
