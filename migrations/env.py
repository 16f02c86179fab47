"""Runs the migrations as the owner of the tables, on whichever of the two databases the settings name."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, create_engine, event, pool

from config import Config
from samskap.models import Base
from samskap.models.base import Chosen, HalfHours, Json, Moment

settings: Config = current_app.extensions["config"]


def render_item(kind: str, item: Any, _: Any) -> str | bool:
    """Migrations name the types of SQL, not ours: what ours become later must not change what has run."""
    if kind != "type":
        return False
    if isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Chosen | HalfHours):
        return f"sa.String({item.impl.length})"
    return "JSON" if item is Json else False


def run(connection: Connection) -> None:
    """All migrations in one transaction: what fails half-way leaves nothing behind."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_item=render_item,
        render_as_batch=True,
        transaction_per_migration=False,
        app_role=settings.app_role,
    )
    with context.begin_transaction():
        context.run_migrations()


def begin(connection: Connection) -> None:
    """SQLite's driver begins no transaction before tables are made, unless it is told."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


engine = create_engine(settings.owner_database_url, poolclass=pool.NullPool, hide_parameters=True)
if engine.dialect.name == "sqlite":
    event.listen(engine, "connect", lambda dbapi, _: setattr(dbapi, "isolation_level", None))
    event.listen(engine, "begin", begin)
with engine.connect() as connection:
    run(connection)
engine.dispose()
