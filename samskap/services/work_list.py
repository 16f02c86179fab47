"""The coordinator's work list: everything that waits for a human being, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, or_, select

from samskap.models import Assignment, Need, Offer, OwnWord, Person, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, require
from samskap.services import matching, notices
from samskap.services.workdays import working_days_after
from samskap.text import today
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.need import NeedState
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState

IN_TOUCH = 3
"""Working days within which a human being has been in touch (domain.md §3)."""
LATE_AFTER = timedelta(days=14)
"""When waiting has become too long to be called anything else."""
RECENT = timedelta(days=30)
UNANSWERED = (OfferState.DECLINED, OfferState.NOT_NOW, OfferState.EXPIRED)


class Task(StrEnum):
    """Kinds of case on the list."""

    PUBLISH = "publish"
    MATCH = "match"
    WELCOME = "welcome"
    CONFIRM = "confirm"
    ASK_ANOTHER = "ask_another"
    RING = "ring"
    WORDS = "words"


ABOUT_NEEDS = frozenset({Task.MATCH, Task.ASK_ANOTHER})
"""Cases in which somebody is sought."""


class Haste(StrEnum):
    """How much a case hurries; drawn and said."""

    LATE = "late"
    SOON = "soon"
    CALM = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case: what it is, which thing it is about, since when, and by when."""

    task: Task
    thing_id: int
    title: str
    since: datetime
    due: date
    urgency: int = 3
    count: int = 1

    def haste(self, now: datetime) -> Haste:
        """Late when the day has passed, soon when it is today or tomorrow."""
        left = (self.due - today(now)).days
        return Haste.LATE if left < 0 else Haste.SOON if left <= 1 else Haste.CALM

    def used(self, now: datetime) -> float:
        """The share of its time that is used, 0 to 1."""
        whole = (self.due - today(self.since)).days + 1
        return min(1.0, max(0.0, (today(now) - today(self.since)).days / whole)) if whole > 0 else 1.0


def cases(db: TenantSession, actor: Actor, *, now: datetime, task: Task | None = None) -> Sequence[Case]:
    """Every case, or those of one kind: what is overdue first, then by day, then by the need's urgency."""
    require(actor, Can.SEE_WORK_LIST)
    found = [case for kind, gather in GATHER.items() if task in (None, kind) for case in gather(db, now)]
    return sorted(found, key=lambda case: (case.due, -case.urgency, case.since, case.task, case.thing_id))


def nobody_can(db: TenantSession, cases: Iterable[Case], *, now: datetime) -> frozenset[int]:
    """The needs among these cases that nobody can meet as things stand."""
    return matching.without_candidates(db, [one.thing_id for one in cases if one.task in ABOUT_NEEDS], now=now)


def _publish(db: TenantSession, now: datetime) -> Iterable[Case]:
    """Citizens' own needs that wait for a coordinator."""
    query = select(Need.id, Need.title, Need.created_at, Need.urgency).where(Need.state == NeedState.SUBMITTED)
    return (_in_touch(Task.PUBLISH, row.id, row.title, row.created_at, row.urgency) for row in db.execute(query))


def _match(db: TenantSession, now: datetime) -> Iterable[Case]:
    """Open needs with places left, where nobody has said no lately (those are cases of their own)."""
    asked = select(Offer.id).where(Offer.need_id == Need.id, Offer.state.in_(UNANSWERED), Offer.sent_at > now - RECENT)
    query = select(Need.id, Need.title, Need.published_at, Need.created_at, Need.urgency, Need.wanted, Need.taken)
    query = query.where(Need.state == NeedState.OPEN, Need.taken < Need.wanted, ~asked.exists())
    for row in db.execute(query):
        since = row.published_at or row.created_at
        yield Case(
            task=Task.MATCH,
            thing_id=row.id,
            title=row.title,
            since=since,
            urgency=row.urgency,
            due=working_days_after(today(since), max(1, IN_TOUCH + 3 - row.urgency)),
            count=row.wanted - row.taken,
        )


def _welcome(db: TenantSession, now: datetime) -> Iterable[Case]:
    """New volunteers whom nobody has talked with."""
    query = select(Person.id, Person.name, Volunteer.registered_at).join(Volunteer, Volunteer.id == Person.id)
    query = query.where(
        Volunteer.state == VolunteerState.REGISTERED,
        Person.source != "import",
        Person.erased_at.is_(None),
        or_(Volunteer.paused_since.is_(None), Volunteer.paused_until < today(now)),
    )
    return (_in_touch(Task.WELCOME, row.id, row.name, row.registered_at) for row in db.execute(query))


def _confirm(db: TenantSession, now: datetime) -> Iterable[Case]:
    """Volunteers who said yes and wait for the other side."""
    query = select(Assignment.id, Need.title, Assignment.created_at, Need.urgency).join(
        Need, Need.id == Assignment.need_id
    )
    query = query.where(Assignment.state == AssignmentState.ASKED)
    return (_in_touch(Task.CONFIRM, row.id, row.title, row.created_at, row.urgency) for row in db.execute(query))


def _ask_another(db: TenantSession, now: datetime) -> Iterable[Case]:
    """Needs still open where the latest to be asked said no or did not answer."""
    query = (
        select(
            Need.id, Need.title, Need.urgency, func.max(Offer.expires_at).label("since"), func.count().label("asked")
        )
        .join(Offer, Offer.need_id == Need.id)
        .where(
            Need.state == NeedState.OPEN,
            Need.taken < Need.wanted,
            Offer.state.in_(UNANSWERED),
            Offer.sent_at > now - RECENT,
        )
        .group_by(Need.id, Need.title, Need.urgency)
    )
    for row in db.execute(query):
        yield _in_touch(Task.ASK_ANOTHER, row.id, row.title, min(row.since, now), row.urgency, count=row.asked)


def _ring(db: TenantSession, now: datetime) -> Iterable[Case]:
    """Notices that could not reach anybody: no address, or the address refused."""
    for row in notices.to_phone(db):
        yield Case(
            task=Task.RING,
            thing_id=row.person_id,
            title=row.name,
            since=row.made_at,
            due=working_days_after(today(row.made_at), 1),
            count=row.count,
        )


def _words(db: TenantSession, now: datetime) -> Iterable[Case]:
    """What volunteers wrote in their own words and nobody has read."""
    query = select(func.count().label("unread"), func.min(Volunteer.registered_at).label("since"))
    query = query.select_from(OwnWord).join(Volunteer, Volunteer.id == OwnWord.volunteer_id)
    row = db.execute(query.where(OwnWord.term_id.is_(None), OwnWord.ignored_at.is_(None))).one()
    if row.unread:
        yield Case(
            task=Task.WORDS,
            thing_id=0,
            title="",
            since=row.since,
            due=today(now) + LATE_AFTER,
            urgency=1,
            count=row.unread,
        )


GATHER: Mapping[Task, Callable[[TenantSession, datetime], Iterable[Case]]] = {
    Task.PUBLISH: _publish,
    Task.MATCH: _match,
    Task.ASK_ANOTHER: _ask_another,
    Task.WELCOME: _welcome,
    Task.CONFIRM: _confirm,
    Task.RING: _ring,
    Task.WORDS: _words,
}


def _in_touch(task: Task, thing_id: int, title: str, since: datetime, urgency: int = 3, *, count: int = 1) -> Case:
    return Case(
        task=task,
        thing_id=thing_id,
        title=title,
        since=since,
        urgency=urgency,
        count=count,
        due=working_days_after(today(since), IN_TOUCH),
    )
