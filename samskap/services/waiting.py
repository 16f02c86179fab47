"""What waits for one person's answer, besides requests: a second yes, a signature, a time to meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select

from samskap.models import Assignment, Meeting, Need, Side
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Role
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.meeting import MeetingState


class Waits(StrEnum):
    """What is waited for."""

    CONFIRM = "confirm"
    SIGN = "sign"
    MEET = "meet"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing to answer, on the page of its assignment. `at`: since when, or for a meeting when it would be."""

    what: Waits
    assignment_id: int
    title: str
    at: datetime


def for_me(db: TenantSession, actor: Actor, *, now: datetime) -> Sequence[Waiting]:
    """Everything that waits for the actor as a person; three statements."""
    return [
        *_assignments(db, Waits.CONFIRM, AssignmentState.ASKED, Assignment.recipient_id == actor.id),
        *_assignments(db, Waits.SIGN, AssignmentState.AGREED, Assignment.volunteer_id == actor.id),
        *_meetings(db, actor, now=now),
    ]


def to_confirm(db: TenantSession, actor: Actor) -> Sequence[Waiting]:
    """Volunteers who said yes to what the actor or their unit has posted, and wait for the second yes."""
    tied = Assignment.posted_by_id == actor.id
    if Role.PROFESSIONAL in actor.roles:
        tied |= Assignment.unit_id.in_(sorted(actor.unit_ids))
    return _assignments(db, Waits.CONFIRM, AssignmentState.ASKED, tied)


def _assignments(
    db: TenantSession, what: Waits, state: AssignmentState, tied: ColumnElement[bool]
) -> Sequence[Waiting]:
    query = select(Assignment.id, Need.title, Assignment.created_at).join(Need, Need.id == Assignment.need_id)
    rows = db.execute(query.where(tied, Assignment.state == state).order_by(Assignment.created_at, Assignment.id))
    return [Waiting(what=what, assignment_id=row.id, title=row.title, at=row.created_at) for row in rows]


def _meetings(db: TenantSession, actor: Actor, *, now: datetime) -> Sequence[Waiting]:
    """Times that the other side has suggested."""
    asked = or_(
        and_(Meeting.volunteer_id == actor.id, Meeting.suggested_by == Side.RECIPIENT),
        and_(Meeting.recipient_id == actor.id, Meeting.suggested_by == Side.VOLUNTEER),
    )
    query = select(Meeting.assignment_id, Meeting.starts_at, Need.title)
    query = query.join(Assignment, Assignment.id == Meeting.assignment_id).join(Need, Need.id == Assignment.need_id)
    rows = db.execute(
        query.where(asked, Meeting.state == MeetingState.SUGGESTED, Meeting.starts_at > now).order_by(Meeting.starts_at)
    )
    return [
        Waiting(what=Waits.MEET, assignment_id=row.assignment_id, title=row.title, at=row.starts_at) for row in rows
    ]
