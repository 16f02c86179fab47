"""Assignments: the volunteer has said yes, the other side answers, contact opens to both, and one day it ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from samskap.models import Assignment, Meeting, Need, Offer, Person, Side, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, Role, visible
from samskap.services import consents, locks, members, openings, seats
from samskap.services.locks import AssignmentHeld
from samskap.services.steps import Refused, begin, hold, take
from samskap.text import Text
from samskap.workflows.assignment import LIVE, MET, UNMET, AssignmentState, Ending
from samskap.workflows.meeting import COMING, MeetingState
from samskap.workflows.need import Outcome
from samskap.workflows.notice import Notice, Tells, To
from samskap.workflows.step import Circumstances

OWN_SIDE = Text(
    nb="Du er selv den frivillige i denne avtalen. Den andre siden må svare.",
    nn="Du er sjølv den frivillige i denne avtalen. Den andre sida må svare.",
    en="You are the volunteer in this arrangement yourself. The other side has to answer.",
)
ANSWERS_THEMSELVES = Text(
    nb="Mottakeren har egen innlogging og svarer selv.",
    nn="Mottakaren har eiga innlogging og svarar sjølv.",
    en="The recipient has a log-in of their own and answers in person.",
)
CONTACT_MISSING = Text(
    nb="Skriv hvem den frivillige skal møte, og hvordan de får tak i hverandre.",
    nn="Skriv kven den frivillige skal møte, og korleis dei får tak i kvarandre.",
    en="Write who the volunteer is going to meet, and how they reach each other.",
)
NOT_YOUR_REASON = Text(
    nb="Velg en grunn som gjelder din side av avtalen.",
    nn="Vel ein grunn som gjeld di side av avtalen.",
    en="Choose a reason that concerns your side of the arrangement.",
)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom the volunteer will meet, where nobody is registered. `phone` is E.164. `themselves`: the one who answers."""

    name: str = ""
    phone: str = ""
    themselves: bool = False


def ask(db: TenantSession, actor: Actor, offer: Offer, need: Need, *, now: datetime) -> Assignment:
    """The volunteer has said yes: the recipient, or who holds the consent, is asked. The caller holds the need."""
    assignment = Assignment(
        offer_id=offer.id,
        need_id=need.id,
        volunteer_id=offer.volunteer_id,
        recipient_id=need.recipient_id,
        posted_by_id=need.posted_by_id,
        unit_id=need.unit_id,
        option=offer.option,
        state=AssignmentState.ASKED,
        created_at=now,
        ends_on=need.ends_on,
    )
    tells = (Tells(Notice.ASSIGNMENT_TO_CONFIRM, To.RECIPIENT), Tells(Notice.ASSIGNMENT_TO_CONFIRM, To.POSTER))
    begin(db, actor, assignment, "ask", tells=tells, now=now)
    seats.said_yes(db, need, now=now)
    return assignment


# The other side answers


def confirm(
    db: TenantSession,
    actor: Actor,
    assignment_id: int,
    *,
    now: datetime,
    contact: Contact | None = None,
    place: str = "",
) -> Assignment:
    """The other side says yes. Contact opens at once if the volunteer has signed, else when they do.

    `contact` is asked for where no recipient is registered. Refused without consent, or when one says yes for both.
    """
    held = locks.assignment(db, actor, Can.CONFIRM_ASSIGNMENT, assignment_id)
    assignment = held.assignment
    refuse_unless_for_recipient(db, actor, assignment)
    circumstances = openings.circumstances_of(db, held.need, assignment, now=now)
    take(db, actor, assignment, "confirm", circumstances=circumstances)
    assignment.recipient_id = assignment.recipient_id or _contact(db, actor, assignment, contact, now=now)
    assignment.meeting_place = place.strip()
    assignment.confirmed_by_id = actor.id
    openings.open_where_signed(db, held.need, assignment, now=now)
    return assignment


def refuse_unless_for_recipient(db: TenantSession, actor: Actor, assignment: Assignment) -> None:
    """Refused when the actor is the volunteer, or a coordinator where the recipient can answer in person."""
    if actor.id == assignment.volunteer_id:
        raise Refused(OWN_SIDE)
    if is_only_coordinator(actor, assignment) and has_account(db, assignment.recipient_id):
        raise Refused(ANSWERS_THEMSELVES)


def is_only_coordinator(actor: Actor, assignment: Assignment) -> bool:
    """Whether the actor has nothing to do with the assignment but to coordinate."""
    ties = {assignment.volunteer_id, assignment.recipient_id, assignment.posted_by_id}
    return actor.id not in ties and (Role.PROFESSIONAL not in actor.roles or assignment.unit_id not in actor.unit_ids)


def has_account(db: TenantSession, person_id: int | None) -> bool:
    """Whether a person can log in and answer."""
    if person_id is None:
        return False
    return db.scalar(select(Person.account_id).where(Person.id == person_id)) is not None


def _contact(
    db: TenantSession,
    actor: Actor,
    assignment: Assignment,
    contact: Contact | None,
    *,
    now: datetime,
) -> int:
    """The person to meet: named for this need before, the one who answers, or somebody new without an account."""
    if (known := contact_before(db, assignment)) is not None:
        return known.id
    if contact is not None and contact.themselves and actor.id is not None:
        return actor.id
    if contact is None or not contact.name.strip() or not contact.phone.strip():
        raise Refused(CONTACT_MISSING)
    person = Person(
        name=contact.name.strip(),
        phone=contact.phone.strip(),
        created_at=now,
        registered_by_id=actor.id,
        source="assisted",
    )
    db.add(person)
    db.flush()
    members.give(db, person.id, Role.RECIPIENT, now=now)
    return person.id


def contact_before(db: TenantSession, assignment: Assignment) -> Person | None:
    """Whom another volunteer already meets for the same need."""
    query = select(Person).join(Assignment, Assignment.recipient_id == Person.id)
    query = query.where(Assignment.need_id == assignment.need_id, Person.erased_at.is_(None))
    return db.scalars(query.order_by(Assignment.id.desc()).limit(1)).one_or_none()


def refuse(db: TenantSession, actor: Actor, assignment_id: int, *, now: datetime, why: str = "") -> Assignment:
    """The other side says no thanks: the seat is free, and the need is open again."""
    held = locks.assignment(db, actor, Can.CONFIRM_ASSIGNMENT, assignment_id)
    refuse_unless_for_recipient(db, actor, held.assignment)
    take(db, actor, held.assignment, "refuse", circumstances=Circumstances(now=now), why=why)
    _free(db, held, look_on=True, now=now)
    return held.assignment


def withdraw(db: TenantSession, actor: Actor, assignment_id: int, *, now: datetime, why: str = "") -> Assignment:
    """The volunteer goes back on the yes before contact is open; it costs nothing."""
    held = locks.assignment(db, actor, Can.WITHDRAW_FROM_ASSIGNMENT, assignment_id)
    take(db, actor, held.assignment, "withdraw", circumstances=Circumstances(now=now), why=why)
    _free(db, held, look_on=True, now=now)
    return held.assignment


# It ends

OWN_ENDINGS = {
    Side.VOLUNTEER: frozenset({Ending.PLANNED, Ending.VOLUNTEER, Ending.NEVER_STARTED}),
    Side.RECIPIENT: frozenset({Ending.PLANNED, Ending.RECIPIENT, Ending.NEVER_STARTED}),
}


def end(
    db: TenantSession,
    actor: Actor,
    assignment_id: int,
    *,
    ending: Ending,
    now: datetime,
    look_on: bool = False,
    again: bool | None = None,
    why: str = "",
) -> Assignment:
    """End it, by either side. A volunteer who stops early leaves the need open again; else `look_on` says."""
    held = locks.assignment(db, actor, Can.END_ASSIGNMENT, assignment_id)
    side = side_of(actor, held.assignment)
    if ending not in endings_for(actor, held.assignment):
        raise Refused(NOT_YOUR_REASON)
    held.assignment.ending = ending
    take(db, actor, held.assignment, "end", circumstances=Circumstances(now=now), why=why)
    _keep_wish(held.assignment, side, again=again)
    left = ending is not Ending.PLANNED and (look_on or side is Side.VOLUNTEER)
    _over(db, held, look_on=left, now=now)
    return held.assignment


def side_of(actor: Actor, assignment: Assignment) -> Side:
    """The side an actor stands on; professionals and coordinators stand with the recipient."""
    return Side.VOLUNTEER if actor.id == assignment.volunteer_id else Side.RECIPIENT


def endings_for(actor: Actor, assignment: Assignment) -> Collection[Ending]:
    """The reasons that an actor may give: those of their own side, or of both for who only coordinates."""
    if actor.id != assignment.volunteer_id and is_only_coordinator(actor, assignment):
        return tuple(Ending)
    mine = OWN_ENDINGS[side_of(actor, assignment)]
    return tuple(ending for ending in Ending if ending in mine)


def _keep_wish(assignment: Assignment, side: Side, *, again: bool | None) -> None:
    if side is Side.VOLUNTEER:
        assignment.again_volunteer = again
    else:
        assignment.again_recipient = again


def _over(db: TenantSession, held: AssignmentHeld, *, look_on: bool, now: datetime) -> None:
    """After the end of an assignment: coming meetings fall away, the seat is free, and the volunteer may rest."""
    held.assignment.ended_at = now
    _call_off_meetings(db, held.assignment, now=now)
    _free(db, held, look_on=look_on, now=now)
    seats.rests(db, held.volunteer, now=now)


def _call_off_meetings(db: TenantSession, assignment: Assignment, *, now: datetime) -> None:
    query = select(Meeting).where(Meeting.assignment_id == assignment.id, Meeting.state.in_(sorted(COMING)))
    for meeting in db.scalars(query.order_by(Meeting.id)).all():
        if meeting.state is MeetingState.SUGGESTED or meeting.starts_at > now:
            take(db, None, meeting, "lapse", circumstances=Circumstances(now=now))


def _free(db: TenantSession, held: AssignmentHeld, *, look_on: bool, now: datetime) -> None:
    offer = db.get_one(Offer, held.assignment.offer_id)
    seats.free_one(db, offer, held.need, look_on=look_on, now=now)


# It falls away


def lapse_all(db: TenantSession, need: Need, *, now: datetime) -> None:
    """The need is closed or its consent withdrawn: nothing goes on. The caller holds the need."""
    query = select(Assignment.id, Assignment.volunteer_id).where(
        Assignment.need_id == need.id, Assignment.state.in_(sorted(LIVE)),
    )  # fmt: skip
    for row in db.execute(query.order_by(Assignment.volunteer_id, Assignment.id)).all():
        held = AssignmentHeld(need, hold(db, Volunteer, row.volunteer_id), hold(db, Assignment, row.id))
        if held.assignment.state in UNMET:
            fall_away(db, held, "lapse", look_on=False, now=now)
        elif held.assignment.state in MET:
            held.assignment.ending = _ending_of(db, held)
            fall_away(db, held, "stop", look_on=False, now=now)


def _ending_of(db: TenantSession, held: AssignmentHeld) -> Ending:
    """How an assignment ended that its need took down with it."""
    if held.need.outcome is Outcome.WITHDRAWN or not consents.stands(db, held.need):
        return Ending.RECIPIENT
    return Ending.PLANNED if held.assignment.state is AssignmentState.RUNNING else Ending.NEVER_STARTED


def leave(db: TenantSession, held: AssignmentHeld, *, now: datetime) -> None:
    """The volunteer leaves: an assignment that lives falls away, and the need is open again."""
    if held.assignment.state in UNMET:
        fall_away(db, held, "leave", look_on=True, now=now)
    elif held.assignment.state in MET:
        held.assignment.ending = Ending.VOLUNTEER
        fall_away(db, held, "break_off", look_on=True, now=now)


def fall_away(db: TenantSession, held: AssignmentHeld, step: str, *, look_on: bool, now: datetime) -> None:
    """The service itself ends an assignment; whoever calls holds all three rows."""
    circumstances = openings.circumstances_of(db, held.need, held.assignment, now=now)
    take(db, None, held.assignment, step, circumstances=circumstances)
    _over(db, held, look_on=look_on, now=now)


# Lists


def everyone(actor: Actor, *, states: Collection[AssignmentState] = ()) -> Select[Assignment]:
    """Every assignment that the actor may see, the newest first; only those in these states, where any are named."""
    query = select(Assignment).where(visible(actor, Can.SEE_ASSIGNMENT, Assignment))
    if states:
        query = query.where(Assignment.state.in_(sorted(states)))
    return query.order_by(Assignment.created_at.desc(), Assignment.id.desc())


def mine(actor: Actor, *, states: Collection[AssignmentState] = ()) -> Select[Assignment]:
    """The actor's own: as the volunteer, the recipient, or the one who posted the need."""
    own = (Assignment.volunteer_id, Assignment.recipient_id, Assignment.posted_by_id)
    tied = own[0] == actor.id
    for column in own[1:]:
        tied |= column == actor.id
    if Role.PROFESSIONAL in actor.roles:
        tied |= Assignment.unit_id.in_(sorted(actor.unit_ids))
    return everyone(actor, states=states).where(tied)
