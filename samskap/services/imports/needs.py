"""Reading one row of a list of needs: what is asked for, when, by whom; and what keeps it a draft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from samskap.integrations.spreadsheets import Line, Sentence
from samskap.models import Audience
from samskap.services import kinds, scanner
from samskap.services.imports.columns import Field, Layout
from samskap.services.imports.place import read_place
from samskap.services.imports.row import Row, Unreadable, Warned, read_number, repeats_headings, shown, sum_line
from samskap.services.imports.times import YEAR_GUESSED, Dated, Times, Weekly, instant_of, read_times
from samskap.services.imports.words import (
    BAD_COUNT,
    COUNT_MISSING,
    COUNT_READ,
    DAY_WITHOUT_CLOCK,
    DRAFT_CONSENT,
    DRAFT_KIND,
    DRAFT_PAST,
    DRAFT_TEXT,
    HEADINGS_AGAIN,
    NO_DESCRIPTION,
    SUM_LINE,
    UNKNOWN_AREA,
    UNKNOWN_UNIT,
)
from samskap.services.kinds import KindOfTask
from samskap.services.vocabulary import fold
from samskap.text import MINUTES_A_DAY

LONGEST_TITLE: Final = 120
LONGEST_TASK: Final = 4_000
LONGEST_HOW_OFTEN: Final = 120
SHORT_TITLE: Final = 80
"""Characters that a title made of the description may have."""
MOST_PEOPLE: Final = 200
LAST_RESORT: Final = "event_helper"
"""The kind of task of a need whose words point to none; such a need stays a draft."""


@dataclass(frozen=True)
class UnitName:
    """A unit of the municipality, as far as a list can name it."""

    id: int
    name: str


@dataclass(frozen=True, order=True)
class Session:
    """One dated window on the clock in Oslo, in minutes since midnight."""

    day: date
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class NeedEntry:
    """What a list says of one need."""

    title: str
    task: str
    kind: str
    number: int | None = None
    """The need's number here, in a list that was exported from here."""
    postcode: str | None = None
    weekly: tuple[tuple[int, int], ...] = ()
    """Minutes since Monday 00:00, half-open."""
    sessions: tuple[Session, ...] = ()
    all_of_them: bool = False
    """Every window is wanted, not one of them."""
    how_often: str = ""
    on: date | None = None
    """The one day it is, where only the day is known or the last session has its date."""
    wanted: int = 1
    minimum: int = 1
    unit_id: int | None = None
    draft_because: tuple[Sentence, ...] = ()
    """Why it is not published at once; empty when it is."""


@dataclass(frozen=True, kw_only=True)
class NeedReader:
    """What reading needs to know of the world."""

    layout: Layout
    today: date
    near: str
    """The number of the municipality whose places are meant first."""
    units: Sequence[UnitName] = ()

    def read(self, line: Line) -> tuple[NeedEntry | Unreadable, tuple[Warned, ...]]:
        """Read one line; warnings belong to the row whether it is imported or not."""
        row = Row(line, self.layout)
        return self._entry(row), tuple(row.warnings)

    def _entry(self, row: Row) -> NeedEntry | Unreadable:
        if repeats_headings(row.line, self.layout):
            return Unreadable(Sentence(HEADINGS_AGAIN))
        task_heading, task = _description(row)
        if not task:
            return Unreadable(Sentence(SUM_LINE if sum_line(row.line) else NO_DESCRIPTION))
        if refusal := scanner.blocks(task):
            return Unreadable(Sentence(refusal))
        kind, unsure = _kind(row, task)
        entry = NeedEntry(
            title=_title(row, task),
            task=task,
            kind=kind.key,
            number=read_number(row),
            postcode=read_place(row, near=self.near),
            unit_id=self._unit(row),
        )
        entry = _counted(row, _timed(row, entry, self.today, length=round(kind.hours * 60)), kind)
        return _held_back(row, task_heading, entry, kind, unsure=unsure, today=self.today)

    def _unit(self, row: Row) -> int | None:
        heading, name = row.text(Field.UNIT)
        if not name:
            return None
        unit = unit_named(name, self.units)
        if unit is None:
            row.warn(heading, Sentence(UNKNOWN_UNIT, {"name": name}))
        return unit.id if unit else None


# ---------------------------------------------------------------- words


def _description(row: Row) -> tuple[str, str]:
    found = list(row.texts(Field.TASK)) or list(row.texts(Field.TITLE))
    heading = found[0][0] if found else ""
    return heading, row.keep(heading, "\n".join(text for _, text in found), most=LONGEST_TASK) or ""


def _title(row: Row, task: str) -> str:
    """The title as written, else the beginning of the description, cut between two words."""
    heading, title = row.text(Field.TITLE)
    if title and row.keep(heading, title, most=LONGEST_TITLE):
        return title
    first = task.split("\n")[0]
    if len(first) <= SHORT_TITLE:
        return first
    return first[: SHORT_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;.–-") + "…"


def _kind(row: Row, task: str) -> tuple[KindOfTask, Sentence | None]:
    """The kind of task, and why a person must choose it where the words do not."""
    heading, area = row.text(Field.AREA)
    sector = kinds.sector_of(area) if area else None
    if area and sector is None:
        row.warn(heading, Sentence(UNKNOWN_AREA, {"words": area}))
    found = kinds.suggest(task, area=area)
    if found:
        return found, None
    kind = kinds.kinds_in(sector.key)[0] if sector else kinds.kind(LAST_RESORT)
    return kind, Sentence(DRAFT_KIND, {"kind": kind.label})


def unit_named(name: str, units: Sequence[UnitName]) -> UnitName | None:
    """The unit that a list calls so: the same name, else the only one whose name holds every word of it."""
    wanted = fold(name)
    same = [unit for unit in units if fold(unit.name) == wanted]
    near = [unit for unit in units if _holds_every_word(fold(unit.name), wanted)]
    return same[0] if same else near[0] if len(near) == 1 else None


def _holds_every_word(name: str, wanted: str) -> bool:
    return bool(wanted) and all(any(_same_word(word, part) for part in name.split()) for word in wanted.split())


def _same_word(left: str, right: str) -> bool:
    """Whether two words are the same but for an ending such as -en or -a."""
    short, long = sorted((left, right), key=len)
    return left == right or (len(short) >= 5 and long.startswith(short[:-1]) and len(long) - len(short) <= 3)


# ---------------------------------------------------------------- times


def _timed(row: Row, entry: NeedEntry, today: date, *, length: int) -> NeedEntry:
    heading, times, said = _read_cells(row, today, length)
    if not times.known:
        spoken = read_times(entry.task, today=today, length=length)
        sessions = tuple(each for each in spoken.dated if each.hours)
        notes = tuple(note for note in spoken.notes if sessions and note.text == YEAR_GUESSED)
        times = replace(times, dated=sessions, notes=times.notes + notes)
    for note in times.notes:
        row.warn(heading, note)
    named = [each for each in times.weekly if not each.wish]
    without_clock = any(each.hours is None for each in named) or any(each.hours is None for each in times.dated)
    if without_clock:
        row.warn(heading, Sentence(DAY_WITHOUT_CLOCK))
    keep_words = times.how_often or times.open or without_clock or any(each.wish for each in times.weekly)
    weekly = _weekly(named)
    return replace(
        entry,
        weekly=weekly,
        sessions=_sessions(times.dated),
        all_of_them=times.together and len(weekly) > 1,
        how_often=_how_often(row, heading, said if keep_words else ""),
        on=max((each.day for each in times.dated), default=None),
    )


def _how_often(row: Row, heading: str, said: str) -> str:
    """How often, in the list's own words: a column for it, else the words of the times."""
    own_heading, own = row.text(Field.HOW_OFTEN)
    return row.keep(own_heading or heading, own or said, most=LONGEST_HOW_OFTEN) or ""


def _read_cells(row: Row, today: date, length: int) -> tuple[str, Times, str]:
    """The heading, the times of all cells under it together, and their words."""
    heading, words, times = "", list[str](), Times()
    for name, cell in row.cells(Field.WHEN):
        heading = heading or name
        read = (
            Times(dated=(instant_of(cell),))
            if isinstance(cell, date)
            else read_times(str(cell), today=today, length=length)
        )
        words.append(shown(cell))
        times = _both(times, read)
    return heading, _date_with_hours(times), " ".join(words)


def _both(first: Times, second: Times) -> Times:
    return Times(
        first.weekly + second.weekly,
        first.dated + second.dated,
        together=first.together or second.together,
        how_often=first.how_often or second.how_often,
        open=first.open or second.open,
        notes=first.notes + second.notes,
    )


def _date_with_hours(times: Times) -> Times:
    """A date in one cell and its hours in the next are one session."""
    bare = [each for each in times.dated if each.hours is None]
    hours = [each.hours for each in times.weekly if each.hours and not each.wish]
    if len(times.dated) != 1 or not bare or len(hours) != 1:
        return times
    return replace(times, weekly=(), dated=(replace(bare[0], hours=hours[0]),), notes=())


def _weekly(weekly: Sequence[Weekly]) -> tuple[tuple[int, int], ...]:
    spans = {
        (day * MINUTES_A_DAY + each.hours[0], day * MINUTES_A_DAY + each.hours[1])
        for each in weekly
        if each.hours
        for day in each.days
    }
    return tuple(sorted(spans))


def _sessions(dated: Sequence[Dated]) -> tuple[Session, ...]:
    return tuple(sorted({Session(each.day, *each.hours) for each in dated if each.hours}))


# ---------------------------------------------------------------- how many

_NUMBER_WORDS: Final = {
    "en": 1,
    "én": 1,
    "ein": 1,
    "éin": 1,
    "ett": 1,
    "to": 2,
    "tre": 3,
    "fire": 4,
    "fem": 5,
    "seks": 6,
}
_COUNT: Final = re.compile(
    r"(ca\.?|cirka|minst|inntil|opp ?til|omtrent)?\s*(\d+)(?:\s*(?:-|–|til|/)\s*(\d+))?\s*\+?\s*"
    r"(?:stk\.?|personer|frivillige|pers\.?)?"
)


def _counted(row: Row, entry: NeedEntry, kind: KindOfTask) -> NeedEntry:
    heading, text = row.text(Field.COUNT)
    if not text:
        row.warn(heading, Sentence(COUNT_MISSING, {"count": kind.people}))
        return replace(entry, wanted=kind.people)
    numbers = _numbers(text.lower())
    if not numbers or not 1 <= max(numbers) <= MOST_PEOPLE or min(numbers) < 1:
        row.warn(heading, Sentence(BAD_COUNT, {"words": text, "count": kind.people}))
        return replace(entry, wanted=kind.people)
    if not text.isdigit():
        row.warn(heading, Sentence(COUNT_READ, {"words": text, "count": max(numbers)}))
    return replace(entry, wanted=max(numbers), minimum=min(numbers) if len(numbers) > 1 else 1)


def _numbers(text: str) -> list[int]:
    if text in _NUMBER_WORDS:
        return [_NUMBER_WORDS[text]]
    found = _COUNT.fullmatch(text)
    return [int(number) for number in found.groups()[1:] if number] if found else []


# ---------------------------------------------------------------- what keeps it a draft


def _held_back(
    row: Row,
    task_heading: str,
    entry: NeedEntry,
    kind: KindOfTask,
    *,
    unsure: Sentence | None,
    today: date,
) -> NeedEntry:
    """The entry with every reason why it must not be published as it stands; each reason is a warning too."""
    found = scanner.scan(f"{entry.title}\n{entry.task}")
    reasons = [(task_heading, Sentence(DRAFT_TEXT, {"why": found[0].sentence}))] if found else []
    if unsure:
        reasons.append((task_heading, unsure))
    if entry.on and entry.on < today:
        reasons.append((row.text(Field.WHEN)[0] or task_heading, Sentence(DRAFT_PAST, {"day": f"{entry.on:%d.%m.%Y}"})))
    if kind.audience is Audience.PERSON:
        reasons.append((task_heading, Sentence(DRAFT_CONSENT)))
    for heading, why in reasons:
        row.warn(heading, why)
    made = not row.text(Field.TITLE)[1]
    title = kind.label.nb if made and scanner.scan(entry.title) else entry.title
    return replace(entry, title=title, draft_because=tuple(why for _, why in reasons))
