"""What the levels of a plan count, as numbers on choices and on needs that are covered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.planning.problem import Problem, Rows

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """What one level counts: per choice that is taken, per pair that was left out, and per need that is covered."""

    choice: Floats
    left: Floats
    need: Floats

    def plus(self, other: Worth, factor: float) -> Worth:
        """This and `factor` of another."""
        return Worth(
            self.choice + factor * other.choice, self.left + factor * other.left, self.need + factor * other.need
        )

    def of(self, problem: Problem, rows: Rows) -> int:
        """What the choices in `rows` are worth together."""
        covered = np.zeros(len(self.need), dtype=np.bool_)
        covered[problem.need[rows]] = True
        return round(float(self.choice[rows].sum() + self.need[covered].sum()))


@dataclass(frozen=True)
class Level:
    """A level that is settled: every plan from here on is worth at least this much of it."""

    worth: Worth
    least: int


def coverage(problem: Problem) -> Worth:
    """The weight of each need with anybody on it."""
    return Worth(np.zeros(len(problem)), np.zeros(len(problem.left_need)), problem.weight.astype(np.float64))


def seats(problem: Problem) -> Worth:
    """The weight of each seat that is filled."""
    weight = problem.weight.astype(np.float64)
    return Worth(weight[problem.need], weight[problem.left_need], np.zeros(len(weight)))


def kept(problem: Problem) -> Worth:
    """Each earlier approval that is kept; all of them are among the choices."""
    nothing = np.zeros(len(problem.left_need))
    return Worth(problem.kept.astype(np.float64), nothing, np.zeros(len(problem.weight)))


def quality(problem: Problem) -> Worth:
    """Points."""
    left = problem.left_points.astype(np.float64)
    return Worth(problem.points.astype(np.float64), left, np.zeros(len(problem.weight)))


LEVELS = (coverage, seats, kept, quality)
"""The levels where more is better, in strict order; the last of all, an even load, is another kind of thing."""
