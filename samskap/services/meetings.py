"""Meetings: one side suggests a time, the other agrees; the first one that is agreed sets the assignment running."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from samskap.models import Assignment, Meeting, Side
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, require
from samskap.services import assignments, locks, openings, seats
from samskap.services.locks import AssignmentHeld
from samskap.services.steps import Refused, begin, find, take
from samskap.text import Text
from samskap.workflows.assignment import MET, AssignmentState
from samskap.workflows.meeting import MeetingState
from samskap.workflows.notice import Notice, Tells, To
from samskap.workflows.step import Circumstances

LONGEST = timedelta(hours=12)
"""Of one meeting."""
FURTHEST = timedelta(days=366)
"""How far ahead a meeting may lie."""

NOT_OPEN = Text(
    nb="Dere kan avtale en tid når begge har sagt ja og kontaktopplysningene er åpnet.",
    nn="De kan avtale ei tid når begge har sagt ja og kontaktopplysningane er opna.",
    en="You can agree on a time when both have said yes and the contact details are open.",
)
HAVE_ONE = Text(
    nb="Dere har allerede avtalt en tid. Avlys den først, om den ikke passer.",
    nn="De har alt avtalt ei tid. Avlys ho først, om ho ikkje passar.",
    en="You have already agreed on a time. Call it off first if it does not suit you.",
)
PAST = Text(
    nb="Tidspunktet er passert. Velg en tid fram i tid.",
    nn="Tidspunktet er passert. Vel ei tid fram i tid.",
    en="That time has passed. Choose one that lies ahead.",
)
BACKWARDS = Text(
    nb="Møtet må slutte etter at det begynner.",
    nn="Møtet må slutte etter at det byrjar.",
    en="The meeting must end after it begins.",
)
TOO_LONG = Text(
    nb="Et møte kan vare i høyst tolv timer.",
    nn="Eit møte kan vare i høgst tolv timar.",
    en="A meeting can last twelve hours at most.",
)
TOO_FAR = Text(
    nb="Velg en tid innen ett år.",
    nn="Vel ei tid innan eitt år.",
    en="Choose a time within one year.",
)
ELSEWHERE = Text(
    nb="Den frivillige har allerede avtalt et annet møte på den tiden. Foreslå en annen tid.",
    nn="Den frivillige har alt avtalt eit anna møte på den tida. Foreslå ei anna tid.",
    en="The volunteer has already agreed on another meeting at that time. Suggest another one.",
)


def suggest(
    db: TenantSession,
    actor: Actor,
    assignment_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    place: str = "",
    now: datetime,
) -> Meeting:
    """Suggest a time to the other side; a suggestion that was not answered falls away."""
    held = locks.assignment(db, actor, Can.SUGGEST_MEETING, assignment_id)
    assignment = held.assignment
    refuse_unless_open(assignment)
    _refuse_impossible(starts_at, ends_at, now=now)
    _make_room(db, assignment, now=now)
    side = assignments.side_of(actor, assignment)
    meeting = Meeting(
        assignment_id=assignment.id,
        volunteer_id=assignment.volunteer_id,
        recipient_id=assignment.recipient_id,
        posted_by_id=assignment.posted_by_id,
        unit_id=assignment.unit_id,
        state=MeetingState.SUGGESTED,
        suggested_by=side,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place.strip(),
    )
    begin(db, actor, meeting, "suggest", tells=SUGGESTED[side], now=now)
    return meeting


def refuse_unless_open(assignment: Assignment) -> None:
    """Refused before contact is open, and after."""
    if assignment.state not in MET:
        raise Refused(NOT_OPEN)


SUGGESTED = {
    Side.VOLUNTEER: (Tells(Notice.MEETING_SUGGESTED, To.RECIPIENT), Tells(Notice.MEETING_SUGGESTED, To.POSTER)),
    Side.RECIPIENT: (Tells(Notice.MEETING_SUGGESTED, To.VOLUNTEER),),
}
"""Who is told when one side suggests a time: the other."""


def _refuse_impossible(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    faults = (
        (ends_at <= starts_at, BACKWARDS),
        (starts_at <= now, PAST),
        (ends_at - starts_at > LONGEST, TOO_LONG),
        (starts_at - now > FURTHEST, TOO_FAR),
    )
    for is_so, sentence in faults:
        if is_so:
            raise Refused(sentence)


def _make_room(db: TenantSession, assignment: Assignment, *, now: datetime) -> None:
    """One suggestion at a time, and none beside a time that is agreed."""
    for meeting in coming(db, assignment, now=now):
        if meeting.state is MeetingState.PLANNED:
            raise Refused(HAVE_ONE)
        take(db, None, meeting, "lapse", circumstances=Circumstances(now=now))


def agree(db: TenantSession, actor: Actor, meeting_id: int, *, now: datetime) -> Meeting:
    """Say yes to the other side's time. The first time agreed sets the assignment running."""
    held, meeting = _held(db, actor, Can.AGREE_MEETING, meeting_id)
    own = speaks_for(db, actor, held.assignment, meeting) is meeting.suggested_by
    circumstances = Circumstances(now=now, about_oneself=own)
    _refuse_elsewhere(db, meeting)
    take(db, actor, meeting, "agree", circumstances=circumstances)
    if held.assignment.state is AssignmentState.OPENED:
        run = openings.circumstances_of(db, held.need, held.assignment, now=now)
        take(db, None, held.assignment, "run", circumstances=run)
        seats.begins(db, held.need, held.volunteer, now=now)
    return meeting


def speaks_for(db: TenantSession, actor: Actor, assignment: Assignment, meeting: Meeting) -> Side:
    """The side that an actor answers for. A coordinator also answers for a volunteer who has no log-in."""
    side = assignments.side_of(actor, assignment)
    if side is meeting.suggested_by is Side.RECIPIENT and assignments.is_only_coordinator(actor, assignment):
        return Side.RECIPIENT if assignments.has_account(db, assignment.volunteer_id) else Side.VOLUNTEER
    return side


def _refuse_elsewhere(db: TenantSession, meeting: Meeting) -> None:
    """Nobody is in two places at once."""
    clash = select(Meeting.id).where(
        Meeting.volunteer_id == meeting.volunteer_id,
        Meeting.id != meeting.id,
        Meeting.state == MeetingState.PLANNED,
        Meeting.starts_at < meeting.ends_at,
        Meeting.ends_at > meeting.starts_at,
    )
    if db.scalars(clash).first() is not None:
        raise Refused(ELSEWHERE)


def call_off(db: TenantSession, actor: Actor, meeting_id: int, *, now: datetime, why: str = "") -> Meeting:
    """Take a suggestion back, or call a meeting off; everybody is told."""
    _, meeting = _held(db, actor, Can.CALL_OFF_MEETING, meeting_id)
    take(db, actor, meeting, "call_off", circumstances=Circumstances(now=now), why=why)
    return meeting


def look_back(db: TenantSession, actor: Actor, meeting_id: int, step: str, *, now: datetime) -> Meeting:
    """What became of a meeting: `step` is hold, miss or excuse."""
    _, meeting = _held(db, actor, Can.SEE_ASSIGNMENT, meeting_id)
    take(db, actor, meeting, step, circumstances=Circumstances(now=now))
    return meeting


def _held(db: TenantSession, actor: Actor, can: Can, meeting_id: int) -> tuple[AssignmentHeld, Meeting]:
    """A meeting with its assignment, all held; Missing for who has no part in it."""
    seen = find(db, actor, can, Meeting, meeting_id)
    held = locks.assignment(db, actor, Can.SEE_ASSIGNMENT, seen.assignment_id)
    meeting = find(db, actor, can, Meeting, meeting_id, lock=True)
    require(actor, can, meeting)
    return held, meeting


def coming(db: TenantSession, assignment: Assignment, *, now: datetime) -> Sequence[Meeting]:
    """What is suggested, and what is agreed and not over."""
    query = select(Meeting).where(
        Meeting.assignment_id == assignment.id,
        (Meeting.state == MeetingState.SUGGESTED) | ((Meeting.state == MeetingState.PLANNED) & (Meeting.ends_at > now)),
    )
    return db.scalars(query.order_by(Meeting.starts_at)).all()


def past(db: TenantSession, assignment: Assignment, *, now: datetime) -> Sequence[Meeting]:
    """What has been, the newest first; suggestions that came to nothing left out."""
    query = select(Meeting).where(
        Meeting.assignment_id == assignment.id,
        Meeting.state.not_in([MeetingState.SUGGESTED, MeetingState.CALLED_OFF]),
        (Meeting.state != MeetingState.PLANNED) | (Meeting.ends_at <= now),
    )
    return db.scalars(query.order_by(Meeting.starts_at.desc())).all()


def all_of(db: TenantSession, assignment: Assignment) -> Sequence[Meeting]:
    """Every meeting and suggestion, the first made first."""
    return db.scalars(select(Meeting).where(Meeting.assignment_id == assignment.id).order_by(Meeting.id)).all()
