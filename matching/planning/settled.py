"""What is known of a plan, or of a part of one, level by level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matching.planning.prices import Prices
from matching.planning.problem import Problem, Rows
from matching.planning.search import objective

SecondsLeft = Callable[[], float]


@dataclass(frozen=True)
class Settled:
    """What the plan has of one level, what no plan can pass, and whether they are the same."""

    value: int
    bound: int | None
    proven: bool


@dataclass(frozen=True)
class Finished:
    """The best plan of one part and what is known of each level."""

    taken: list[int]
    levels: tuple[Settled, ...]
    prices: Prices | None = None
    """Of the level on points, where it was solved."""
    points_for_evenness: int | None = None
    missed: frozenset[int] = frozenset()
    """Pairs left out that could be in a better plan."""


def unsettled(
    problem: Problem, rows: Rows, left: Rows, taken: Sequence[int], seconds_left: SecondsLeft, evenness: int = 0
) -> Finished:
    """A part of which nothing is proven; what a solver would need is not looked at."""
    return Finished(list(taken), tuple(Settled(value, None, False) for value in objective(problem, taken).values))
