"""Real databases for tests: each test gets a migrated SQLite file or PostgreSQL database of its own.

A PostgreSQL cluster is brought up once per run, the first time a test asks for it, in a temporary folder and reachable
through a socket there and nowhere else. Migrations run once per engine; what a test gets is a copy.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg
import pytest
from psycopg import sql

from tests.machine import postgresql

Engine = Literal["sqlite", "postgresql"]
ENGINES: tuple[Engine, ...] = ("sqlite", "postgresql")
OWNER = "samskap_owner"
APP = "samskap_app"
TEMPLATE = "migrated"
RUN = "SAMSKAP_TEST_RUN"
"""The environment variable by which the processes of one run find the folder they share."""
FOLDER = "samskap-test-"
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}


@dataclass(frozen=True, kw_only=True)
class Database:
    """One migrated database. `url` is what the service uses; `owner_url` owns the tables and may change them."""

    engine: Engine
    url: str
    owner_url: str


@contextmanager
def fresh(engine: Engine) -> Iterator[Database]:
    """A migrated database with nothing in it, gone afterwards. As quick as a copy of a file."""
    if engine == "sqlite":
        path = _run_folder() / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(_sqlite_template(), path)
        yield _sqlite(path)
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
    else:
        name = f"test_{uuid.uuid4().hex}"
        socket = _postgresql_template()
        _as_superuser(socket, _create(name, template=TEMPLATE))
        yield _postgresql(socket, name)
        _as_superuser(socket, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def empty(engine: Engine) -> Iterator[Database]:
    """A database in which no migration has run, gone afterwards."""
    if engine == "sqlite":
        folder = Path(tempfile.mkdtemp(dir=_run_folder()))
        yield _sqlite(folder / "empty.db")
        shutil.rmtree(folder)
    else:
        name = f"empty_{uuid.uuid4().hex}"
        socket = _cluster()
        _as_superuser(socket, _create(name, template="template0"))
        yield _postgresql(socket, name)
        _as_superuser(socket, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The test runs twice: on SQLite and on PostgreSQL."""
    with fresh(request.param) as found:
        yield found


@pytest.fixture
def sqlite_database() -> Iterator[Database]:
    """For what both databases do alike: the quick one."""
    with fresh("sqlite") as found:
        yield found


@pytest.fixture
def postgresql_database() -> Iterator[Database]:
    """For what only PostgreSQL does, such as row-level security."""
    with fresh("postgresql") as found:
        yield found


@pytest.fixture(params=ENGINES)
def empty_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """For tests of the migrations themselves, on both."""
    with empty(request.param) as found:
        yield found


def migrate(database: Database) -> None:
    """Runs every migration as the owner of the tables."""
    from flask_migrate import upgrade

    from app import create_app
    from config import Config

    config = Config(
        secret_key="a key for tests, of no use elsewhere",
        database_url=database.url,
        owner_database_url=database.owner_url,
        instance_dir=_run_folder() / "instance",
        base_url="https://samskap.example",
        embedded_worker=False,
    )
    with create_app(config).app_context():
        upgrade()


def _sqlite(path: Path) -> Database:
    return Database(engine="sqlite", url=f"sqlite:///{path}", owner_url=f"sqlite:///{path}")


def _postgresql(socket: Path, name: str) -> Database:
    def url(role: str) -> str:
        return f"postgresql+psycopg://{role}@/{name}?host={socket}"

    return Database(engine="postgresql", url=url(APP), owner_url=url(OWNER))


def _sqlite_template() -> Path:
    path = _run_folder() / "migrated.db"
    with _one_at_a_time("sqlite"):
        if not path.exists():
            half = path.with_name("migrating.db")
            migrate(_sqlite(half))
            _fold_in_the_log(half)
            half.rename(path)
    return path


def _fold_in_the_log(path: Path) -> None:
    """Leaves one file that can be copied: what stands in the write-ahead log is moved into it."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()


def _postgresql_template() -> Path:
    socket = _cluster()
    done = socket / "migrated"
    with _one_at_a_time("postgresql"):
        if not done.exists():
            _as_superuser(socket, _create("migrating", template="template0"))
            migrate(_postgresql(socket, "migrating"))
            _as_superuser(socket, sql.SQL("ALTER DATABASE migrating RENAME TO {}").format(sql.Identifier(TEMPLATE)))
            done.touch()
    return socket


def _create(name: str, *, template: str) -> sql.Composed:
    return sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
    )


def _as_superuser(socket: Path, *statements: sql.Composed) -> None:
    with psycopg.connect(host=str(socket), user="postgres", dbname="postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _cluster() -> Path:
    """The socket folder of this run's PostgreSQL, brought up by whoever asks first."""
    folder = _run_folder() / "postgresql"
    with _one_at_a_time("cluster"):
        if not (folder / "up").exists():
            _bring_up(folder)
            (folder / "up").touch()
    return folder


def _bring_up(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    user = _who_may_serve()
    if user:
        shutil.chown(folder, user=user)
    data = folder / "data"
    _serve("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
    with (data / "postgresql.conf").open("a") as settings:
        settings.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
        settings.write(f"unix_socket_directories = '{folder}'\n")
    _serve("pg_ctl", "-D", data, "-l", folder / "log", "-w", "-t", "60", "start")
    roles = (sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)) for role in (OWNER, APP))
    _as_superuser(folder, *roles)


def _who_may_serve() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as the user its package made."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody.")


def _serve(program: str, *arguments: str | Path) -> None:
    """Runs one of PostgreSQL's own programs; RuntimeError with what it said when it fails."""
    user = _who_may_serve()
    group = pwd.getpwnam(user).pw_gid if user else None
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(
            [postgresql() / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            user=user,
            group=group,
            extra_groups=[] if user else None,
            cwd="/",
            check=False,
        )
        said.seek(0)
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{said.read()}")


@contextmanager
def _one_at_a_time(name: str) -> Iterator[None]:
    """Holds back the other processes of this run."""
    with (_run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run_folder() -> Path:
    return Path(os.environ[RUN])


def pytest_configure(config: pytest.Config) -> None:
    """The process that began the run makes the shared folder and takes it away again; its workers only use it."""
    if hasattr(config, "workerinput"):
        return
    _clear_after_the_killed()
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-", dir="/tmp"))  # a socket's path may be 107 bytes
    folder.chmod(0o711)
    os.environ[RUN] = str(folder)
    atexit.register(_take_down, folder, began=os.getpid())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the cluster and removes the folder."""
    if not hasattr(config, "workerinput"):
        _take_down(_run_folder(), began=os.getpid())


def _take_down(folder: Path, *, began: int) -> None:
    """Does nothing in a process that was forked off the one that began the run."""
    if os.getpid() != began:
        return
    if (folder / "postgresql" / "data" / "postmaster.pid").exists():
        _serve("pg_ctl", "-D", folder / "postgresql" / "data", "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def _clear_after_the_killed() -> None:
    """Takes down what runs left behind that were killed before they could do it."""
    for folder in Path("/tmp").glob(f"{FOLDER}*"):
        began = int(folder.name.removeprefix(FOLDER).split("-")[0])
        if folder.stat().st_uid == os.geteuid() and not _runs(began):
            with suppress(RuntimeError):  # killed in initdb, or before a restart of the machine: there is none to stop
                _take_down(folder, began=os.getpid())
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
