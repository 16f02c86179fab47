"""When something is wanted: a week of half hours with how long each time lasts, and dated times."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import g, request
from flask_babel import gettext as _

from matching.times import Dated, Weekly, Window
from matching.week import Week
from samskap.text import OSLO
from samskap.web.forms.base import Unreadable, printable, read_day, tidy
from samskap.web.week_form import WeekForm, WeekRead, read_week, show_week

ROOM = 3
"""Dated times that the form has room for, and one more than there are."""
LENGTHS = (30, 60, 90, 120, 180, 240)
"""Minutes that one weekly time may last; 0 stands for the whole of what is marked."""
MOST_DATED = 60
MOST_WEEKLY = 40
"""Times that a week's hours are divided into at most."""
CLOCK = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?", re.ASCII)
MIDNIGHT = 24 * 60


@dataclass(frozen=True)
class DatedRow:
    """One dated time as it was typed, and what is wrong with it."""

    number: int
    day: str = ""
    start: str = ""
    end: str = ""
    error: str = ""


# ---------------------------------------------------------------- dated times


def read_session(day: str, start: str, end: str) -> Dated:
    """A dated time from what was typed in three fields; Unreadable with a sentence when it is none."""
    on = read_day(day, label=_("Datoen"))
    begins, ends = _instant(on, _minutes(start)), _instant(on, _minutes(end))
    if ends <= begins:
        raise Unreadable(_("Tiden må slutte etter at den begynner."))
    return Dated(begins, ends)


def _minutes(text: str) -> int:
    """Minutes since midnight; 24 is the midnight that follows."""
    found = CLOCK.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if minute > 59 or hour * 60 + minute > MIDNIGHT:
        raise Unreadable(_("Klokkeslettet må skrives som 17 eller 17.30."))
    return hour * 60 + minute


def _instant(day: date, minutes: int) -> datetime:
    """The instant of a wall clock in Norway; a time that the spring change skips does not exist."""
    local = datetime.combine(day, time(), tzinfo=OSLO) + timedelta(minutes=minutes)
    if datetime.fromtimestamp(local.timestamp(), OSLO).time() != local.time():
        raise Unreadable(_("Klokka stilles den natta, så dette klokkeslettet finnes ikke."))
    return local


def read_dated() -> tuple[list[DatedRow], list[Dated]]:
    """The dated times of the posted form: as typed, and those that could be read."""
    rows: list[DatedRow] = []
    sessions: list[Dated] = []
    for number in range(MOST_DATED):
        day, start, end = (printable(tidy(request.form.get(f"{part}-{number}"))) for part in ("dato", "fra", "til"))
        error = ""
        if day or start or end:
            try:
                sessions.append(_to_come(read_session(day, start, end)))
            except Unreadable as why:
                error = str(why)
        rows.append(DatedRow(number, day, start, end, error))
    return _with_room(rows), sessions


def _to_come(session: Dated) -> Dated:
    if session.ends <= g.now:
        raise Unreadable(_("Tiden har vært. Skriv en som kommer, eller tøm feltene."))
    return session


def dated_rows(windows: Collection[Window]) -> list[DatedRow]:
    """Dated times as the form shows them."""
    dated = [window for window in windows if isinstance(window, Dated)]
    return _with_room([_row(number, one) for number, one in enumerate(dated)])


def _row(number: int, one: Dated) -> DatedRow:
    start, end = one.begins.astimezone(OSLO), one.ends.astimezone(OSLO)
    until = "24.00" if end.date() > start.date() else f"{end:%H.%M}"
    return DatedRow(number, start.date().isoformat(), f"{start:%H.%M}", until)


def _with_room(rows: Sequence[DatedRow]) -> list[DatedRow]:
    """As many rows as are filled and one more, and never fewer than the form has room for."""
    filled = [row.number for row in rows if row.day or row.start or row.end]
    wanted = min(MOST_DATED, max(ROOM, max(filled, default=-1) + 2))
    return [*rows[:wanted], *(DatedRow(number) for number in range(len(rows), wanted))]


# ---------------------------------------------------------------- weekly times


def sessions_in(week: Week, *, lasts: int) -> tuple[Weekly, ...]:
    """The times of `lasts` minutes that the hours of a week hold; 0 for each stretch whole.

    Where there would be more than MOST_WEEKLY, they begin farther apart.
    """
    spans = week.spans()
    if not lasts:
        return tuple(Weekly(start, end) for start, end in spans)
    found: list[Weekly] = []
    for step in range(lasts, MIDNIGHT, lasts):
        found = [one for span in spans for one in _in_stretch(*span, lasts=lasts, step=step)]
        if len(found) <= MOST_WEEKLY:
            break
    return tuple(found)


def _in_stretch(start: int, end: int, *, lasts: int, step: int) -> list[Weekly]:
    """Times one after another; the last one ends with the stretch. A stretch that is too short is one time."""
    if end - start <= lasts:
        return [Weekly(start, end)]
    begins = list(range(start, end - lasts + 1, step))
    last = end - lasts
    return [Weekly(at, at + lasts) for at in (begins if begins[-1] == last else [*begins, last])]


def lasting(windows: Collection[Window]) -> int:
    """How long each weekly time lasts, in minutes; 0 where they differ, or where the form has no such length."""
    found = {window.end - window.start for window in windows if isinstance(window, Weekly)}
    return found.pop() if len(found) == 1 and found <= set(LENGTHS) else 0


def week_of(windows: Collection[Window]) -> Week:
    """The half hours that weekly times touch."""
    return Week.touching([(window.start, window.end) for window in windows if isinstance(window, Weekly)])


class TimesMixin:
    """Reading and showing the wanted times of a form."""

    week_read: WeekRead | None = None
    before: tuple[Window, ...] = ()
    """The times of the need that is changed; kept to the minute where nobody changed them."""
    rows: list[DatedRow]
    sessions: Sequence[Dated] = ()

    def read_times(self) -> None:
        """Read what was posted; faults are in time_faults()."""
        self.week_read = read_week(request.form, locale=g.locale)
        self.rows, self.sessions = read_dated()

    @property
    def quick(self) -> bool:
        """Whether a quick button asks for the page again, filled in."""
        return self.week_read is not None and self.week_read.quick

    def time_faults(self) -> list[tuple[str, str]]:
        """What could not be read: the id of the field, and the sentence."""
        if self.week_read is None:
            return []
        weekly = [(f"tid-{day}", sentence) for day, sentence in self.week_read.errors.items()]
        return weekly + [(f"dato-{row.number}", row.error) for row in self.rows if row.error]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all can be saved, the times too."""
        fine: bool = super().validate(extra_validators)  # type: ignore[misc]  # the form's own, which comes after
        return fine and not self.time_faults()

    def windows(self, *, lasts: int) -> tuple[Window, ...]:
        """The times that were read, weekly ones first."""
        return (*self._weekly(lasts), *self.sessions)

    def _weekly(self, lasts: int) -> Sequence[Weekly]:
        week = self.week_read.week if self.week_read else Week()
        before = [window for window in self.before if isinstance(window, Weekly)]
        unchanged = before and week == week_of(before) and lasts == lasting(before)
        return before if unchanged else sessions_in(week, lasts=lasts)

    def week_shown(self) -> WeekForm:
        """The week to fill in: as typed if it was posted, else as the need has it."""
        if self.week_read is not None:
            return show_week(self.week_read.week, locale=g.locale, read=self.week_read)
        return show_week(week_of(self.before), locale=g.locale)

    def rows_shown(self) -> list[DatedRow]:
        """The dated times, likewise."""
        return self.rows if self.week_read is not None else dated_rows(self.before)
