"""What no plan can exceed: prices on people's room and time turn the plan into one small question per need.

Any prices give a bound that holds for every pair the rules allow, also for those that were not planned with; the prices
that a solver finds give one that is as good as its relaxation. What the bound is with a choice in it tells which
choices cannot be in a better plan (reduced-cost fixing).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.planning.problem import Problem, Rows
from matching.planning.worth import Floats

SLACK = 1e-6
"""How far a sum of floating point numbers may be off."""


@dataclass(frozen=True)
class Bound:
    """The most that all needs together could be worth under the prices."""

    most: float
    of_need: Floats
    """The most of each need."""
    beside: Floats
    """What each need is worth beside one person who must be on it; -inf where it can never be covered."""

    def with_choice(self, need: Rows, value: Floats) -> Floats:
        """The bound when a choice of these needs and values is in the plan."""
        return self.most - self.of_need[need] + np.minimum(self.of_need[need], value + self.beside[need])

    def wanting(self, need: Rows, value: Floats) -> NDArray[np.bool_]:
        """Which of these choices would raise the bound if they were among those it looked at."""
        return value + self.beside[need] > self.of_need[need] + SLACK


def bound(problem: Problem, need: Rows, pair: Rows, value: Floats, covered: Floats, *, fixed: float) -> Bound:
    """Per need the best number of people, between its minimum and what it wants, or nobody.

    `value` is the worth of each choice less the prices, `covered` that of each need with anybody on it. Of the choices
    of one `pair` only the best counts. `fixed` is added to the whole.
    """
    chosen = _best_of_pair(pair, value)
    chosen = chosen[np.lexsort((-value[chosen], need[chosen]))]
    own = need[chosen]
    first = np.searchsorted(own, np.arange(len(problem.need_ids)))
    place = np.arange(len(chosen)) - first[own]
    total = _running(value[chosen], first[own]) + covered[own]
    allowed = (place + 1 >= problem.minimum[own]) & (place < problem.wanted[own])
    of_need, beside = np.zeros(len(covered)), np.full(len(covered), -np.inf)
    np.maximum.at(of_need, own[allowed], total[allowed])
    np.maximum.at(beside, own[allowed], (total - value[chosen])[allowed])
    return Bound(fixed + float(of_need.sum()), of_need, beside)


def _best_of_pair(pair: Rows, value: Floats) -> Rows:
    order = np.lexsort((-value, pair))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = pair[order][1:] != pair[order][:-1]
    return order[first]


def _running(value: Floats, first: Rows) -> Floats:
    """Running totals that begin anew at each row's `first`."""
    total = np.concatenate(([0.0], np.cumsum(value)))
    return total[1:] - total[first]
