"""Is it near enough?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

import numpy as np

from matching.pairs import UNKNOWN_M, Bools, Ints, Pairs
from matching.place import Place, chord_m, earth_centred_cm
from matching.rule import FARTHEST, Bound, Case, HardRule, Said, SoftRule, Source, Text, Value, Weight, Who

NO_COORDINATES = Text(
    nb="Avstanden er ukjent, fordi et sted mangler, og de to hører til i hver sin kommune.",
    nn="Avstanden er ukjend, fordi ein stad manglar, og dei to høyrer til i kvar sin kommune.",
    en="The distance is unknown because a place is missing, and the two belong to different municipalities.",
)
GIVE_PLACES = Text(
    nb="Kunne vært med dersom begge steder var kjent og nær hverandre. Koordinatoren kan føre opp et sted.",
    nn="Kunne vore med dersom begge stader var kjende og nær kvarandre. Koordinatoren kan føre opp ein stad.",
    en="Could take part if both places were known and near each other. The coordinator can register a place.",
)
SAME_MUNICIPALITY = Text(
    nb="Avstanden er ukjent, men de to hører til i samme kommune.",
    nn="Avstanden er ukjend, men dei to høyrer til i same kommune.",
    en="The distance is unknown, but the two belong to the same municipality.",
)
NO_TRAVEL = Text(
    nb="Oppgaven gjøres på telefon eller nett og krever ingen reise.",
    nn="Oppgåva blir gjord på telefon eller nett og krev inga reise.",
    en="The task is done by phone or online and takes no travel.",
)


@dataclass(frozen=True)
class WithinReach(HardRule):
    """Has no farther to travel than he or she wants to, nor than the municipality asks of anyone."""

    label = Text(nb="reise", nn="reise", en="travel")
    says = Text(
        nb="Den frivillige skal ikke ha lenger å reise enn det passer for ham eller henne, og høyst {max_km:g} km.",
        nn="Den frivillige skal ikkje ha lenger å reise enn det passar for han eller henne, og høgst {max_km:g} km.",
        en="The volunteer must not have farther to travel than suits him or her, and {max_km:g} km at most.",
    )
    because = Text(
        nb="{distance_km:.1f} km å reise; grensen er {limit_km:.1f} km.",
        nn="{distance_km:.1f} km å reise; grensa er {limit_km:.1f} km.",
        en="{distance_km:.1f} km to travel; the limit is {limit_km:.1f} km.",
    )
    fits = because
    remedy = Text(
        nb="Kunne vært med dersom grensen var {distance_km:.1f} km. Den frivillige kan selv endre den.",
        nn="Kunne vore med dersom grensa var {distance_km:.1f} km. Den frivillige kan sjølv endre henne.",
        en="Could take part if the limit were {distance_km:.1f} km. The volunteer can change it.",
    )
    who = Who.VOLUNTEER
    source = Source("choice", "The volunteer's own limit; measured over the ellipsoid", since=date(2026, 11, 1))
    reads = frozenset(
        {"distance_m", "volunteer.reach_m", "need.remote", "volunteer.municipality", "need.municipality",
         "volunteer.earth_cm", "need.earth_cm", "volunteer.placed", "need.placed"}
    )  # fmt: skip

    max_km: Annotated[
        float, Bound("km", 1, 100, Text(nb="Lengste reise", nn="Lengste reise", en="Longest journey"))
    ] = 60

    def allows(self, pairs: Pairs) -> Bools:
        if pairs.need.remote.all():
            return pairs.everyone
        near = pairs.distance_m <= np.minimum(pairs.volunteer.reach_m, self._most_m)
        near &= (pairs.distance_m != UNKNOWN_M) | pairs.same_municipality
        return np.asarray(near | pairs.need.remote if pairs.need.remote.any() else near)

    @property
    def _most_m(self) -> int:
        return int(self.max_km * 1000)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        limit_m = min(int(pair.volunteer.reach_m[0]), self._most_m)
        return distance_numbers(int(pair.distance_m[0]), limit_m)

    def why(self, pair: Pairs) -> Said:
        return self.said(NO_COORDINATES if pair.distance_m[0] == UNKNOWN_M else self.because, pair)

    def asks(self, pair: Pairs) -> bool:
        return bool(not pair.need.remote[0])

    def fits_said(self, pair: Pairs) -> Said:
        if not self.asks(pair):
            return self.said(NO_TRAVEL, pair)
        return self.said(SAME_MUNICIPALITY if pair.distance_m[0] == UNKNOWN_M else self.fits, pair)

    def remedy_said(self, pair: Pairs) -> Said:
        return self.said(GIVE_PLACES if pair.distance_m[0] == UNKNOWN_M else self.remedy, pair)

    def changeable(self, pairs: Pairs) -> Bools:
        return pairs.distance_m <= self._most_m

    def shortfall(self, pairs: Pairs) -> Ints:
        return too_far(pairs.distance_m, pairs.volunteer.reach_m)

    def remedied(self, case: Case) -> Case | None:
        if without_coordinates(case):
            return with_one_place(case)
        distance_m = _chord_m(case)
        return (
            replace(case, volunteer=replace(case.volunteer, reach_m=distance_m)) if distance_m <= self._most_m else None
        )


def distance_numbers(distance_m: int, limit_m: int) -> Mapping[str, Value]:
    """Kilometres with one decimal, rounded so that what is too far never looks equal to the limit."""
    up = -(-distance_m // 100) if distance_m > limit_m else distance_m // 100
    return {"distance_km": up / 10, "limit_km": limit_m // 100 / 10}


def too_far(distance_m: Ints, reach_m: Ints) -> Ints:
    """Thousandths of the way that lie beyond the reach; an unknown distance is halfway."""
    beyond = FARTHEST * (distance_m.astype(np.int64) - reach_m) // np.maximum(distance_m, 1)
    return np.where(distance_m == UNKNOWN_M, FARTHEST // 2, beyond)


def without_coordinates(case: Case) -> bool:
    """Whether the distance cannot be known."""
    return case.volunteer.place is None or case.need.place is None


def with_one_place(case: Case) -> Case:
    """Both at the place of the one who has one, or in the middle of Norway."""
    at = case.volunteer.place or case.need.place or Place(63.99, 12.31)
    return replace(case, volunteer=replace(case.volunteer, place=at), need=replace(case.need, place=at))


def _chord_m(case: Case) -> int:
    here, there = case.volunteer.place, case.need.place
    assert here is not None
    assert there is not None
    return int(chord_m(earth_centred_cm([here.lat], [here.lon]), earth_centred_cm([there.lat], [there.lon]))[0])


@dataclass(frozen=True)
class Nearness(SoftRule):
    """The nearer the better, whatever reach was given."""

    label = Text(nb="nærhet", nn="nærleik", en="nearness")
    says = Text(
        nb="Jo kortere vei, jo bedre; fra {far_km:g} km teller det ikke.",
        nn="Di kortare veg, di betre; frå {far_km:g} km tel det ikkje.",
        en="The shorter the way the better; from {far_km:g} km it does not count.",
    )
    because = Text(
        nb="Omtrent {about_km} km å reise.", nn="Omtrent {about_km} km å reise.", en="About {about_km} km to travel."
    )
    source = Source("choice", "The same distance is worth the same, also to those who gave a long reach",
                    since=date(2026, 11, 1))  # fmt: skip
    reads = frozenset(
        {"distance_m", "need.remote", "volunteer.earth_cm", "need.earth_cm", "volunteer.placed", "need.placed"}
    )

    weight: Weight = 200
    far_km: Annotated[float, Bound("km", 1, 100, Text(nb="Langt unna", nn="Langt unna", en="Far away"))] = 20

    def points(self, pairs: Pairs) -> Ints:
        far_m = int(self.far_km * 1000)
        left_m = np.maximum(far_m - pairs.distance_m.astype(np.int64), 0)
        counts = (pairs.distance_m != UNKNOWN_M) & ~pairs.need.remote
        return np.where(counts, self.weight * left_m // far_m, 0)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return {"about_km": max(1, (int(pair.distance_m[0]) + 500) // 1000)}

    def why(self, pair: Pairs) -> Said:
        distance_m = int(pair.distance_m[0])
        if pair.need.remote[0]:
            return self.said(NO_TRAVEL, pair)
        if distance_m == UNKNOWN_M:
            return self.said(UNKNOWN_DISTANCE, pair)
        return self.said(self.because if distance_m >= 1000 else UNDER_ONE_KM, pair)

    def speaks_for(self, pair: Pairs) -> Said | None:
        return self.why(pair) if 2 * self.given(pair) >= self.weight > 0 else None

    def speaks_against(self, pair: Pairs) -> Said | None:
        """A distance counts against from where it gives less than half."""
        far = 2 * self.given(pair) < self.weight
        return self.why(pair) if far and not pair.need.remote[0] else None


UNDER_ONE_KM = Text(nb="Under 1 km å reise.", nn="Under 1 km å reise.", en="Less than 1 km to travel.")
UNKNOWN_DISTANCE = Text(nb="Avstanden er ukjent.", nn="Avstanden er ukjend.", en="The distance is unknown.")
