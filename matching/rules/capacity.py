"""Can the volunteer take on more?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matching.loading import NO_LIMIT
from matching.pairs import Bools, Ints, Pairs
from matching.rule import FARTHEST, Case, HardRule, Source, Text, Value, Who


@dataclass(frozen=True)
class HasCapacity(HardRule):
    """Has room for one more assignment."""

    label = Text(nb="kapasitet", nn="kapasitet", en="capacity")
    says = Text(
        nb="Den frivillige skal ha plass til en avtale til.",
        nn="Den frivillige skal ha plass til ein avtale til.",
        en="The volunteer must have room for one more arrangement.",
    )
    because = Text(
        nb="Ledige plasser hos den frivillige: {places}. Det trengs 1.",
        nn="Ledige plassar hos den frivillige: {places}. Det trengst 1.",
        en="Places left with the volunteer: {places}. 1 is needed.",
    )
    fits = Text(
        nb="Ledige plasser hos den frivillige: {places}.",
        nn="Ledige plassar hos den frivillige: {places}.",
        en="Places left with the volunteer: {places}.",
    )
    remedy = Text(
        nb="Kunne vært med dersom den frivillige økte antallet avtaler med 1.",
        nn="Kunne vore med dersom den frivillige auka talet på avtalar med 1.",
        en="Could take part if the volunteer raised the number of arrangements by 1.",
    )
    who = Who.VOLUNTEER
    source = Source("choice", "Nobody is asked for more than they have offered", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.capacity"})

    def allows(self, pairs: Pairs) -> Bools:
        return pairs.volunteer.capacity > 0

    def room(self, pairs: Pairs) -> Ints:
        return pairs.volunteer.capacity

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return {"places": max(int(pair.volunteer.capacity[0]), 0)}

    def shortfall(self, pairs: Pairs) -> Ints:
        return np.array([FARTHEST // 4])

    def remedied(self, case: Case) -> Case:
        return replace(case, volunteer=replace(case.volunteer, capacity=1))


@dataclass(frozen=True)
class WeeklyTimeLeft(HardRule):
    """Has as much time left in a week as the task takes."""

    label = Text(nb="timer", nn="timar", en="hours")
    says = Text(
        nb="Den frivillige skal ha nok tid igjen i uka til oppgaven.",
        nn="Den frivillige skal ha nok tid igjen i veka til oppgåva.",
        en="The volunteer must have enough time left in the week for the task.",
    )
    because = Text(
        nb="Oppgaven tar {asked_min} minutter i uka; den frivillige har {left_min} igjen.",
        nn="Oppgåva tek {asked_min} minutt i veka; den frivillige har {left_min} igjen.",
        en="The task takes {asked_min} minutes a week; the volunteer has {left_min} left.",
    )
    fits = Text(
        nb="Oppgaven tar {asked_min} minutter i uka, og den frivillige har tid til det.",
        nn="Oppgåva tek {asked_min} minutt i veka, og den frivillige har tid til det.",
        en="The task takes {asked_min} minutes a week, and the volunteer has time for that.",
    )
    remedy = Text(
        nb="Kunne vært med dersom den frivillige satte av {missing_min} minutter mer i uka.",
        nn="Kunne vore med dersom den frivillige sette av {missing_min} minutt meir i veka.",
        en="Could take part if the volunteer set aside {missing_min} more minutes a week.",
    )
    who = Who.VOLUNTEER
    source = Source("choice", "Nobody is asked for more time than they have offered", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.minutes_left", "need.minutes_per_week"})

    def allows(self, pairs: Pairs) -> Bools:
        left = pairs.volunteer.minutes_left
        return np.asarray((left >= pairs.need.minutes_per_week) | (left == NO_LIMIT))

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        asked, left = int(pair.need.minutes_per_week[0]), max(int(pair.volunteer.minutes_left[0]), 0)
        return {"asked_min": asked, "left_min": left, "missing_min": max(asked - left, 0)}

    def asks(self, pair: Pairs) -> bool:
        return bool(pair.need.minutes_per_week[0])

    def shortfall(self, pairs: Pairs) -> Ints:
        asked, left = pairs.need.minutes_per_week.astype(np.int64), pairs.volunteer.minutes_left
        return FARTHEST * (asked - left) // np.maximum(asked, 1)

    def remedied(self, case: Case) -> Case:
        return replace(case, volunteer=replace(case.volunteer, minutes_left=case.need.minutes_per_week))
