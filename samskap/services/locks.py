"""The order in which rows are held: need, volunteer, proposal, offer, assignment; several needs by ascending id.

Whoever needs more than one row takes them here, so that two who meet wait for each other in turn and never for ever.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from samskap.models import Assignment, Need, Offer, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can
from samskap.services.steps import MOVED_ON, Conflict, find, hold
from samskap.workflows.assignment import LIVE
from samskap.workflows.offer import OfferState

TRIES = 3


@dataclass(frozen=True)
class OfferHeld:
    """An offer and what hangs together with it, all held until the transaction ends."""

    need: Need
    volunteer: Volunteer
    offer: Offer


@dataclass(frozen=True)
class AssignmentHeld:
    """An assignment and what hangs together with it, all held until the transaction ends."""

    need: Need
    volunteer: Volunteer
    assignment: Assignment


def offer(db: TenantSession, actor: Actor, can: Can, offer_id: int) -> OfferHeld:
    """Hold an offer that this actor may do this to; Missing or NotPermitted as find()."""
    seen = find(db, actor, can, Offer, offer_id)
    need, volunteer = hold(db, Need, seen.need_id), hold(db, Volunteer, seen.volunteer_id)
    return OfferHeld(need, volunteer, find(db, actor, can, Offer, offer_id, lock=True))


def assignment(db: TenantSession, actor: Actor, can: Can, assignment_id: int) -> AssignmentHeld:
    """Hold an assignment that this actor may do this to; Missing or NotPermitted as find()."""
    seen = find(db, actor, can, Assignment, assignment_id)
    need, volunteer = hold(db, Need, seen.need_id), hold(db, Volunteer, seen.volunteer_id)
    return AssignmentHeld(need, volunteer, find(db, actor, can, Assignment, assignment_id, lock=True))


def of_offer(db: TenantSession, offer_id: int) -> OfferHeld:
    """Hold an offer for the service itself."""
    seen = db.get_one(Offer, offer_id)
    need, volunteer = hold(db, Need, seen.need_id), hold(db, Volunteer, seen.volunteer_id)
    return OfferHeld(need, volunteer, hold(db, Offer, offer_id))


def all_of(db: TenantSession, volunteer_id: int) -> Volunteer:
    """Hold every need in which a volunteer has a seat, and the volunteer, so that nothing comes to between.

    A need that came to while we waited is not taken out of turn: we let go and begin again. Conflict after three tries.
    """
    for _ in range(TRIES):
        attempt = db.begin_nested()
        needs = _needs_of(db, volunteer_id)
        for need_id in sorted(needs):
            hold(db, Need, need_id)
        volunteer = hold(db, Volunteer, volunteer_id)
        if set(_needs_of(db, volunteer_id)) <= set(needs):
            attempt.commit()
            return volunteer
        attempt.rollback()
    raise Conflict(MOVED_ON)


def _needs_of(db: TenantSession, volunteer_id: int) -> Collection[int]:
    asked = select(Offer.need_id).where(Offer.volunteer_id == volunteer_id, Offer.state == OfferState.SENT)
    agreed = select(Assignment.need_id).where(
        Assignment.volunteer_id == volunteer_id, Assignment.state.in_(sorted(LIVE))
    )
    return {*db.scalars(asked), *db.scalars(agreed)}
