"""A process that is killed: it does real work for the service and dies where it is told to. Run as a program.

Reads one order a line (JSON), forks for each, and answers with one line: what the child wrote, and how it ended. The
child opens connections of its own, so that what dies is a whole process with everything it held.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import configure_mappers

from samskap.models.session import TenantSession, engine_options, prepare, writing
from samskap.permissions import Actor, Role

ROOT = Path(__file__).resolve().parents[2]
BEFORE_COMMIT, AFTER_COMMIT = "before commit", "after commit"


@dataclass(frozen=True)
class End:
    """How one order ended."""

    wrote: list[str]
    killed: bool


class Victim:
    """The process, seen from the test."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def does(self, order: dict[str, Any]) -> End:
        """Has one order carried out, however it ends."""
        told, heard = self._pipes()
        told.write(json.dumps(order) + "\n")
        told.flush()
        answer = json.loads(heard.readline())
        return End(answer["wrote"], killed=answer["killed"])

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        return self.process.stdin, self.process.stdout


@contextmanager
def a_victim() -> Iterator[Victim]:
    """A process that takes orders until the test is over."""
    command = [sys.executable, "-m", "tests.faults.victim"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Victim(process)
        process.stdin.close()  # type: ignore[union-attr]
        process.wait(20)


def an_order(url: str, actor: Actor, verb: str, *, now: datetime, **words: Any) -> dict[str, Any]:
    """An order: an_order(url, mona.actor, "proposals.approve", now=now, need_id=1). `die_at` names where to die."""
    who = {"municipality_id": actor.municipality_id, "id": actor.id, "roles": sorted(actor.roles)}
    return {
        "url": url,
        "actor": who | {"unit_ids": sorted(actor.unit_ids)},
        "verb": verb,
        "now": now.isoformat(),
    } | words


# ---------------------------------------------------------------- inside the process


def main() -> None:
    """Take orders until there are no more. What is asked for is imported here, once, and not by each child anew."""
    for line in sys.stdin:
        order = json.loads(line)
        verbs_of(order)
        configure_mappers()
        reading, writing_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            carry_out(order, os.fdopen(writing_end, "w", buffering=1))
            os._exit(0)
        os.close(writing_end)
        with os.fdopen(reading) as heard:
            wrote = heard.read().splitlines()
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps({"wrote": wrote, "killed": ended == -signal.SIGKILL}), flush=True)


def carry_out(order: dict[str, Any], out: IO[str]) -> None:
    """The work of one request, or of many: each commit is answered for on `out` when it is done."""
    engine = create_engine(order["url"], **engine_options(order["url"]))
    prepare(engine)
    actor = actor_of(order["actor"])
    die_at(engine, order.get("die_at"), out)
    verbs = verbs_of(order)
    for number in range(order.get("times", 1)):
        with TenantSession(engine) as session, writing():
            session.stand_in(actor.municipality_id or 0)
            verbs[number % len(verbs)](session, actor, now=datetime.fromisoformat(order["now"]), **words_of(order))
            session.commit()
        out.write(f"commit {number}\n")
        if number == 2 and "pid_file" in order:
            tell_who_is_at_work(Path(order["pid_file"]))
        if order.get("die_after") == number:
            die()


def tell_who_is_at_work(file: Path) -> None:
    """In one stroke, so that nobody reads half a number."""
    half = file.with_suffix(".half")
    half.write_text(str(os.getpid()))
    half.rename(file)


def words_of(order: dict[str, Any]) -> dict[str, Any]:
    """What the verb is called with."""
    ours = {"url", "actor", "verb", "now", "die_at", "die_after", "times", "pid_file"}
    return {name: value for name, value in order.items() if name not in ours}


def actor_of(told: dict[str, Any]) -> Actor:
    """An actor as it was told."""
    roles = frozenset(Role(role) for role in told["roles"])
    return Actor(
        municipality_id=told["municipality_id"], roles=roles, id=told["id"], unit_ids=frozenset(told["unit_ids"])
    )


def verbs_of(order: dict[str, Any]) -> list[Callable[..., Any]]:
    """What is done, in turn."""
    return [verb_of(name) for name in order["verb"].split()]


def verb_of(name: str) -> Callable[..., Any]:
    """A function of the services by its name: "offers.accept"."""
    module, verb = name.split(".")
    found: Callable[..., Any] = getattr(import_module(f"samskap.services.{module}"), verb)
    return found


def die() -> None:
    """As if the power went, for this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(engine: Engine, point: str | int | None, out: IO[str]) -> None:
    """Before the statement of that number, before the commit, or just after it; each statement is named on `out`."""
    numbers = count()

    def before(_: Any, __: Any, statement: str, *___: Any) -> None:
        number = next(numbers)
        out.write(f"{number} {' '.join(statement.split()[:3])}\n")
        if number == point:
            die()

    event.listen(engine, "before_cursor_execute", before)
    if point == BEFORE_COMMIT:
        event.listen(engine, "commit", lambda _: die())
    if point == AFTER_COMMIT:
        event.listen(TenantSession, "after_commit", lambda _: die())


if __name__ == "__main__":
    main()
