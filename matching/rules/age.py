"""Is the volunteer of an age that fits?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

import numpy as np

from matching.loading import HIGHEST_AGE, LOWEST_AGE, UNKNOWN
from matching.pairs import Bools, Ints, Pairs
from matching.rule import FARTHEST, Bound, Case, HardRule, Said, Source, Text, Value, Who

BIRTH_UNKNOWN = Text(
    nb="Oppgaven har en aldersgrense, og fødselsdatoen er ukjent.",
    nn="Oppgåva har ei aldersgrense, og fødselsdatoen er ukjend.",
    en="The task has an age limit, and the birth date is unknown.",
)
NO_LIMIT_SET = Text(
    nb="Oppgaven har ingen aldersgrense.", nn="Oppgåva har inga aldersgrense.", en="The task has no age limit."
)
ONLY_LOWEST = Text(
    nb="{years} år; oppgaven er for dem som er minst {lowest} år.",
    nn="{years} år; oppgåva er for dei som er minst {lowest} år.",
    en="Aged {years}; the task is for those aged at least {lowest}.",
)
ONLY_HIGHEST = Text(
    nb="{years} år; oppgaven er for dem som er høyst {highest} år.",
    nn="{years} år; oppgåva er for dei som er høgst {highest} år.",
    en="Aged {years}; the task is for those aged at most {highest}.",
)


@dataclass(frozen=True)
class AgeOfTask(HardRule):
    """Is within the age limits of the task; an unknown birth date fails where there is a limit."""

    label = Text(nb="alder", nn="alder", en="age")
    says = Text(
        nb="Den frivillige skal være innenfor oppgavens aldersgrenser, der den har noen.",
        nn="Den frivillige skal vere innanfor aldersgrensene til oppgåva, der ho har nokon.",
        en="The volunteer must be within the task's age limits, where it has any.",
    )
    because = Text(
        nb="{years} år; oppgaven er for dem mellom {lowest} og {highest} år.",
        nn="{years} år; oppgåva er for dei mellom {lowest} og {highest} år.",
        en="Aged {years}; the task is for those between {lowest} and {highest}.",
    )
    fits = because
    remedy = Text(
        nb="Kunne vært med uten aldersgrensen. Den som la inn behovet, kan endre den dersom den ikke trengs.",
        nn="Kunne vore med utan aldersgrensa. Den som la inn behovet, kan endre henne dersom ho ikkje trengst.",
        en="Could take part without the age limit. Whoever posted the need can change it if it is not needed.",
    )
    who = Who.PROFESSIONAL
    source = Source("choice", "An age limit belongs to the task and has a reason", since=date(2026, 11, 1))
    reads = frozenset({"age_years", "today", "volunteer.birth_ymd", "need.age_min", "need.age_max"})

    def allows(self, pairs: Pairs) -> Bools:
        need = pairs.need
        free = (need.age_min == LOWEST_AGE) & (need.age_max == HIGHEST_AGE)
        if free.all():
            return pairs.everyone
        born, today = pairs.volunteer.birth_ymd, pairs.today.ymd
        within = (born <= today - need.age_min.astype(np.int64) * 10_000) & (born != UNKNOWN)
        within &= born > today - (need.age_max.astype(np.int64) + 1) * 10_000
        return np.asarray(within | free if free.any() else within)

    def asks(self, pair: Pairs) -> bool:
        return bool(pair.need.age_min[0] != LOWEST_AGE or pair.need.age_max[0] != HIGHEST_AGE)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return {
            "years": int(pair.age_years[0]),
            "lowest": int(pair.need.age_min[0]),
            "highest": int(pair.need.age_max[0]),
        }

    def why(self, pair: Pairs) -> Said:
        if pair.volunteer.birth_ymd[0] == UNKNOWN:
            return self.said(BIRTH_UNKNOWN, pair)
        return self.said(self._limits(pair), pair)

    def fits_said(self, pair: Pairs) -> Said:
        return self.said(self._limits(pair), pair)

    def _limits(self, pair: Pairs) -> Text:
        low, high = pair.need.age_min[0] != LOWEST_AGE, pair.need.age_max[0] != HIGHEST_AGE
        return {(False, False): NO_LIMIT_SET, (True, False): ONLY_LOWEST, (False, True): ONLY_HIGHEST}.get(
            (bool(low), bool(high)), self.because
        )

    def shortfall(self, pairs: Pairs) -> Ints:
        beyond = np.maximum(pairs.need.age_min - pairs.age_years, pairs.age_years - pairs.need.age_max)
        return np.where(pairs.volunteer.birth_ymd == UNKNOWN, FARTHEST // 2, np.clip(beyond, 1, 50) * 20)

    def remedied(self, case: Case) -> Case:
        return replace(case, need=replace(case.need, age_min=None, age_max=None))


@dataclass(frozen=True)
class OldEnough(HardRule):
    """Is not known to be younger than volunteers may be here."""

    label = Text(nb="myndig", nn="myndig", en="adult")
    says = Text(
        nb="Frivillige skal være minst {lowest_age} år.",
        nn="Frivillige skal vere minst {lowest_age} år.",
        en="Volunteers must be at least {lowest_age} years old.",
    )
    because = Text(
        nb="{years} år; frivillige skal være minst {lowest_age} år.",
        nn="{years} år; frivillige skal vere minst {lowest_age} år.",
        en="Aged {years}; volunteers must be at least {lowest_age}.",
    )
    fits = Text(
        nb="Ikke under {lowest_age} år.", nn="Ikkje under {lowest_age} år.", en="Not under {lowest_age} years old."
    )
    remedy = Text(nb="Bare tiden kan endre dette.", nn="Berre tida kan endre dette.", en="Only time can change this.")
    who = Who.NOBODY
    source = Source("choice", "18 and over until guardians can confirm; the sign-up asks", since=date(2026, 11, 1))
    reads = frozenset({"age_years", "today", "volunteer.birth_ymd"})

    lowest_age: Annotated[
        int, Bound("years", 15, 18, Text(nb="Laveste alder", nn="Lågaste alder", en="Lowest age"))
    ] = 18

    def allows(self, pairs: Pairs) -> Bools:
        """An unknown birth date is -1, which is early enough."""
        return np.asarray(pairs.volunteer.birth_ymd <= pairs.today.ymd - self.lowest_age * 10_000)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return {"years": int(pair.age_years[0])}
