"""The demo municipality, served for a whole test run: what a newcomer meets after `script/server`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from app import utc_now
from samskap.services import passwords
from samskap.services.demo import DEMO_PASSWORD
from tests import databases
from tests.browser import serving
from tests.seeded import demo_config, seeded
from tests.town import engine_of

LONG = bool(os.environ.get("SAMSKAP_TEST_LONG"))
"""Whether every state is tried; else each page is tried in a few of them, and all states come up somewhere."""


@contextmanager
def demo_app(folder: Path, *, clock: Callable[[], datetime] = utc_now) -> Iterator[Flask]:
    """The service with its demo municipality, at the present time unless a clock says another."""
    with databases.fresh("sqlite") as database:
        config = demo_config(database, folder, trusted_hosts=("127.0.0.1",))
        app = seeded(config, clock, password_hash=passwords.hashed(DEMO_PASSWORD))
        yield app
        engine_of(app).dispose()


@pytest.fixture(scope="module")
def demo_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo municipality while the tests of one file run."""
    with demo_app(tmp_path_factory.mktemp("demo")) as app, serving(app) as address:
        yield address
