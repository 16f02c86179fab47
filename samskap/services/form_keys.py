"""Form keys: a form sent twice has its first effect alone, whether by a double press, a retry or a page left open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update

from samskap.models import FormKey
from samskap.models.session import TenantSession, insert_into

KEPT: Final = timedelta(hours=24)
LONGEST: Final = 64
"""Characters of a key."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form as it was sent: whose, with which hidden key, to where, with what in it (SHA-256)."""

    who: str
    key: str
    route: str
    body_hash: str


@dataclass(frozen=True, kw_only=True)
class Before:
    """What became of a form with this key that was sent before."""

    same: bool
    """Whether it went to the same place with the same answers."""
    location: str | None
    """Where it led; None while it is still at work."""


def claim(db: TenantSession, form: Form, *, now: datetime) -> int | Before:
    """Write the key down and give its row's id; or tell what became of the form that had it first.

    On PostgreSQL this waits for a first one that is still at work, at most as long as for any lock.
    """
    values = {"who": form.who, "key": form.key, "route": form.route, "body_hash": form.body_hash, "at": now}
    insert = insert_into(db, FormKey).values(values).on_conflict_do_nothing(index_elements=["who", "key"])
    claimed = db.scalar(insert.returning(FormKey.id))
    if claimed is not None:
        return int(claimed)
    first = db.scalars(select(FormKey).filter_by(who=form.who, key=form.key)).one_or_none()
    if first is None:
        return Before(same=True, location=None)
    same = (first.route, first.body_hash) == (form.route, form.body_hash)
    return Before(same=same, location=first.location)


def settle(db: TenantSession, row_id: int, location: str) -> None:
    """Write down where the form led: whoever sends it again is led there too."""
    db.execute(
        update(FormKey).where(FormKey.id == row_id).values(location=location),
        execution_options={"synchronize_session": False},
    )


def release(db: TenantSession, row_id: int) -> None:
    """Forget a key whose form had no effect: it may be sent again, mended."""
    db.execute(delete(FormKey).where(FormKey.id == row_id), execution_options={"synchronize_session": False})


def forget_old(db: TenantSession, *, now: datetime) -> None:
    """Delete the keys that are older than a day."""
    db.execute(delete(FormKey).where(FormKey.at < now - KEPT), execution_options={"synchronize_session": False})
