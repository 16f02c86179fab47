"""Processes killed in the middle of their work: what was begun leaves nothing, and what was answered for stays."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from samskap.models import Assignment, Offer, Outbox, StepTaken
from tests.builders import Builders
from tests.cast import Someone
from tests.databases import Database
from tests.faults.invariants import check_invariants
from tests.faults.victim import AFTER_COMMIT, BEFORE_COMMIT, Victim, a_victim, an_order
from tests.hands import everything
from tests.town import Town

COMMITS = 1_000 if os.environ.get("SAMSKAP_TEST_LONG") else 100
FEWEST_POINTS = 12


@pytest.fixture
def victim() -> Iterator[Victim]:
    """A process that takes orders and dies where it is told to."""
    with a_victim() as found:
        yield found


def points_of(victim: Victim, order: dict[str, Any]) -> list[int]:
    """The statements that change something, by number; found by dying before the commit."""
    end = victim.does(order | {"die_at": BEFORE_COMMIT})
    assert end.killed, end.wrote
    statements = [line.split(maxsplit=2) for line in end.wrote]
    return [int(number) for number, verb, _ in statements if verb in ("INSERT", "UPDATE", "DELETE")]


def killed_everywhere(victim: Victim, town: Town, database: Database, order: dict[str, Any]) -> int:
    """Dies at every point of an order and leaves nothing each time; then after the commit, and leaves everything."""
    before = everything(town.db)
    town.db.rollback()
    points = points_of(victim, order)
    for point in [*points, BEFORE_COMMIT]:
        assert victim.does(order | {"die_at": point}).killed
        assert everything(town.db) == before, f"killed at {point}, it left something"
    assert victim.does(order | {"die_at": AFTER_COMMIT}).killed
    assert everything(town.db) != before
    check_invariants(database)
    return len(points) + 2


def test_a_step_is_whole_or_not_at_all(
    victim: Victim, oyer: Town, database: Database, mona: Someone, kari: Someone, tor: Someone, builders: Builders,
    now: datetime,
) -> None:  # fmt: skip
    """From approval to the second yes: state, history and notices are there together or not at all."""
    need, url = builders.a_need(recipient=tor), database.url
    approve = an_order(url, mona.actor, "proposals.approve", now=now, need_id=need.id, volunteer_id=kari.id)
    tried = killed_everywhere(victim, oyer, database, approve)
    offer_id = oyer.db.scalars(select(Offer.id)).one()
    oyer.db.rollback()
    accept = an_order(url, kari.actor, "offers.accept", now=now, offer_id=offer_id, insurance_read=True)
    tried += killed_everywhere(victim, oyer, database, accept)
    assignment_id = oyer.db.scalars(select(Assignment.id)).one()
    oyer.db.rollback()
    confirm = an_order(url, tor.actor, "assignments.confirm", now=now, assignment_id=assignment_id)
    tried += killed_everywhere(victim, oyer, database, confirm)
    assert tried >= FEWEST_POINTS
    assert oyer.db.scalar(select(func.count(Outbox.id))) == 4


def test_what_was_answered_for_is_there(
    victim: Victim, oyer: Town, database: Database, kari: Someone, now: datetime
) -> None:
    """Killed at random moments over and over; every commit that was acknowledged is in the database."""
    order = an_order(database.url, kari.actor, "volunteers.leave volunteers.come_back", now=now, volunteer_id=kari.id)
    oyer.db.rollback()
    answered, rounds = 0, 0
    while answered < COMMITS:
        written = lines(oyer)
        end = victim.does(order | {"times": COMMITS, "die_after": random.randint(8, 40), "verb": verbs(oyer, kari)})
        acks = sum(line.startswith("commit") for line in end.wrote)
        assert end.killed
        assert lines(oyer) == written + acks
        answered, rounds = answered + acks, rounds + 1
    check_invariants(database)
    assert rounds > 3


def lines(town: Town) -> int:
    """How many lines of history there are."""
    town.db.rollback()
    found = town.db.scalar(select(func.count(StepTaken.id))) or 0
    town.db.rollback()
    return found


def verbs(town: Town, kari: Someone) -> str:
    """What can be done next, and next after that."""
    gone = kari.volunteer.state == "left"
    town.db.rollback()
    return "volunteers.come_back volunteers.leave" if gone else "volunteers.leave volunteers.come_back"


def test_killed_from_outside_nothing_answered_for_is_lost(
    victim: Victim, oyer: Town, database: Database, kari: Someone, now: datetime, tmp_path: Path
) -> None:
    """As the last one, but the blow falls at any moment, also between the commit and its answer."""
    for number in range(4):
        written, pid_file = lines(oyer), tmp_path / f"pid-{number}"
        order = an_order(database.url, kari.actor, verbs(oyer, kari), now=now, volunteer_id=kari.id)
        executioner = threading.Thread(target=kill_soon, args=(pid_file,))
        executioner.start()
        end = victim.does(order | {"times": 10_000, "pid_file": str(pid_file)})
        executioner.join()
        acks = sum(line.startswith("commit") for line in end.wrote)
        assert end.killed
        assert lines(oyer) - written - acks in (0, 1), "at most the one that was committed and not yet answered for"
        assert acks > 0
    check_invariants(database)


def kill_soon(pid_file: Path) -> None:
    """Waits until somebody is at work, and a little longer."""
    while not pid_file.exists():
        time.sleep(0.01)
    time.sleep(random.uniform(0.05, 0.4))
    os.kill(int(pid_file.read_text()), signal.SIGKILL)
