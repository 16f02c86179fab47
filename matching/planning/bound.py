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

SLACK = 1e-3
"""How far a sum of floating point numbers may be off; what it stands for is a whole number."""


@dataclass(frozen=True)
class Bound:
    """The most that all needs together could be worth under the prices."""

    most: float
    of_need: Floats
    """The most of each need."""
    beside: Floats
    """What each need is worth beside one person more who must be on it; -inf where it would still not be covered."""
    last: Floats
    """The least that one of the best of each need is worth, as many as it wants; -inf where there are fewer."""

    def with_choice(self, need: Rows, value: Floats) -> Floats:
        """The bound when a choice of these needs and values is in the plan."""
        return self.most - self.of_need[need] + np.minimum(self.of_need[need], value + self.beside[need])

    def enters(self, need: Rows, value: Floats) -> NDArray[np.bool_]:
        """Which of these choices would be among the best of their need; no others could change the bound."""
        return np.asarray(value > self.last[need])


def bound(problem: Problem, need: Rows, pair: Rows, value: Floats, covered: Floats, *, fixed: float) -> Bound:
    """Per need the best number of people, between its minimum and what it wants, or nobody.

    `value` is the worth of each choice less the prices, `covered` that of each need with anybody on it. Of the choices
    of one `pair` only the best counts. `fixed` is added to the whole.
    """
    wanted, minimum = problem.wanted, problem.minimum
    chosen = _best_of_pair(pair, value)
    chosen = chosen[np.lexsort((-value[chosen], need[chosen]))]
    chosen = chosen[_place(need[chosen]) < wanted[need[chosen]]]
    own, best = need[chosen], value[chosen]
    count = _place(own) + 1
    total = _running(best, own) + covered[own]
    of_need, last = np.zeros(len(covered)), np.full(len(covered), -np.inf)
    beside = np.where(minimum <= 1, covered, -np.inf)
    enough, more = count >= minimum[own], (count < wanted[own]) & (count + 1 >= minimum[own])
    np.maximum.at(of_need, own[enough], total[enough])
    np.maximum.at(beside, own[more], total[more])
    full = count == wanted[own]
    last[own[full]] = best[full]
    return Bound(fixed + float(of_need.sum()), of_need, beside, last)


def _best_of_pair(pair: Rows, value: Floats) -> Rows:
    order = np.lexsort((-value, pair))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = pair[order][1:] != pair[order][:-1]
    return order[first]


def _place(need: Rows) -> Rows:
    """Which of its need's each choice is, from 0; needs rise."""
    return np.asarray(np.arange(len(need)) - np.searchsorted(need, need))


def _running(value: Floats, need: Rows) -> Floats:
    """Running totals that begin anew with each need."""
    total = np.concatenate(([0.0], np.cumsum(value)))
    return total[1:] - total[np.searchsorted(need, need)]
