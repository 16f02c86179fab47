"""Sessions that see one municipality and fail closed, and engines set as both databases need them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, Engine, event, false, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    with_loader_criteria,
)

from samskap.models.base import Base, Tenanted

SETTING = "samskap.municipality"
"""The PostgreSQL setting that row-level security compares with; set for one transaction at a time."""

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "trusted_schema=OFF",
    "secure_delete=ON",
    "temp_store=MEMORY",
)
POSTGRES_OPTIONS = "-c lock_timeout=3000 -c statement_timeout=10000 -c idle_in_transaction_session_timeout=30000"

HIGHEST_ID = 2**31 - 1
"""The largest number that a row can have, in either database."""

Row = TypeVar("Row")

_writing: ContextVar[bool] = ContextVar("writing", default=False)


class TenantMissing(RuntimeError):
    """A tenanted table was asked for before anybody said in which municipality."""


class TenantSwitch(RuntimeError):
    """A session that belongs to one municipality was told to stand in another."""


class ForeignRow(RuntimeError):
    """A row of another municipality was about to be written."""


class RawSqlRefused(RuntimeError):
    """A statement that does not go through the mapped classes cannot be scoped."""


class UnsafeDatabase(RuntimeError):
    """PostgreSQL would let this role see past row-level security; the message says why and what to do."""


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
            _tell_postgres(super().connection(), municipality_id)

    def get(self, entity: type[Row], ident: Any, **options: Any) -> Row | None:  # type: ignore[override]
        """As Session.get, for any number, and never a row that lies in the identity map from elsewhere."""
        if isinstance(ident, int) and not 0 < ident <= HIGHEST_ID:
            return None
        found = super().get(entity, ident, **options)
        if isinstance(found, Tenanted) and found.municipality_id != self.municipality_id:
            return None
        return found

    def connection(self, *_: Any, **__: Any) -> NoReturn:
        """Closed: what goes past the mapped classes goes past the municipality, too."""
        raise RawSqlRefused("connection()")

    def bulk_save_objects(self, *_: Any, **__: Any) -> NoReturn:
        """Closed: rows are stamped where they are flushed, and this goes past it."""
        raise RawSqlRefused("bulk_save_objects()")

    bulk_insert_mappings = bulk_update_mappings = bulk_save_objects


@contextmanager
def writing(*, write: bool = True) -> Iterator[None]:
    """Transactions begun inside take SQLite's write lock at once, and never fail half-way on a stale snapshot."""
    token = _writing.set(write)
    try:
        yield
    finally:
        _writing.reset(token)


def insert_into(db: Session, model: type[Any]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what to do on a conflict, in the words of the session's database."""
    return sqlite.insert(model) if db.get_bind().dialect.name == "sqlite" else postgresql.insert(model)


def _scope(state: ORMExecuteState) -> None:
    """Narrow every statement to the municipality; refuse what cannot be narrowed."""
    municipality_id = state.session.info.get("municipality_id")
    if not state.is_orm_statement or state.is_from_statement or (not state.is_select and _slips_past(state)):
        raise RawSqlRefused(_named(state))
    if municipality_id is None:
        if _is_tenanted(state):
            raise TenantMissing(_named(state))
        state.statement = state.statement.options(_only(lambda rows: false()))
        return
    state.statement = state.statement.options(_only(lambda rows: rows.municipality_id == municipality_id))


def _only(rows: Callable[[Any], ColumnElement[bool]]) -> LoaderCriteriaOption:
    """The criteria of one statement. Rows do not carry them on: every reload comes by here and gets its own.

    Carried on, they would be one more at each reload, and no two statements the same.
    """
    return with_loader_criteria(Tenanted, rows, include_aliases=True, propagate_to_loaders=False)


def _named(state: ORMExecuteState) -> str:
    """A statement in words for developers; never its values."""
    return (
        f"{type(state.statement).__name__} of {', '.join(m.class_.__name__ for m in state.all_mappers) or 'no class'}"
    )


def _is_tenanted(state: ORMExecuteState) -> bool:
    """Whether a statement speaks of rows that belong to a municipality."""
    return any(issubclass(mapper.class_, Tenanted) for mapper in state.all_mappers)


def _slips_past(state: ORMExecuteState) -> bool:
    """Writing that the criteria do not reach: inserts past the flush, lists of rows, and moving a row elsewhere."""
    statement, tenanted = cast(Any, state.statement), _is_tenanted(state)
    if state.is_insert:
        return tenanted or statement.select is not None
    listed = isinstance(state.parameters, list)
    moved = any(
        getattr(column, "key", column) == "municipality_id" for column in getattr(statement, "_values", None) or ()
    )
    return tenanted and (listed or moved)


def _stamp(session: Session, context: UOWTransaction, instances: Any) -> None:
    municipality_id = session.info.get("municipality_id")
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, Tenanted):
            continue
        if municipality_id is None:
            raise TenantMissing(repr(type(row)))
        if not row.municipality_id:
            row.municipality_id = municipality_id
        if row.municipality_id != municipality_id or _moved(row):
            raise ForeignRow(f"{type(row).__name__} of {row.municipality_id}, written from {municipality_id}")


def _moved(row: Tenanted) -> bool:
    """Whether a row that stands in the database was told to stand in another municipality."""
    state = inspect(row)
    return bool(state.persistent and state.attrs.municipality_id.history.has_changes())


def _attach(session: Session, row: Any) -> None:
    """A row that another session loaded comes in only if it is known to be of this municipality."""
    if isinstance(row, Tenanted) and inspect(row).key is not None:
        came_from = row.__dict__.get("municipality_id")
        if came_from is None or came_from != session.info.get("municipality_id"):
            raise ForeignRow(f"{type(row).__name__} of {came_from}, brought to {session.info.get('municipality_id')}")


def _begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if (municipality_id := session.info.get("municipality_id")) is not None:
        _tell_postgres(connection, municipality_id)


def _tell_postgres(connection: Connection, municipality_id: int) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT set_config(:name, :value, true)"), {"name": SETTING, "value": str(municipality_id)}
        )


event.listen(TenantSession, "do_orm_execute", _scope)
event.listen(TenantSession, "before_flush", _stamp)
event.listen(TenantSession, "before_attach", _attach)
event.listen(TenantSession, "after_begin", _begin)


def engine_options(url: str) -> dict[str, Any]:
    """What create_engine() must be told for this database."""
    if url.startswith("sqlite"):
        return {"connect_args": {"isolation_level": None, "timeout": 5}, "hide_parameters": True}
    return {
        "connect_args": {"options": POSTGRES_OPTIONS},
        "pool_pre_ping": True,
        "pool_timeout": 5,
        "hide_parameters": True,
    }


def prepare(engine: Engine, *, become: str = "") -> None:
    """Make every connection strict before it is used: durable on SQLite, held to row-level security on PostgreSQL.

    `become` names a role to take on at once, for a demo that has been given the owner's address alone.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", lambda connection, _: _refuse_unsafe(connection, become))


def _set_pragmas(connection: Any, record: Any) -> None:
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def fold_log(engine: Engine) -> None:
    """Leave nothing in SQLite's log of what was deleted: it is moved into the file, where deleted means overwritten.

    Waits for nobody: where somebody reads just now, the next call does it. PostgreSQL does the like by itself.
    """
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        for pragma in ("busy_timeout=0", "wal_checkpoint(TRUNCATE)", *SQLITE_PRAGMAS):
            cursor.execute(f"PRAGMA {pragma}").fetchall()


# PostgreSQL: is this role held to row-level security?

EVERYTHING = "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
MAY_BECOME = "SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(current_user, oid, 'MEMBER')"
OPEN_DOORS = """
    SELECT relname, NOT (relrowsecurity AND relforcerowsecurity), pg_has_role(current_user, relowner, 'MEMBER')
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname = ANY(%s)
    ORDER BY relname
"""
WHAT_TO_DO = (
    "Give SAMSKAP_DATABASE_URL a role of its own and SAMSKAP_OWNER_DATABASE_URL the owner's; docs/running.md says how."
)


def _refuse_unsafe(connection: Any, become: str) -> None:
    """UnsafeDatabase if this connection's role could see past its municipality."""
    with connection.cursor() as cursor:
        if become and cursor.execute(MAY_BECOME, (become,)).fetchone():
            cursor.execute("SELECT set_config('role', %s, false)", (become,))
        faults = list(_faults_of(cursor))
    connection.commit()
    if faults:
        raise UnsafeDatabase(f"{'; '.join(faults)}. {WHAT_TO_DO}")


def _faults_of(cursor: Any) -> Iterator[str]:
    role, superuser, bypasses = cursor.execute(EVERYTHING).fetchone()
    if superuser or bypasses:
        yield f"The database role {role} {'is a superuser' if superuser else 'bypasses row-level security'}"
    tables = sorted(str(mapper.local_table) for mapper in Base.registry.mappers if issubclass(mapper.class_, Tenanted))
    for table, open_door, owned in cursor.execute(OPEN_DOORS, (tables,)).fetchall():
        if open_door:
            yield f"Row-level security is not forced on the table {table}"
        if owned:
            yield f"The database role {role} owns the table {table}"
            return
