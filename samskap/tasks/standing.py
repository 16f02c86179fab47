"""Standing in one municipality after another: a session each, committed at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine, select

from samskap.models import Municipality
from samskap.models.session import TenantSession, writing


def municipalities(engine: Engine) -> Sequence[int]:
    """Every municipality that is served here."""
    with TenantSession(engine) as db:
        return db.scalars(select(Municipality.id).order_by(Municipality.id)).all()


@contextmanager
def reading_in(engine: Engine, municipality_id: int) -> Iterator[TenantSession]:
    """A session for looking only."""
    with TenantSession(engine) as db:
        db.stand_in(municipality_id)
        yield db


@contextmanager
def writing_in(engine: Engine, municipality_id: int) -> Iterator[TenantSession]:
    """A session whose work is committed at the end; nothing of it is kept if something goes wrong."""
    with writing(), reading_in(engine, municipality_id) as db:
        yield db
        db.commit()


@contextmanager
def writing_anywhere(engine: Engine) -> Iterator[TenantSession]:
    """The same for what belongs to no municipality."""
    with writing(), TenantSession(engine) as db:
        yield db
        db.commit()
