"""Every notice that was committed is sent, none that was not, and twice only where a process died between two words.

script/test kills a few; script/test-long 25 workers and 10 producers over some 2,500 notices, on each database.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from samskap.models import Outbox, SendState, StepTaken
from tests.databases import Database
from tests.faults import postman
from tests.faults.postman import NOUN, sent_out
from tests.standins.smtp import Post, a_mail_server
from tests.town import Town

LONG = bool(os.environ.get("SAMSKAP_TEST_LONG"))
NOTICES, WORKER_KILLS, PRODUCER_KILLS = (2_500, 25, 10) if LONG else (150, 4, 2)
WORKERS = 3 if LONG else 2
AT_MOST = 900 if LONG else 150
"""Seconds."""


@pytest.fixture
def post() -> Iterator[Post]:
    with a_mail_server() as found:
        found.pause = 0.01
        yield found


class Round:
    """What is at work on one database, and what has been killed of it."""

    def __init__(self, town: Town, database: Database, post: Post, folder: Path) -> None:
        self.town, self.post = town, post
        self.order = {
            "url": database.url,
            "owner_url": database.owner_url,
            "instance": str(folder),
            "mail": post.url,
            "municipality": town.id,
        }
        self.workers: list[subprocess.Popen[bytes]] = []
        self.produced, self.kills = 0, 0

    def a_worker(self, role: str = "worker") -> subprocess.Popen[bytes]:
        """One more to send."""
        process = sent_out(role, **self.order)
        self.workers.append(process)
        return process

    def a_producer(self, count: int) -> subprocess.Popen[bytes]:
        """One more to write, with numbers of its own."""
        self.produced += 1
        return sent_out("producer", **self.order, first=self.produced * 100_000, count=count)

    def kill_a_worker(self) -> None:
        """The blow falls on any of them; another takes its place."""
        victim = self.workers.pop(random.randrange(len(self.workers)))
        victim.kill()
        victim.wait()
        self.kills += 1
        self.a_worker()

    def committed(self) -> set[int]:
        """The numbers of what was written for good."""
        self.town.db.rollback()
        return set(self.town.db.scalars(select(StepTaken.thing_id).where(StepTaken.noun == NOUN)))

    def delivered(self) -> Counter[int]:
        """What came to the mail server, by number."""
        return Counter(int(re.findall(r"\d+", to)[0]) for [to] in self.post.to)

    def left(self) -> int:
        """Notices that are not over."""
        self.town.db.rollback()
        open_ones = select(func.count(Outbox.id)).where(Outbox.state.in_([SendState.PENDING, SendState.SENDING]))
        found = self.town.db.scalar(open_ones) or 0
        self.town.db.rollback()
        return found

    def wait_until_all_is_sent(self, until: float) -> None:
        """Nothing is left to send."""
        while self.left():
            assert time.monotonic() < until, f"{self.left()} were never sent"
            time.sleep(0.2)

    def stop(self) -> None:
        """Everybody may go home."""
        for process in self.workers:
            process.kill()
            process.wait()


@pytest.fixture
def a_round(oyer: Town, database: Database, post: Post, tmp_path: Path) -> Iterator[Round]:
    oyer.db.rollback()
    found = Round(oyer, database, post, tmp_path)
    yield found
    found.stop()


def test_killed_workers_and_producers_lose_nothing_and_make_nothing_up(a_round: Round) -> None:
    until = time.monotonic() + AT_MOST
    for _ in range(WORKERS):
        a_round.a_worker()
    kills_left, producers_left = WORKER_KILLS, PRODUCER_KILLS
    producer = a_round.a_producer(NOTICES)
    while kills_left or producers_left or len(a_round.committed()) < NOTICES:
        assert time.monotonic() < until
        time.sleep(random.uniform(0.4, 1.3))
        if kills_left and a_round.post.came:
            a_round.kill_a_worker()
            kills_left -= 1
        if producers_left and a_round.committed():
            producer.kill()
            producers_left -= 1
        if producer.poll() is not None and (producers_left or len(a_round.committed()) < NOTICES):
            producer = a_round.a_producer(NOTICES)
    producer.kill()
    producer.wait()
    a_round.wait_until_all_is_sent(until)
    committed, delivered = a_round.committed(), a_round.delivered()
    assert set(delivered) == committed, "lost, or made up"
    twice = sum(count - 1 for count in delivered.values())
    assert twice <= a_round.kills
    assert len(set(a_round.post.ids)) == len(committed), "each keeps its own key, so that a repeat can be dropped"
    print(
        f"\n{len(committed)} notices, {a_round.kills} workers killed, {PRODUCER_KILLS} producers killed, {twice} twice"
    )


def test_killed_between_the_server_s_yes_and_our_own_it_is_sent_once_more_with_the_same_key(a_round: Round) -> None:
    a_round.a_producer(5).wait()
    while not a_round.committed():
        a_round.a_producer(5).wait()
    dies = a_round.a_worker("dies after sending")
    assert dies.wait(60) == 137
    a_round.workers.remove(dies)
    assert len(a_round.post.came) == 1
    a_round.a_worker()
    a_round.wait_until_all_is_sent(time.monotonic() + 60)
    delivered = a_round.delivered()
    assert set(delivered) == a_round.committed()
    assert sorted(delivered.values(), reverse=True)[:2] in ([2, 1], [2])
    assert len(set(a_round.post.ids)) == len(a_round.committed())


def test_the_lease_in_these_tests_is_longer_than_a_message_takes() -> None:
    assert postman.LEASE.total_seconds() > 1
