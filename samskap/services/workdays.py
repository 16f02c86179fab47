"""Working days of the municipality's calendar: Monday to Friday, Norwegian public holidays out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from samskap.text import OSLO, today

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Whether people are at work on this day."""
    return day.weekday() < SATURDAY and day not in _public_holidays()


def working_days_after(day: date, count: int) -> date:
    """The day that lies `count` working days after `day`; `count` 1 or more."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def deadline(now: datetime, *, working_days: int) -> datetime:
    """The end of the day (local) that lies so many working days from now, as an instant."""
    last = working_days_after(today(now), working_days)
    return datetime.combine(last, time(23, 59), tzinfo=OSLO).astimezone(now.tzinfo)


@cache
def _public_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("NO")
