"""The worker: one embedded in exactly one process, any number as commands, and none where nobody asked."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine

from app import create_app
from config import Config, SettingError
from samskap.cli import samskap
from samskap.models import Outbox, SendState
from samskap.models.session import TenantSession
from samskap.services import notices
from samskap.tasks import worker
from samskap.tasks.worker import Worker, only_one
from samskap.workflows.notice import Notice
from tests.cast import Someone
from tests.standins.smtp import Post, a_mail_server
from tests.town import Clock, keep

LONGEST = 20.0
"""Seconds that anything here may take on a busy machine."""


@pytest.fixture
def post() -> Iterator[Post]:
    with a_mail_server() as found:
        yield found


def soon(is_so: Any) -> bool:
    """Whether something comes true before long."""
    until = monotonic() + LONGEST
    while monotonic() < until:
        if is_so():
            return True
        sleep(0.05)
    return False


def tell(kari: Someone) -> Outbox:
    with keep(kari.town.db):
        return notices.tell_person(
            kari.town.db, Notice.VOLUNTEER_READY, kari.id, key="k", thing=None, now=kari.town.clock()
        )  # fmt: skip


def test_only_one_at_a_time(engine: Engine, tmp_path: Path) -> None:
    with only_one(engine, tmp_path) as first, only_one(engine, tmp_path) as second:
        assert (first, second) == (True, False)
    with only_one(engine, tmp_path) as next_one:
        assert next_one


HOLDS = """
import fcntl, sys, time
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_a_process_that_is_killed_leaves_it_to_the_next(sqlite_database: Any, tmp_path: Path) -> None:
    lock = tmp_path / "worker.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLDS, str(lock)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with lock.open("w") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_embedded_worker_sends_and_stops(
    config: Config, kari: Someone, post: Post, clock: Clock, db: TenantSession
) -> None:
    row = tell(kari)
    app = create_app(replace(config, mail=post.url, embedded_worker=True), clock=clock)
    found: Worker = app.extensions["worker"]
    thread = found.start()
    assert thread is not None
    assert soon(lambda: len(post.came) == 1)
    found.stop.set()
    thread.join(LONGEST)
    assert not thread.is_alive()
    db.refresh(row)
    assert row.state is SendState.SENT
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_two_web_processes_have_one_worker(config: Config, kari: Someone, post: Post, clock: Clock) -> None:
    apps = [create_app(replace(config, mail=post.url, embedded_worker=True), clock=clock) for _ in range(2)]
    working = [Event(), Event()]
    workers: list[Worker] = [app.extensions["worker"] for app in apps]
    for one, event in zip(workers, working, strict=True):
        one.run = lambda one=one, event=event: (event.set(), one.stop.wait(LONGEST))  # type: ignore[method-assign, assignment, misc]
    threads = [one.start() for one in workers]
    assert soon(lambda: any(event.is_set() for event in working))
    sleep(0.3)
    assert sum(event.is_set() for event in working) == 1
    for one in workers:
        one.stop.set()
    for thread in threads:
        assert thread is not None
        thread.join(LONGEST)
    for app in apps:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


def test_where_nobody_asked_nothing_runs(app: Flask) -> None:
    assert app.extensions["worker"].start() is None


def test_without_a_way_to_send_the_outbox_is_left_as_it_is(app: Flask, kari: Someone, db: TenantSession) -> None:
    row = tell(kari)
    app.extensions["worker"].run_once()
    db.refresh(row)
    assert row.state is SendState.PENDING


def test_a_database_that_is_away_is_waited_for(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from sqlalchemy.exc import OperationalError

    found: Worker = app.extensions["worker"]
    tries = []

    def away(office: Any) -> int:
        tries.append(1)
        if len(tries) > 1:
            found.stop.set()
        raise OperationalError("SELECT", {}, OSError())

    monkeypatch.setattr(worker, "AFTER_TROUBLE", 0.01)
    monkeypatch.setattr(found, "once", away)
    thread = Thread(target=found.run)
    thread.start()
    thread.join(LONGEST)
    assert len(tries) == 2
    assert "the worker waits: OperationalError" in caplog.text


def test_the_command_does_what_is_due_and_stops(
    config: Config, kari: Someone, post: Post, clock: Clock, db: TenantSession
) -> None:
    row = tell(kari)
    made: list[Flask] = []

    def make() -> Flask:
        made.append(create_app(replace(config, mail=post.url), clock=clock))
        return made[-1]

    result = CliRunner().invoke(samskap, ["worker", "--once"], obj=make, catch_exceptions=False)
    assert result.exit_code == 0
    db.refresh(row)
    assert (row.state, len(post.came)) == (SendState.SENT, 1)
    with made[0].app_context():
        made[0].extensions["sqlalchemy"].engine.dispose()


def test_a_setting_that_leads_nowhere_stops_the_start(config: Config) -> None:
    with pytest.raises(SettingError, match="SAMSKAP_MAIL must begin with"):
        create_app(replace(config, mail="http://mail.example"))
