"""Migrations go up, down and up again on both databases, and end where the models are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, MetaData, create_engine, inspect
from sqlalchemy.engine.interfaces import ReflectedIndex

from app import create_app
from config import Config
from samskap.models import Base
from tests.databases import Database

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"
NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.py$")


def faults_in_names(names: Iterable[str]) -> list[str]:
    """Files that are not numbered one after the other from 0001."""
    numbered = sorted(names)
    return [name for place, name in enumerate(numbered, 1) if not NAME.match(name) or int(name[:4]) != place]


@contextmanager
def owner_of(database: Database) -> Iterator[Engine]:
    engine = create_engine(database.owner_url)
    yield engine
    engine.dispose()


def shape(database: Database) -> dict[str, Any]:
    """Every table with its columns, keys, indexes and checks, and on PostgreSQL its policies."""
    with owner_of(database) as engine:
        seen = inspect(engine)
        tables: dict[str, Any] = {
            table: (
                sorted((column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(table)),
                sorted(str(key) for key in seen.get_foreign_keys(table)),
                sorted(told(index) for index in seen.get_indexes(table)),
                sorted(str(check) for check in seen.get_check_constraints(table)),
            )
            for table in seen.get_table_names()
        }
        if database.engine == "postgresql":
            with engine.connect() as connection:
                asked = "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
                tables["policies"] = [tuple(row) for row in connection.exec_driver_sql(asked)]
        return tables


def told(index: ReflectedIndex) -> str:
    """An index with its columns and its condition, in words that are the same each time."""
    options = sorted(f"{name}: {option}" for name, option in index.get("dialect_options", {}).items())
    return f"{index['name']} {index['column_names']} {index['unique']} {options}"


def differences(database: Database, metadata: MetaData) -> list[str]:
    """What the models have and the migrated tables lack, or the other way round."""
    with owner_of(database) as engine, engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return [str(difference) for difference in compare_metadata(context, metadata)]


@pytest.fixture
def service(empty_database: Database, tmp_path: Path) -> Flask:
    return create_app(
        Config(
            secret_key="a key for tests, of no use anywhere else",
            database_url=empty_database.url,
            owner_database_url=empty_database.owner_url,
            instance_dir=tmp_path,
            base_url="https://samskap.example",
            embedded_worker=False,
        )
    )


def test_migrations_are_numbered_and_say_what_they_do() -> None:
    assert faults_in_names(path.name for path in VERSIONS.glob("*.py")) == []


def test_a_gap_and_a_random_name_are_found() -> None:
    assert faults_in_names(["0001_the_house.py", "0003_offers.py", "7f3a_add.py"]) == ["0003_offers.py", "7f3a_add.py"]


def test_migrations_go_up_down_and_up_again(service: Flask, empty_database: Database) -> None:
    with service.app_context():
        upgrade()
        once = shape(empty_database)
        downgrade(revision="base")
        assert set(shape(empty_database)) <= {"alembic_version", "policies"}
        upgrade()
    assert shape(empty_database) == once


def test_migrations_end_where_the_models_are(database: Database) -> None:
    assert differences(database, Base.metadata) == []


def test_a_column_that_no_migration_makes_is_found(database: Database) -> None:
    with owner_of(database) as engine, engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE municipality ADD COLUMN nobody_asked_for_this integer")
    assert any("nobody_asked_for_this" in difference for difference in differences(database, Base.metadata))
