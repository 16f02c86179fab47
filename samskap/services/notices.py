"""Notices: whom to tell, and when it may be sent. The outbox row stands in the same transaction as what it tells of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

import holidays
from sqlalchemy import select

from samskap.models import Membership, Municipality, Outbox, Person
from samskap.models.session import TenantSession
from samskap.permissions import Role
from samskap.text import OSLO, oslo
from samskap.workflows.notice import Notice, Tells, To

AT_ONCE = frozenset({Notice.VERIFY_ADDRESS, Notice.ADDRESS_TAKEN, Notice.RESET_PASSWORD, Notice.INVITE_STAFF})
"""What somebody sits and waits for is sent at any hour."""


def tell(db: TenantSession, tells: Tells, thing: Any, *, key: str, by_id: int | None, now: datetime) -> None:
    """Write one notice to each person on one side of a thing, except to the one who acted."""
    for person_id in _side(db, tells.to, thing):
        if person_id != by_id:
            tell_person(db, tells.notice, person_id, key=f"{key}:{tells.notice}:{person_id}", thing=thing, now=now)


def tell_person(
    db: TenantSession, notice: Notice, person_id: int, *, key: str, thing: Any | None, now: datetime,
) -> Outbox:
    """Write one notice to one person. `key` says what it is about; the same key twice is one notice."""
    row = Outbox(
        key=key, notice=notice, person_id=person_id, made_at=now, not_before=when(db, notice, now=now),
        noun=type(thing).__tablename__ if thing is not None else "", thing_id=getattr(thing, "id", None),
        state_told=str(getattr(thing, "state", "") or ""),
    )
    db.add(row)
    return row


def tell_address(
    db: TenantSession, notice: Notice, address: str, *, key: str, data: dict[str, Any], now: datetime,
) -> Outbox:
    """Write one notice to an e-mail address that belongs to no person here yet (or not for certain)."""
    row = Outbox(
        key=key, notice=notice, address=address, made_at=now, not_before=when(db, notice, now=now), noun="", data=data,
    )
    db.add(row)
    return row


def when(db: TenantSession, notice: Notice, *, now: datetime) -> datetime:
    """The first moment at which this notice may be sent."""
    if notice in AT_ONCE:
        return now
    here = db.get_one(Municipality, db.municipality_id)
    return next_open_moment(now, quiet_from=here.quiet_from, quiet_to=here.quiet_to)


def next_open_moment(now: datetime, *, quiet_from: int, quiet_to: int) -> datetime:
    """`now` if it lies on a working day between the hours (local), else the next time it does."""
    local = oslo(now)
    if local.hour >= quiet_to:
        local = _opens(local + timedelta(days=1), quiet_from)
    elif local.hour < quiet_from:
        local = _opens(local, quiet_from)
    while local.weekday() > 4 or local.date() in _public_holidays():
        local = _opens(local + timedelta(days=1), quiet_from)
    return local.astimezone(now.tzinfo)


def _opens(day: datetime, hour: int) -> datetime:
    return datetime.combine(day.date(), time(hour), tzinfo=OSLO)


@cache
def _public_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("NO")


def _side(db: TenantSession, to: To, thing: Any) -> Iterable[int]:
    if to is To.COORDINATORS:
        return coordinators(db)
    person_id = {
        To.VOLUNTEER: getattr(thing, "volunteer_id", None) or (thing.id if thing.__tablename__ == "volunteer" else None),
        To.RECIPIENT: getattr(thing, "recipient_id", None),
        To.POSTER: _other_than_recipient(thing),
    }[to]
    return () if person_id is None else (person_id,)


def _other_than_recipient(thing: Any) -> int | None:
    """The poster, unless the poster is the recipient and was told as such."""
    poster: int | None = getattr(thing, "posted_by_id", None)
    return None if poster == getattr(thing, "recipient_id", None) and thing.__tablename__ != "need" else poster


def coordinators(db: TenantSession) -> Collection[int]:
    """The persons who coordinate here."""
    query = select(Membership.person_id).join(Person, Person.id == Membership.person_id)
    return db.scalars(query.where(Membership.role == Role.COORDINATOR, Person.erased_at.is_(None)).distinct()).all()
