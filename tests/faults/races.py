"""Two who want the same at the same moment: rounds of threads that start together, on real connections."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, event

from samskap.models.session import TenantSession, writing
from samskap.permissions import Actor, NotPermitted
from samskap.services.steps import Missing, Refused
from tests.at_once import at_once

ROUNDS = 300 if os.environ.get("SAMSKAP_TEST_LONG") else 30
LONGEST_PAUSE = 0.002
"""Seconds between reading and writing, so that the others have time to get in between."""
PATIENCE = 50_000
"""Milliseconds that anybody in a race waits for their turn. The service gives up long before; how it does that is tried
elsewhere, and a machine that is busy with other tests must not decide who wins here."""


@dataclass(frozen=True)
class Attempt:
    """Somebody and what they try."""

    actor: Actor | None
    verb: Callable[..., Any]
    words: dict[str, Any]


def tries(actor: Actor | None, verb: Callable[..., Any], **words: Any) -> Attempt:
    """Reads as what is tried: tries(mona, proposals.approve, need_id=1, volunteer_id=2)."""
    return Attempt(actor, verb, words)


def race(engine: Engine, municipality_id: int, attempts: Sequence[Attempt], *, now: datetime) -> list[str]:
    """What came of each: "done", or the name of the refusal. Anything else that is raised is raised here."""
    results = at_once([lambda one=one: carry_out(engine, municipality_id, one, now=now) for one in attempts])  # type: ignore[misc]
    for found in results:
        if isinstance(found, BaseException):
            raise found
    return [str(found) for found in results]


def carry_out(engine: Engine, municipality_id: int, attempt: Attempt, *, now: datetime) -> str:
    """One request's worth of work: a session, one transaction that writes, and a refusal told as in a page."""
    with TenantSession(engine) as session, writing():
        session.stand_in(municipality_id)
        try:
            attempt.verb(session, attempt.actor, now=now, **attempt.words)
            session.commit()
        except (Refused, Missing, NotPermitted) as refusal:
            session.rollback()
            return type(refusal).__name__
        return "done"


@contextmanager
def patient(engine: Engine) -> Iterator[None]:
    """Nobody gives up waiting for their turn."""
    settings = [f"SET {name} = {PATIENCE}" for name in ("lock_timeout", "statement_timeout")]
    if engine.dialect.name == "sqlite":
        settings = [f"PRAGMA busy_timeout = {PATIENCE}"]

    def wait(connection: Any, record: Any, _: Any) -> None:
        if not record.info.get("patient"):
            for setting in settings:
                connection.cursor().execute(setting)
            connection.commit()
            record.info["patient"] = True

    event.listen(engine, "checkout", wait)
    yield
    event.remove(engine, "checkout", wait)


@contextmanager
def dawdling(engine: Engine) -> Iterator[None]:
    """Every statement that changes something waits a moment first."""

    def wait(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not statement.startswith("SELECT"):
            time.sleep(random.uniform(0, LONGEST_PAUSE))

    event.listen(engine, "before_cursor_execute", wait)
    yield
    event.remove(engine, "before_cursor_execute", wait)
