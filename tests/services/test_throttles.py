"""How often something may be tried, exactly, on both databases, by many at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from samskap.models import Throttle
from samskap.models.session import TenantSession, writing
from samskap.services import throttles
from samskap.services.throttles import LOG_IN, LOG_IN_FROM, Limit
from tests.at_once import at_once

SECRET = "a key for tests, of no use anywhere else"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def tries(engine: Engine, limit: Limit, *, at: datetime, what: str = "kari@post.example") -> timedelta | None:
    """One try, committed."""
    with writing(), TenantSession(engine) as session:
        wait = throttles.claim(session, limit, what, secret=SECRET, now=at)
        session.commit()
        return wait


def test_after_five_wrong_passwords_each_try_waits_longer_up_to_a_minute(engine: Engine) -> None:
    at = NOON
    assert [tries(engine, LOG_IN, at=at) for _ in range(5)] == [None] * 5
    for pause in (1, 2, 4, 8, 16, 32, 60, 60, 60):
        assert tries(engine, LOG_IN, at=at) == timedelta(seconds=pause)
        almost = at + timedelta(seconds=pause, milliseconds=-1)
        assert tries(engine, LOG_IN, at=almost) is not None
        at += timedelta(seconds=pause)
        assert tries(engine, LOG_IN, at=at) is None


def test_a_try_that_had_to_wait_is_not_counted(engine: Engine) -> None:
    for _ in range(5):
        tries(engine, LOG_IN, at=NOON)
    for _ in range(50):
        assert tries(engine, LOG_IN, at=NOON) == timedelta(seconds=1)
    assert tries(engine, LOG_IN, at=NOON + timedelta(seconds=1)) is None


def test_a_thousand_tries_spread_over_a_day_are_no_more_than_a_hundred(engine: Engine) -> None:
    midnight = NOON.replace(hour=0)
    let_in = [tries(engine, LOG_IN, at=midnight + timedelta(seconds=86 * number)) is None for number in range(1_000)]
    assert sum(let_in) == 100
    assert tries(engine, LOG_IN, at=midnight + timedelta(hours=23)) == timedelta(hours=1)
    assert tries(engine, LOG_IN, at=midnight + timedelta(days=1)) is None


def test_what_was_right_is_forgotten(engine: Engine) -> None:
    for _ in range(5):
        tries(engine, LOG_IN, at=NOON)
    with writing(), TenantSession(engine) as session:
        throttles.forget(session, LOG_IN, "kari@post.example", secret=SECRET)
        session.commit()
    assert [tries(engine, LOG_IN, at=NOON) for _ in range(5)] == [None] * 5


def test_thirty_wrong_ones_from_one_network_in_ten_minutes(engine: Engine) -> None:
    assert [tries(engine, LOG_IN_FROM, at=NOON, what="192.0.2.1") for _ in range(30)] == [None] * 30
    assert tries(engine, LOG_IN_FROM, at=NOON + timedelta(minutes=9), what="192.0.2.1") == timedelta(minutes=1)
    assert tries(engine, LOG_IN_FROM, at=NOON, what="192.0.2.2") is None
    assert tries(engine, LOG_IN_FROM, at=NOON + timedelta(minutes=10), what="192.0.2.1") is None


def test_a_right_password_gives_its_try_back(engine: Engine) -> None:
    for _ in range(200):
        assert tries(engine, LOG_IN_FROM, at=NOON, what="192.0.2.1") is None
        with writing(), TenantSession(engine) as session:
            throttles.give_back(session, LOG_IN_FROM, "192.0.2.1", secret=SECRET, now=NOON)
            session.commit()


def test_the_table_names_nobody(engine: Engine) -> None:
    tries(engine, LOG_IN, at=NOON)
    with TenantSession(engine) as session:
        row = session.scalars(select(Throttle)).one()
    assert "kari" not in row.key_hash
    assert row.key_hash != throttles.key_of(LOG_IN, "kari@post.example", secret="another")
    assert row.key_hash != throttles.key_of(LOG_IN_FROM, "kari@post.example", secret=SECRET)


@pytest.mark.parametrize("before", [0, 4, 5, 99])
def test_of_eight_at_once_no_more_slip_past_than_may(engine: Engine, before: int) -> None:
    at = NOON.replace(hour=0)
    for number in range(before):
        assert tries(engine, LOG_IN, at=at + timedelta(minutes=2 * number)) is None
    later = at + timedelta(hours=10)
    results = at_once([lambda: tries(engine, LOG_IN, at=later)] * 8)
    assert not [error for error in results if isinstance(error, BaseException)]
    assert results.count(None) == {0: 5, 4: 1, 5: 1, 99: 1}[before]


def test_old_counts_are_swept_and_new_ones_stay(engine: Engine) -> None:
    tries(engine, LOG_IN, at=NOON - timedelta(days=3))
    tries(engine, LOG_IN, at=NOON)
    with writing(), TenantSession(engine) as session:
        throttles.forget_old(session, now=NOON)
        session.commit()
        assert len(session.scalars(select(Throttle)).all()) == 1
