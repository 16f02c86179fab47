"""The week that somebody fills in: boxes of two hours for the stroke, and the exact half hours as text for each day.

A posted form holds the week as it was shown (`uke-for`), the boxes (`ledig`), the text of each day (`tid-0` … `tid-6`)
and perhaps a quick button (`fyll`). Text that was changed decides its day; else the boxes that were changed decide
their two hours; the rest stays as it was shown. So a half hour is never lost because a coarse box cannot show it, and
the form means the same with and without script.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from matching.week import HEX_DIGITS, Week
from samskap.text import LOCALES, Locale, day_in_words, short_weekday_name, week_in_words, week_vocabulary, weekday_name
from samskap.web.forms.base import printable

DAY: Final = 24 * 60
BOX_HOURS: Final = range(8, 22, 2)
DAYTIME: Final = (8, 16)
EVENING: Final = (16, 22)
WHOLE_DAY: Final = (8, 22)
QUICK: Final[Mapping[str, tuple[range, tuple[int, int]]]] = {
    "dag": (range(5), DAYTIME), "kveld": (range(7), EVENING), "helg": (range(5, 7), WHOLE_DAY),
}  # fmt: skip
"""What each quick button adds: days, and hours from and to."""
EMPTY: Final = "tom"


@dataclass(frozen=True)
class Box:
    """Two hours of a day: `value` is what is posted, `name` is read aloud."""

    value: str
    name: str
    full: bool
    part: bool


@dataclass(frozen=True)
class DayRow:
    """One day: its boxes, its hours as text, and what is wrong with the text."""

    number: int
    name: str
    short: str
    boxes: tuple[Box, ...]
    typed: str
    error: str


@dataclass(frozen=True)
class WeekForm:
    """What components/week_form.html draws."""

    days: tuple[DayRow, ...]
    columns: tuple[str, ...]
    words: str
    vocabulary: Mapping[str, str]
    """What the script needs to write `words` anew."""
    before: str


@dataclass(frozen=True)
class WeekRead:
    """What was posted; `errors` holds a sentence for each day whose text could not be read, which is then as it was."""

    week: Week
    typed: Mapping[int, str] = field(default_factory=dict)
    errors: Mapping[int, str] = field(default_factory=dict)
    quick: bool = False
    """Whether a quick button was pressed: the page is then shown again, filled in."""


class Unreadable(ValueError):
    """Hours that cannot be read; the message is a sentence for the one who typed them."""


# ---------------------------------------------------------------- showing


def show_week(week: Week, *, locale: Locale, read: WeekRead | None = None) -> WeekForm:
    """The form for a week; what could not be read stands as it was typed, with its sentence."""
    typed, errors = (read.typed, read.errors) if read else ({}, {})
    return WeekForm(
        days=tuple(
            day_row(week, day, locale=locale, typed=typed.get(day), error=errors.get(day, "")) for day in range(7)
        ),
        columns=tuple(f"{hour}–{hour + 2}" for hour in BOX_HOURS),
        words=week_in_words(week.spans(), locale=locale),
        vocabulary=week_vocabulary(locale=locale),
        before=week.to_hex(),
    )


def day_row(week: Week, day: int, *, locale: Locale, typed: str | None = None, error: str = "") -> DayRow:
    """One day of the form."""
    name = weekday_name(day, locale=locale).capitalize()
    shown = hours_as_text(week, day, locale=locale) if typed is None else typed
    boxes = tuple(box_of(week, day, hour, name=name) for hour in BOX_HOURS)
    return DayRow(day, name, short_weekday_name(day, locale=locale), boxes, shown, error)


def box_of(week: Week, day: int, hour: int, *, name: str) -> Box:
    """Two hours, full when all of them are free and part when some are."""
    box = two_hours(day, hour)
    full = week & box == box
    said = _("%(day)s kl. %(start)s til %(end)s", day=name, start=hour, end=hour + 2)
    return Box(f"{day}-{hour}", said, full=full, part=bool(week & box) and not full)


def two_hours(day: int, hour: int) -> Week:
    """The half hours of one box."""
    return hours_of(day, hour, hour + 2)


def hours_of(day: int, start: int, end: int) -> Week:
    """The half hours of a day between two hours."""
    return Week.from_spans([(day * DAY + start * 60, day * DAY + end * 60)])


def hours_as_text(week: Week, day: int, *, locale: Locale) -> str:
    """A day's hours as they stand in its text field: "8–12, 17.30–19"."""
    return day_in_words(week.spans(), day=day, locale=locale)


# ---------------------------------------------------------------- reading


def read_week(form: MultiDict[str, str], *, locale: Locale) -> WeekRead:
    """The week that was posted, by strokes, boxes, text or a quick button; never raises for what people type."""
    before = week_before(form.get("uke-for", ""))
    week, typed, errors = Week(), {}, {}
    for day in range(7):
        shown = {hours_as_text(before, day, locale=language) for language in LOCALES}
        text = printable(form.get(f"tid-{day}", min(shown))).strip()
        try:
            if text in shown:
                week |= boxes_read(before, day, set(form.getlist("ledig")))
            else:
                week |= hours_typed(text, day, locale=locale)
        except Unreadable as why:
            week |= before & hours_of(day, 0, 24)
            typed[day], errors[day] = text, str(why)
    quick = form.get("fyll", "")
    return WeekRead(filled(week, quick), typed, errors, quick=quick == EMPTY or quick in QUICK)


def week_before(digits: str) -> Week:
    """The week as the form showed it; an empty one when the field is missing or has been meddled with."""
    return Week.from_hex(digits) if re.fullmatch(f"[0-9a-f]{{{HEX_DIGITS}}}", digits) else Week()


def boxes_read(before: Week, day: int, boxes: set[str]) -> Week:
    """One day's half hours after the boxes that were changed; the others keep what they cannot show."""
    kept = before & hours_of(day, 0, 24)
    for hour in BOX_HOURS:
        box = two_hours(day, hour)
        ticked, was_ticked = f"{day}-{hour}" in boxes, before & box == box
        if ticked and not was_ticked:
            kept |= box
        elif was_ticked and not ticked:
            kept = Week(kept.bits & ~box.bits)
    return kept


def filled(week: Week, quick: str) -> Week:
    """The week with what a quick button adds, or empty for the button that empties."""
    if quick == EMPTY:
        return Week()
    days, (start, end) = QUICK.get(quick, (range(0), DAYTIME))
    for day in days:
        week |= hours_of(day, start, end)
    return week


ALL_DAY: Final = frozenset(day_in_words([(0, DAY)], day=0, locale=locale) for locale in LOCALES)
BETWEEN: Final = re.compile(r"\s*(?:,|;|\+|&|\bog\b|\band\b)\s*")
SPAN: Final = re.compile(r"(\d{1,2})(?:[.:]?(\d{2}))?\s*(?:-|–|—|−|til|to)\s*(\d{1,2})(?:[.:]?(\d{2}))?", re.ASCII)
LONGEST_ECHO: Final = 60
"""Characters of what was typed that a sentence repeats."""
CLOCK: Final = re.compile(r"\bkl(?:okka)?\b\.?|\bfra\b|\bfrå\b|\bfrom\b")


def hours_typed(text: str, day: int, *, locale: Locale) -> Week:
    """The half hours that a text names ("9.30–12, 17–19"); Unreadable with a sentence when it cannot be sure."""
    name = weekday_name(day, locale=locale).capitalize()
    plain = CLOCK.sub("", text.lower()).strip(" .,;")
    if plain in ALL_DAY:
        return hours_of(day, 0, 24)
    week = Week()
    for piece in BETWEEN.split(plain) if plain else []:
        week |= span_typed(piece.strip(), day, name=name, text=text)
    return week


def span_typed(piece: str, day: int, *, name: str, text: str) -> Week:
    """One stretch of a day."""
    said = {"day": name, "text": text if len(text) <= LONGEST_ECHO else f"{text[:LONGEST_ECHO]}…"}
    match = SPAN.fullmatch(piece)
    if match is None:
        raise Unreadable(_("%(day)s: skriv fra og til, for eksempel 9–12 eller 9.30–12. Du skrev «%(text)s».", **said))
    start, end = minutes(match[1], match[2]), minutes(match[3], match[4]) or DAY
    if start % 30 or end % 30:
        raise Unreadable(_("%(day)s: skriv hele eller halve timer, for eksempel 9.30–12. Du skrev «%(text)s».", **said))
    if max(start, end) > DAY or {match[2], match[4]} & {"60", "90"}:
        raise Unreadable(_("%(day)s: en time har 60 minutter og et døgn 24 timer. Du skrev «%(text)s».", **said))
    if start >= end:
        raise Unreadable(_("%(day)s: slutten må komme etter starten. Du skrev «%(text)s».", **said))
    return Week.from_spans([(day * DAY + start, day * DAY + end)])


def minutes(hour: str, minute: str | None) -> int:
    """Minutes since midnight."""
    return int(hour) * 60 + int(minute or 0)
