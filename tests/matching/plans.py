"""Plans judged from the raw records: what is allowed, and what is best, by trying all and by one whole program.

Only which pairs are eligible, and their points, is asked of the ranking, which has tests of its own.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from itertools import combinations
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import highspy
import numpy as np

from matching import Dated, Facts, Hold, NeedFacts, Place, RuleBook, VolunteerFacts, Week, Weekly, candidates
from matching.plan import Plan
from matching.times import Window
from tests.matching.pair import NOW, TODAY

OSLO = ZoneInfo("Europe/Oslo")
WEEK_MIN = 7 * 24 * 60
KMH = {"foot": 4, "bicycle": 12, "transit": 20, "car": 40}
MARGIN_MIN, MOST_MIN = 10, 240
OFFERS, ASKS, ASK_DAYS = 2, 3, 30
Five = tuple[int, int, int, int, int]


@dataclass(frozen=True, order=True)
class Seat:
    """One choice: ids of need and volunteer, the option, and the points."""

    need: int
    volunteer: int
    option: int
    points: int = 0


# -- time, minute by minute ------------------------------------------------------------------------------------------


@cache
def wall(window: Window) -> frozenset[int]:
    """Minutes of the local week."""
    if isinstance(window, Weekly):
        return frozenset(range(window.start, window.end))
    local = [datetime.fromtimestamp(60 * at, UTC).astimezone(OSLO) for at in instants(window)]
    return frozenset(at.weekday() * 1440 + at.hour * 60 + at.minute for at in local)


@cache
def instants(window: Dated) -> range:
    """Minutes since 1970."""
    return range(int(window.begins.timestamp()) // 60, int(window.ends.timestamp()) // 60)


@cache
def gap_min(one: Window, other: Window) -> int:
    """Minutes between two windows, -1 when they overlap: dated ones by instants, else on the clock of the week."""
    if isinstance(one, Dated) and isinstance(other, Dated):
        a, b = instants(one), instants(other)
        return max(b.start - a.stop, a.start - b.stop, -1)
    here = np.array(sorted(wall(one)))[:, None]
    there = np.array(sorted(wall(other)))
    return int(np.minimum((here - there) % WEEK_MIN, (there - here) % WEEK_MIN).min()) - 1


def metres(here: Place | None, there: Place | None) -> float:
    """The straight line through the ellipsoid; 0 where a place is unknown."""
    return 0.0 if here is None or there is None else math.dist(_earth(here), _earth(there))


def _earth(at: Place) -> tuple[float, float, float]:
    phi, lam = math.radians(at.lat), math.radians(at.lon)
    flat = 1 / 298.257223563
    e2 = flat * (2 - flat)
    normal = 6_378_137 / math.sqrt(1 - e2 * math.sin(phi) ** 2)
    return (
        normal * math.cos(phi) * math.cos(lam),
        normal * math.cos(phi) * math.sin(lam),
        normal * (1 - e2) * math.sin(phi),
    )


def journey_min(distance_m: float, travel: str) -> int:
    """Minutes from one meeting to the next, with the margin."""
    whole = math.floor(distance_m + 0.5)
    return min(math.ceil(whole * 60 / (KMH[travel] * 1000)) + MARGIN_MIN, MOST_MIN) if whole else 0


def too_near(one: Iterable[Window], other: Iterable[Window], journey: int) -> bool:
    """Whether one person cannot hold both sets of windows."""
    return any(gap < 0 or gap < journey for a in one for b in other for gap in [gap_min(a, b)])


# -- a town with its records -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Town:
    """Raw records, a rule book and earlier approvals."""

    volunteers: tuple[VolunteerFacts, ...]
    needs: tuple[NeedFacts, ...]
    book: RuleBook
    approved: tuple[tuple[int, int], ...] = ()

    @cached_property
    def facts(self) -> Facts:
        return Facts.of(self.volunteers, self.needs, degrees=True)

    @cached_property
    def who(self) -> Mapping[int, VolunteerFacts]:
        return {each.id: each for each in self.volunteers}

    @cached_property
    def what(self) -> Mapping[int, NeedFacts]:
        return {each.id: each for each in self.needs}

    @property
    def standard(self) -> bool:
        """Whether travel, minutes a week and offers count."""
        return self.book.name == "standard"

    @cached_property
    def records_of(self) -> Mapping[int, list[VolunteerFacts]]:
        """The records of each human."""
        found = defaultdict(list)
        for each in self.volunteers:
            found[each.human].append(each)
        return found

    def room(self, who: VolunteerFacts) -> int:
        """New assignments that a record may take."""
        if not self.standard:
            return who.capacity
        asks = sum((TODAY - day).days < ASK_DAYS for day in who.asked)
        return max(0, min(who.capacity, OFFERS - who.open_offers, ASKS - asks))

    def room_of(self, human: int) -> int:
        """New assignments that a person may take."""
        return max(map(self.room, self.records_of[human]))

    def budget_min(self, human: int) -> float:
        """Minutes a week that a person has left."""
        given = [each.minutes_left for each in self.records_of[human] if each.minutes_left is not None]
        return min(given) if given and self.standard else math.inf

    def running(self, human: int) -> int:
        """Assignments that a person has."""
        return max(each.running for each in self.records_of[human])

    def travel(self, human: int) -> str:
        """The slowest way of travelling that a person has given."""
        return min((each.travel for each in self.records_of[human]), key=KMH.__getitem__)

    def weight(self, need: NeedFacts) -> int:
        """What a need counts."""
        urgent: int = 1 << (need.urgency - 1)
        half = self.book.plan.waiting_days
        if not half:
            return urgent
        days = 0 if need.waiting_since is None else max(0, (TODAY - need.waiting_since).days)
        return urgent * (10_000 + 10_000 * days // (days + half) + days)

    def windows(self, need: int, option: int) -> tuple[Window, ...]:
        """What a seat holds."""
        given = self.what[need]
        if given.times == "none" or not given.windows:
            return ()
        return given.windows if given.times == "all" else (given.windows[option],)

    def is_open(self, who: VolunteerFacts, need: NeedFacts, option: int) -> bool:
        """Whether the volunteer has the time of an option, beside what is held already."""
        held = self.windows(need.id, option)
        spans = who.available.spans() if isinstance(who.available, Week) else who.available
        free = {minute for start, end in spans for minute in range(start, end)}
        if any(not wall(each) <= free for each in held):
            return False
        days = {
            datetime.fromtimestamp(60 * at, UTC).astimezone(OSLO).date()
            for each in held if isinstance(each, Dated) for at in instants(each)
        }  # fmt: skip
        if any(first <= day <= last for first, last in who.away for day in days):
            return False
        here = None if need.mode in ("phone", "online") else need.place
        return not self.standard or not any(
            too_near(held, [hold.window], journey_min(metres(here, hold.place), who.travel)) for hold in who.holds
        )

    def clash(self, one: Seat, other: Seat) -> bool:
        """Whether one person cannot have both seats."""
        here, there = (
            None if self.what[seat.need].mode in ("phone", "online") else self.what[seat.need].place
            for seat in (one, other)
        )
        journey = journey_min(metres(here, there), self.travel(self.who[one.volunteer].human)) if self.standard else 0
        return too_near(self.windows(one.need, one.option), self.windows(other.need, other.option), journey)

    @cached_property
    def choices(self) -> tuple[Seat, ...]:
        """Every eligible pair at every option that is open to it."""
        return tuple(
            Seat(need.id, each.id, option, each.points)
            for need in self.needs
            for each in candidates(self.facts, self.book, need=need.id, now=NOW).candidates()
            for option in range(max(1, len(need.windows) if need.times == "any" else 1))
            if self.is_open(self.who[each.id], need, option)
        )

    # what is allowed

    def faults(self, plan: Iterable[Seat]) -> list[str]:
        """What is wrong with a plan, in words."""
        plan = list(plan)
        return [*self._of_needs(plan), *self._of_people(plan)]

    def _of_needs(self, plan: list[Seat]) -> Iterator[str]:
        known = {(each.need, each.volunteer, each.option): each.points for each in self.choices}
        for seat in plan:
            if (seat.need, seat.volunteer, seat.option) not in known:
                yield f"{seat} is refused"
            elif known[seat.need, seat.volunteer, seat.option] != seat.points:
                yield f"{seat} has other points"
        for need in self.needs:
            humans = [self.who[seat.volunteer].human for seat in plan if seat.need == need.id]
            if len(humans) != len(set(humans)):
                yield f"one person twice on need {need.id}"
            if humans and not need.minimum <= len(humans) <= need.wanted:
                yield f"need {need.id} has {len(humans)} seats"

    def _of_people(self, plan: list[Seat]) -> Iterator[str]:
        for human, records in self.records_of.items():
            seats = [seat for seat in plan if self.who[seat.volunteer].human == human]
            if len(seats) > self.room_of(human):
                yield f"person {human} has {len(seats)} seats"
            for who in records:
                if sum(seat.volunteer == who.id for seat in seats) > self.room(who):
                    yield f"volunteer {who.id} is beyond capacity"
            if sum(self.what[seat.need].minutes_per_week for seat in seats) > self.budget_min(human):
                yield f"person {human} has too little time a week"
            for one, other in combinations(seats, 2):
                if self.clash(one, other):
                    yield f"person {human} cannot keep {one} and {other}"

    # what is best

    def five(self, plan: Iterable[Seat]) -> Five:
        """The five numbers of a plan."""
        plan = list(plan)
        load: dict[int, int] = defaultdict(int)
        for seat in plan:
            load[self.who[seat.volunteer].human] += 1
        return (
            sum(self.weight(self.what[need]) for need in {seat.need for seat in plan}),
            sum(self.weight(self.what[seat.need]) for seat in plan),
            sum((seat.need, seat.volunteer) in self.approved for seat in plan),
            sum(seat.points for seat in plan),
            sum((self.running(human) + more) ** 2 - self.running(human) ** 2 for human, more in load.items()),
        )

    def best_of_all(self) -> Five:
        """The best five numbers, by trying every plan."""
        return max(map(self.five, self._plans(list(self.needs), ())), key=in_order)

    def _plans(self, needs: list[NeedFacts], begun: tuple[Seat, ...]) -> Iterator[tuple[Seat, ...]]:
        if not needs:
            yield begun
            return
        mine = [seat for seat in self.choices if seat.need == needs[0].id]
        for count in (0, *range(needs[0].minimum, needs[0].wanted + 1)):
            for more in combinations(mine, count):
                if not any(self._of_people([*begun, *more])) and not self._twice(more):
                    yield from self._plans(needs[1:], (*begun, *more))

    def _twice(self, seats: tuple[Seat, ...]) -> bool:
        return len({self.who[seat.volunteer].human for seat in seats}) < len(seats)

    def best_by_program(self) -> Five:
        """The best five numbers, by HiGHS on the whole model, level by level."""
        program = _Program(self)
        coverage, seats, kept, quality = map(program.best, program.worths)
        return (coverage, seats, kept, quality, program.least_load())


def in_order(five: Five) -> Five:
    """Numbers of which more is better, in their order."""
    return (*five[:4], -five[4])


def seats(plan: Plan) -> list[Seat]:
    """The engine's plan as plain seats."""
    return [Seat(each.need, each.volunteer, each.option, each.points) for each in plan.assignments]


class _Program:
    """All needs and choices as they stand, with a row for every two that clash; nothing is left out."""

    def __init__(self, town: Town) -> None:
        self.town, self.choices = town, town.choices
        self.needs = {need.id: len(self.choices) + row for row, need in enumerate(town.needs)}
        self.humans = [town.who[seat.volunteer].human for seat in self.choices]
        self.width = len(self.choices) + len(town.needs)
        self.rows: list[tuple[float, float, dict[int, float]]] = []
        self._of_needs()
        self._of_people()

    @cached_property
    def _by(self) -> Mapping[tuple[str | int, ...], dict[int, float]]:
        """The choices of each need, human, record, and need and human."""
        found: dict[tuple[str | int, ...], dict[int, float]] = defaultdict(dict)
        for at, (seat, human) in enumerate(zip(self.choices, self.humans, strict=True)):
            for key in (("need", seat.need), ("human", human), ("record", seat.volunteer), (seat.need, human)):
                found[key][at] = 1.0
        return found

    def _of_needs(self) -> None:
        for need in self.town.needs:
            mine = self._by["need", need.id]
            self.rows.append((-math.inf, 0.0, {**mine, self.needs[need.id]: -need.wanted}))
            self.rows.append((0.0, math.inf, {**mine, self.needs[need.id]: -need.minimum}))
            for human in {self.humans[at] for at in mine}:
                self.rows.append((-math.inf, 1.0, self._by[need.id, human]))

    def _of_people(self) -> None:
        town = self.town
        for human in set(self.humans):
            mine = self._by["human", human]
            self.rows.append((-math.inf, town.room_of(human), mine))
            for who in town.records_of[human]:
                self.rows.append((-math.inf, town.room(who), self._by["record", who.id]))
            if math.isfinite(town.budget_min(human)):
                minutes = {at: float(town.what[self.choices[at].need].minutes_per_week) for at in mine}
                self.rows.append((-math.inf, town.budget_min(human), minutes))
            for one, other in combinations(mine, 2):
                a, b = self.choices[one], self.choices[other]
                if a.need != b.need and town.clash(a, b):
                    self.rows.append((-math.inf, 1.0, {one: 1.0, other: 1.0}))

    @property
    def worths(self) -> list[dict[int, float]]:
        """The four levels where more is better."""
        town, choices = self.town, self.choices
        weight = {need.id: float(town.weight(need)) for need in town.needs}
        return [
            {self.needs[key]: each for key, each in weight.items()},
            {at: weight[seat.need] for at, seat in enumerate(choices)},
            {at: float((seat.need, seat.volunteer) in town.approved) for at, seat in enumerate(choices)},
            {at: float(seat.points) for at, seat in enumerate(choices)},
        ]

    def best(self, worth: dict[int, float]) -> int:
        """The most of one level, which every later one keeps."""
        most = -self._solved({at: -each for at, each in worth.items()}, self.width)
        self.rows.append((most, math.inf, worth))
        return most

    def least_load(self) -> int:
        """The least load; each person's assignments are the first, the second, …, at 1, 3, 5, … and what is run."""
        costs, width = dict[int, float](), self.width
        for human in set(self.humans):
            mine = self._by["human", human]
            steps = range(width, width + min(len(mine), self.town.room_of(human)))
            width += len(steps)
            costs |= {at: 2.0 * (self.town.running(human) + number) + 1 for number, at in enumerate(steps)}
            self.rows.append((0.0, 0.0, {**mine, **dict.fromkeys(steps, -1.0)}))
        return self._solved(costs, width)

    def _solved(self, costs: dict[int, float], width: int) -> int:
        """The least sum of 0-1 variables."""
        if not self.choices:
            return 0
        solver = highspy._core._Highs()
        for option, value in {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 0.5}.items():
            solver.setOptionValue(option, value)
        starts = np.cumsum([0, *(len(row) for *_, row in self.rows)])[:-1]
        index = np.array([at for *_, row in self.rows for at in row], dtype=np.int32)
        factors = np.array([factor for *_, row in self.rows for factor in row.values()], dtype=np.float64)
        lower = np.array([each[0] for each in self.rows], dtype=np.float64)
        upper = np.array([each[1] for each in self.rows], dtype=np.float64)
        solver.passModel(
            width, len(self.rows), len(index), int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize),
            0.0, np.array([costs.get(at, 0.0) for at in range(width)]), np.zeros(width), np.ones(width),
            lower, upper, starts.astype(np.int32), index, factors, np.ones(width, dtype=np.int32),
        )  # fmt: skip
        solver.run()
        assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return round(solver.getInfo().objective_function_value)


def dated(day: int, minute: int, length: int) -> Dated:
    """A session that begins so many local minutes into a day after the Monday of the plan."""
    begins = datetime(2026, 11, 30, tzinfo=OSLO).astimezone(UTC) + timedelta(days=day, minutes=minute)
    return Dated(begins, begins + timedelta(minutes=length))


# -- towns made up ---------------------------------------------------------------------------------------------------

PLACES = (Place(61.3136, 10.3036), Place(61.2656, 10.4130), Place(61.27, 10.42), Place(61.26, 10.40), None)
SPRING, AUTUMN = datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 10, 31, tzinfo=UTC)
"""The nights when the clock changes, at 01:00 UTC."""
SUNDAY = 6 * 1440
FREE = ((540, 780), (1440 + 540, 1440 + 780), (SUNDAY, SUNDAY + 360))


def made(dice: Random, volunteers: int, needs: int, book: RuleBook, **rest: Any) -> Town:
    """A town where most pairs fit, many clash and some records are of one person."""
    people = tuple(_volunteer(dice, number, volunteers) for number in range(volunteers))
    tasks = tuple(_need(dice, number, **rest) for number in range(needs))
    pairs = [(need.id, who.id) for need in tasks for who in people]
    return Town(people, tasks, book, tuple(dice.sample(pairs, min(len(pairs), needs // 2))))


def _volunteer(dice: Random, number: int, count: int) -> VolunteerFacts:
    capacity = dice.choice((0, 1, 1, 2, 3))
    return VolunteerFacts(
        id=number, human=1 + dice.randrange(max(1, 4 * count // 5)), municipality="3440", reach_m=40_000,
        capacity=capacity, ready=True, place=dice.choice(PLACES), travel=dice.choice(tuple(KMH)),
        running=dice.choice((0, 0, 1, 3)), active=dice.random() < 0.95,
        minutes_left=dice.choice((None, None, 60, 100)),
        available=Week.from_spans(span for span in FREE if dice.random() < 0.8),
        away=((date(2026, 12, 1), date(2026, 12, 1)),) if dice.random() < 0.1 else (),
        holds=(Hold(_window(dice), dice.choice(PLACES)),) if dice.random() < 0.1 else (),
        skills=frozenset(skill for skill in ("drives", "cooks") if dice.random() < 0.6),
        interests=frozenset({"chess"} if dice.random() < 0.5 else ()), languages={"nb": 3},
        birth_date=date(1980, 6, 15), open_offers=dice.choice((0, 0, 1)),
        asked=(TODAY - timedelta(days=dice.randrange(60)),), idle_since=TODAY - timedelta(days=dice.randrange(400)),
    )  # fmt: skip


def _need(
    dice: Random, number: int, *, wanted: tuple[int, ...] = (1, 1, 2, 3), windows: int = 3, choosy: float = 0.3
) -> NeedFacts:
    seats = dice.choice(wanted)
    return NeedFacts(
        id=number, human=1000 + number, municipality="3440", kind="visit", place=dice.choice(PLACES),
        mode=dice.choice(("home", "home", "outdoors", "phone")),
        skills_required=frozenset({"drives"} if dice.random() < choosy else ()),
        skills_preferred=frozenset({"cooks"} if dice.random() < 0.5 else ()),
        interests=frozenset({"chess"} if dice.random() < 0.5 else ()), languages={"nb": 2}, consent=True,
        times=dice.choice(("none", "any", "any", "any", "all")),
        windows=tuple(_window(dice) for _ in range(dice.randrange(windows + 1))),
        minutes_per_week=dice.choice((0, 30, 60)), wanted=seats, minimum=1 + dice.randrange(seats),
        urgency=1 + dice.randrange(5), waiting_since=TODAY - timedelta(days=dice.randrange(60)),
    )  # fmt: skip


def _window(dice: Random) -> Window:
    """Mondays and Tuesdays, every week or once, and the nights to Sunday when the clock changes."""
    start, length = 30 * dice.randrange(18, 25), dice.choice((30, 60))
    kind, day = dice.randrange(10), dice.randrange(2)
    if kind < 5:
        return Weekly(1440 * day + start, 1440 * day + start + length)
    if kind < 8:
        return dated(day + dice.choice((0, 7)), start, length)
    if kind < 9:
        at = SUNDAY + 30 * dice.randrange(8)
        return Weekly(at, at + length)
    begins = dice.choice((SPRING, AUTUMN)) + timedelta(minutes=30 * dice.randrange(-2, 6))
    return Dated(begins, begins + timedelta(minutes=length))
