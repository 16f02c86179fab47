"""The outbox's row is the truth: claimed with a lease, read anew just before it is sent, acknowledged by its owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select, update

from samskap.models import Municipality, Outbox, Person, SendState
from samskap.models.session import TenantSession
from samskap.services import notices
from samskap.text import Locale, as_locale
from samskap.workflows.notice import Notice

LEASE: Final = timedelta(seconds=60)
"""How long a row belongs to who claimed it; longer than any one message may take."""
AT_A_TIME: Final = 10
WAITS: Final = (
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)),
    *([timedelta(hours=4)] * 18),
)
"""After each failed try; together 73 hours. When they are used up the notice is dead."""
KEPT: Final = timedelta(days=30)
"""How long a notice is kept after it was made, once it is over."""
OVER: Final = (SendState.SENT, SendState.SUPERSEDED, SendState.DEAD)
OPEN: Final = (SendState.PENDING, SendState.SENDING)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is needed to write and send one notice; nothing of what it is about."""

    outbox_id: int
    notice: Notice
    to: str
    locale: Locale
    host: str
    """Where to log in, as the municipality's own host name; empty for the service's."""
    data: Mapping[str, Any]


def claim(db: TenantSession, *, owner: str, now: datetime, most: int = AT_A_TIME) -> Sequence[int]:
    """Take what is due, and what its owner never finished; two who claim at once never get the same row."""
    free = (Outbox.state == SendState.PENDING) | (Outbox.lease_until < now)
    due = (
        select(Outbox.id)
        .where(Outbox.state.in_(OPEN), Outbox.not_before <= now, free)
        .order_by(Outbox.not_before, Outbox.id)
        .limit(most)
        .with_for_update(skip_locked=True, key_share=True)
    )
    taken = (
        update(Outbox)
        .where(Outbox.id.in_(due))
        .values(state=SendState.SENDING, owner=owner, lease_until=now + LEASE, attempts=Outbox.attempts + 1)
        .returning(Outbox.id)
    )
    return sorted(db.scalars(taken, execution_options={"synchronize_session": False}))


def take_up(db: TenantSession, outbox_id: int, *, owner: str, now: datetime) -> Letter | None:
    """Just before sending: renew the lease and read the state anew. None when it is not ours to send, or not true."""
    row = _own(db, outbox_id, owner=owner)
    if row is None:
        return None
    to = row.address if row.person_id is None else notices.address_of(db, row.person_id)
    if (later := notices.when(db, row.notice, now=now)) > now:
        _put_back(row, later)
    elif notices.is_obsolete(db, row):
        _let_go(row, SendState.SUPERSEDED)
    elif to is None:
        _let_go(row, SendState.DEAD, error=notices.NO_WAY)
    else:
        row.lease_until = now + LEASE
        host = db.get_one(Municipality, db.municipality_id).host or ""
        return Letter(outbox_id=row.id, notice=row.notice, to=to, locale=_locale(db, row), host=host, data=row.data)
    return None


def _own(db: TenantSession, outbox_id: int, *, owner: str) -> Outbox | None:
    """The row, held, if it is still this owner's."""
    query = select(Outbox).where(Outbox.id == outbox_id, Outbox.owner == owner, Outbox.state == SendState.SENDING)
    return db.scalars(query.with_for_update(key_share=True).execution_options(populate_existing=True)).one_or_none()


def _put_back(row: Outbox, not_before: datetime) -> None:
    """The hour is wrong; that was no try."""
    row.state, row.not_before, row.owner, row.lease_until = SendState.PENDING, not_before, None, None
    row.attempts -= 1


def _let_go(row: Outbox, state: SendState, *, error: str = "") -> None:
    row.state, row.error, row.owner, row.lease_until = state, error, None, None


def _locale(db: TenantSession, row: Outbox) -> Locale:
    if row.person_id is None:
        return as_locale(str(row.data.get("locale", "nb")))
    return as_locale(db.scalars(select(Person.locale).where(Person.id == row.person_id)).one())


def sent(db: TenantSession, outbox_id: int, *, owner: str, now: datetime) -> bool:
    """It was accepted for delivery; False if the lease had run out and somebody else has it."""
    row = _own(db, outbox_id, owner=owner)
    if row is None:
        return False
    _let_go(row, SendState.SENT)
    row.owner, row.sent_at, row.data = owner, now, {}
    return True


def failed(db: TenantSession, outbox_id: int, *, owner: str, error: str, for_good: bool, now: datetime) -> bool:
    """It was not: tried again after the next wait, or dead when it never will be accepted or the waits are used up."""
    row = _own(db, outbox_id, owner=owner)
    if row is None:
        return False
    if for_good or row.attempts > len(WAITS):
        _let_go(row, SendState.DEAD, error=error[:200])
        return True
    again = now + WAITS[row.attempts - 1]
    _let_go(row, SendState.PENDING, error=error[:200])
    row.not_before = notices.when(db, row.notice, now=again)
    return True


def oldest_due(db: TenantSession, *, now: datetime) -> datetime | None:
    """Since when the longest waiting of what should have been sent has been due; None when nothing is."""
    return db.scalar(select(func.min(Outbox.not_before)).where(Outbox.state.in_(OPEN), Outbox.not_before <= now))


def forget_old(db: TenantSession, *, now: datetime) -> None:
    """Delete notices that are over, a month after they were made."""
    db.execute(
        delete(Outbox).where(Outbox.state.in_(OVER), Outbox.made_at < now - KEPT),
        execution_options={"synchronize_session": False},
    )
