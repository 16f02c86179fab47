"""Processes that write notices and processes that send them, made to be killed. A program with one order (JSON)."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from app import create_app
from config import Config
from samskap.integrations.mail import Mail, Mailer, mailer_at
from samskap.models import StepTaken
from samskap.models.session import TenantSession, engine_options, prepare, writing
from samskap.services import notices, outbox
from samskap.tasks import worker
from samskap.workflows.notice import Notice

ROOT = Path(__file__).resolve().parents[2]
ROLLED_BACK = 0.2
"""The share of transactions that come to nothing."""
LEASE = timedelta(seconds=3)
"""Short, so that a test need not wait a minute for what a dead worker held."""
NOUN = "job"


def sent_out(role: str, **order: Any) -> subprocess.Popen[bytes]:
    """A process at work: "worker", "dies after sending" or "producer"."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.postman", json.dumps({"role": role, **order})], cwd=ROOT
    )


class DiesAfterSending:
    """Hands one message over, and is gone before it can write that down."""

    def __init__(self, mailer: Mailer) -> None:
        self.mailer = mailer

    def send(self, mail: Mail) -> None:
        """The last thing that this process does."""
        self.mailer.send(mail)
        os._exit(137)


def work(order: dict[str, Any]) -> None:
    """Send until killed."""
    outbox.LEASE = LEASE  # type: ignore[misc]
    worker.PAUSE = 0.05  # type: ignore[misc]
    app = create_app(
        Config(
            secret_key="a key for tests, of no use anywhere else",
            database_url=order["url"],
            owner_database_url=order["owner_url"],
            instance_dir=Path(order["instance"]),
            base_url="https://samskap.example",
            mail=order["mail"],
            embedded_worker=False,
        )
    )
    found: worker.Worker = app.extensions["worker"]
    if order["role"] == "dies after sending":
        found.mailer = DiesAfterSending(mailer_at(order["mail"], sender="Samskap <ikke-svar@samskap.example>"))
    found.run()


def produce(order: dict[str, Any]) -> None:
    """Write notices, each with a line of history in the same transaction; one in five is taken back before the end."""
    engine = create_engine(order["url"], **engine_options(order["url"]))
    prepare(engine)
    for number in range(order["first"], order["first"] + order["count"]):
        with TenantSession(engine) as db, writing():
            db.stand_in(order["municipality"])
            now = datetime.now(UTC)
            db.add(StepTaken(noun=NOUN, thing_id=number, step="made", from_state="", to_state="made", at=now))
            db.flush()
            data = {"path": "/logg-inn", "kommune": "3440", "locale": "nb"}
            notices.tell_address(
                db, Notice.ADDRESS_TAKEN, f"job{number}@kill.example", key=f"job:{number}", data=data, now=now
            )
            db.flush()
            if random.random() < ROLLED_BACK:
                db.rollback()
            else:
                db.commit()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    (produce if given["role"] == "producer" else work)(given)
