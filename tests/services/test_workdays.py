"""Working days as people in Norway have them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from samskap.services.workdays import deadline, is_working_day, working_days_after


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 24), True),
        (date(2026, 11, 28), False),  # Saturday
        (date(2026, 11, 29), False),
        (date(2026, 12, 24), True),  # half a day, and a working day by law
        (date(2026, 12, 25), False),
        (date(2027, 1, 1), False),
        (date(2027, 3, 25), False),  # Maundy Thursday
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2027, 5, 1), False),
        (date(2027, 5, 6), False),  # Ascension Day
        (date(2027, 5, 17), False),  # Constitution Day and Whit Monday
        (date(2027, 5, 18), True),
    ],
)
def test_public_holidays_and_weekends_are_no_working_days(day: date, *, works: bool) -> None:
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        (date(2026, 11, 24), 1, date(2026, 11, 25)),
        (date(2026, 11, 26), 3, date(2026, 12, 1)),  # over a weekend
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # from a Saturday
        (date(2026, 12, 23), 3, date(2026, 12, 29)),  # over Christmas
        (date(2027, 3, 24), 1, date(2027, 3, 30)),  # over the whole of Easter
        (date(2026, 11, 24), 0, date(2026, 11, 24)),
    ],
)
def test_working_days_are_counted_from_the_day_after(day: date, count: int, then: date) -> None:
    assert working_days_after(day, count) == then


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 27, 22, 59, tzinfo=UTC)),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), datetime(2026, 11, 27, 22, 59, tzinfo=UTC)),  # Tuesday in Norway
        (
            datetime(2027, 3, 23, 9, tzinfo=UTC),
            datetime(2027, 3, 31, 21, 59, tzinfo=UTC),
        ),  # the clock changes
    ],
)
def test_a_deadline_lasts_to_the_end_of_its_day_in_norway(now: datetime, until: datetime) -> None:
    assert deadline(now, working_days=3) == until
