"""A municipality to test in, the clock that hangs on its wall, and how rows are put into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from flask import Flask
from sqlalchemy import Engine, select

from samskap.models import Base, Municipality
from samskap.models.session import TenantSession, writing

if TYPE_CHECKING:
    from tests.builders import Builders

Row = TypeVar("Row", bound=Base)
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""Tuesday at ten in Norway: a working day, within the hours of every municipality."""


@dataclass
class Clock:
    """What the service believes the time to be; UTC."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def moves(self, **span: float) -> datetime:
        """Lets time pass: moves(days=3)."""
        self.now += timedelta(**span)
        return self.now


@dataclass
class Town:
    """One municipality, with a session that stands in it."""

    id: int
    municipality: Municipality
    db: TenantSession
    clock: Clock

    @property
    def builders(self) -> Builders:
        """What can be built here."""
        from tests.builders import Builders

        return Builders(self)


@contextmanager
def keep(db: TenantSession) -> Iterator[None]:
    """Whatever is added inside is committed, so that the service sees it; nothing is left of what fails.

    One inside another is one transaction.
    """
    if db.info.get("keeping"):
        yield
        return
    db.commit()
    with writing():
        db.scalars(select(Municipality.id).limit(1)).first()
    db.info["keeping"] = True
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()
        raise
    finally:
        db.info["keeping"] = False


def kept(db: TenantSession, row: Row) -> Row:
    """Adds one row and gives it its id."""
    db.add(row)
    db.flush()
    return row


def engine_of(app: Flask) -> Engine:
    """The engine that an app uses, seen from outside any context."""
    with app.app_context():
        found: Engine = app.extensions["sqlalchemy"].engine
        return found
