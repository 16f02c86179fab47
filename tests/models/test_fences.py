"""What the database itself holds to, whatever the service would do: keys, row-level security, roles and history."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, ForeignKeyConstraint, Index, MetaData, UniqueConstraint, create_engine, text
from sqlalchemy.exc import DBAPIError

from app import create_app
from config import Config
from samskap.models import Base
from samskap.models.base import Tenanted
from samskap.models.session import TenantSession, UnsafeDatabase
from tests.builders import Builders
from tests.cast import Someone
from tests.databases import Database
from tests.town import Town, engine_of, keep

TENANTED = sorted(str(mapper.local_table) for mapper in Base.registry.mappers if issubclass(mapper.class_, Tenanted))
only_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@contextmanager
def as_owner(database: Database) -> Iterator[Connection]:
    """A connection that may change tables."""
    engine = create_engine(database.owner_url)
    with engine.connect() as connection, connection.begin():
        yield connection
    engine.dispose()


# A13: a reference cannot leave the municipality


def loose_keys(metadata: MetaData) -> list[str]:
    """Tables with a municipality, and references between such tables that leave it out."""
    found = []
    for name in metadata.tables.keys() & set(TENANTED):
        for key in metadata.tables[name].constraints:
            if not isinstance(key, ForeignKeyConstraint) or key.elements[0].column.table.name not in TENANTED:
                continue
            pairs = {(one.parent.name, one.column.name) for one in key.elements}
            if ("municipality_id", "municipality_id") not in pairs:
                found.append(f"{name}.{', '.join(sorted(column for column, _ in pairs))}")
    return found


def loose_uniques(metadata: MetaData) -> list[str]:
    """Unique constraints and indexes of such tables that would tell that a value exists elsewhere."""
    found = []
    for name in metadata.tables.keys() & set(TENANTED):
        table = metadata.tables[name]
        uniques = [key.columns for key in table.constraints if isinstance(key, UniqueConstraint)]
        uniques += [index.columns for index in table.indexes if index.unique]
        found += [f"{name}: {list(columns.keys())}" for columns in uniques if "municipality_id" not in columns]
    return found


def test_every_reference_between_rows_of_a_municipality_holds_the_municipality() -> None:
    assert loose_keys(Base.metadata) == []
    assert loose_uniques(Base.metadata) == []


def test_a_loose_reference_and_a_loose_unique_are_found() -> None:
    planted = MetaData()
    for table in Base.metadata.tables.values():
        table.to_metadata(planted)
    need = planted.tables["need"]
    need.append_constraint(ForeignKeyConstraint(["recipient_id"], ["person.id"]))
    Index("ix_planted", planted.tables["person"].c.phone, unique=True)
    assert loose_keys(planted) == ["need.recipient_id"]
    assert loose_uniques(planted) == ["person: ['phone']"]


def test_a_child_of_a_neighbours_row_is_refused(oyer: Town, gausdal: Town) -> None:
    there = gausdal.builders.a_person()
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        oyer.builders.a_need(posted_by=there)


# A14: row-level security


@only_postgresql
def test_every_table_of_a_municipality_is_fenced_in(engine: Engine) -> None:
    query = """
        SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
               bool_and(p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL AND p.polcmd = '*' AND p.polpermissive),
               count(p.oid)
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname = ANY(:tables) GROUP BY c.oid
    """
    with engine.connect() as connection:
        found = {tuple(row) for row in connection.execute(text(query), {"tables": TENANTED})}
    assert found == {(table, True, True, 1) for table in TENANTED}


@only_postgresql
def test_the_service_owns_nothing_and_may_do_little(engine: Engine) -> None:
    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(text("SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"))] == [(False,) * 4]  # fmt: skip  # noqa: E501
        assert (
            connection.execute(text("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")).scalar()
            == 0
        )
        for table in Base.metadata.tables:
            asked = "SELECT string_agg(p, ' ') FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p WHERE has_table_privilege(:table, p)"  # noqa: E501
            may = "SELECT INSERT" if table == "step_taken" else "SELECT INSERT UPDATE DELETE"
            assert (table, connection.execute(text(asked), {"table": table}).scalar()) == (table, may)


@only_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id integer)",
        "ALTER TABLE need DISABLE ROW LEVEL SECURITY",
        "DROP TABLE opening",
        "TRUNCATE need CASCADE",
        "UPDATE step_taken SET why = 'annet'",
        "DELETE FROM step_taken",
        "UPDATE alembic_version SET version_num = '9999'",
        "SET ROLE samskap_owner",
    ],
)
def test_the_service_is_refused(engine: Engine, statement: str) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        connection.execute(text(statement))


@only_sqlite
@pytest.mark.parametrize("statement", ["UPDATE step_taken SET why = 'annet'", "DELETE FROM step_taken"])
def test_history_cannot_be_changed(engine: Engine, oyer: Town, kari: Someone, statement: str) -> None:
    from samskap.models import StepTaken

    with keep(oyer.db):
        told = {"noun": "need", "thing_id": 1, "step": "publish", "from_state": "draft", "to_state": "open"}
        oyer.db.add(StepTaken(**told, by_id=kari.id, at=oyer.clock()))
    with engine.connect() as connection, pytest.raises(DBAPIError, match="history is only added to"):
        connection.execute(text(statement))


@only_sqlite
def test_sqlite_keeps_what_it_was_told_to(engine: Engine) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "secure_delete": 1,
              "trusted_schema": 0, "temp_store": 2}  # fmt: skip
    with engine.connect() as connection:
        assert {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in wanted} == wanted


# Start-up refuses


@only_postgresql
def test_the_owners_role_is_refused(config: Config) -> None:
    with pytest.raises(UnsafeDatabase, match="The database role samskap_owner owns the table"):
        engine_of(create_app(dataclasses.replace(config, database_url=config.owner_database_url))).connect()


@only_postgresql
def test_a_superuser_is_refused(config: Config, database: Database) -> None:
    url = config.database_url.replace("samskap_app@", "postgres@")
    with pytest.raises(UnsafeDatabase, match="The database role postgres is a superuser"):
        engine_of(create_app(dataclasses.replace(config, database_url=url))).connect()


@only_postgresql
@pytest.mark.parametrize("fault", ["NO FORCE", "DISABLE"])
def test_a_table_that_is_not_fenced_in_is_refused(app: Flask, database: Database, fault: str) -> None:
    engine_of(app).connect().close()
    engine_of(app).dispose()
    with as_owner(database) as owner:
        owner.execute(text(f"ALTER TABLE opening {fault} ROW LEVEL SECURITY"))
    with pytest.raises(UnsafeDatabase, match="Row-level security is not forced on the table opening"):
        engine_of(app).connect()
    assert app.test_client().get("/healthz").status_code == 503


@only_postgresql
def test_a_demo_given_the_owner_alone_becomes_somebody_else(config: Config, builders: Builders) -> None:
    """Whoever tries it with the one address they have is still held to the fences."""
    url = config.database_url.replace("samskap_app@", "postgres@")
    app = create_app(dataclasses.replace(config, database_url=url, owner_database_url=url, demo=True))
    with engine_of(app).connect() as connection:
        assert connection.execute(text("SELECT current_user")).scalar() == "samskap_app"
    engine_of(app).dispose()


@only_postgresql
def test_the_owner_is_held_to_the_fences_too(database: Database, oyer: Town) -> None:
    oyer.builders.a_person()
    with as_owner(database) as owner:
        assert owner.execute(text("SELECT count(*) FROM person")).scalar() == 0


def test_a_session_cannot_leave_a_row_without_a_municipality(empty_db: TenantSession, tmp_path: Path) -> None:
    from samskap.models import Person
    from samskap.models.session import TenantMissing

    empty_db.add(Person(name="Ingensteds", created_at=None))
    with pytest.raises(TenantMissing):
        empty_db.flush()
