"""What only `reference/1` asks: its own distance, certificates that end, needs that stand twice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matching.loading import day_number
from matching.pairs import UNKNOWN_M, Bools, Ints, Pairs
from matching.place import haversine_m
from matching.rule import Case, HardRule, Said, SoftRule, Source, Terms, Text, Value, Weight, Who
from matching.rules.clearance import NO_CLEARANCE
from matching.rules.reach import (
    GIVE_PLACES,
    NO_COORDINATES,
    SAME_MUNICIPALITY,
    UNKNOWN_DISTANCE,
    too_far,
    with_one_place,
)
from matching.terms import Vocabulary
from matching.times import Dated, local_days

FORMAT = Source("reference", "The portable instance format, rule book reference/1", since=date(2026, 11, 1))


@dataclass(frozen=True)
class NotDuplicate(HardRule):
    """The need does not stand elsewhere in the same file."""

    label = Text(nb="dobbelt", nn="dobbelt", en="duplicate")
    says = Text(
        nb="Et behov som er ført opp to ganger, får bare forslag ett sted.",
        nn="Eit behov som er ført opp to gonger, får berre forslag éin stad.",
        en="A need that is registered twice gets proposals in one place only.",
    )
    because = Text(
        nb="Behovet er ført opp to ganger.", nn="Behovet er ført opp to gonger.", en="The need is registered twice."
    )
    fits = Text(
        nb="Behovet er ført opp én gang.", nn="Behovet er ført opp éin gong.", en="The need is registered once."
    )
    remedy = Text(
        nb="Kunne vært med dersom dette ikke var samme behov. Koordinatoren kan rette det.",
        nn="Kunne vore med dersom dette ikkje var same behovet. Koordinatoren kan rette det.",
        en="Could take part if this were not the same need. The coordinator can correct it.",
    )
    who = Who.COORDINATOR
    source = FORMAT
    reads = frozenset({"need.duplicate"})

    def allows(self, pairs: Pairs) -> Bools:
        return ~pairs.need.duplicate if pairs.need.duplicate.any() else pairs.everyone

    def remedied(self, case: Case) -> Case:
        return replace(case, need=replace(case.need, duplicate=False))


@dataclass(frozen=True)
class WithinRadius(HardRule):
    """The haversine distance is within the volunteer's radius, the radius included."""

    label = Text(nb="avstand", nn="avstand", en="distance")
    says = Text(
        nb="Den frivillige skal ikke ha lenger vei enn sin egen grense.",
        nn="Den frivillige skal ikkje ha lengre veg enn si eiga grense.",
        en="The volunteer must not have farther to go than his or her own limit.",
    )
    because = Text(
        nb="{distance_m} meter unna; grensen er {radius_m} meter.",
        nn="{distance_m} meter unna; grensa er {radius_m} meter.",
        en="{distance_m} metres away; the limit is {radius_m} metres.",
    )
    fits = because
    remedy = Text(
        nb="Kunne vært med dersom grensen var {distance_m} meter. Den frivillige kan selv endre den.",
        nn="Kunne vore med dersom grensa var {distance_m} meter. Den frivillige kan sjølv endre henne.",
        en="Could take part if the limit were {distance_m} metres. The volunteer can change it.",
    )
    who = Who.VOLUNTEER
    source = FORMAT
    reads = frozenset(
        {"haversine_m", "volunteer.degrees", "need.degrees", "volunteer.reach_m", "volunteer.municipality",
         "need.municipality"}
    )  # fmt: skip

    def allows(self, pairs: Pairs) -> Bools:
        near = pairs.haversine_m <= pairs.volunteer.reach_m
        return np.where(pairs.haversine_m == UNKNOWN_M, pairs.same_municipality, near)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return {"distance_m": int(pair.haversine_m[0]), "radius_m": int(pair.volunteer.reach_m[0])}

    def why(self, pair: Pairs) -> Said:
        return self.said(NO_COORDINATES if pair.haversine_m[0] == UNKNOWN_M else self.because, pair)

    def fits_said(self, pair: Pairs) -> Said:
        return self.said(SAME_MUNICIPALITY if pair.haversine_m[0] == UNKNOWN_M else self.fits, pair)

    def remedy_said(self, pair: Pairs) -> Said:
        return self.said(GIVE_PLACES if pair.haversine_m[0] == UNKNOWN_M else self.remedy, pair)

    def shortfall(self, pairs: Pairs) -> Ints:
        return too_far(pairs.haversine_m, pairs.volunteer.reach_m)

    def remedied(self, case: Case) -> Case:
        here, there = case.volunteer.place, case.need.place
        if here is None or there is None:
            return with_one_place(case)
        return replace(case, volunteer=replace(case.volunteer, reach_m=haversine_m(here, there)))


@dataclass(frozen=True)
class NearnessInRadius(SoftRule):
    """Share of the radius that is left; nothing where the distance is unknown or the radius is 0."""

    label = Text(nb="avstand", nn="avstand", en="distance")
    says = Text(
        nb="Jo mindre av egen grense som brukes, jo bedre. Vekt {weight}.",
        nn="Di mindre av eiga grense som blir brukt, di betre. Vekt {weight}.",
        en="The less of one's own limit is used the better. Weight {weight}.",
    )
    because = Text(
        nb="{distance_m} meter unna av {radius_m}.",
        nn="{distance_m} meter unna av {radius_m}.",
        en="{distance_m} metres away out of {radius_m}.",
    )
    source = FORMAT
    reads = frozenset({"haversine_m", "volunteer.degrees", "need.degrees", "volunteer.reach_m"})

    weight: Weight = 250

    def points(self, pairs: Pairs) -> Ints:
        reach_m = pairs.volunteer.reach_m.astype(np.int64)
        left_m = np.maximum(reach_m - pairs.haversine_m, 0)
        return np.where(pairs.haversine_m == UNKNOWN_M, 0, self.weight * left_m // np.maximum(reach_m, 1))

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return {"distance_m": int(pair.haversine_m[0]), "radius_m": int(pair.volunteer.reach_m[0])}

    def why(self, pair: Pairs) -> Said:
        return self.said(UNKNOWN_DISTANCE if pair.haversine_m[0] == UNKNOWN_M else self.because, pair)


@dataclass(frozen=True)
class CertificateHolds(HardRule):
    """A certificate of every required type holds on the last day needed, that day included."""

    label = Text(nb="attest", nn="attest", en="vetting")
    says = Text(
        nb="Attestene som kreves, skal gjelde til og med siste dag.",
        nn="Attestane som blir kravde, skal gjelde til og med siste dag.",
        en="The certificates required must hold up to and including the last day.",
    )
    because = Text(
        nb="Mangler attest som gjelder til og med {last_day}: {missing}.",
        nn="Manglar attest som gjeld til og med {last_day}: {missing}.",
        en="Lacks a certificate that holds up to and including {last_day}: {missing}.",
    )
    fits = Text(
        nb="Attestene som kreves, gjelder til og med {last_day}: {held}.",
        nn="Attestane som blir kravde, gjeld til og med {last_day}: {held}.",
        en="The certificates required hold up to and including {last_day}: {held}.",
    )
    remedy = Text(
        nb="Kunne vært med med attest som gjelder til og med {last_day}: {missing}. Den frivillige kan vise den.",
        nn="Kunne vore med med attest som gjeld til og med {last_day}: {missing}. Den frivillige kan vise han.",
        en="Could take part with a certificate that holds up to and including {last_day}: {missing}. "
        "The volunteer can show it.",
    )
    who = Who.VOLUNTEER
    source = FORMAT
    reads = frozenset({"clearance_ends", "need.clearances", "need.last_day", "volunteer.id", "today"})

    def allows(self, pairs: Pairs) -> Bools:
        asked = _asked(pairs)
        if not asked.any():
            return pairs.everyone
        return np.asarray((_holding(pairs) | ~asked).all(axis=0))

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        words, asked, holds = pair.facts.words.clearance, _asked(pair)[:, 0], _holding(pair)[:, 0]
        return {
            "last_day": date.fromordinal(int(_last_day(pair)[0]) + date(1970, 1, 1).toordinal()),
            "missing": _named(words, asked & ~holds),
            "held": _named(words, asked & holds),
        }

    def asks(self, pair: Pairs) -> bool:
        return bool(pair.need.clearances.any())

    def fits_said(self, pair: Pairs) -> Said:
        return self.said(self.fits if self.asks(pair) else NO_CLEARANCE, pair)

    def remedied(self, case: Case) -> Case:
        days = [local_days(each, case.tz)[1] for each in case.need.windows if isinstance(each, Dated)]
        shown = tuple((kind, max([case.today, *days])) for kind in sorted(case.need.clearances))
        volunteer = replace(case.volunteer, clearance_ends=case.volunteer.clearance_ends + shown)
        return replace(case, volunteer=volunteer)


def _last_day(pairs: Pairs) -> Ints:
    return np.maximum(pairs.need.last_day, pairs.today.day)


def _asked(pairs: Pairs) -> Bools:
    """Which certificates each need asks for: a row per certificate."""
    bits = range(len(pairs.facts.words.clearance))
    word, size = pairs.need.clearances, pairs.need.clearances.itemsize * 8
    rows = [(word[bit // size] >> np.array(bit % size, dtype=word.dtype)) & 1 for bit in bits]
    return np.array(rows, dtype=np.bool_).reshape(len(rows), len(pairs.need))


def _holding(pairs: Pairs) -> Bools:
    """Which certificates each volunteer has that hold on the last day of each need: a row per certificate."""
    ends = pairs.facts.clearance_ends.of_owners(pairs.volunteer.id)
    latest = np.full((len(pairs.facts.words.clearance), len(pairs.volunteer)), day_number(date.min) - 1)
    np.maximum.at(latest, (ends.term, np.searchsorted(pairs.volunteer.id, ends.owner)), ends.last_day)
    return np.asarray(latest >= _last_day(pairs))


def _named(words: Vocabulary, chosen: Bools) -> Terms:
    return Terms("clearance", tuple(sorted(term for term, yes in zip(words.terms, chosen, strict=True) if yes)))
