"""The ground every test stands on: the service on a real database, a clock one can move, and a town with people in it.

The people are in tests/cast.py, things to do with them in tests/builders.py, and the pages they open in tests/page.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from app import create_app
from config import Config
from samskap.models.session import TenantSession
from tests.databases import Database
from tests.page import BASE, Client
from tests.town import Clock, engine_of

MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""Tuesday at ten in Norway: a working day, within the hours of every municipality."""


@pytest.fixture
def clock() -> Clock:
    """The clock of `app`; it stands still unless a test moves it."""
    return Clock(MORNING)


@pytest.fixture
def now(clock: Clock) -> datetime:
    """The time at the beginning of the test."""
    return clock.now


@pytest.fixture
def config(database: Database, tmp_path: Path) -> Config:
    """The settings of `app`: as in real use, behind TLS. Override with dataclasses.replace()."""
    return Config(
        secret_key="a key for tests, of no use anywhere else",
        database_url=database.url,
        owner_database_url=database.owner_url,
        instance_dir=tmp_path / "instance",
        base_url=BASE,
        trusted_hosts=("samskap.example",),
        embedded_worker=False,
    )


@pytest.fixture
def app(config: Config, clock: Clock) -> Iterator[Flask]:
    """The service. Each test that needs it runs on SQLite and on PostgreSQL."""
    made = create_app(config, clock=clock)
    made.test_client_class = Client
    yield made
    engine_of(made).dispose()


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The engine that the service itself uses, as the role that it uses."""
    return engine_of(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser of nobody in particular, over https; `stranger` or somebody of the cast is often better."""
    return app.test_client()


@pytest.fixture
def empty_db(engine: Engine) -> Iterator[TenantSession]:
    """A session that stands nowhere, on a database with no municipality."""
    with TenantSession(engine) as session:
        yield session
