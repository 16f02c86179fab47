"""The ground every test stands on: the service on a real database, a clock one can move, and a town with people in it.

The people are in tests/cast.py, things to do with them in tests/builders.py, and the pages they open in tests/page.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from config import Config
from samskap.models.session import TenantSession
from tests.databases import Database
from tests.service import running, settings
from tests.town import MORNING, Clock, engine_of


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
    return settings(database, tmp_path / "instance")


@pytest.fixture
def app(config: Config, clock: Clock) -> Iterator[Flask]:
    """The service. Each test that needs it runs on SQLite and on PostgreSQL."""
    with running(config, clock) as made:
        yield made


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
