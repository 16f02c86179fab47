"""What the rules may read: tables with one column per fact, the unit in its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from matching import loading
from matching.loading import Fields, Vocabularies
from matching.records import NeedFacts, VolunteerFacts
from matching.table import Arrays, Column, Side, Table
from matching.terms import widened
from matching.week import Span, Week

A = TypeVar("A", bound=Arrays)


class Volunteers(Table):
    """What is known of the volunteers, one row each, by rising id."""

    human = Column[np.int32]("the human being")
    municipality = Column[np.int16]("number of the municipality in its vocabulary")
    active = Column[np.bool_]("has not left")
    paused = Column[np.bool_]("has paused")
    ready = Column[np.bool_]("made ready by a coordinator")
    placed = Column[np.bool_]("has coordinates")
    earth_cm = Column[np.int32]("centimetres from the centre of the earth, three rows")
    reach_m = Column[np.int32]("farthest distance in metres")
    travel = Column[np.uint8]("way of travelling, number in TRAVEL")
    capacity = Column[np.int16]("new assignments that can be taken on")
    running = Column[np.uint8]("running assignments")
    minutes_left = Column[np.int16]("minutes a week left, -1 without limit")
    week = Column[np.uint16]("half hours with any free minute, 21 words of 16")
    uneven = Column[np.bool_]("has free time that is not in whole half hours: `free_minutes` decides")
    skills = Column[Any]("skills", terms="skill")
    interests = Column[Any]("interests", terms="interest")
    languages = Column[Any]("languages, one bit per level held", terms="language")
    experience = Column[Any]("lived experience, where the person consents", terms="experience")
    clearances = Column[Any]("requirements met", terms="clearance")
    kinds_declined = Column[Any]("kinds of task said no to", terms="kind")
    modes_declined = Column[Any]("modes said no to", terms="mode")
    gender = Column[np.int8]("number of the gender, -1 unknown")
    meets = Column[np.int8]("wished gender of the recipient, -1 for anyone")
    birth_ymd = Column[np.int32]("birth date as yyyymmdd, -1 unknown")
    open_offers = Column[np.uint8]("offers waiting for an answer")
    asked_day = Column[np.uint16]("days since 1970 of the four latest asks, 0 for none")
    idle_since_day = Column[np.uint16]("days since 1970 since when nothing was asked, 0 unknown")
    never_asked = Column[np.bool_]("has never been asked")
    degrees = Column[np.float64]("latitude and longitude, NaN unknown; only for `reference/1`")


class Needs(Table):
    """What is known of the needs, one row each, by rising id."""

    human = Column[np.int32]("the recipient, 0 for a group or an institution")
    municipality = Column[np.int16]("number of the municipality in its vocabulary")
    kind = Column[np.int16]("number of the kind of task")
    sector = Column[np.int16]("number of the sector")
    mode = Column[np.int16]("number of the mode")
    kind_word = Column[Any]("the kind of task as a set of one", terms="kind")
    mode_word = Column[Any]("the mode as a set of one", terms="mode")
    remote = Column[np.bool_]("on the phone or online")
    one_to_one = Column[np.bool_]("one volunteer meets one recipient")
    at_home = Column[np.bool_]("in the recipient's home")
    area = Column[Any]("municipalities whose volunteers are welcome", terms="municipality")
    anywhere = Column[np.bool_]("volunteers of any municipality are welcome")
    placed = Column[np.bool_]("has coordinates")
    earth_cm = Column[np.int32]("centimetres from the centre of the earth, three rows")
    skills_required = Column[Any]("skills that are required", terms="skill")
    skills_preferred = Column[Any]("skills that are preferred", terms="skill")
    interests = Column[Any]("interests of the recipient or the task", terms="interest")
    languages = Column[Any]("languages at the lowest level asked", terms="language")
    experience = Column[Any]("lived experience, where the recipient consents", terms="experience")
    clearances = Column[Any]("requirements of the task's legal basis", terms="clearance")
    gender_wish = Column[np.int8]("wished gender of the volunteer, -1 for anyone")
    recipient_gender = Column[np.int8]("number of the recipient's gender, -1 unknown")
    age_min = Column[np.int16]("lowest age in whole years, -32768 for none")
    age_max = Column[np.int16]("highest age in whole years, 32767 for none")
    option_count = Column[np.int32]("alternatives of time, 0 when none is asked")
    minutes_per_week = Column[np.int32]("minutes a week that the task takes")
    wanted = Column[np.int16]("seats still to fill")
    minimum = Column[np.int16]("fewest seats that are any cover")
    urgency = Column[np.uint8]("1 to 5")
    waiting_since_day = Column[np.uint16]("days since 1970 of publication, 0 where waiting does not count")
    consent = Column[np.bool_]("the recipient's consent is on file, or is not needed")
    owner = Column[np.int32]("the human whose case it is, 0 for nobody")
    gives = Column[Any]("skills of the recipient", terms="skill")
    wants = Column[Any]("skills that the recipient would like to learn or do", terms="skill")
    last_day = Column[np.int32]("days since 1970 of the last dated session, -1 without")
    duplicate = Column[np.bool_]("the same need stands elsewhere")
    degrees = Column[np.float64]("latitude and longitude, NaN unknown; only for `reference/1`")


class Links(Side):
    """Ties from a row to a human being or a need."""

    other = Column[np.int32]("the human, or the need")


class Held(Side):
    """Time that is taken by running assignments, one row per span of the week."""

    start = Column[np.int16]("first minute of the week")
    end = Column[np.int16]("minute of the week after the last")
    dated = Column[np.bool_]("once, not every week")
    begins_min = Column[np.int32]("minutes since 1970, when dated")
    ends_min = Column[np.int32]("minutes since 1970, when dated")
    placed = Column[np.bool_]("has coordinates")
    earth_cm = Column[np.int32]("centimetres from the centre of the earth, three rows")


class Sessions(Side):
    """The windows of needs, one row per span of the week."""

    option = Column[np.int16]("the alternative that it belongs to")
    start = Column[np.int16]("first minute of the week")
    end = Column[np.int16]("minute of the week after the last")
    dated = Column[np.bool_]("once, not every week")
    begins_min = Column[np.int64]("minutes since 1970, when dated")
    ends_min = Column[np.int64]("minutes since 1970, when dated")
    first_day = Column[np.int32]("days since 1970, when dated, else -1")
    last_day = Column[np.int32]("days since 1970, when dated, else -1")


class Options(Side):
    """Alternatives of time: each is wholly free or not."""

    option = Column[np.int16]("number of the alternative")
    week = Column[np.uint16]("half hours touched, 21 words of 16")


class Weeks(Side):
    """Half hours that are preferred, for those who said so."""

    week = Column[np.uint16]("21 words of 16")


class Spans(Side):
    """Free minutes of those whose time is not in whole half hours."""

    start = Column[np.int16]("first minute of the week")
    end = Column[np.int16]("minute of the week after the last")


class Days(Side):
    """Absences."""

    first_day = Column[np.int32]("days since 1970")
    last_day = Column[np.int32]("days since 1970")


class Ends(Side):
    """Certificates that end, only for `reference/1`."""

    term = Column[np.int16]("bit of the clearance")
    last_day = Column[np.int32]("days since 1970")


class Sets(Side):
    """Terms of those who have any."""

    words = Column[Any]("the terms", terms="skill")


@dataclass(frozen=True)
class Facts:
    """All that one municipality's rules may read. Never changed: `replaced` gives new facts that share what stays."""

    tz: ZoneInfo
    words: Vocabularies
    volunteers: Volunteers
    needs: Needs
    held: Held
    away: Days
    free_minutes: Spans
    preferred: Weeks
    volunteer_wants: Sets
    clearance_ends: Ends
    volunteer_blocks: Links
    volunteer_meets_again: Links
    ended_badly: Links
    declined: Links
    options: Options
    sessions: Sessions
    need_blocks: Links
    need_meets_again: Links

    @classmethod
    def of(
        cls,
        volunteers: Iterable[VolunteerFacts],
        needs: Iterable[NeedFacts],
        *,
        tz: str = "Europe/Oslo",
        degrees: bool = False,
    ) -> Facts:
        """Facts from plain records; ValueError for two with one id. `degrees` keeps what `reference/1` measures by."""
        return cls.of_columns(
            loading.transposed(VolunteerFacts, volunteers),
            loading.transposed(NeedFacts, needs),
            tz=tz,
            degrees=degrees,
        )

    @classmethod
    def of_columns(
        cls,
        volunteers: Mapping[str, Sequence[Any]],
        needs: Mapping[str, Sequence[Any]],
        *,
        tz: str = "Europe/Oslo",
        degrees: bool = False,
    ) -> Facts:
        """The same from one sequence per field of the records, all equally long; a field left out has its default."""
        return _built(volunteers, needs, Vocabularies(), ZoneInfo(tz), degrees=degrees)

    def replaced(
        self,
        *,
        volunteers: Iterable[VolunteerFacts] = (),
        needs: Iterable[NeedFacts] = (),
        removed_volunteers: Iterable[int] = (),
        removed_needs: Iterable[int] = (),
    ) -> Facts:
        """New facts where these records stand for those with the same id, or are added, and the removed are gone."""
        return _replaced(
            self,
            loading.transposed(VolunteerFacts, volunteers),
            loading.transposed(NeedFacts, needs),
            list(removed_volunteers),
            list(removed_needs),
        )

    @cached_property
    def row_of_held(self) -> NDArray[np.int32]:
        """The row of the volunteer whom each running meeting belongs to."""
        return self.volunteers.id.searchsorted(self.held.owner).astype(np.int32)

    def free_spans(self, volunteer: int) -> tuple[Span, ...]:
        """The free minutes of one volunteer's week, merged; KeyError when the id is unknown."""
        row = self.volunteers.row(volunteer)
        if self.volunteers.uneven[row]:
            spans = self.free_minutes.between(volunteer, volunteer)
            return tuple(zip(spans.start.tolist(), spans.end.tolist(), strict=True))
        return Week(int.from_bytes(np.ascontiguousarray(self.volunteers.week[:, row]).tobytes(), "little")).spans()

    @property
    def nbytes(self) -> int:
        """Bytes of every column and side table that belongs to volunteers."""
        tables: int = sum(getattr(self, name).nbytes for name in ("volunteers", *loading.VOLUNTEER_SIDES))
        return tables + self.row_of_held.nbytes


def _built(volunteers: Fields, needs: Fields, words: Vocabularies, tz: ZoneInfo, *, degrees: bool) -> Facts:
    people = loading.complete(VolunteerFacts, volunteers)
    tasks = loading.complete(NeedFacts, needs)
    words = words.grown(people, tasks)
    volunteer_sides = loading.volunteer_sides(people, words, tz)
    sides = volunteer_sides | loading.need_sides(tasks, tz)
    return Facts(
        tz=tz,
        words=words,
        volunteers=Volunteers(loading.volunteer_columns(people, words, degrees=degrees)),
        needs=Needs(loading.need_columns(tasks, words, tz, degrees=degrees)),
        **{name: kind(sides[name]) for name, kind in _SIDES.items()},
    )


_SIDES: dict[str, Any] = {
    "held": Held,
    "away": Days,
    "free_minutes": Spans,
    "preferred": Weeks,
    "volunteer_wants": Sets,
    "clearance_ends": Ends,
    "volunteer_blocks": Links,
    "volunteer_meets_again": Links,
    "ended_badly": Links,
    "declined": Links,
    "options": Options,
    "sessions": Sessions,
    "need_blocks": Links,
    "need_meets_again": Links,
}


def _replaced(
    facts: Facts, volunteers: Fields, needs: Fields, removed_volunteers: Sequence[int], removed_needs: Sequence[int]
) -> Facts:
    degrees = "degrees" in facts.volunteers
    fresh = _built(volunteers, needs, facts.words, facts.tz, degrees=degrees)
    gone = {
        "volunteers": np.array([*removed_volunteers, *fresh.volunteers.id], dtype=np.int32),
        "needs": np.array([*removed_needs, *fresh.needs.id], dtype=np.int32),
    }
    sides = {}
    for name in _SIDES:
        held = _widened(getattr(facts, name), fresh.words)
        sides[name] = held.replaced(getattr(fresh, name), gone["needs" if name in loading.NEED_SIDES else "volunteers"])
    return Facts(
        tz=facts.tz,
        words=fresh.words,
        volunteers=_widened(facts.volunteers, fresh.words).replaced(fresh.volunteers, removed_volunteers),
        needs=_widened(facts.needs, fresh.words).replaced(fresh.needs, removed_needs),
        **sides,
    )


def _widened(table: A, words: Vocabularies) -> A:
    """The table with every set in words wide enough for the vocabularies."""
    wide = {
        name: widened(table.read(name), len(getattr(words, column.terms)))
        for name, column in table.columns().items()
        if column.terms
    }
    return table.changed(wide) if wide else table
