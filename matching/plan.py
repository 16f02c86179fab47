"""All open needs at once: who to whom and when, how far from the proven bound, and what it moved.

Five levels in strict order: needs covered, seats, earlier approvals kept, points, an even load. A search of our own
always gives a plan; HiGHS, where it is at hand, gives the bound and finishes exactly. Parts that share nobody are
planned apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Literal

import numpy as np

from matching.facts import Facts
from matching.planning.problem import Problem, Rows, most_of, problem
from matching.planning.search import Objective, Seating, objective, search
from matching.planning.settled import Finished, Settled, unsettled
from matching.rulebook import RuleBook

try:
    from matching.planning.proof import finished
except ImportError:  # without HiGHS: the search's plan, its bound unknown
    finished = unsettled

SEARCH_SHARE = 0.5
"""Of a limit of time, so much at the most goes to the search; the rest is the solver's."""
Clock = Callable[[], float]
"""Seconds since some moment."""
LEVELS = tuple(each.name for each in fields(Objective))


@dataclass(frozen=True)
class Assigned:
    """One seat: ids of the need and the volunteer, the alternative of time (0 where none is chosen), and the points."""

    need: int
    volunteer: int
    option: int
    points: int


@dataclass(frozen=True)
class Moved:
    """An earlier approval that is not in the plan. `instead` are the new needs where the plan has that person."""

    need: int
    volunteer: int
    why: Literal["gone", "elsewhere", "other"]
    """gone: the rules no longer allow it; elsewhere: needed there to cover more; other: another has the seat."""
    instead: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """The best plan found. `levels` stand in the order of LEVELS."""

    assignments: tuple[Assigned, ...]
    objective: Objective
    levels: tuple[Settled, ...]
    eligible_pairs: int
    prices: Mapping[int, int]
    """What one more assignment of a volunteer is worth to the plan, in points; nobody whose time is plentiful."""
    moved: tuple[Moved, ...]
    points_for_evenness: int | None
    """Points given up for an evener load; None where it is not known."""
    seconds: float

    @property
    def bound(self) -> dict[str, int]:
        """What no plan can pass, level by level, where known: the last level is a floor, the others ceilings."""
        return {name: level.bound for name, level in zip(LEVELS, self.levels, strict=True) if level.bound is not None}

    @property
    def proven(self) -> tuple[bool, ...]:
        """Whether each level is as good as it can be."""
        return tuple(level.proven for level in self.levels)


def plan(
    facts: Facts,
    book: RuleBook,
    *,
    now: datetime,
    approved: Iterable[tuple[int, int]] = (),
    left_out: Iterable[tuple[int, int]] = (),
    clock: Clock = lambda: 0.0,
    seconds: float | None = None,
) -> Plan:
    """The best plan for all needs; `approved` are pairs of need and volunteer of an earlier one, `left_out` pairs that
    may not be in it because somebody has decided on them.

    With `seconds`, counted by `clock`, the best plan so far; without, the same facts give the same plan to the byte.
    """
    began, approved = clock(), tuple(approved)

    def left() -> float:
        return float("inf") if seconds is None else began + seconds - clock()

    def found_with(also: Iterable[tuple[int, int]]) -> _Found:
        whole = problem(facts, book, now=now, approved=approved, left_out=left_out, also=also)
        kept_back = left() * (1 - SEARCH_SHARE) if seconds is not None else 0
        searched = search(whole, goes_on=lambda: left() > kept_back)
        parts = _parts(whole, searched)
        return _Found(whole, tuple(finished(whole, *part, left, book.plan.evenness) for part in parts))

    also: set[tuple[int, int]] = set()
    found = latest = found_with(also)
    while left() > 0 and (missed := latest.missed - also):
        also |= missed
        latest = found_with(also)
        found = max(latest, found, key=_Found.standing)
    return Plan(
        assignments=tuple(_assignments(found.whole, found.taken)),
        objective=found.objective,
        levels=tuple(_together(found)),
        eligible_pairs=found.whole.eligible_pairs,
        prices=_prices(found.whole, found.parts),
        moved=tuple(_moved(found.whole, found.taken, approved)),
        points_for_evenness=_given_up(found.parts),
        seconds=clock() - began,
    )


@dataclass(frozen=True)
class _Found:
    """The problem over some of the pairs, and what was found of its parts."""

    whole: Problem
    parts: tuple[Finished, ...]

    @cached_property
    def taken(self) -> list[int]:
        """The choices of the plan, rising."""
        return sorted(choice for part in self.parts for choice in part.taken)

    @cached_property
    def objective(self) -> Objective:
        """What they are worth."""
        return objective(self.whole, self.taken)

    @cached_property
    def missed(self) -> set[tuple[int, int]]:
        """Pairs left out that could be in a better plan, as ids: the first of each need."""
        whole = self.whole
        rows = np.array(sorted(row for part in self.parts for row in part.missed), dtype=np.intp)
        need = whole.left_need[rows]
        rows = rows[np.arange(len(rows)) - np.searchsorted(need, need) < most_of(whole.wanted[need])]
        needs, volunteers = whole.need_ids[whole.left_need[rows]], whole.volunteer_ids[whole.left_record[rows]]
        return set(zip(needs.tolist(), volunteers.tolist(), strict=True))

    def standing(self) -> tuple[int, ...]:
        """The higher, the better the plan, and the more of its levels are proven."""
        *more, load_sq = self.objective.values
        return (*more, -load_sq, sum(level.proven for level in _together(self)))


def _parts(whole: Problem, searched: Seating) -> Iterator[tuple[Rows, Rows, list[int]]]:
    """Choices, pairs left out and the searched plan of each part that shares no person with another."""
    part_of = _part_of_need(whole)
    of_choice, of_left = part_of[whole.need], part_of[whole.left_need]
    taken = np.array(searched.taken(), dtype=np.intp)
    for part in np.unique(of_choice):
        mine = taken[of_choice[taken] == part]
        yield np.flatnonzero(of_choice == part), np.flatnonzero(of_left == part), mine.tolist()


def _part_of_need(whole: Problem) -> Rows:
    """The lowest need of the part that each need belongs to."""
    needs: Rows = np.concatenate((whole.need, whole.left_need.astype(np.intp)))
    people = np.concatenate((whole.person, whole.person_of[whole.left_record]))
    part: Rows = np.arange(len(whole.need_ids))
    while True:
        lowest: Rows = np.full(whole.people, len(part), dtype=np.intp)
        np.minimum.at(lowest, people, part[needs])
        joined = part.copy()
        np.minimum.at(joined, needs, lowest[people])
        if (joined == part).all():
            return part
        part = joined


def _assignments(whole: Problem, taken: Iterable[int]) -> Iterator[Assigned]:
    found = []
    for choice in taken:
        need, slot = int(whole.need[choice]), int(whole.slot[choice])
        found.append(
            Assigned(
                int(whole.need_ids[need]),
                int(whole.volunteer_ids[whole.record[choice]]),
                whole.slots.option(slot) if slot >= 0 else 0,
                int(whole.points[choice]),
            )
        )
    yield from sorted(found, key=lambda each: (each.need, each.volunteer))


def _together(found: _Found) -> Iterator[Settled]:
    """Level by level over all parts: values and bounds are sums."""
    for number, value in enumerate(found.objective.values):
        levels = [part.levels[number] for part in found.parts]
        known = [level.bound for level in levels if level.bound is not None]
        bound = sum(known) if len(known) == len(levels) else None
        yield Settled(value, bound, all(level.proven for level in levels))


def _prices(whole: Problem, parts: Iterable[Finished]) -> dict[int, int]:
    price = np.zeros(len(whole.volunteer_ids))
    for part in parts:
        if part.prices is not None:
            price = np.maximum(price, part.prices.person[whole.person_of] + part.prices.record)
    points = np.rint(price).astype(int).tolist()
    return {int(key): worth for key, worth in zip(whole.volunteer_ids, points, strict=True) if worth > 0}


def _moved(whole: Problem, taken: Iterable[int], approved: Iterable[tuple[int, int]]) -> Iterator[Moved]:
    """Why each earlier approval that is gone is gone."""
    taken = tuple(taken)
    seated = {(int(whole.need_ids[whole.need[each]]), int(whole.volunteer_ids[whole.record[each]])) for each in taken}
    allowed = {
        (int(whole.need_ids[whole.need[each]]), int(whole.volunteer_ids[whole.record[each]]))
        for each in np.flatnonzero(whole.kept)
    }
    busy: dict[int, list[int]] = {}
    for need, volunteer in sorted(seated - set(approved)):
        busy.setdefault(volunteer, []).append(need)
    for need, volunteer in sorted(set(approved) - seated):
        instead = tuple(busy.get(volunteer, ()))
        why: Literal["gone", "elsewhere", "other"] = "elsewhere" if instead else "other"
        yield Moved(need, volunteer, why if (need, volunteer) in allowed else "gone", instead)


def _given_up(parts: Iterable[Finished]) -> int | None:
    given = [part.points_for_evenness for part in parts]
    return None if None in given else sum(each for each in given if each is not None)
