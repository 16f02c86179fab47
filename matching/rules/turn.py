"""Whose turn is it to be asked?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated

import numpy as np

from matching.pairs import Bools, Ints, Pairs
from matching.records import ASKED
from matching.rule import FARTHEST, Bound, Case, HardRule, Said, SoftRule, Source, Text, Value, Weight, Who


@dataclass(frozen=True)
class FewOpenOffers(HardRule):
    """Does not already have as many offers to answer as anyone should."""

    label = Text(nb="åpne spm.", nn="opne spm.", en="open asks")
    says = Text(
        nb="Ingen skal ha mer enn {most} forespørsler å svare på samtidig.",
        nn="Ingen skal ha meir enn {most} førespurnader å svare på samtidig.",
        en="Nobody has more than {most} offers to answer at once.",
    )
    because = Text(
        nb="Ubesvarte forespørsler: {open}; grensen er {most}.",
        nn="Førespurnader utan svar: {open}; grensa er {most}.",
        en="Offers not yet answered: {open}; the limit is {most}.",
    )
    fits = because
    remedy = Text(
        nb="Kunne vært med når den frivillige har svart, så det er færre enn {most} igjen.",
        nn="Kunne vore med når den frivillige har svart, så det er færre enn {most} igjen.",
        en="Could take part once the volunteer has answered, so that fewer than {most} are left.",
    )
    who = Who.VOLUNTEER
    overrulable = True
    source = Source("study", "Manshadi and Rodilitz: do not keep asking the same people", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.open_offers"})

    most: Annotated[
        int, Bound("offers", 1, 5, Text(nb="Åpne forespørsler", nn="Opne førespurnader", en="Open offers"))
    ] = 2

    def allows(self, pairs: Pairs) -> Bools:
        return pairs.volunteer.open_offers < self.most

    def room(self, pairs: Pairs) -> Ints:
        return self.most - pairs.volunteer.open_offers.astype(np.int64)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return {"open": int(pair.volunteer.open_offers[0])}

    def shortfall(self, pairs: Pairs) -> Ints:
        return np.array([FARTHEST // 3])

    def remedied(self, case: Case) -> Case:
        return replace(case, volunteer=replace(case.volunteer, open_offers=self.most - 1))


@dataclass(frozen=True)
class NotAskedTooOften(HardRule):
    """Has not been asked as often as anyone should be in a number of days."""

    label = Text(nb="spurt ofte", nn="spurd ofte", en="asked")
    says = Text(
        nb="Ingen skal spørres mer enn {most} ganger på {days} dager.",
        nn="Ingen skal spørjast meir enn {most} gonger på {days} dagar.",
        en="Nobody is asked more than {most} times in {days} days.",
    )
    because = Text(
        nb="Spurt {times} ganger på {days} dager; grensen er {most}.",
        nn="Spurd {times} gonger på {days} dagar; grensa er {most}.",
        en="Times asked in {days} days: {times}; the limit is {most}.",
    )
    fits = because
    remedy = Text(
        nb="Kan spørres igjen {again}. Koordinatoren kan vente til da.",
        nn="Kan spørjast igjen {again}. Koordinatoren kan vente til då.",
        en="Can be asked again on {again}. The coordinator can wait until then.",
    )
    who = Who.COORDINATOR
    overrulable = True
    source = Source("study", "Manshadi and Rodilitz: do not keep asking the same people", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.asked_day", "today"})

    most: Annotated[int, Bound("times", 1, ASKED, Text(nb="Ganger spurt", nn="Gonger spurd", en="Times asked"))] = 3
    days: Annotated[int, Bound("days", 1, 90, Text(nb="Antall dager", nn="Talet på dagar", en="Number of days"))] = 30

    def allows(self, pairs: Pairs) -> Bools:
        """The asks are newest first: only the one that would make the number full needs a look."""
        return np.asarray(pairs.volunteer.asked_day[self.most - 1] <= pairs.today.day - self.days)

    def room(self, pairs: Pairs) -> Ints:
        return np.asarray(self.most - (pairs.volunteer.asked_day > pairs.today.day - self.days).sum(axis=0))

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        asked = pair.volunteer.asked_day[:, 0]
        frees = int(asked[self.most - 1]) + self.days
        return {
            "times": int((asked > pair.today.day - self.days).sum()),
            "again": pair.today.date + timedelta(days=max(frees - pair.today.day, 0)),
        }

    def shortfall(self, pairs: Pairs) -> Ints:
        wait = pairs.volunteer.asked_day[self.most - 1].astype(np.int64) + self.days - pairs.today.day
        return np.asarray(FARTHEST * wait // (2 * self.days))

    def remedied(self, case: Case) -> Case:
        frees = sorted(case.volunteer.asked, reverse=True)[self.most - 1] + timedelta(days=self.days)
        return replace(case, today=frees)


def _idle_days(pairs: Pairs) -> Ints:
    since = pairs.volunteer.idle_since_day.astype(np.int64)
    return np.where(since == 0, 0, np.maximum(pairs.today.day - since, 0))


@dataclass(frozen=True)
class LongestIdle(SoftRule):
    """The longer idle the better, each day, levelling off; half the weight goes to those never asked."""

    label = Text(nb="ventetid", nn="ventetid", en="idle")
    says = Text(
        nb="Den som har ventet lengst eller aldri er spurt, går foran; halvparten av ventetiden teller etter "
        "{half_days} dager.",
        nn="Den som har venta lengst eller aldri er spurd, går framfor; halvparten av ventetida tel etter "
        "{half_days} dagar.",
        en="Whoever has waited longest or was never asked comes first; half of the wait counts after {half_days} days.",
    )
    because = Text(
        nb="Ikke spurt på {idle_days} dager.",
        nn="Ikkje spurd på {idle_days} dagar.",
        en="Not asked for {idle_days} days.",
    )
    source = Source("choice", "Those who are never asked are the loudest complaint elsewhere", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.idle_since_day", "volunteer.never_asked", "today"})

    weight: Weight = 90
    half_days: Annotated[int, Bound("days", 1, 365, Text(nb="Halvert etter", nn="Halvert etter", en="Half after"))] = 60

    def points(self, pairs: Pairs) -> Ints:
        first = self.weight // 2
        days = _idle_days(pairs)
        return np.asarray(first * pairs.volunteer.never_asked + (self.weight - first) * days // (days + self.half_days))

    def tie(self, pairs: Pairs) -> Ints:
        """Days to the very last, so that one day more always counts, also where the points have levelled off."""
        return np.asarray(_idle_days(pairs) + (pairs.volunteer.never_asked.astype(np.int64) << 20))

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return {"idle_days": int(_idle_days(pair)[0])}

    def why(self, pair: Pairs) -> Said:
        days = int(_idle_days(pair)[0])
        if pair.volunteer.never_asked[0]:
            return self.said(NEVER_ASKED if days > 1 else NEW_AND_NEVER_ASKED, pair)
        return self.said(self.because if days > 1 else JUST_ASKED, pair)


NEVER_ASKED = Text(
    nb="Aldri spurt før, og har ventet i {idle_days} dager.",
    nn="Aldri spurd før, og har venta i {idle_days} dagar.",
    en="Never asked before, and has waited for {idle_days} days.",
)
NEW_AND_NEVER_ASKED = Text(nb="Aldri spurt før.", nn="Aldri spurd før.", en="Never asked before.")
JUST_ASKED = Text(
    nb="Har nettopp vært spurt eller med.",
    nn="Har nettopp vore spurd eller med.",
    en="Has just been asked or taken part.",
)


@dataclass(frozen=True)
class FewestRunning(SoftRule):
    """The fewer running assignments the better."""

    label = Text(nb="avtaler", nn="avtalar", en="load")
    says = Text(
        nb="Den som har færrest avtaler, går foran; fra {many} teller det ikke.",
        nn="Den som har færrast avtalar, går framfor; frå {many} tel det ikkje.",
        en="Whoever has the fewest arrangements comes first; from {many} it does not count.",
    )
    because = Text(
        nb="Har {running} avtaler fra før.",
        nn="Har {running} avtalar frå før.",
        en="Has {running} arrangements already.",
    )
    source = Source("choice", "Spread the load", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.running"})

    weight: Weight = 40
    many: Annotated[
        int, Bound("assignments", 1, 10, Text(nb="Mange avtaler", nn="Mange avtalar", en="Many arrangements"))
    ] = 4

    def points(self, pairs: Pairs) -> Ints:
        running = np.minimum(pairs.volunteer.running.astype(np.int64), self.many)
        return self.weight * (self.many - running) // self.many

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return {"running": int(pair.volunteer.running[0])}

    def why(self, pair: Pairs) -> Said:
        texts = {0: NONE_RUNNING, 1: ONE_RUNNING}
        return self.said(texts.get(int(pair.volunteer.running[0]), self.because), pair)

    def speaks_for(self, pair: Pairs) -> Said | None:
        return None if pair.volunteer.running[0] else self.why(pair)

    def speaks_against(self, pair: Pairs) -> Said | None:
        return self.why(pair) if pair.volunteer.running[0] else None


NONE_RUNNING = Text(nb="Har ingen avtaler nå.", nn="Har ingen avtalar no.", en="Has no arrangements now.")
ONE_RUNNING = Text(nb="Har én avtale fra før.", nn="Har éin avtale frå før.", en="Has one arrangement already.")
