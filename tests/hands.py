"""What people do in tests of services: committed like a page would, or refused with nothing left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from samskap.models import Base, Outbox, StepTaken
from samskap.models.session import TenantSession, writing
from samskap.services import facts
from samskap.services.steps import Refused
from tests.cast import Someone
from tests.town import keep

Given = TypeVar("Given")


def does(who: Someone, verb: Callable[..., Given], *args: Any, **words: Any) -> Given:
    """Somebody does something now, and it is committed. What the builders made meanwhile is seen."""
    facts.forget()
    with keep(who.town.db):
        return verb(who.town.db, who.actor, *args, now=who.town.clock(), **words)


def is_refused(who: Someone, verb: Callable[..., Any], *args: Any, **words: Any) -> str:
    """Somebody tries, and is told in bokmål why not; nothing at all has changed."""
    db = who.town.db
    facts.forget()
    before = everything(db)
    with writing(), pytest.raises(Refused) as refusal:
        verb(db, who.actor, *args, now=who.town.clock(), **words)
    db.rollback()
    assert everything(db) == before
    return refusal.value.text.nb


def everything(db: TenantSession) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every tenanted table of this municipality."""
    db.rollback()
    found = {}
    for mapper in Base.registry.mappers:
        if "municipality_id" in mapper.columns:
            columns = [getattr(mapper.class_, column.key) for column in mapper.column_attrs]
            found[mapper.class_.__name__] = sorted(map(tuple, db.execute(select(*columns)).all()), key=str)
    return found


def history(db: TenantSession, *, of: str = "") -> list[str]:
    """Every step that was taken, in order: "offer accept", or only those of one noun."""
    query = select(StepTaken.noun, StepTaken.step).order_by(StepTaken.id)
    return [f"{noun} {step}" if not of else step for noun, step in db.execute(query) if of in ("", noun)]


def told(db: TenantSession) -> list[tuple[str, int | None]]:
    """Every notice in the outbox, in order, and to whom."""
    rows = db.execute(select(Outbox.notice, Outbox.person_id).order_by(Outbox.id))
    return [(notice.value, person_id) for notice, person_id in rows]
