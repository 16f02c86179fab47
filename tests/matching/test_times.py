"""Weekly windows and dated sessions on the wall clock, also on the nights when it changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Dated, Weekly
from matching.times import lacking, local_days, week_spans
from matching.week import merged

OSLO = ZoneInfo("Europe/Oslo")
SUNDAY = 6 * 1440


def _dated(begins: str, ends: str) -> Dated:
    return Dated(datetime.fromisoformat(begins), datetime.fromisoformat(ends))


def _minute_by_minute(session: Dated) -> tuple[tuple[int, int], ...]:
    """The slow way: every minute of the session looked up on the wall clock."""
    at, found = session.begins, []
    while at < session.ends:
        local = at.astimezone(OSLO)
        minute = local.weekday() * 1440 + local.hour * 60 + local.minute
        found.append((minute, minute + 1))
        at += timedelta(minutes=1)
    return merged(found)


@pytest.mark.parametrize(
    ("words", "begins", "ends", "spans"),
    [
        ("winter", "2026-12-04T17:00:00+00:00", "2026-12-04T18:00:00+00:00", ((4 * 1440 + 1080, 4 * 1440 + 1140),)),
        ("summer", "2026-07-03T17:00:00+00:00", "2026-07-03T18:00:00+00:00", ((4 * 1440 + 1140, 4 * 1440 + 1200),)),
        ("the hour that is not", "2026-03-29T00:30:00+00:00", "2026-03-29T01:30:00+00:00",
         ((SUNDAY + 90, SUNDAY + 120), (SUNDAY + 180, SUNDAY + 210))),
        ("the hour that is twice", "2026-10-25T00:00:00+00:00", "2026-10-25T02:00:00+00:00",
         ((SUNDAY + 120, SUNDAY + 180),)),
        ("over Sunday midnight", "2026-12-06T22:30:00+00:00", "2026-12-06T23:30:00+00:00",
         ((0, 30), (SUNDAY + 1410, 10_080))),
        ("two days", "2026-12-01T00:00:00+01:00", "2026-12-03T00:00:00+01:00", ((1440, 4320),)),
        ("a whole year", "2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00", ((0, 10_080),)),
        ("seconds count as the minutes they touch", "2026-12-01T10:00:30+01:00", "2026-12-01T10:02:10+01:00",
         ((1440 + 600, 1440 + 603),)),
    ],
)  # fmt: skip
def test_a_dated_session_takes_these_minutes_of_the_week(
    words: str, begins: str, ends: str, spans: tuple[tuple[int, int], ...]
) -> None:
    assert week_spans(_dated(begins, ends), OSLO) == spans, words


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([datetime(2026, *day, 20, tzinfo=UTC) for day in ((3, 28), (10, 24), (12, 6))]),
    st.integers(0, 600),
    st.integers(1, 500),
)
def test_the_quick_way_is_the_slow_way(evening: datetime, start: int, length: int) -> None:
    begins = evening + timedelta(minutes=start)
    session = Dated(begins, begins + timedelta(minutes=length))
    assert week_spans(session, OSLO) == _minute_by_minute(session)


def test_a_session_that_ends_at_local_midnight_belongs_to_the_day_before() -> None:
    assert local_days(_dated("2026-12-04T22:00:00+01:00", "2026-12-05T00:00:00+01:00"), OSLO) == (
        date(2026, 12, 4),
        date(2026, 12, 4),
    )
    assert local_days(_dated("2026-12-04T22:00:00+01:00", "2026-12-05T00:00:01+01:00"), OSLO)[1] == date(2026, 12, 5)


@pytest.mark.parametrize(
    ("needed", "free", "lacks"),
    [
        ([(0, 60)], ((0, 60),), ()),
        ([(0, 60)], (), ((0, 60),)),
        ([(0, 60)], ((10, 20), (40, 50)), ((0, 10), (20, 40), (50, 60))),
        ([(0, 60), (100, 160)], ((0, 130),), ((130, 160),)),
        ([(30, 60)], ((0, 30), (60, 90)), ((30, 60),)),
    ],
)
def test_what_is_lacking_is_what_is_not_free(
    needed: list[tuple[int, int]], free: tuple[tuple[int, int], ...], lacks: tuple[tuple[int, int], ...]
) -> None:
    assert lacking(needed, free) == lacks


def test_a_window_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="A weekly window is 60 to 60; it may be 0 to 10080, start first"):
        Weekly(60, 60)
    with pytest.raises(ValueError, match="both must have an offset"):
        Dated(datetime(2026, 1, 1), datetime(2026, 1, 2))  # noqa: DTZ001 - the lack of a zone is what is tested
    with pytest.raises(ValueError, match="it must begin before it ends"):
        _dated("2026-12-04T22:00:00+01:00", "2026-12-04T21:00:00+00:00")
