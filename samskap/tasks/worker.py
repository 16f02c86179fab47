"""The worker: empties the outbox each second and lets the clock strike. A thread of one process, or a command."""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Final

from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from config import Config, SettingError
from samskap.integrations.kartverket import geocoding_at
from samskap.integrations.mail import FolderMailer, Mailer, UnknownMail, mailer_at
from samskap.tasks import addresses, clock, outbox
from samskap.tasks.outbox import Office

log = logging.getLogger("samskap")
PAUSE: Final = 1.0
"""Seconds between two looks at an outbox that had nothing due."""
AFTER_TROUBLE: Final = 5.0
"""Seconds before another try when the database is away, or another process is the one that works."""
MINUTE, HOUR = 60.0, 3600.0
LOCK: Final = 0x53414D53
"""The advisory lock on PostgreSQL that the one embedded worker holds."""


class Worker:
    """What does the work. `mailer` None: there is nowhere to send to, so the outbox is left as it is."""

    def __init__(self, app: Flask, mailer: Mailer | None) -> None:
        self.app = app
        self.config: Config = app.extensions["config"]
        self.mailer = mailer
        self.stop = Event()
        self._struck: dict[float, float] = {}

    @property
    def engine(self) -> Engine:
        """The service's own engine."""
        with self.app.app_context():
            found: Engine = self.app.extensions["sqlalchemy"].engine
            return found

    def office(self, mailer: Mailer) -> Office:
        """A desk of this process's own in the outbox."""
        return Office(
            engine=self.engine,
            templates=self.app.jinja_env,
            mailer=mailer,
            clock=self.app.extensions["clock"],
            owner=f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}",
            base_url=self.config.base_url,
            secret=self.config.secret_key,
        )

    def run(self) -> None:
        """Work until told to stop; a database that is away is waited for."""
        office = self.office(self.mailer) if self.mailer else None
        if office is None:
            log.warning("SAMSKAP_MAIL is not set: notices are kept, and none is sent")
        while not self.stop.is_set():
            try:
                self.stop.wait(0 if self.once(office) else PAUSE)
            except SQLAlchemyError as error:
                log.warning("the worker waits: %s", type(error).__name__)
                self.stop.wait(AFTER_TROUBLE)

    def run_once(self) -> None:
        """Everything that is due now, and nothing that comes later."""
        office = self.office(self.mailer) if self.mailer else None
        while self.once(office) and not self.stop.is_set():
            pass

    def once(self, office: Office | None) -> int:
        """Everything that is due now; how many notices were dealt with."""
        now = self.app.extensions["clock"]()
        if self._is_time(MINUTE):
            clock.minute(self.engine, now=now)
            if self.config.geocoder:
                addresses.look_up(self.engine, geocoding_at(self.config.geocoder))
        if self._is_time(HOUR):
            clock.hour(self.engine, now=now)
        return outbox.empty(office) if office else 0

    def _is_time(self, every: float) -> bool:
        """True at first, and whenever so many seconds have passed since it was."""
        if monotonic() - self._struck.get(every, -every) < every:
            return False
        self._struck[every] = monotonic()
        return True

    def start(self) -> Thread | None:
        """Begin to work beside the web server, if the settings say so; in the process that serves, after its fork."""
        if not self.config.embedded_worker:
            return None
        thread = Thread(target=self.run_as_the_only_one, name="worker", daemon=True)
        thread.start()
        return thread

    def run_as_the_only_one(self) -> None:
        """Work while no other process of this service does; else wait until it is gone."""
        while not self.stop.is_set():
            try:
                with only_one(self.engine, self.config.instance_dir) as mine:
                    if mine:
                        self.run()
            except (SQLAlchemyError, OSError) as error:
                log.warning("the worker waits: %s", type(error).__name__)
            self.stop.wait(AFTER_TROUBLE)


def install(app: Flask) -> None:
    """Make the worker known to the app; nothing runs before somebody starts it. SettingError for an unknown mail."""
    app.extensions["worker"] = Worker(app, _mailer(app.extensions["config"]))


def _mailer(config: Config) -> Mailer | None:
    if not config.mail:
        return FolderMailer(config.mail_folder, sender=config.mail_from) if config.demo else None
    try:
        return mailer_at(config.mail, sender=config.mail_from)
    except UnknownMail as error:
        raise SettingError(str(error)) from error


@contextmanager
def only_one(engine: Engine, instance: Path) -> Iterator[bool]:
    """True for one process at a time; a process that dies leaves it to the next."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            mine = bool(connection.scalar(select(func.pg_try_advisory_lock(LOCK))))
            yield mine
            if mine:
                connection.execute(select(func.pg_advisory_unlock(LOCK)))
        return
    instance.mkdir(parents=True, exist_ok=True)
    with (instance / "worker.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
