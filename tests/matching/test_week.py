"""A week of half hours."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Week

weeks = st.builds(Week, st.integers(0, (1 << 336) - 1))


def test_spans_that_touch_or_overlap_become_one() -> None:
    assert Week.from_spans([(600, 660), (0, 60), (660, 720), (690, 750)]).spans() == ((0, 60), (600, 750))


def test_the_whole_week_is_one_span() -> None:
    assert Week((1 << 336) - 1).spans() == ((0, 10_080),)
    assert Week().spans() == ()


def test_has_asks_for_every_minute() -> None:
    week = Week.from_spans([(600, 720)])
    assert week.has(615, 700)
    assert week.has(600, 720)
    assert not week.has(599, 700)
    assert not week.has(700, 721)


def test_touching_takes_every_half_hour_with_a_minute_in_it() -> None:
    assert Week.touching([(605, 661)]).spans() == ((600, 690),)


@settings(deadline=None)
@given(weeks, weeks)
def test_a_week_is_its_spans_and_its_hex(week: Week, other: Week) -> None:
    assert Week.from_spans(week.spans()) == week
    assert len(week.to_hex()) == 84
    assert Week.from_hex(week.to_hex()) == week
    assert (week | other).half_hours + (week & other).half_hours == week.half_hours + other.half_hours
    assert sum(end - start for start, end in week.spans()) == 30 * week.half_hours


@pytest.mark.parametrize(
    ("spans", "sentence"),
    [
        ([(600, 600)], "A span of a week is 600 to 600; it may be 0 to 10080 minutes, start before end"),
        ([(-30, 60)], "A span of a week is -30 to 60; it may be 0 to 10080 minutes, start before end"),
        ([(10_050, 10_110)], "A span of a week is 10050 to 10110; it may be 0 to 10080 minutes, start before end"),
        ([(600, 645)], "A span of a week is 600 to 645; it must begin and end on a half hour"),
    ],
)
def test_a_span_that_is_none_is_refused_with_its_values(spans: list[tuple[int, int]], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        Week.from_spans(spans)


@pytest.mark.parametrize("digits", ["", "0" * 83, "0" * 85, "g" + "0" * 83, "F" + "0" * 83, " " + "0" * 83])
def test_hex_that_is_none_is_refused(digits: str) -> None:
    with pytest.raises(ValueError, match="A week is written with 84 hex digits"):
        Week.from_hex(digits)


@pytest.mark.parametrize("bits", [-1, 1 << 336])
def test_bits_outside_the_week_are_refused(bits: int) -> None:
    with pytest.raises(ValueError, match="A week has 336 half hours"):
        Week(bits)
