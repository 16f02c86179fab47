"""Wanted times, from rows to what the engine takes."""

from __future__ import annotations

from collections.abc import Collection

from matching.times import Dated, Weekly, Window
from samskap.models import NeedWindow, Times
from samskap.services import kinds


def window_of(row: NeedWindow) -> Window:
    """A wanted time as the engine takes it; ValueError for a row that holds none."""
    if row.start_minute is not None and row.end_minute is not None:
        return Weekly(row.start_minute, row.end_minute)
    if row.starts_at is None or row.ends_at is None:
        raise ValueError(f"need_window {row.id} holds neither a weekly nor a dated time")
    return Dated(row.starts_at, row.ends_at)


def minutes_a_week(kind: str, times: Times, windows: Collection[Window]) -> int:
    """How much of a week a task takes, in minutes: dated sessions take none of every week.

    Where one time is enough, the shortest counts; where the time is agreed later, one session of the usual length.
    """
    weekly = [window.end - window.start for window in windows if isinstance(window, Weekly)]
    if times is Times.NONE:
        return round(kinds.kind(kind).hours * 60)
    return sum(weekly) if times is Times.ALL else min(weekly, default=0)
