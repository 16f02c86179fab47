"""What people's room and time are worth to the plan, and what each choice is worth less that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matching.planning.problem import Problem
from matching.planning.worth import Floats, Level, Worth


@dataclass(frozen=True)
class Prices:
    """Per person, record, minute a week, and the times of each choice; and what the settled levels are worth."""

    person: Floats
    record: Floats
    minute: Floats
    time: Floats
    levels: tuple[float, ...]
    fixed: float
    """What all the room and time there is costs together, less what the settled levels must bring."""


@dataclass(frozen=True)
class Priced:
    """A level's worth less the prices: per choice, per pair left out (as if it held no time), per covered need."""

    choice: Floats
    left: Floats
    need: Floats
    fixed: float


def priced(problem: Problem, worth: Worth, levels: Sequence[Level], prices: Prices) -> Priced:
    """The worth of a level where `levels` are settled already and room and time have prices."""
    whole = worth
    for price, level in zip(prices.levels, levels, strict=True):
        whole = whole.plus(level.worth, price)
    room = prices.person[problem.person_of] + prices.record
    person = problem.person_of[problem.left_record]
    return Priced(
        choice=whole.choice - prices.time - room[problem.record]
        - prices.minute[problem.person] * problem.minutes[problem.need],
        left=whole.left - room[problem.left_record] - prices.minute[person] * problem.minutes[problem.left_need],
        need=whole.need,
        fixed=prices.fixed,
    )  # fmt: skip
