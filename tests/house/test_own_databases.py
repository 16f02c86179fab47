"""What the other tests stand on: databases of their own, with the roles of production, and no way out."""

from __future__ import annotations

import socket
import urllib.request

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.databases import APP, OWNER, Database, fresh
from tests.network import ReachedOut, is_local


def test_a_fresh_database_is_migrated(database: Database) -> None:
    engine = create_engine(database.url)
    assert {"municipality", "person", "need", "alembic_version"} <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_an_empty_database_is_not(empty_database: Database) -> None:
    engine = create_engine(empty_database.url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_what_one_test_does_no_other_sees(database: Database) -> None:
    first = create_engine(database.owner_url)
    with first.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (id integer)"))
    with fresh(database.engine) as other:
        second = create_engine(other.url)
        assert not inspect(second).has_table("only_here")
        second.dispose()
    first.dispose()


def test_the_service_runs_as_a_role_that_owns_nothing_and_bypasses_nothing(postgresql_database: Database) -> None:
    engine = create_engine(postgresql_database.url)
    with engine.connect() as connection:
        asked = "SELECT current_user, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        assert connection.execute(text(asked)).one() == (APP, False, False, False)
        owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(text(owners)).scalars().all() == [OWNER]
    engine.dispose()


def a_broad_except_round_a_download() -> None:
    """What code that swallows errors would do."""
    try:
        urllib.request.urlopen("https://packages.example/")
    except Exception:  # noqa: BLE001
        pytest.fail("nobody would have known")


def test_another_machine_cannot_be_looked_up_and_no_except_hides_it() -> None:
    with pytest.raises(ReachedOut, match=r"packages\.example"):
        a_broad_except_round_a_download()


def test_another_machine_cannot_be_reached_by_its_number() -> None:
    with socket.socket() as plug, pytest.raises(ReachedOut):
        plug.connect(("192.0.2.1", 25))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", b"127.0.0.1", None])
def test_this_machine_can_be_reached(host: object) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["192.168.1.1", "samskap.example", "169.254.169.254", "0x7f.1"])
def test_others_are_others(host: object) -> None:
    assert not is_local(host)
