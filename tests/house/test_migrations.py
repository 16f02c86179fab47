"""Migrations run up, down and up again on both databases, and end where the models are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import Column, Integer, MetaData, create_engine, inspect, text

from app import create_app
from config import Config
from samskap.models import Base
from samskap.services.health import head_of
from tests.databases import Database, migrate

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ROOT / "migrations" / "versions"
NUMBERED = re.compile(r"(\d{4})_[a-z0-9_]+\.py")


def differences(database: Database, metadata: MetaData) -> list[str]:
    """In what the tables of a database differ from the models, in Alembic's words."""
    engine = create_engine(database.owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [str(one) for one in compare_metadata(context, metadata)]
    engine.dispose()
    return found


def shape(database: Database) -> dict[str, list[str]]:
    """Every table with its columns, indexes and keys."""
    engine = create_engine(database.owner_url)
    found = inspect(engine)
    tables = {
        table: [
            *(f"{column['name']} {column['type']} {column['nullable']}" for column in found.get_columns(table)),
            *sorted(str(index["name"]) for index in found.get_indexes(table)),
            *sorted(str(key["name"]) for key in found.get_foreign_keys(table)),
            *sorted(str(check["name"]) for check in found.get_check_constraints(table)),
        ]
        for table in found.get_table_names()
    }
    engine.dispose()
    return tables


def service_on(database: Database, folder: Path) -> Config:
    """Settings for a database that may be empty."""
    return Config(
        secret_key="a key for tests, of no use elsewhere",
        database_url=database.url,
        owner_database_url=database.owner_url,
        instance_dir=folder,
        base_url="https://samskap.example",
        embedded_worker=False,
    )


def test_up_down_and_up_again(empty_database: Database, tmp_path: Path) -> None:
    app = create_app(service_on(empty_database, tmp_path))
    with app.app_context():
        upgrade()
        first = shape(empty_database)
        downgrade(revision="base")
        assert set(shape(empty_database)) == {"alembic_version"}
        upgrade()
    assert shape(empty_database) == first
    assert len(first) > len(Base.metadata.tables)


def test_each_step_can_be_undone_and_redone(empty_database: Database, tmp_path: Path) -> None:
    app = create_app(service_on(empty_database, tmp_path))
    with app.app_context():
        for revision in sorted(NUMBERED.fullmatch(path.name)[1] for path in VERSIONS.glob("*.py")):  # type: ignore[index]
            upgrade(revision=revision)
            there = shape(empty_database)
            downgrade(revision="-1")
            upgrade(revision=revision)
            assert shape(empty_database) == there


def test_the_migrations_end_where_the_models_are(database: Database) -> None:
    assert differences(database, Base.metadata) == []


def test_alembic_itself_finds_nothing_to_add(database: Database, tmp_path: Path) -> None:
    with create_app(service_on(database, tmp_path)).app_context():
        check()


def test_a_model_that_no_migration_knows_is_found(database: Database) -> None:
    changed = MetaData()
    for table in Base.metadata.tables.values():
        table.to_metadata(changed)
    changed.tables["need"].append_column(Column("planted", Integer))
    assert len(differences(database, changed)) == 1


def test_migrations_are_numbered_in_one_line() -> None:
    names = sorted(path.name for path in VERSIONS.glob("*.py"))
    numbers = [NUMBERED.fullmatch(name)[1] for name in names]  # type: ignore[index]
    assert numbers == [f"{number:04}" for number in range(1, len(names) + 1)]
    for before, number, name in zip([None, *numbers], numbers, names, strict=False):
        code = (VERSIONS / name).read_text("utf-8")
        down = f'"{before}"' if before else "None"
        assert f'\nrevision = "{number}"\ndown_revision = {down}\n' in code
    assert head_of(ROOT / "migrations") == numbers[-1]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_running_them_again_changes_nothing(database: Database) -> None:
    before = shape(database)
    migrate(database)
    assert shape(database) == before


def test_a_migration_that_fails_leaves_nothing_behind(empty_database: Database, tmp_path: Path) -> None:
    """The last table is in the way: none of the others may be left."""
    last = list(Base.metadata.sorted_tables)[-1].name
    engine = create_engine(empty_database.owner_url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {last} (id INTEGER)"))
    app = create_app(service_on(empty_database, tmp_path))
    with app.app_context(), pytest.raises(Exception, match="already exists"):
        upgrade()
    assert set(inspect(engine).get_table_names()) == {last}
    engine.dispose()
