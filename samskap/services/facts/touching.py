"""What changes in a transaction, and the version that says so, raised as the last thing before it is committed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, select, update
from sqlalchemy.orm import SessionTransaction

from samskap.models import Municipality, Need, Volunteer
from samskap.models.session import TenantSession

Touched = set[tuple[type[Any], int]]


def touch(db: TenantSession, volunteer_id: int) -> None:
    """Something that matching reads about a volunteer changes in this transaction."""
    touched_in(db).add((Volunteer, volunteer_id))


def touch_need(db: TenantSession, need_id: int) -> None:
    """Something that matching reads about a need changes in this transaction."""
    touched_in(db).add((Need, need_id))


def touched_in(db: TenantSession) -> Touched:
    """What has been touched since the transaction began."""
    if "touched" not in db.info:
        db.info["touched"] = set()
        event.listen(db, "before_commit", _at_the_end)
        event.listen(db, "after_soft_rollback", _forget)
    touched: Touched = db.info["touched"]
    return touched


def _at_the_end(db: TenantSession) -> None:
    """The end of a savepoint is not the end."""
    if not db.in_nested_transaction():
        raise_versions(db)


def _forget(db: TenantSession, rolled_back: SessionTransaction) -> None:
    """A savepoint that is rolled back leaves what was touched before it; once too often does no harm."""
    if not rolled_back.nested:
        touched_in(db).clear()


def raise_versions(db: TenantSession) -> None:
    """Last before the commit, so that the municipality's row is locked for as short as can be and after all others."""
    touched = touched_in(db)
    if not touched:
        return
    rows = {model: sorted(ident for kind, ident in touched if kind is model) for model in (Need, Volunteer)}
    for model, ids in rows.items():  # whoever has not held them yet does so now, before the municipality's row
        if ids:
            db.execute(select(model.id).where(model.id.in_(ids)).order_by(model.id).with_for_update(key_share=True))
    version = _raised(db)
    for model, ids in rows.items():
        if ids:
            db.execute(
                update(model).where(model.id.in_(ids)).values(facts_version=version),
                execution_options={"synchronize_session": False},
            )
    touched.clear()


def _raised(db: TenantSession) -> int:
    query = update(Municipality).where(Municipality.id == db.municipality_id)
    query = query.values(facts_version=Municipality.facts_version + 1)
    return db.scalars(
        query.returning(Municipality.facts_version), execution_options={"synchronize_session": False}
    ).one()
