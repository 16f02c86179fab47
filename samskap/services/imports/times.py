"""When it suits and when it is, as people write it in lists: "ti 17–19", "hverdager etter 16", "lørdag 6. juni"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from samskap.integrations.spreadsheets import Sentence
from samskap.services.imports.time_words import MONTHS, TOKENS, weekday
from samskap.text import MINUTES_A_DAY, Span, Text

Hours = tuple[int, int]
"""A stretch of a day: minutes since midnight, half-open."""

WHOLE_DAY: Final[Hours] = (8 * 60, 22 * 60)
"""What a day without hours is taken for: the hours in which someone may be asked at all."""
PARTS: Final[dict[str, Hours]] = {
    "morning": (7 * 60, 10 * 60),
    "forenoon": (9 * 60, 12 * 60),
    "afternoon": (12 * 60, 17 * 60),
    "evening": (17 * 60, 22 * 60),
    "daytime": (8 * 60, 16 * 60),
}
WEEKDAYS: Final = frozenset(range(5))
WEEKEND: Final = frozenset({5, 6})
EVERY_DAY: Final = frozenset(range(7))
STANDARD_LENGTH: Final = 60
"""Minutes that a start without an end is taken to last."""


@dataclass(frozen=True)
class Weekly:
    """Days of the week (Monday is 0), the same hours on each; None is no hours named."""

    days: frozenset[int]
    hours: Hours | None
    wish: bool = False
    """Said with “helst”: better than other times, not instead of them."""


@dataclass(frozen=True)
class Dated:
    """One date, with its hours where they are named."""

    day: date
    hours: Hours | None


@dataclass(frozen=True)
class Times:
    """What was read of a time, and what was assumed, mended or not understood on the way."""

    weekly: tuple[Weekly, ...] = ()
    dated: tuple[Dated, ...] = ()
    together: bool = False
    """Several days were named with “og” or “+”: all of them, not one of them."""
    how_often: bool = False
    """A number of times a week or month was named."""
    open: bool = False
    """It is said that the time is open: “etter avtale”."""
    notes: tuple[Sentence, ...] = ()

    @property
    def known(self) -> bool:
        """Whether any time at all was read."""
        return bool(self.weekly or self.dated)


NOT_UNDERSTOOD: Final = Text(
    nb="Forsto ikke «{words}» som tid.",
    nn="Forstod ikkje «{words}» som tid.",
    en="Did not understand “{words}” as a time.",
)
PARTLY: Final = Text(
    nb="Forsto ikke «{words}»; resten av tida er lest.",
    nn="Forstod ikkje «{words}»; resten av tida er lesen.",
    en="Did not understand “{words}”; the rest of the time was read.",
)
DASH_MENDED: Final = Text(
    nb="Et tegn var ødelagt; lest som strek: {words}.",
    nn="Eit teikn var øydelagt; lese som strek: {words}.",
    en="A character was broken; read as a dash: {words}.",
)
NO_END: Final = Text(
    nb="Slutten mangler; lest som {span}.",
    nn="Slutten manglar; lesen som {span}.",
    en="The end is missing; read as {span}.",
)
NO_DAY: Final = Text(
    nb="Ingen dag er nevnt; lest som hverdager.",
    nn="Ingen dag er nemnd; lese som kvardagar.",
    en="No day is named; read as weekdays.",
)
BAD_HOURS: Final = Text(
    nb="Klokkeslettet {words} finnes ikke, eller slutten er før starten.",
    nn="Klokkeslettet {words} finst ikkje, eller slutten er før starten.",
    en="The time {words} does not exist, or ends before it starts.",
)
BAD_DATE: Final = Text(
    nb="Datoen {words} finnes ikke.", nn="Datoen {words} finst ikkje.", en="The date {words} does not exist."
)
YEAR_GUESSED: Final = Text(
    nb="Året mangler; lest som {day}.",
    nn="Året manglar; lese som {day}.",
    en="The year is missing; read as {day}.",
)
OTHER_WEEKDAY: Final = Text(
    nb="{day} er ikke den ukedagen som er skrevet; datoen er brukt.",
    nn="{day} er ikkje den vekedagen som er skriven; datoen er brukt.",
    en="{day} is not the weekday that is written; the date is used.",
)

_BROKEN_DASH: Final = re.compile(r"(?<=\d)\s*[?\ufffd\x96]\s*(?=\d)")
_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212]")
_GLUED: Final = re.compile(r"(dag)s?(kveld|morg[eo]n|formiddag|føremiddag|ettermiddag)")


@lru_cache(maxsize=2_048)
def read_times(text: str, *, today: date, length: int = STANDARD_LENGTH) -> Times:
    """Read one cell. `today` places dates without a year; `length` is the minutes given to a start without an end."""
    plain = _DASHES.sub("-", text.strip())
    mended = _BROKEN_DASH.sub("-", plain)
    reader = _Reader(today, length)
    if mended != plain:
        reader.notes.append(Sentence(DASH_MENDED, {"words": mended}))
    for token in TOKENS.finditer(_GLUED.sub(r"\1 \2", mended.lower())):
        reader.take(token.lastgroup or "", token.group())
    return reader.finished()


def spans_of(weekly: Iterable[Weekly]) -> tuple[Span, ...]:
    """The half hours inside the weekly times, in minutes since Monday 00:00; days without hours are whole days."""
    return tuple(
        (day * MINUTES_A_DAY + start, day * MINUTES_A_DAY + end)
        for each in weekly
        for start, end in [_on_half_hours(each.hours or WHOLE_DAY)]
        for day in sorted(each.days)
        if start < end
    )


def _on_half_hours(hours: Hours) -> Hours:
    return -(-hours[0] // 30) * 30, hours[1] // 30 * 30


# ---------------------------------------------------------------- from words to times


@dataclass
class _Clause:
    """What belongs together: days, then hours; a new day after hours begins another."""

    days: frozenset[int] = frozenset()
    hours: list[Hours] = field(default_factory=list)
    from_part: bool = False
    """The last hours come from a word such as “formiddag”, and yield to hours in figures straight after it."""


@dataclass
class _Reader:
    today: date
    length: int
    notes: list[Sentence] = field(default_factory=list)
    weekly: list[Weekly] = field(default_factory=list)
    dated: list[Dated] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    now: _Clause = field(default_factory=_Clause)
    not_days: frozenset[int] = frozenset()
    not_hours: list[Hours] = field(default_factory=list)
    last: str = ""
    without: bool = False
    wish: bool = False
    together: bool = False
    often: bool = False
    open: bool = False
    date_waits: bool = False
    """The last date has no hours yet."""

    def take(self, name: str, text: str) -> None:
        match name:
            case "day" | "run" | "all" | "weekdays" | "weekend" | "anytime":
                self._days(_days_of(name, text))
            case "morning" | "forenoon" | "afternoon" | "evening" | "daytime":
                self._hours(PARTS[name], part=True)
            case "span" | "between" | "after" | "before" | "clock":
                self._clock(name, text)
            case "iso" | "dmy" | "named" | "dm":
                self._date(name, text)
            case _:
                self._other(name, text)
        if name != "noise":
            self.last = name

    def finished(self) -> Times:
        self._flush()
        self._take_away()
        if self.strange:
            text = PARTLY if self.weekly or self.dated or self.often else NOT_UNDERSTOOD
            self.notes.append(Sentence(text, {"words": " ".join(self.strange)}))
        return Times(
            tuple(self.weekly),
            tuple(self.dated),
            together=self.together and len(self.weekly) > 0,
            how_often=self.often,
            open=self.open,
            notes=tuple(self.notes),
        )

    def _other(self, name: str, text: str) -> None:
        match name:
            case "open":
                self.open = True
            case "often":
                self.often = True
            case "without":
                self.without = True
            case "wish":
                self._flush()
                self.wish = True
            case "either":
                self.without = False
            case "word" | "week":
                self.strange += ["ikke", text] if self.without else [text]
                self.without = False

    def _days(self, days: frozenset[int]) -> None:
        if self.without:
            self.not_days |= days
            return
        if self.now.hours and (self.now.days or self.last in ("both", "either")):
            self._flush()
        self.together = self.together or (bool(self.now.days or self.weekly) and self.last == "both")
        self.now.days |= days

    def _hours(self, hours: Hours, *, part: bool = False) -> None:
        if self.without and part:
            self.not_hours.append(hours)
            return
        if self.date_waits and not self.now.days:
            self.dated[-1] = replace(self.dated[-1], hours=hours)
            self.date_waits = False
            return
        if self.now.from_part and not part and self.last in PARTS:
            self.now.hours.pop()
        self.now.hours.append(hours)
        self.now.from_part = part

    def _clock(self, name: str, text: str) -> None:
        hours = _hours_of(name, text, self.length)
        if hours is None:
            self.notes.append(Sentence(BAD_HOURS, {"words": text.strip()}))
            return
        if name == "clock":
            self.notes.append(Sentence(NO_END, {"span": _written(hours)}))
        self._hours(hours)

    def _date(self, name: str, text: str) -> None:
        weekday = min(self.now.days) if len(self.now.days) == 1 and not self.now.hours else None
        if weekday is not None:
            self.now = _Clause()
        self._flush()
        day, note = _dated(name, text, self.today, weekday)
        if note:
            self.notes.append(note)
        if day:
            self.dated.append(Dated(day, None))
            self.date_waits = True

    def _flush(self) -> None:
        """Put the clause away; hours without a day are weekdays, a day without hours has none."""
        clause, self.now = self.now, _Clause()
        if clause.hours and not clause.days:
            if not clause.from_part and not self.wish:
                self.notes.append(Sentence(NO_DAY))
            clause.days = WEEKDAYS
        hours: list[Hours | None] = [*clause.hours] or [None]
        if clause.days:
            self.weekly += [Weekly(clause.days, each, wish=self.wish) for each in hours]

    def _take_away(self) -> None:
        """Take away what is named after “unntatt”; where nothing else is named, from the whole week."""
        if not self.not_days and not self.not_hours:
            return
        base = self.weekly or ([] if self.dated or self.open else [Weekly(EVERY_DAY, None)])
        self.weekly = [
            Weekly(each.days - self.not_days, hours, wish=each.wish)
            for each in base
            for hours in _less(each.hours, self.not_hours)
            if each.days - self.not_days
        ]


def _days_of(name: str, text: str) -> frozenset[int]:
    if name == "run":
        first, last = (
            weekday(part) for part in re.split(r"\s*(?:-|til|t\.?o\.?m\.?)\s*(?=[a-zæøå])", text, maxsplit=1)
        )
        return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
    if name == "day":
        return frozenset({weekday(text)})
    return {"weekdays": WEEKDAYS, "weekend": WEEKEND}.get(name, EVERY_DAY)


def _less(hours: Hours | None, away: Iterable[Hours]) -> Iterator[Hours | None]:
    """The hours that are left when some are taken away."""
    left = [hours or WHOLE_DAY]
    for start, end in away:
        left = [piece for a, b in left for piece in ((a, min(b, start)), (max(a, end), b)) if piece[0] < piece[1]]
    yield from [hours] if left == [hours or WHOLE_DAY] else left


# ---------------------------------------------------------------- clocks and dates

_BARE_CLOCK: Final = re.compile(r"(?<!\d)(\d{1,2})(?:[.:]?(\d{2}))?(?!\d)")


def _hours_of(name: str, text: str, length: int) -> Hours | None:
    """The hours that a piece of text names; None when no day has them."""
    clocks = [int(hour) * 60 + int(minute or 0) for hour, minute in _BARE_CLOCK.findall(text)]
    match name:
        case "after":
            start, end = clocks[0], max(WHOLE_DAY[1], min(clocks[0] + length, MINUTES_A_DAY))
        case "before":
            start, end = min(WHOLE_DAY[0], clocks[0] - length), clocks[0]
        case "clock":
            start, end = clocks[0], min(clocks[0] + length, MINUTES_A_DAY)
        case _:
            start, end = clocks[0], clocks[1]
    return (start, end) if 0 <= start < end <= MINUTES_A_DAY else None


def _written(hours: Hours) -> str:
    return "–".join(f"{minutes // 60}.{minutes % 60:02}" if minutes % 60 else f"{minutes // 60}" for minutes in hours)


def _dated(name: str, text: str, today: date, weekday: int | None) -> tuple[date | None, Sentence | None]:
    day, month, year = _parts_of_date(name, text)
    found = _on(year, month, day) if year else _nearest(month, day, today, weekday)
    if found is None:
        return None, Sentence(BAD_DATE, {"words": text.strip()})
    shown = f"{found:%d.%m.%Y}"
    if weekday is not None and found.weekday() != weekday:
        return found, Sentence(OTHER_WEEKDAY, {"day": shown})
    return found, None if year else Sentence(YEAR_GUESSED, {"day": shown})


def _parts_of_date(name: str, text: str) -> tuple[int, int, int]:
    """Day, month and year; the year is 0 when it is not named."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if name == "iso":
        return numbers[2], numbers[1], numbers[0]
    if name == "named":
        month = next(place for place, start in enumerate(MONTHS, start=1) if start in text)
        return numbers[0], month, numbers[1] if len(numbers) > 1 else 0
    year = numbers[2] if len(numbers) > 2 else 0
    return numbers[0], numbers[1], year + 2000 if 0 < year < 100 else year


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, today: date, weekday: int | None) -> date | None:
    """The date in the year that fits the weekday, of last year, this and next; without one, the next time it comes."""
    days = [found for year in (today.year, today.year + 1, today.year - 1) if (found := _on(year, month, day))]
    fits = [found for found in days if found.weekday() == weekday]
    if fits:
        return min(fits, key=lambda found: abs((found - today).days))
    return next((found for found in days if found >= today), None)


def instant_of(cell: date, *, hours: Hours | None = None) -> Dated:
    """A date cell of a spreadsheet; its own clock, where it has one, is the start."""
    if isinstance(cell, datetime):
        start = cell.hour * 60 + cell.minute
        return Dated(cell.date(), (start, min(start + STANDARD_LENGTH, MINUTES_A_DAY)))
    return Dated(cell, hours)
