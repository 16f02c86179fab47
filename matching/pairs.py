"""One need with many volunteers, or one volunteer with many needs: what a rule is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.facts import Facts, Links, Needs, Volunteers
from matching.fit import Fit
from matching.loading import day_number, ymd
from matching.place import Place, chord_m, haversine_m
from matching.table import Rows, Table
from matching.terms import Words

UNKNOWN_M = -1
Bools = NDArray[np.bool_]
Ints = NDArray[Any]


@dataclass(frozen=True)
class Today:
    """The local date of the moment that is judged, in the forms that columns use."""

    date: date
    day: int
    ymd: int

    @classmethod
    def of(cls, now: datetime, facts: Facts) -> Today:
        """ValueError when `now` has no offset from UTC."""
        if now.tzinfo is None:
            raise ValueError(f"now is {now}; it must have an offset from UTC")
        local = now.astimezone(facts.tz).date()
        return cls(local, day_number(local), ymd(local))


class Pairs:
    """Two views of which one has a single row. An array with one element stands for all pairs."""

    def __init__(self, facts: Facts, today: Today, volunteer: Volunteers, need: Needs, *, of_volunteer: bool) -> None:
        self.facts = facts
        self.today = today
        self.volunteer = volunteer
        self.need = need
        self.of_volunteer = of_volunteer
        """Whether one volunteer meets many needs, not one need many volunteers."""
        self._whole: Pairs | None = None
        self._rows: Rows = slice(None)

    @classmethod
    def with_need(cls, facts: Facts, today: Today, need: int) -> Pairs:
        """Every volunteer with one need; KeyError when the need is unknown."""
        row = facts.needs.row(need)
        return cls(facts, today, facts.volunteers, facts.needs.shown(slice(row, row + 1)), of_volunteer=False)

    @classmethod
    def with_volunteer(cls, facts: Facts, today: Today, volunteer: int) -> Pairs:
        """Every need with one volunteer; KeyError when the volunteer is unknown."""
        row = facts.volunteers.row(volunteer)
        return cls(facts, today, facts.volunteers.shown(slice(row, row + 1)), facts.needs, of_volunteer=True)

    @classmethod
    def of_one(cls, facts: Facts, today: Today, *, need: int, volunteer: int) -> Pairs:
        """One volunteer with one need; KeyError when either is unknown."""
        theirs, row = facts.needs.row(need), facts.volunteers.row(volunteer)
        return cls(
            facts,
            today,
            facts.volunteers.shown(slice(row, row + 1)),
            facts.needs.shown(slice(theirs, theirs + 1)),
            of_volunteer=False,
        )

    @property
    def many(self) -> Table:
        """The side that has a row per pair."""
        return self.need if self.of_volunteer else self.volunteer

    def __len__(self) -> int:
        return len(self.many)

    def taken(self, rows: Rows) -> Pairs:
        """Only the pairs in `rows`; what was already worked out is not worked out again."""
        volunteer = self.volunteer if self.of_volunteer else self.volunteer.shown(rows)
        need = self.need.shown(rows) if self.of_volunteer else self.need
        part = Pairs(self.facts, self.today, volunteer, need, of_volunteer=self.of_volunteer)
        part._whole, part._rows = self, rows
        return part

    @cached_property
    def everyone(self) -> Bools:
        """True for each pair. A rule that asks nothing returns this very array, which costs nothing."""
        return np.ones(1, dtype=np.bool_)

    def unless(self, refused: Bools | None) -> Bools:
        """Everyone but the refused; None refuses nobody."""
        return self.everyone if refused is None else ~refused

    @cached_property
    def distance_m(self) -> NDArray[np.int32]:
        """Whole metres of the chord over the ellipsoid; -1 where either side has no coordinates."""
        if self._whole is not None:
            return self._whole.distance_m[self._rows]
        metres = chord_m(self.volunteer.earth_cm, self.need.earth_cm)
        known = self.volunteer.placed & self.need.placed
        return metres if known.all() else np.where(known, metres, np.int32(UNKNOWN_M))

    @cached_property
    def haversine_m(self) -> NDArray[np.int64]:
        """Whole metres on the sphere of `reference/1`; -1 where either side has no coordinates."""
        if self._whole is not None:
            return self._whole.haversine_m[self._rows]
        sides = np.broadcast_arrays(*self.volunteer.degrees, *self.need.degrees)
        return np.array([_haversine(*degrees) for degrees in zip(*(side.tolist() for side in sides), strict=True)])

    @cached_property
    def same_municipality(self) -> Bools:
        """Whether both are of one municipality."""
        return np.asarray(self.volunteer.municipality == self.need.municipality)

    @cached_property
    def age_years(self) -> NDArray[np.int32]:
        """Whole years on the local date, older on 1 March when born on 29 February; senseless where unknown."""
        return (self.today.ymd - self.volunteer.birth_ymd) // 10_000

    @cached_property
    def fit(self) -> Fit:
        """Which alternatives of time are free, and what stands near them."""
        if self._whole is not None and not self.of_volunteer:
            return self._whole.fit.taken(self._rows)
        return Fit(self.facts, self.volunteer, self.need, of_volunteer=self.of_volunteer)

    @cached_property
    def volunteer_wants(self) -> Words:
        """Skills that each volunteer would like to learn or do."""
        if not len(self.facts.volunteer_wants):
            return np.zeros_like(self.volunteer.skills)
        row, stated = self.facts.volunteer_wants.at(self.volunteer.id)
        return np.asarray(self.facts.volunteer_wants.words[:, row] * stated)

    def tied_by_volunteer(self, links: Links, key: str) -> Bools | None:
        """Where a link of the volunteer names the need's `key` (its id, or its recipient `human`); None for nowhere."""
        return _tied(links, self.volunteer, self.need.read(key), of_one=self.of_volunteer)

    def tied_by_need(self, links: Links) -> Bools | None:
        """Where a link of the need names the volunteer's human; None for nowhere."""
        return _tied(links, self.need, self.volunteer.human, of_one=not self.of_volunteer)


def _tied(links: Links, owners: Table, theirs: Ints, *, of_one: bool) -> Bools | None:
    """`of_one`: a single owner stands before many others; else many owners before a single other."""
    if not len(links):
        return None
    if of_one:
        named = links.between(int(owners.id[0]), int(owners.id[0])).other
        return np.isin(theirs, named) if len(named) else None
    owning = links.owner[links.other == theirs[0]]
    if not len(owning):
        return None
    tied = np.zeros(len(owners), dtype=np.bool_)
    tied[owners.where(owning)] = True
    return tied


def _haversine(lat: float, lon: float, other_lat: float, other_lon: float) -> int:
    if lat != lat or other_lat != other_lat:
        return UNKNOWN_M
    return haversine_m(Place(lat, lon), Place(other_lat, other_lon))
