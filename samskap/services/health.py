"""Whether the service can do its work: the database answers, and its tables are the ones this code was written for."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from samskap.models.session import UnsafeDatabase


def head_of(migrations: Path) -> str:
    """The newest migration in a folder."""
    head = ScriptDirectory(str(migrations)).get_current_head()
    assert head is not None, f"there are no migrations in {migrations}"
    return head


def is_well(engine: Engine, *, head: str) -> bool:
    """True when the database answers and has run every migration; never raises for what is wrong with a database."""
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() == head
    except (SQLAlchemyError, UnsafeDatabase):
        return False
