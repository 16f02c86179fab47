"""The service as tests run it: with the settings of real use, and a clock that can be moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from app import create_app
from config import Config
from tests.databases import Database
from tests.page import BASE, Client
from tests.town import Clock, engine_of


def settings(database: Database, folder: Path) -> Config:
    """As in real use, behind TLS, on this database."""
    return Config(
        secret_key="a key for tests, of no use anywhere else",
        database_url=database.url,
        owner_database_url=database.owner_url,
        instance_dir=folder,
        base_url=BASE,
        trusted_hosts=("samskap.example",),
        embedded_worker=False,
    )


@contextmanager
def running(config: Config, clock: Clock) -> Iterator[Flask]:
    """The service, until the end of the block."""
    made = create_app(config, clock=clock)
    made.test_client_class = Client
    yield made
    engine_of(made).dispose()
