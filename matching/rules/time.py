"""Do they have time for each other?"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from matching.loading import options_of
from matching.pairs import Bools, Ints, Pairs
from matching.rule import FARTHEST, Bound, Case, HardRule, Said, SoftRule, Source, Text, Times, Value, Weight, Who
from matching.times import Window, lacking, minutes_in, week_spans
from matching.week import Span, Week, merged

TIMES = frozenset(
    {"volunteer.week", "volunteer.uneven", "volunteer.id", "need.id", "need.option_count", "options", "sessions",
     "free_minutes", "away"}
)  # fmt: skip
HELD = TIMES | {
    "held", "need.remote", "need.placed", "need.earth_cm"
}  # fmt: skip
MOST_TRAVEL_MIN = 240
AGREED_LATER = Text(nb="Tiden avtales senere.", nn="Tida blir avtalt seinare.", en="The time is agreed later.")


def asked_times(pair: Pairs) -> Times:
    """Every window of the need."""
    return Times(tuple(_spans(pair.fit.sessions.start, pair.fit.sessions.end)))


def _spans(starts: NDArray[Any], ends: NDArray[Any]) -> Iterable[Span]:
    return dict.fromkeys(zip(starts.tolist(), ends.tolist(), strict=True))


@dataclass(frozen=True)
class FreeTime(HardRule):
    """Has at least one alternative wholly free, by the minute; what touches does not overlap."""

    label = Text(nb="tid", nn="tid", en="time")
    says = Text(
        nb="Minst én av tidene oppgaven foreslår, skal være helt ledig hos den frivillige.",
        nn="Minst ei av tidene oppgåva foreslår, skal vere heilt ledig hos den frivillige.",
        en="At least one of the times that the task suggests must be wholly free for the volunteer.",
    )
    because = Text(
        nb="Ønsket tid: {asked}. Den frivillige mangler minst {missing_min} minutter.",
        nn="Ønskt tid: {asked}. Den frivillige manglar minst {missing_min} minutt.",
        en="Time asked: {asked}. The volunteer lacks at least {missing_min} minutes.",
    )
    fits = Text(nb="Ledig: {free}.", nn="Ledig: {free}.", en="Free: {free}.")
    remedy = Text(
        nb="Kunne vært med dersom dette var ledig: {lacking}. Den frivillige kan føre det opp, eller "
        "fagpersonen flytte tiden.",
        nn="Kunne vore med dersom dette var ledig: {lacking}. Den frivillige kan føre det opp, eller "
        "fagpersonen flytte tida.",
        en="Could take part if this were free: {lacking}. The volunteer can add it, or the professional move the time.",
    )
    who = Who.VOLUNTEER
    source = Source("choice", "One alternative wholly free, by the minute", since=date(2026, 11, 1))
    reads = TIMES

    def allows(self, pairs: Pairs) -> Bools:
        return pairs.fit.is_free if len(pairs.fit.options) else pairs.everyone

    def leaves_open(self, pairs: Pairs) -> Bools:
        return pairs.fit.free

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        lacking = pair.fit.lacking_spans()
        return {
            "asked": asked_times(pair),
            "free": Times(pair.fit.free_spans()),
            "lacking": Times(lacking),
            "missing_min": sum(end - start for start, end in lacking),
        }

    def asks(self, pair: Pairs) -> bool:
        return bool(pair.need.option_count[0])

    def fits_said(self, pair: Pairs) -> Said:
        return self.said(self.fits if self.asks(pair) else AGREED_LATER, pair)

    def shortfall(self, pairs: Pairs) -> Ints:
        return pairs.fit.lacking_share(FARTHEST)

    def remedied(self, case: Case) -> Case:
        """The time that lacks least is added; absences end where a dated session asks for it."""
        available = case.volunteer.available
        free = available.spans() if isinstance(available, Week) else merged(available)
        options = (_wanted(option, case) for option in options_of(case.need.times, case.need.windows))
        wanted = min(options, key=lambda spans: minutes_in(lacking(spans, free)), default=())
        return replace(case, volunteer=replace(case.volunteer, available=merged((*free, *wanted)), away=()))


def _wanted(option: Iterable[Window], case: Case) -> tuple[Span, ...]:
    return tuple(span for window in option for span in week_spans(window, case.tz))


class MeetingRule(HardRule, kind=True):
    """A rule that running meetings can break; `state` is how it leaves an alternative of time."""

    state: ClassVar[Literal["taken", "too_tight"]]

    def asks(self, pair: Pairs) -> bool:
        return bool(len(pair.fit.near.gap_min))

    def blocking(self, pairs: Pairs) -> Bools:
        """Which of the meetings near the windows rule an alternative out."""
        raise NotImplementedError

    def leaves_open(self, pairs: Pairs) -> Bools:
        return ~pairs.fit.marked(self.blocking(pairs))


@dataclass(frozen=True)
class NoClash(MeetingRule):
    """Among the alternatives that are free, one does not overlap a running assignment."""

    label = Text(nb="opptatt", nn="oppteken", en="busy")
    says = Text(
        nb="Oppgaven skal ikke falle samtidig med en avtale den frivillige allerede har.",
        nn="Oppgåva skal ikkje falle samtidig med ein avtale den frivillige alt har.",
        en="The task must not fall at the same time as an arrangement that the volunteer already has.",
    )
    because = Text(
        nb="Ønsket tid: {asked}. Den frivillige har allerede en avtale: {taken}.",
        nn="Ønskt tid: {asked}. Den frivillige har alt ein avtale: {taken}.",
        en="Time asked: {asked}. The volunteer already has an arrangement: {taken}.",
    )
    fits = Text(
        nb="Faller ikke sammen med noen løpende avtale.",
        nn="Fell ikkje saman med nokon løpande avtale.",
        en="Does not coincide with any running arrangement.",
    )
    remedy = Text(
        nb="Kunne vært med på en annen tid enn {taken}. Fagpersonen kan foreslå en.",
        nn="Kunne vore med på ei anna tid enn {taken}. Fagpersonen kan foreslå ei.",
        en="Could take part at another time than {taken}. The professional can suggest one.",
    )
    who = Who.PROFESSIONAL
    source = Source("choice", "Nobody is in two places at once", since=date(2026, 11, 1))
    reads = HELD
    state = "taken"

    def allows(self, pairs: Pairs) -> Bools:
        overlapping = self.blocking(pairs)
        return pairs.fit.leaves_room(overlapping) if overlapping.any() else pairs.everyone

    def blocking(self, pairs: Pairs) -> Bools:
        return _overlapping(pairs)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        taken = pair.fit.near.taken(_overlapping(pair))
        return {"asked": asked_times(pair), "taken": Times(tuple(_spans(taken.start, taken.end)))}

    def shortfall(self, pairs: Pairs) -> Ints:
        return np.array([FARTHEST // 2])

    def remedied(self, case: Case) -> Case:
        return _agreed_later(case)


def _overlapping(pairs: Pairs) -> Bools:
    return pairs.fit.near.gap_min < 0


def _agreed_later(case: Case) -> Case:
    return replace(case, need=replace(case.need, times="none"))


_SPEED = "km/h"


@dataclass(frozen=True)
class TravelTimeKept(MeetingRule):
    """Among the alternatives that are free and do not overlap, one leaves time to travel to and from what is near."""

    label = Text(nb="reisetid", nn="reisetid", en="transit")
    says = Text(
        nb="Mellom to møter skal det være tid til å reise, og {margin_min} minutter til.",
        nn="Mellom to møte skal det vere tid til å reise, og {margin_min} minutt til.",
        en="Between two meetings there must be time to travel, and {margin_min} minutes more.",
    )
    because = Text(
        nb="{gap_min} minutter mellom to møter; reisen på {distance_km:.1f} km tar {travel_min} minutter.",
        nn="{gap_min} minutt mellom to møte; reisa på {distance_km:.1f} km tek {travel_min} minutt.",
        en="{gap_min} minutes between two meetings; the journey of {distance_km:.1f} km takes {travel_min} minutes.",
    )
    fits = Text(
        nb="Det er tid til å reise mellom møtene.",
        nn="Det er tid til å reise mellom møta.",
        en="There is time to travel between the meetings.",
    )
    remedy = Text(
        nb="Kunne vært med dersom det var {travel_min} minutter mellom møtene. Fagpersonen kan foreslå en annen tid.",
        nn="Kunne vore med dersom det var {travel_min} minutt mellom møta. Fagpersonen kan foreslå ei anna tid.",
        en="Could take part with {travel_min} minutes between the meetings. The professional can suggest another time.",
    )
    who = Who.PROFESSIONAL
    source = Source("choice", "Time to travel, by the volunteer's way of travelling", since=date(2026, 11, 1))
    reads = HELD | {"volunteer.travel"}
    state = "too_tight"

    foot_kmh: Annotated[float, Bound(_SPEED, 2, 8, Text(nb="Til fots", nn="Til fots", en="On foot"))] = 4
    bicycle_kmh: Annotated[float, Bound(_SPEED, 5, 30, Text(nb="Sykkel", nn="Sykkel", en="Bicycle"))] = 12
    transit_kmh: Annotated[
        float, Bound(_SPEED, 5, 80, Text(nb="Buss og tog", nn="Buss og tog", en="Bus and train"))
    ] = 20
    car_kmh: Annotated[float, Bound(_SPEED, 10, 90, Text(nb="Bil", nn="Bil", en="Car"))] = 40
    margin_min: Annotated[int, Bound("minutes", 0, 60, Text(nb="Slingringsmonn", nn="Slingringsmonn", en="Margin"))] = (
        10
    )

    def allows(self, pairs: Pairs) -> Bools:
        late = self.blocking(pairs)
        return pairs.fit.leaves_room(late, after=_overlapping(pairs)) if late.any() else pairs.everyone

    def blocking(self, pairs: Pairs) -> Bools:
        return ~_overlapping(pairs) & (pairs.fit.near.gap_min < self._needed_min(pairs))

    def _needed_min(self, pairs: Pairs) -> NDArray[np.float64]:
        """Whole minutes of travel and margin to each near meeting; none where the way is unknown or nothing."""
        near = pairs.fit.near
        return self.needed_min(near.distance_m, pairs.volunteer.travel[near.volunteer])

    def needed_min(self, distance_m: NDArray[np.int32], travel: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Whole minutes of travel and margin over distances by ways of travelling (numbers in TRAVEL)."""
        speed_kmh = np.array([self.foot_kmh, self.bicycle_kmh, self.transit_kmh, self.car_kmh])
        minutes = np.ceil(distance_m * 60 / (speed_kmh[travel] * 1000)) + self.margin_min
        return np.where(distance_m > 0, np.minimum(minutes, MOST_TRAVEL_MIN), 0)

    def journey_min(self, distance_m: int, travel: int) -> int:
        """The same for one distance and one way of travelling."""
        if distance_m <= 0:
            return 0
        speed_kmh = (self.foot_kmh, self.bicycle_kmh, self.transit_kmh, self.car_kmh)[travel]
        return min(math.ceil(distance_m * 60 / (speed_kmh * 1000)) + self.margin_min, MOST_TRAVEL_MIN)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        near, needed = pair.fit.near, self._needed_min(pair)
        late = np.flatnonzero(self.blocking(pair))
        if not len(late):
            return {"gap_min": 0, "distance_km": 0.0, "travel_min": 0}
        worst = late[np.argmax(needed[late] - near.gap_min[late])]
        return {
            "gap_min": int(near.gap_min[worst]),
            "distance_km": int(near.distance_m[worst]) // 100 / 10,
            "travel_min": int(needed[worst]),
        }

    def shortfall(self, pairs: Pairs) -> Ints:
        return np.array([FARTHEST // 3])

    def remedied(self, case: Case) -> Case:
        return _agreed_later(case)


@dataclass(frozen=True)
class PreferredTimes(SoftRule):
    """An alternative lies wholly within the times that the volunteer likes best."""

    label = Text(nb="favorittid", nn="favorittid", en="best time")
    says = Text(
        nb="Det er fint når tiden er en av dem den frivillige liker best.",
        nn="Det er fint når tida er ei av dei den frivillige liker best.",
        en="It is good when the time is one that the volunteer likes best.",
    )
    because = Text(
        nb="En av tidene er blant dem den frivillige liker best.",
        nn="Ei av tidene er blant dei den frivillige liker best.",
        en="One of the times is among those that the volunteer likes best.",
    )
    source = Source("choice", "Preferred rather than possible times", since=date(2026, 11, 1))
    reads = TIMES | {"preferred"}

    weight: Weight = 50

    def points(self, pairs: Pairs) -> Ints:
        if not len(pairs.facts.preferred) or not len(pairs.fit.options):
            return np.zeros(1, dtype=np.int64)
        return self.weight * pairs.fit.preferred().astype(np.int64)

    def why(self, pair: Pairs) -> Said:
        return self.said(self.because if self.given(pair) else NO_TIME_LIKED_BEST, pair)


NO_TIME_LIKED_BEST = Text(
    nb="Ingen av tidene er ført opp som dem den frivillige liker best.",
    nn="Ingen av tidene er førte opp som dei den frivillige liker best.",
    en="None of the times is listed as one that the volunteer likes best.",
)
