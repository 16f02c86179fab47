"""Level by level: a bound from prices, choices that cannot matter taken out, and the rest solved exactly."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import ceil, floor, inf
from typing import cast

import numpy as np

from matching.planning.bound import SLACK, Bound, bound
from matching.planning.model import Model, SolverFailed
from matching.planning.prices import Priced, Prices, priced
from matching.planning.problem import Problem, Rows
from matching.planning.search import is_allowed, objective
from matching.planning.settled import Finished, SecondsLeft, Settled
from matching.planning.worth import LEVELS, Floats, Level, Worth

FIRST = 4
"""So many candidates per wanted seat, and as many more per need, are in the first relaxation."""
ROUNDS = 30
"""So often the relaxation is widened at the most by what its prices leave out."""
CLOSE = 1e-6
"""A bound that is so near what the relaxation reached, as a share of it, is not made better by more choices."""
SMALL = 4_000
"""So many choices are tried first when a better plan is looked for."""
TRACE = 1e-6
"""Less than this of a choice is not taken, and less of a gain is none."""


@dataclass(frozen=True)
class Relaxed:
    """A solved relaxation: the bound, and what each choice still allowed and each pair left out is worth under it."""

    bound: Bound
    prices: Prices
    with_choice: Floats
    with_left: Floats
    supported: Rows
    """Choices that it takes some of."""


class Finish:
    """One part of a problem, on its way through the levels. The best plan so far is always in `taken`."""

    def __init__(
        self, problem: Problem, rows: Rows, left: Rows, taken: Sequence[int], seconds_left: SecondsLeft, evenness: int
    ) -> None:
        self.problem = problem
        self.rows = rows
        """Choices that may still be in the best plan."""
        self.left = left
        """Pairs left out that may still be."""
        self.missed: set[int] = set()
        """Pairs left out without which some level could not be proven."""
        self.taken = sorted(taken)
        self.seconds_left = seconds_left
        self.evenness = evenness
        """Points of a thousand that may be given up for an even load."""
        self.levels: list[Level] = []
        self.settled: list[Settled] = []
        self.prices: Prices | None = None
        self.given_up: int | None = None

    def run(self) -> Finished:
        """Every level in turn, as far as time and the solver go; what was found is kept whatever happens."""
        try:
            for kind in LEVELS[:-1]:
                self.settle(kind(self.problem))
            self.settle(LEVELS[-1](self.problem), self.evenness)
            self.even()
        except SolverFailed:
            pass
        values = objective(self.problem, self.taken).values
        unknown = (Settled(value, None, False) for value in values[len(self.settled) :])
        return Finished(self.taken, (*self.settled, *unknown), self.prices, self.given_up, frozenset(self.missed))

    # levels where more is better

    def settle(self, worth: Worth, thousandths: int = 0) -> None:
        """Find the best of one level, of which so much may be given up below; the plan may become better on the way."""
        most = 0
        if worth.choice[self.rows].any() or worth.need.any():
            most = self._raised(worth, thousandths)
        value = self._value(worth)
        self._settled(value, most, proven=most <= value)
        self.levels.append(Level(worth, value - value * thousandths // 1000))

    def _settled(self, value: int, limit: int | None, *, proven: bool) -> None:
        """A level counts as proven where those above it are."""
        self.settled.append(Settled(value, limit, proven and all(each.proven for each in self.settled)))

    def _value(self, worth: Worth) -> int:
        return worth.of(self.problem, np.array(self.taken, dtype=np.intp))

    def _raised(self, worth: Worth, thousandths: int) -> int:
        """Raise the plan on one level as far as it goes; what no plan can pass."""
        relaxed = self._relaxed(worth)
        self.prices = relaxed.prices
        most = floor(relaxed.bound.most + SLACK)
        for choices in (SMALL, len(self.rows)):
            if most > self._value(worth):
                most = min(most, self._better(worth, relaxed, choices))
        value = self._value(worth)
        if most > value:
            self.missed.update(self.left[relaxed.with_left >= value + 1 - SLACK].tolist())
        self._keep(relaxed, value - value * thousandths // 1000)
        return most

    def _relaxed(self, worth: Worth) -> Relaxed:
        """The relaxation over few choices, widened until its prices leave out nothing that could matter."""
        rows, known = self._few(), None
        try:
            for _ in range(ROUNDS):
                model = self._run(rows, worth, whole=False)
                prices = model.prices()
                values = priced(self.problem, worth, self.levels, prices)
                known = self._known(values, prices, rows[model.shares() > TRACE])
                wanting = self._wanting(known.bound, values, rows)
                if not len(wanting) or known.bound.most < -model.value + CLOSE * abs(model.value):
                    break
                rows = np.union1d(rows, wanting)
        except SolverFailed:
            if known is None:
                raise
        return cast(Relaxed, known)

    def _run(self, rows: Rows, worth: Worth | None, *, whole: bool, points_a_load: int = 1) -> Model:
        """One level over some choices, solved; SolverFailed where there is no time, or too little for a relaxation."""
        if self.seconds_left() <= 0:
            raise SolverFailed("There is no time left")
        model = Model(self.problem, rows, self.levels, worth, whole=whole, points_a_load=points_a_load)
        model.run(self.seconds_left())
        if not (whole or model.optimal):
            raise SolverFailed("HiGHS had too little time for the relaxation")
        return model

    def _few(self) -> Rows:
        """The plan as it stands, and the first candidates of each need."""
        need, wanted = self.problem.need[self.rows], self.problem.wanted
        place = np.arange(len(need)) - np.searchsorted(need, need)
        near = self.rows[place < FIRST * (wanted[need] + 1)]
        return self._whole_pairs(np.union1d(near, np.array(self.taken, dtype=np.intp)))

    def _whole_pairs(self, rows: Rows) -> Rows:
        """All alternatives of the pairs that the choices are of."""
        return self.rows[np.isin(self.problem.pair[self.rows], self.problem.pair[rows])]

    def _wanting(self, most: Bound, values: Priced, rows: Rows) -> Rows:
        """Choices outside `rows` that raise the bound over these towards `most`, the best few of each need."""
        problem = self.problem
        within = bound(problem, problem.need[rows], problem.pair[rows], values.choice[rows], values.need, fixed=0.0)
        need, value = problem.need[self.rows], values.choice[self.rows]
        raised = most.of_need > within.of_need + TRACE
        more = np.flatnonzero(raised[need] & within.enters(need, value) & ~np.isin(self.rows, rows))
        more = more[np.lexsort((-value[more], need[more]))]
        place = np.arange(len(more)) - np.searchsorted(need[more], need[more])
        return self._whole_pairs(self.rows[more[place < FIRST * problem.wanted[need[more]]]])

    def _known(self, values: Priced, prices: Prices, supported: Rows) -> Relaxed:
        """The bound over every choice that is still allowed, and over the pairs left out."""
        problem = self.problem
        need, pair, value = problem.need[self.rows], problem.pair[self.rows], values.choice[self.rows]
        need_of_left, left = problem.left_need[self.left].astype(np.intp), values.left[self.left]
        found = bound(problem, need, pair, value, values.need, fixed=values.fixed)
        more = found.enters(need_of_left, left)
        if more.any():
            extra = len(problem) + np.arange(int(more.sum()))
            found = bound(
                problem, np.concatenate((need, need_of_left[more])), np.concatenate((pair, extra)),
                np.concatenate((value, left[more])), values.need, fixed=values.fixed,
            )  # fmt: skip
        return Relaxed(found, prices, found.with_choice(need, value), found.with_choice(need_of_left, left), supported)

    def _better(self, worth: Worth, relaxed: Relaxed, choices: int) -> int:
        """Look for a better plan among so many choices that could be in one; what no plan can pass after that."""
        value = self._value(worth)
        could = np.flatnonzero(relaxed.with_choice >= value + 1 - SLACK)
        tried = could[np.argsort(-relaxed.with_choice[could], kind="stable")[:choices]]
        held = np.array(self.taken, dtype=np.intp)
        rows = np.unique(np.concatenate((self.rows[tried], np.intersect1d(relaxed.supported, self.rows), held)))
        most = relaxed.bound.most
        try:
            found = -self._solved(rows, worth)
        except SolverFailed:
            return floor(most + SLACK)
        if len(tried) == len(could) and not (relaxed.with_left >= value + 1 - SLACK).any():
            most = min(most, max(found, value))
        return floor(most + SLACK)

    def _solved(self, rows: Rows, worth: Worth | None, points_a_load: int = 1) -> float:
        """Solve one level exactly over some choices and take the plan if it is better; what HiGHS cannot get below.

        It is not told the plan to begin with: HiGHS 1.16 then gives that plan back beside the sum of a better one.
        """
        model = self._run(rows, worth, whole=True, points_a_load=points_a_load)
        taken = sorted(model.taken())
        if self._is_allowed(taken) and self._worth(taken, worth) > self._worth(self.taken, worth):
            self.taken = taken
        return model.least

    def _is_allowed(self, taken: Sequence[int]) -> bool:
        """Whether a plan of the solver's, rounded to whole shares, is a plan and keeps the levels that are settled."""
        rows = np.array(taken, dtype=np.intp)
        keeps = all(level.worth.of(self.problem, rows) >= level.least for level in self.levels)
        return keeps and is_allowed(self.problem, rows)

    def _worth(self, taken: Sequence[int], worth: Worth | None) -> tuple[int, ...]:
        if worth is not None:
            return (worth.of(self.problem, np.array(taken, dtype=np.intp)),)
        has = objective(self.problem, taken)
        return (-has.load_sq, has.quality)

    def _keep(self, relaxed: Relaxed, value: int) -> None:
        """Take out for good what cannot be in any plan that is as good on this level."""
        stays = relaxed.with_choice >= value - SLACK
        self.rows = self.rows[stays | np.isin(self.rows, self.taken)]
        self.left = self.left[relaxed.with_left >= value - SLACK]

    # the last level

    def even(self) -> None:
        """As even a load as the plans allow that are best on every other level, but for the points to be given up."""
        best = objective(self.problem, self.taken)
        spare = best.quality - self.levels[-1].least
        least = self._least_load(best.load_sq, best.quality, spare) if self.taken else 0
        found = objective(self.problem, self.taken)
        least = min(least, found.load_sq)
        self.missed.update(self.left.tolist())
        if len(self.left):
            self._settled(found.load_sq, None, proven=False)
        else:
            self._settled(found.load_sq, least, proven=least == found.load_sq)
        self.given_up = best.quality - found.quality
        if self.given_up:
            self.settled[-2] = Settled(found.quality, self.settled[-2].bound, proven=False)

    def _least_load(self, load_sq: int, quality: int, spare: int) -> int:
        """What the load of no plan is below, after making it as even as may be.

        The program's sum is load times (spare + 1), less points, of which no plan has less than quality - spare.
        """

        def least(total: float) -> int:
            return ceil((total + quality - spare) / (spare + 1) - SLACK) if total > -inf else 0

        found = least(self._run(self.rows, None, whole=False, points_a_load=spare + 1).value)
        if found < load_sq:
            with suppress(SolverFailed):
                found = max(found, least(self._solved(self.rows, None, spare + 1)))
        return found


def finished(
    problem: Problem, rows: Rows, left: Rows, taken: Sequence[int], seconds_left: SecondsLeft, evenness: int = 0
) -> Finished:
    """The best plan of one part that the solver finds in the time, never a worse one than `taken`."""
    return Finish(problem, rows, left, taken, seconds_left, evenness).run()
