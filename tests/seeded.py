"""The demo municipality made in a database that stands ready. Run as a program it is made by a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask

from app import create_app
from config import Config
from samskap.models.session import writing
from samskap.services.demo import seed
from samskap.services.demo.town import municipalities
from tests.databases import Database
from tests.town import engine_of

ROOT = Path(__file__).resolve().parents[1]


def demo_config(database: Database, folder: Path, **words: object) -> Config:
    """The settings of a demo on a database."""
    told = {
        "secret_key": "a key for tests, of no use anywhere else", "database_url": database.url,
        "owner_database_url": database.owner_url, "instance_dir": folder, "demo": True, "embedded_worker": False,
    }  # fmt: skip
    return Config(**{**told, **words})  # type: ignore[arg-type]


def seeded(config: Config, clock: Callable[[], datetime], *, password_hash: str) -> Flask:
    """The service with its demo municipality in it. Dispose of engine_of() it afterwards."""
    app = create_app(config, clock=clock)
    with app.app_context(), writing():
        db = app.extensions["sqlalchemy"].session()
        db.stand_in(municipalities(db).id)
        seed(db, password_hash=password_hash, now=clock())
        db.commit()
    return app


def seed_elsewhere(database: Database, folder: Path, *, now: datetime, hash_seed: int) -> None:
    """The same in another process, in which sets of words lie in another order."""
    told = [database.engine, database.url, database.owner_url, str(folder), now.isoformat()]
    env = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    subprocess.run([sys.executable, "-m", "tests.seeded", *told], cwd=ROOT, env=env, check=True, timeout=120)


def main() -> None:
    """Carries out what seed_elsewhere() asks for."""
    engine, url, owner_url, folder, now = sys.argv[1:]
    database = Database(engine=engine, url=url, owner_url=owner_url)  # type: ignore[arg-type]
    moment = datetime.fromisoformat(now)
    engine_of(seeded(demo_config(database, Path(folder)), lambda: moment, password_hash="x")).dispose()


if __name__ == "__main__":
    main()
