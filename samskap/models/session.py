"""Sessions that see one municipality and fail closed, and engines set as both databases need them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event, false, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, with_loader_criteria

from samskap.models.base import Tenanted

SETTING = "samskap.municipality"
"""The PostgreSQL setting that row-level security compares with; set for one transaction at a time."""
EXEMPT = "tenant_exempt"
"""Execution option of the few statements that may look across municipalities; a house test lists their call sites."""

SQLITE_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "trusted_schema=OFF",
    "secure_delete=ON", "temp_store=MEMORY",
)
POSTGRES_OPTIONS = "-c lock_timeout=3000 -c statement_timeout=10000 -c idle_in_transaction_session_timeout=30000"

_writing: ContextVar[bool] = ContextVar("writing", default=False)


class TenantMissing(RuntimeError):
    """A tenanted table was asked for before anybody said in which municipality."""


class TenantSwitch(RuntimeError):
    """A session that belongs to one municipality was told to stand in another."""


class ForeignRow(RuntimeError):
    """A row of another municipality was about to be written."""


class RawSqlRefused(RuntimeError):
    """A statement that does not go through the mapped classes cannot be scoped."""


class TenantSession(Session):
    """A session that sees one municipality. One request, one job or one command has one session."""

    @property
    def municipality_id(self) -> int | None:
        """Where this session stands, or None before stand_in()."""
        return self.info.get("municipality_id")

    def stand_in(self, municipality_id: int) -> None:
        """From here on see this municipality alone; TenantSwitch if the session already stands in another."""
        if self.info.setdefault("municipality_id", municipality_id) != municipality_id:
            raise TenantSwitch(f"{self.municipality_id} -> {municipality_id}")
        if self.in_transaction():
            _tell_postgres(self.connection(), municipality_id)

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """As Session.get, but never a row that lies in the identity map from elsewhere."""
        found = super().get(entity, ident, **options)
        foreign = isinstance(found, Tenanted) and found.municipality_id != self.municipality_id
        return None if foreign else found


@contextmanager
def writing(write: bool = True) -> Iterator[None]:
    """Transactions begun inside take SQLite's write lock at once, so that they never fail half-way on a stale snapshot."""
    token = _writing.set(write)
    try:
        yield
    finally:
        _writing.reset(token)


def insert_into(db: Session, model: type[Any]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what to do on a conflict, in the words of the session's database."""
    return sqlite.insert(model) if db.get_bind().dialect.name == "sqlite" else postgresql.insert(model)


def _scope(state: ORMExecuteState) -> None:
    if state.execution_options.get(EXEMPT):
        return
    tenanted = any(issubclass(mapper.class_, Tenanted) for mapper in state.all_mappers)
    if not state.is_orm_statement or state.is_from_statement or (state.is_insert and tenanted):
        raise RawSqlRefused(str(state.statement))
    municipality_id = state.session.info.get("municipality_id")
    if municipality_id is None:
        if tenanted:
            raise TenantMissing(str(state.statement))
        state.statement = state.statement.options(
            with_loader_criteria(Tenanted, lambda rows: false(), include_aliases=True),
        )
        return
    state.statement = state.statement.options(
        with_loader_criteria(Tenanted, lambda rows: rows.municipality_id == municipality_id, include_aliases=True),
    )


def _stamp(session: Session, context: UOWTransaction, instances: Any) -> None:
    municipality_id = session.info.get("municipality_id")
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, Tenanted):
            continue
        if municipality_id is None:
            raise TenantMissing(repr(type(row)))
        if row.municipality_id is None:
            row.municipality_id = municipality_id
        if row.municipality_id != municipality_id:
            raise ForeignRow(f"{type(row).__name__} of {row.municipality_id}, written from {municipality_id}")


def _begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if (municipality_id := session.info.get("municipality_id")) is not None:
        _tell_postgres(connection, municipality_id)


def _tell_postgres(connection: Connection, municipality_id: int) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": SETTING, "value": str(municipality_id)})


event.listen(TenantSession, "do_orm_execute", _scope)
event.listen(TenantSession, "before_flush", _stamp)
event.listen(TenantSession, "after_begin", _begin)


def engine_options(url: str) -> dict[str, Any]:
    """What create_engine() must be told for this database."""
    if url.startswith("sqlite"):
        return {"connect_args": {"isolation_level": None, "timeout": 5}, "hide_parameters": True}
    return {"connect_args": {"options": POSTGRES_OPTIONS}, "pool_pre_ping": True, "pool_timeout": 5, "hide_parameters": True}


def prepare(engine: Engine) -> None:
    """Make SQLite durable, strict and explicit about its transactions; PostgreSQL needs nothing here."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_sqlite)


def _set_pragmas(connection: Any, record: Any) -> None:
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
