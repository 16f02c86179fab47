"""Weekly windows and dated sessions, and how one becomes the other on the wall clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from matching.week import MINUTES, Span, merged

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_TWO_WEEKS = timedelta(days=14)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week from minute `start` to before `end`, counted from Monday 00:00 local time."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES:
            raise ValueError(f"A weekly window is {self.start} to {self.end}; it may be 0 to {MINUTES}, start first")


@dataclass(frozen=True, slots=True)
class Dated:
    """Once, from the instant `begins` to before `ends`; both with an offset."""

    begins: datetime
    ends: datetime

    def __post_init__(self) -> None:
        if self.begins.tzinfo is None or self.ends.tzinfo is None:
            raise ValueError(f"A dated session is {self.begins} to {self.ends}; both must have an offset from UTC")
        if not self.begins < self.ends:
            raise ValueError(f"A dated session is {self.begins} to {self.ends}; it must begin before it ends")


Window = Weekly | Dated


def week_spans(window: Window, tz: ZoneInfo) -> tuple[Span, ...]:
    """The minutes of the local week that the window needs, as merged half-open spans."""
    if isinstance(window, Weekly):
        return ((window.start, window.end),)
    return merged(_wall_clock(window, tz))


def _wall_clock(session: Dated, tz: ZoneInfo) -> Iterator[Span]:
    """The session's local minutes: an hour at a time where the clock runs evenly, else minute by minute."""
    at = session.begins.astimezone(UTC)
    ends = min(session.ends.astimezone(UTC), at + _TWO_WEEKS)
    while at < ends:
        step = min(_HOUR, ends - at)
        if (at + step).astimezone(tz).utcoffset() == at.astimezone(tz).utcoffset():
            yield from _touched(at.astimezone(tz), step)
        else:
            for number in range(-(-step // _MINUTE)):
                yield from _touched((at + number * _MINUTE).astimezone(tz), min(_MINUTE, ends - at - number * _MINUTE))
        at += step


def _touched(local: datetime, length: timedelta) -> Iterator[Span]:
    """The whole minutes of the week that `length` from `local` touches, cut at Sunday midnight."""
    seconds = local.second * 1_000_000 + local.microsecond
    start = local.weekday() * 1440 + local.hour * 60 + local.minute
    end = start - (-(seconds + length // timedelta(microseconds=1)) // 60_000_000)
    yield start, min(end, MINUTES)
    if end > MINUTES:
        yield 0, end - MINUTES


def local_days(session: Dated, tz: ZoneInfo) -> tuple[date, date]:
    """First and last local date of a session; one that ends at local midnight belongs to the day before."""
    last = session.ends.astimezone(UTC) - timedelta(microseconds=1)
    return session.begins.astimezone(tz).date(), last.astimezone(tz).date()


def instants_min(session: Dated) -> tuple[int, int]:
    """Whole minutes since 1970 where a session begins and ends; two that touch still do."""
    return (session.begins - _EPOCH) // _MINUTE, (session.ends - _EPOCH) // _MINUTE


def lacking(needed: Iterable[Span], free: tuple[Span, ...]) -> tuple[Span, ...]:
    """The needed minutes that are outside the merged free spans, merged."""
    found: list[Span] = []
    for start, end in needed:
        at = start
        for a, b in free:
            if b > at and a < end:
                if a > at:
                    found.append((at, a))
                at = b
        if at < end:
            found.append((at, end))
    return merged(found)


def minutes_in(spans: Iterable[Span]) -> int:
    """How many minutes the spans hold together."""
    return sum(end - start for start, end in spans)
