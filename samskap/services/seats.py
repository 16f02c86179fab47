"""The seats of a need: taken while an offer is out or an assignment lives, freed when it is over.

Whoever calls holds the need's row, and the volunteer's where one is named.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from samskap.models import Assignment, Need, Offer, Proposal, Volunteer
from samskap.models.session import TenantSession
from samskap.services import consents, facts
from samskap.services.steps import Refused, take
from samskap.text import Text
from samskap.workflows.assignment import LIVE, AssignmentState
from samskap.workflows.need import NeedState
from samskap.workflows.proposal import ProposalState
from samskap.workflows.step import Circumstances
from samskap.workflows.volunteer import VolunteerState

WANTED = frozenset({NeedState.OPEN, NeedState.COVERED, NeedState.RUNNING})
"""States in which a need still wants those who have been asked."""
HELD = frozenset({NeedState.COVERED, NeedState.RUNNING})
FULL = Text(
    nb="Plassen er nettopp blitt fylt, så ingen flere ble spurt.",
    nn="Plassen er nettopp blitt fylt, så ingen fleire blei spurde.",
    en="The place has just been filled, so nobody else was asked.",
)


def is_wanted(need: Need) -> bool:
    """Whether the need still wants what somebody was asked for."""
    return need.state in WANTED


def take_one(db: TenantSession, need: Need, volunteer_id: int) -> None:
    """Take one seat; Refused when all are taken."""
    if need.taken >= need.wanted:
        raise Refused(FULL)
    need.taken += 1
    _touch(db, need, volunteer_id)


def free_one(db: TenantSession, offer: Offer, need: Need, *, look_on: bool, now: datetime) -> None:
    """Give a seat back, and let its proposal rest. With `look_on` the need is open again where it was covered."""
    need.taken -= 1
    proposal = db.get_one(Proposal, offer.proposal_id)
    if proposal.state in (ProposalState.PROPOSED, ProposalState.APPROVED):
        take(db, None, proposal, "outdate", circumstances=Circumstances(now=now))
    circumstances = Circumstances(now=now)
    if look_on and need.state in HELD and not _is_over(need, circumstances) and consents.stands(db, need):
        take(db, None, need, "reopen", circumstances=circumstances)
    _touch(db, need, offer.volunteer_id)


def _is_over(need: Need, circumstances: Circumstances) -> bool:
    return need.ends_on is not None and need.ends_on < circumstances.today


def said_yes(db: TenantSession, need: Need, *, now: datetime) -> None:
    """Somebody said yes: with a yes for every seat the need is covered, and running where one of them runs already."""
    if need.state is NeedState.OPEN and _count(db, need.id, *LIVE) >= need.wanted:
        take(db, None, need, "cover", circumstances=Circumstances(now=now))
        if _count(db, need.id, AssignmentState.RUNNING):
            take(db, None, need, "run", circumstances=Circumstances(now=now))


def begins(db: TenantSession, need: Need, volunteer: Volunteer, *, now: datetime) -> None:
    """An assignment begins to run: a covered need runs, and a volunteer who was made ready is active.

    A volunteer whom nobody has made ready stays registered: helping once does not take the place of that.
    """
    if need.state is NeedState.COVERED:
        take(db, None, need, "run", circumstances=Circumstances(now=now))
    if volunteer.state is VolunteerState.READY:
        take(db, None, volunteer, "start", circumstances=Circumstances(now=now))
    _touch(db, need, volunteer.id)


def rests(db: TenantSession, volunteer: Volunteer, *, now: datetime) -> None:
    """The volunteer's last running assignment is over: active becomes ready."""
    running = select(Assignment.id).where(
        Assignment.volunteer_id == volunteer.id, Assignment.state == AssignmentState.RUNNING
    )
    if volunteer.state is VolunteerState.ACTIVE and db.scalars(running).first() is None:
        take(db, None, volunteer, "rest", circumstances=Circumstances(now=now))


def _count(db: TenantSession, need_id: int, *states: AssignmentState) -> int:
    query = select(func.count(Assignment.id)).where(Assignment.need_id == need_id, Assignment.state.in_(states))
    return db.scalar(query) or 0


def _touch(db: TenantSession, need: Need, volunteer_id: int) -> None:
    facts.touch(db, volunteer_id)
    facts.touch_need(db, need.id)
