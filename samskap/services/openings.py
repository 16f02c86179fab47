"""Contact opens to both sides when both have said yes and the volunteer has signed; who saw what is written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from samskap.models import Assignment, Clearance, ClearanceKind, Need, Opening
from samskap.models.session import TenantSession
from samskap.services import consents, seats
from samskap.services.legal_texts import CURRENT
from samskap.services.steps import hold, take
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.step import Circumstances

CONTACT = "contact"
"""What an Opening row says was opened: name, phone and meeting place."""


def signature_of(db: TenantSession, person_id: int) -> Clearance | None:
    """The confidentiality declaration that counts: of the version in force, and of a role that has not ended."""
    query = select(Clearance).where(
        Clearance.person_id == person_id,
        Clearance.kind == ClearanceKind.DECLARATION,
        Clearance.key == CURRENT,
        Clearance.ended_at.is_(None),
    )
    return db.scalars(query.order_by(Clearance.id).limit(1)).one_or_none()


def circumstances_of(db: TenantSession, need: Need, assignment: Assignment, *, now: datetime) -> Circumstances:
    """What the guards of an assignment may ask."""
    return Circumstances(
        now=now,
        declaration_signed=signature_of(db, assignment.volunteer_id) is not None,
        consent_recorded=consents.stands(db, need),
        need_is_open=seats.is_wanted(need),
        about_oneself=False,
    )


def open_where_signed(db: TenantSession, need: Need, assignment: Assignment, *, now: datetime) -> bool:
    """Open the contact details to both sides, if the volunteer has signed and the consent stands. Both rows held."""
    circumstances = circumstances_of(db, need, assignment, now=now)
    if not (circumstances.declaration_signed and circumstances.consent_recorded):
        return False
    take(db, None, assignment, "open", circumstances=circumstances)
    write_down(db, assignment, now=now)
    return True


def write_down(db: TenantSession, assignment: Assignment, *, now: datetime) -> None:
    """That contact was opened, to whom and when; for here and for the demo's past."""
    assignment.opened_at = now
    for person_id, seen_by_id in sorted(_pairs(assignment)):
        db.add(Opening(person_id=person_id, seen_by_id=seen_by_id, assignment_id=assignment.id, what=CONTACT, at=now))
    db.flush()


def _pairs(assignment: Assignment) -> set[tuple[int, int]]:
    """Whose details are opened to whom: the volunteer's to recipient and poster, and theirs to the volunteer."""
    volunteer = assignment.volunteer_id
    others = {assignment.recipient_id, assignment.posted_by_id} - {None, volunteer}
    return {pair for other in others if other is not None for pair in ((volunteer, other), (other, volunteer))}


def open_waiting(db: TenantSession, volunteer_id: int, *, now: datetime) -> int:
    """Open what only waited for the declaration; the number opened. The caller holds locks.all_of() them."""
    query = select(Assignment.id).where(
        Assignment.volunteer_id == volunteer_id, Assignment.state == AssignmentState.AGREED,
    )  # fmt: skip
    opened = 0
    for assignment_id in db.scalars(query.order_by(Assignment.id)).all():
        assignment = hold(db, Assignment, assignment_id)
        opened += open_where_signed(db, db.get_one(Need, assignment.need_id), assignment, now=now)
    return opened


def of_assignment(db: TenantSession, assignment: Assignment) -> Sequence[Opening]:
    """Whose contact details were opened to whom, and when."""
    return db.scalars(select(Opening).where(Opening.assignment_id == assignment.id).order_by(Opening.id)).all()
