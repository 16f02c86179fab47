"""Who sits where in a plan that is being made, and a search for a better one: fill, chains of moves, exchanges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from matching.planning.problem import Problem, Rows

DEEP = 6
"""So many people are moved at the most to fill one seat."""
SHORT = 3
"""So many people are moved at the most for more points."""
STEPS = 400
"""So many moves are tried before one exchange is given up."""
FINE = 1 << 20
"""One point weighs more than any difference of load."""


@dataclass(frozen=True)
class Objective:
    """What a plan is worth, level by level; the levels stand in strict order. All but the last as high as may be."""

    coverage: int
    seats: int
    kept: int
    quality: int
    load_sq: int

    @property
    def values(self) -> tuple[int, int, int, int, int]:
        """The five numbers in their order."""
        return (self.coverage, self.seats, self.kept, self.quality, self.load_sq)


class Seating:
    """Choices that are taken; no step leaves a plan that is not allowed, but for needs below their minimum."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.need: list[int] = problem.need.tolist()
        self.person: list[int] = problem.person.tolist()
        self.record: list[int] = problem.record.tolist()
        self.wanted: list[int] = problem.wanted.tolist()
        self.minimum: list[int] = problem.minimum.tolist()
        self.weight: list[int] = problem.weight.tolist()
        self.minutes: list[int] = problem.minutes.tolist()
        self.room: list[int] = problem.room_of_person.tolist()
        self.room_of_record: list[int] = problem.room.tolist()
        self.left_min: list[int] = problem.budget_min.tolist()
        self.running: list[int] = problem.running.tolist()
        self.several = _several(problem)
        self.slot: list[int] = problem.slot.tolist()
        self.travel: list[int] = problem.travel[problem.person].tolist()
        first = problem.first.tolist()
        self.choices = [range(a, b) for a, b in pairwise(first)]
        self.seated: list[list[int]] = [[] for _ in self.wanted]
        self.held: list[list[int]] = [[] for _ in range(problem.people)]
        self._clash = problem.slots.clash

    def take(self, choice: int) -> None:
        """Put the choice's person on its need."""
        need, person = self.need[choice], self.person[choice]
        self.seated[need].append(choice)
        self.held[person].append(choice)
        self.left_min[person] -= self.minutes[need]

    def leave(self, choice: int) -> None:
        """Take it away again."""
        need, person = self.need[choice], self.person[choice]
        self.seated[need].remove(choice)
        self.held[person].remove(choice)
        self.left_min[person] += self.minutes[need]

    def fits(self, choice: int) -> bool:
        """Whether the choice's person could take it beside all that he or she has."""
        person, need = self.person[choice], self.need[choice]
        held = self.held[person]
        if not held:
            return self.room[person] > 0 and self.left_min[person] >= self.minutes[need]
        return (
            len(held) < self.room[person]
            and self.left_min[person] >= self.minutes[need]
            and not any(
                self.need[each] == need or self._clash(self.slot[each], self.slot[choice], self.travel[choice])
                for each in held
            )
            and self._record_has_room(choice, held)
        )

    def _record_has_room(self, choice: int, held: Iterable[int]) -> bool:
        record = self.record[choice]
        if not self.several[record]:
            return True
        return sum(self.record[each] == record for each in held) < self.room_of_record[record]

    def in_the_way(self, choice: int) -> Sequence[int]:
        """Seats of which any one, given up by the choice's person, would make the choice fit."""
        person, need = self.person[choice], self.need[choice]
        held = self.held[person]
        if len(held) > self.room[person]:
            return ()
        clashing = []
        for each in held:
            if self.need[each] == need:
                return ()
            if self._clash(self.slot[each], self.slot[choice], self.travel[choice]):
                clashing.append(each)
        if len(clashing) > 1:
            return ()
        spare_min = self.left_min[person] - self.minutes[need]
        return [
            each for each in clashing or held
            if spare_min + self.minutes[self.need[each]] >= 0
            and self._record_has_room(choice, [other for other in held if other != each])
        ]  # fmt: skip

    def taken(self) -> list[int]:
        """Every choice that is taken, rising."""
        return sorted(choice for seats in self.seated for choice in seats)

    def replace(self, choices: Iterable[int]) -> None:
        """Exactly these choices are taken from here on."""
        for choice in self.taken():
            self.leave(choice)
        for choice in choices:
            self.take(choice)


def _several(problem: Problem) -> list[bool]:
    """Which records belong to somebody who has another record too."""
    count = np.bincount(problem.person_of, minlength=problem.people)
    return (count[problem.person_of] > 1).tolist() if len(problem.person_of) else []


def objective(problem: Problem, taken: Iterable[int]) -> Objective:
    """The worth of the choices taken."""
    rows = np.fromiter(taken, dtype=np.intp)
    seats = np.bincount(problem.need[rows], minlength=len(problem.need_ids))
    load = np.bincount(problem.person[rows], minlength=problem.people)
    return Objective(
        coverage=int(problem.weight[seats > 0].sum()),
        seats=int((problem.weight * seats).sum()),
        kept=int(problem.kept[rows].sum()),
        quality=int(problem.points[rows].sum()),
        load_sq=int(((load + problem.running) ** 2 - problem.running**2).sum()),
    )


def is_allowed(problem: Problem, rows: Rows) -> bool:
    """Whether nobody is beyond what there is room for, nor in two places, and no need is below its minimum."""
    need, person = problem.need[rows], problem.person[rows]
    seats = np.bincount(need, minlength=len(problem.need_ids))
    minutes = np.bincount(person, weights=problem.minutes[need], minlength=problem.people)
    return bool(
        ((seats == 0) | (seats >= problem.minimum) & (seats <= problem.wanted)).all()
        and len(np.unique(problem.pair[rows])) == len(rows)
        and (np.bincount(person, minlength=problem.people) <= problem.room_of_person).all()
        and (np.bincount(problem.record[rows], minlength=len(problem.room)) <= problem.room).all()
        and (minutes <= problem.budget_min).all()
        and not any(problem.clash(one, other) for one, other in _of_one_person(rows, person))
    )


def _of_one_person(rows: Rows, person: Rows) -> Iterator[tuple[int, int]]:
    """Every two of the choices that are one person's."""
    order = np.argsort(person, kind="stable")
    for mine in np.split(rows[order], np.flatnonzero(np.diff(person[order])) + 1):
        yield from combinations(mine.tolist(), 2)


def search(problem: Problem, *, goes_on: Callable[[], bool] = lambda: True) -> Seating:
    """A good plan without a solver: the needs that count most first, moving others where that makes room for more."""
    seating = Seating(problem)
    by_weight = sorted(range(len(seating.wanted)), key=lambda need: (-seating.weight[need], len(seating.choices[need])))
    _cover(seating, by_weight, goes_on)
    _fill_up(seating, by_weight, goes_on)
    improve(seating, goes_on=goes_on)
    return seating


def _cover(seating: Seating, needs: Iterable[int], goes_on: Callable[[], bool]) -> None:
    """Give each need its minimum, the heaviest first; what does not come that far is given up whole."""
    open_needs = [need for need in needs if not _covered(seating, need, goes_on)]
    for need in open_needs:
        _instead_of_lighter(seating, need)
    for need in open_needs:
        if not seating.seated[need]:
            _covered(seating, need, goes_on)


def _covered(seating: Seating, need: int, goes_on: Callable[[], bool]) -> bool:
    while len(seating.seated[need]) < seating.minimum[need]:
        if not (goes_on() and _fill(seating, need, DEEP, set(), spare=True)):
            for choice in tuple(seating.seated[need]):
                seating.leave(choice)
            return False
    return True


def _instead_of_lighter(seating: Seating, need: int) -> None:
    """One seat of a need that counts less is given up, and that need with it, where this one is covered by it."""
    if seating.minimum[need] > 1:
        return
    best: tuple[int, int, int] | None = None
    for choice in seating.choices[need]:
        for out in seating.in_the_way(choice):
            lighter = seating.weight[seating.need[out]]
            if lighter < seating.weight[need] and (best is None or lighter < best[0]):
                best = (lighter, out, choice)
    if best is not None:
        _, out, choice = best
        for each in tuple(seating.seated[seating.need[out]]):
            seating.leave(each)
        seating.take(choice)


def _fill(seating: Seating, need: int, depth: int, seen: set[int], *, spare: bool) -> bool:
    """Fill one more seat of a need, moving up to `depth` others; with `spare` a need may lose what it can spare."""
    for choice in seating.choices[need]:
        if seating.fits(choice):
            seating.take(choice)
            return True
    if not depth:
        return False
    for choice in seating.choices[need]:
        person = seating.person[choice]
        if person in seen or not seating.held[person]:
            continue
        seen.add(person)
        for out in seating.in_the_way(choice):
            seating.leave(out)
            seating.take(choice)
            loser = seating.need[out]
            if spare and len(seating.seated[loser]) >= seating.minimum[loser]:
                return True
            if _fill(seating, loser, depth - 1, seen, spare=spare):
                return True
            seating.leave(choice)
            seating.take(out)
    return False


def _fill_up(seating: Seating, needs: Iterable[int], goes_on: Callable[[], bool]) -> None:
    """Give covered needs the rest of their seats, the heaviest first; a lighter need lends one it can do without."""
    for need in needs:
        while seating.seated[need] and len(seating.seated[need]) < seating.wanted[need] and goes_on():
            if not (_fill(seating, need, DEEP, set(), spare=False) or _lent(seating, need)):
                break


def _lent(seating: Seating, need: int) -> bool:
    for choice in seating.choices[need]:
        for out in seating.in_the_way(choice):
            lender = seating.need[out]
            if seating.weight[lender] < seating.weight[need] and len(seating.seated[lender]) > seating.minimum[lender]:
                seating.leave(out)
                seating.take(choice)
                return True
    return False


def improve(seating: Seating, *, goes_on: Callable[[], bool] = lambda: True) -> None:
    """Exchange people for more kept pairs, then points, then an evener load; every need keeps its number of seats."""
    problem = seating.problem
    value = problem.points.astype(np.int64) + problem.kept * (int(problem.points.sum()) + 1)
    exchange = _Exchange(seating, value)
    waiting = [need for need, seats in enumerate(seating.seated) if seats]
    while waiting and goes_on():
        waiting = exchange.round(waiting, goes_on)


class _Exchange:
    """Chains of moves that together are worth more: one leaves a seat, another takes it, and so on until one fits."""

    def __init__(self, seating: Seating, value: NDArray[np.int64]) -> None:
        self.seating = seating
        self.value: list[int] = [worth * FINE for worth in value.tolist()]
        self.order = [sorted(choices, key=lambda each: -self.value[each]) for choices in seating.choices]
        self.top = [self.value[choices[0]] if choices else 0 for choices in self.order]
        """The most that any choice of each need is worth."""
        self.touched: set[int] = set()
        self.steps = 0

    def round(self, needs: list[int], goes_on: Callable[[], bool]) -> list[int]:
        """Try every seat of the needs; those to look at again."""
        self.touched = set()
        for need in needs:
            if not goes_on():
                break
            for choice in sorted(self.seating.seated[need], key=lambda each: self.value[each]):
                self._better(need, choice)
        return sorted(self.touched)

    def _better(self, need: int, choice: int) -> None:
        if choice not in self.seating.seated[need]:
            return
        gain = self._without(choice)
        self.steps = STEPS
        if self._chain(need, gain, SHORT, frozenset({self.seating.person[choice]})):
            self.touched.add(need)
        else:
            self.seating.take(choice)

    def _without(self, choice: int) -> int:
        """Leave a seat; what that is worth."""
        self.seating.leave(choice)
        return self._load(choice) - self.value[choice]

    def _load(self, choice: int) -> int:
        """What one more assignment weighs on the choice's person."""
        person = self.seating.person[choice]
        return 2 * (self.seating.running[person] + len(self.seating.held[person])) + 1

    def _chain(self, need: int, gain: int, depth: int, seen: frozenset[int]) -> bool:
        """Fill one seat of a need so that the whole chain gains."""
        seating = self.seating
        for choice in self.order[need]:
            so_far = gain + self.value[choice]
            if so_far <= 0 or not self.steps:
                return False
            self.steps -= 1
            if seating.fits(choice):
                if so_far > self._load(choice):
                    seating.take(choice)
                    return True
            elif depth and seating.person[choice] not in seen:
                for out in seating.in_the_way(choice):
                    if so_far - self.value[out] + self.top[seating.need[out]] > 0 and self._instead(
                        choice, out, so_far, depth, seen
                    ):
                        return True
        return False

    def _instead(self, choice: int, out: int, gain: int, depth: int, seen: frozenset[int]) -> bool:
        """Take a choice in place of another seat of its person's, which is then filled anew."""
        seating, loser = self.seating, self.seating.need[out]
        so_far = gain + self._without(out) - self._load(choice)
        seating.take(choice)
        if self._chain(loser, so_far, depth - 1, seen | {seating.person[choice]}):
            self.touched.add(loser)
            return True
        seating.leave(choice)
        seating.take(out)
        return False
