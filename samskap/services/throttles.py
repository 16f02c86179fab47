"""How often something may be tried: counted in our own table, in one statement, alike on both databases.

A try is counted before it is made, so that many at once cannot slip past; a try that succeeded is given back.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, case, delete, literal, select, update

from samskap.models import Throttle
from samskap.models.base import Moment
from samskap.models.session import TenantSession, insert_into

LONGEST_WAIT: Final = 60
"""Seconds that one more try is ever made to wait within a window."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """So many tries in a window; after the first `free` of them each further one waits 1, 2, 4 … 60 seconds."""

    name: str
    window: timedelta
    most: int
    free: int | None = None
    """None: no waiting before `most`."""


LOG_IN: Final = Limit(name="log-in", window=timedelta(days=1), most=100, free=5)
"""For each account and kind of browser: wrong passwords since the last right one."""
LOG_IN_FROM: Final = Limit(name="log-in from", window=timedelta(minutes=10), most=30)
"""For each network address: wrong passwords, for whatever account."""
MAIL_TO: Final = Limit(name="mail to", window=timedelta(hours=1), most=5)
"""For each e-mail address: links sent to it."""
MAIL_FROM: Final = Limit(name="mail from", window=timedelta(minutes=10), most=60)
"""For each network address: links it has asked us to send."""


def key_of(limit: Limit, what: str, *, secret: str) -> str:
    """What the table holds instead of an address: a keyed hash that cannot be turned back."""
    return hmac.new(secret.encode(), f"throttle|{limit.name}|{what}".encode(), hashlib.sha256).hexdigest()


def window_of(limit: Limit, now: datetime) -> datetime:
    """The start of the window in which `now` lies; windows of a day begin at midnight UTC."""
    since = datetime(2000, 1, 1, tzinfo=UTC)
    return now - (now - since) % limit.window


def claim(db: TenantSession, limit: Limit, what: str, *, secret: str, now: datetime) -> timedelta | None:
    """Count one try. None: it may be made; else how long to wait, and nothing was counted."""
    key = key_of(limit, what, secret=secret)
    insert = insert_into(db, Throttle).values(
        key_hash=key, window_starts_at=window_of(limit, now), tries=1, last_at=now
    )
    counted = db.scalar(
        insert.on_conflict_do_update(
            index_elements=["key_hash", "window_starts_at"],
            set_={"tries": Throttle.tries + 1, "last_at": now},
            where=_may_try(limit, now),
        ).returning(Throttle.tries)
    )
    return None if counted is not None else _wait(db, limit, key, now=now)


def _may_try(limit: Limit, now: datetime) -> ColumnElement[bool]:
    """The row's condition for one more try, asked by the database in the statement that counts it."""
    fewer = Throttle.tries < limit.most
    if limit.free is None:
        return fewer
    latest = [(Throttle.tries == tries, literal(now - _pause(limit, tries), Moment)) for tries in range(limit.free + 6)]
    return fewer & (Throttle.last_at <= case(*latest, else_=literal(now - timedelta(seconds=LONGEST_WAIT), Moment)))


def _pause(limit: Limit, tries: int) -> timedelta:
    """How long the next try waits after so many."""
    if limit.free is None or tries < limit.free:
        return timedelta()
    return timedelta(seconds=min(LONGEST_WAIT, 2 ** (tries - limit.free)))


def _wait(db: TenantSession, limit: Limit, key_hash: str, *, now: datetime) -> timedelta:
    """Until the pause is over, or until the window ends when its tries are used up."""
    start = window_of(limit, now)
    found = db.scalars(select(Throttle).filter_by(key_hash=key_hash, window_starts_at=start)).one()
    if found.tries >= limit.most:
        return start + limit.window - now
    return max(found.last_at + _pause(limit, found.tries) - now, timedelta(seconds=1))


def give_back(db: TenantSession, limit: Limit, what: str, *, secret: str, now: datetime) -> None:
    """Take one try off the count: it was not what the limit is against."""
    db.execute(
        update(Throttle)
        .where(
            Throttle.key_hash == key_of(limit, what, secret=secret),
            Throttle.window_starts_at == window_of(limit, now),
            Throttle.tries > 0,
        )
        .values(tries=Throttle.tries - 1),
        execution_options={"synchronize_session": False},
    )


def forget(db: TenantSession, limit: Limit, what: str, *, secret: str) -> None:
    """Begin the count anew: the right password was given, or a new one was chosen."""
    db.execute(
        delete(Throttle).where(Throttle.key_hash == key_of(limit, what, secret=secret)),
        execution_options={"synchronize_session": False},
    )


def forget_old(db: TenantSession, *, now: datetime) -> None:
    """Delete the counts of windows that are over."""
    db.execute(
        delete(Throttle).where(Throttle.window_starts_at < now - timedelta(days=1)),
        execution_options={"synchronize_session": False},
    )
