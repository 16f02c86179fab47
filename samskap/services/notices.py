"""Notices: whom to tell, by what way, and when. The outbox row stands in the same transaction as what it tells of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import select

from samskap.models import (
    Account,
    Assignment,
    Meeting,
    Membership,
    Municipality,
    Need,
    Offer,
    Outbox,
    Person,
    Proposal,
    SendState,
    Volunteer,
)
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, Role, require
from samskap.services.workdays import is_working_day
from samskap.text import OSLO, oslo
from samskap.workflows.assignment import MET, AssignmentState
from samskap.workflows.meeting import MeetingState
from samskap.workflows.need import NeedState
from samskap.workflows.notice import Notice, Tells, To
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState

AT_ONCE: Final = frozenset({Notice.VERIFY_ADDRESS, Notice.ADDRESS_TAKEN, Notice.RESET_PASSWORD, Notice.INVITE_STAFF})
"""What somebody sits and waits for is sent at any hour."""
NO_WAY: Final = "no address"
"""The error of a notice to somebody who can only be rung."""
PHONED: Final = "phone"
"""The owner of a notice that a coordinator gave on the phone."""
NEVER_WRITTEN_TO: Final = frozenset({"import", "assisted"})
"""Sources of people without a log-in whom nobody writes to before the coordinator has invited them."""
THINGS: Final[Mapping[str, type[Any]]] = {
    model.__tablename__: model for model in (Need, Volunteer, Proposal, Offer, Assignment, Meeting)
}

STILL: Final[Mapping[Notice, Collection[str]]] = {
    Notice.OFFER_SENT: {OfferState.SENT},
    Notice.OFFER_REMINDER: {OfferState.SENT},
    Notice.ASSIGNMENT_TO_CONFIRM: {AssignmentState.ASKED},
    Notice.ASSIGNMENT_CONFIRMED: {AssignmentState.AGREED},
    Notice.ASSIGNMENT_OPENED: MET,
    Notice.MEETING_SUGGESTED: {MeetingState.SUGGESTED},
    Notice.MEETING_AGREED: {MeetingState.PLANNED},
    Notice.NEED_SUBMITTED: {NeedState.SUBMITTED},
    Notice.NEED_PUBLISHED: {NeedState.OPEN, NeedState.COVERED, NeedState.RUNNING},
    Notice.NEED_SENT_BACK: {NeedState.DRAFT},
    Notice.NEED_WITHOUT_CANDIDATES: {NeedState.OPEN},
    Notice.VOLUNTEER_REGISTERED: {VolunteerState.REGISTERED},
    Notice.VOLUNTEER_READY: {VolunteerState.READY, VolunteerState.ACTIVE},
}
"""In which states of its thing a notice is still worth sending; what is not named here is always."""
TAKES_BACK: Final[Mapping[Notice, Notice]] = {Notice.OFFER_WITHDRAWN: Notice.OFFER_SENT}
"""What is only told to who was told the other first."""


# Telling


def tell(db: TenantSession, tells: Tells, thing: Any, *, key: str, by_id: int | None, now: datetime) -> None:
    """Write one notice to each person on one side of a thing, except to the one who acted."""
    for person_id in _side(db, tells.to, thing):
        if person_id != by_id:
            tell_person(db, tells.notice, person_id, key=f"{key}:{tells.notice}:{person_id}", thing=thing, now=now)


def tell_person(
    db: TenantSession, notice: Notice, person_id: int, *, key: str, thing: Any | None, now: datetime
) -> Outbox:
    """Write one notice to one person. `key` says what it is about; the same key twice is one notice.

    Somebody who cannot be written to is rung instead: the notice is work for the coordinator from the first moment.
    """
    if (before := db.scalars(select(Outbox).where(Outbox.key == key)).one_or_none()) is not None:
        return before
    row = Outbox(
        key=key,
        notice=notice,
        person_id=person_id,
        made_at=now,
        not_before=when(db, notice, now=now),
        noun=type(thing).__tablename__ if thing is not None else "",
        thing_id=getattr(thing, "id", None),
        state_told=str(getattr(thing, "state", "") or ""),
    )
    if address_of(db, person_id) is None:
        row.state, row.error = SendState.DEAD, NO_WAY
    db.add(row)
    return row


def tell_address(
    db: TenantSession, notice: Notice, address: str, *, key: str, data: dict[str, Any], now: datetime
) -> Outbox:
    """Write one notice to an e-mail address that belongs to no person here yet (or not for certain)."""
    row = Outbox(
        key=key, notice=notice, address=address, made_at=now, not_before=when(db, notice, now=now), noun="", data=data
    )
    db.add(row)
    return row


def address_of(db: TenantSession, person_id: int) -> str | None:
    """Where a person is written to: not before an address is shown to be theirs, or before they are invited."""
    query = select(Person.email, Person.source, Account.id, Account.verified_at).outerjoin(
        Account, Account.id == Person.account_id
    )
    person = db.execute(query.where(Person.id == person_id, Person.erased_at.is_(None))).one_or_none()
    if person is None or not person.email:
        return None
    has_account = person[2] is not None
    may = person.verified_at is not None if has_account else person.source not in NEVER_WRITTEN_TO
    return person.email if may else None


def _side(db: TenantSession, to: To, thing: Any) -> Iterable[int]:
    """The persons on one side of a thing."""
    recipient, poster = getattr(thing, "recipient_id", None), getattr(thing, "posted_by_id", None)
    match to:
        case To.COORDINATORS:
            return coordinators(db)
        case To.VOLUNTEER:
            found = thing.id if isinstance(thing, Volunteer) else thing.volunteer_id
        case To.POSTER:
            found = None if poster == recipient and not isinstance(thing, Need) else poster
        case To.RECIPIENT:
            found = None if _is_spoken_for(db, recipient, poster) else recipient
    return () if found is None else (found,)


def _is_spoken_for(db: TenantSession, recipient: int | None, poster: int | None) -> bool:
    """Whether somebody else, who is told as well, passes on what a recipient without a log-in must know."""
    return recipient is not None and poster not in (None, recipient) and address_of(db, recipient) is None


def coordinators(db: TenantSession) -> Collection[int]:
    """The persons who coordinate here and can be written to."""
    query = select(Membership.person_id).join(Person, Person.id == Membership.person_id)
    query = query.where(Membership.role == Role.COORDINATOR, Person.erased_at.is_(None)).distinct()
    return [one for one in db.scalars(query.order_by(Membership.person_id)) if address_of(db, one) is not None]


# When


def when(db: TenantSession, notice: Notice, *, now: datetime) -> datetime:
    """The first moment at which this notice may be sent."""
    if notice in AT_ONCE:
        return now
    here = db.get_one(Municipality, db.municipality_id)
    return next_open_moment(now, quiet_from=here.quiet_from, quiet_to=here.quiet_to)


def next_open_moment(now: datetime, *, quiet_from: int, quiet_to: int) -> datetime:
    """`now` if it lies on a working day between the hours (local), else the next time it does."""
    local = oslo(now)
    if is_working_day(local.date()) and quiet_from <= local.hour < quiet_to:
        return now
    day = local.date() if local.hour < quiet_from else local.date() + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return _at(day, quiet_from).astimezone(now.tzinfo)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=OSLO)


# Still true?


def is_obsolete(db: TenantSession, row: Outbox) -> bool:
    """Whether a notice has been overtaken: its thing is gone or has moved on, or it takes back what was never told."""
    if row.thing_id is None:
        return False
    states = _states(db, [row])
    return not _is_true(row, states) or not _was_told(db, row)


def _was_told(db: TenantSession, row: Outbox) -> bool:
    first = TAKES_BACK.get(row.notice)
    if first is None:
        return True
    query = select(Outbox.id).where(
        Outbox.notice == first,
        Outbox.person_id == row.person_id,
        Outbox.noun == row.noun,
        Outbox.thing_id == row.thing_id,
        Outbox.state.in_([SendState.SENT, SendState.SENDING]),
    )
    return db.scalars(query).first() is not None


def _is_true(row: Outbox, states: Mapping[tuple[str, int | None], str]) -> bool:
    state = states.get((row.noun, row.thing_id))
    return state is not None and (row.notice not in STILL or state in STILL[row.notice])


def _states(db: TenantSession, rows: Iterable[Outbox]) -> Mapping[tuple[str, int | None], str]:
    """The state of each thing that the notices speak of; one statement for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.noun in THINGS and row.thing_id is not None:
            wanted[row.noun].add(row.thing_id)
    found: dict[tuple[str, int | None], str] = {}
    for noun, ids in wanted.items():
        model = THINGS[noun]
        for ident, state in db.execute(select(model.id, model.state).where(model.id.in_(sorted(ids)))):
            found[noun, ident] = state
    return found


# By phone


@dataclass(frozen=True, kw_only=True)
class ToRing:
    """Somebody whom a notice could not reach in writing."""

    person_id: int
    name: str
    phone: str | None
    made_at: datetime
    """When the first of them was made."""
    count: int


def to_phone(db: TenantSession) -> Sequence[ToRing]:
    """Whom a coordinator has to ring, the one who has waited longest first; what has been overtaken is left out."""
    query = select(Outbox, Person.name, Person.phone).join(Person, Person.id == Outbox.person_id)
    rows = db.execute(
        query.where(Outbox.state == SendState.DEAD, Person.erased_at.is_(None)).order_by(Outbox.made_at, Outbox.id)
    ).all()
    states = _states(db, [row.Outbox for row in rows])
    waiting: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        if _is_true(row.Outbox, states) and _was_told(db, row.Outbox):
            waiting[row.Outbox.person_id].append(row)
    return [
        ToRing(
            person_id=person_id,
            name=found[0].name,
            phone=found[0].phone,
            made_at=found[0].Outbox.made_at,
            count=len(found),
        )
        for person_id, found in waiting.items()
    ]


def waiting_for(db: TenantSession, actor: Actor, person_id: int) -> Sequence[Outbox]:
    """What a coordinator has to tell one person on the phone, the oldest first."""
    require(actor, Can.SEE_WORK_LIST)
    query = select(Outbox).where(Outbox.person_id == person_id, Outbox.state == SendState.DEAD)
    rows = db.scalars(query.order_by(Outbox.made_at, Outbox.id)).all()
    return [row for row in rows if not is_obsolete(db, row)]


def phoned(db: TenantSession, actor: Actor, person_id: int, *, now: datetime) -> int:
    """The coordinator has rung: what waited for this person is told; how many notices that was."""
    rows = waiting_for(db, actor, person_id)
    for row in rows:
        row.state, row.owner, row.sent_at = SendState.SENT, PHONED, now
    db.flush()
    return len(rows)


def undelivered(db: TenantSession, actor: Actor) -> Sequence[Outbox]:
    """Notices to addresses of nobody registered here (links to log in) that were not delivered, the newest first."""
    require(actor, Can.SEE_WORK_LIST)
    query = select(Outbox).where(Outbox.person_id.is_(None), Outbox.state == SendState.DEAD)
    return db.scalars(query.order_by(Outbox.id.desc())).all()
