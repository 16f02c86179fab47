"""How much a need counts in the plan: its urgency, and a little more for each day that it has waited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from matching.facts import Facts
from matching.pairs import Today
from matching.rule import Bound, Numbered, Text

SCALE = 10_000
"""The weight of a need of urgency 1 that has not waited."""


@dataclass(frozen=True)
class PlanNumbers(Numbered):
    """What a municipality may set for the plan of all needs at once."""

    waiting_days: Annotated[
        int,
        Bound(
            "days", 0, 365,
            Text(
                nb="Halvparten av tillegget for venting etter (0: venting teller ikke)",
                nn="Halvparten av tillegget for venting etter (0: venting tel ikkje)",
                en="Half of the addition for waiting after (0: waiting does not count)",
            ),
        ),
    ] = 30  # fmt: skip
    evenness: Annotated[
        int,
        Bound(
            "‰", 0, 200,
            Text(
                nb="Poeng som kan gis opp for jevnere fordeling, av tusen",
                nn="Poeng som kan givast opp for jamnare fordeling, av tusen",
                en="Points that may be given up for an even load, per thousand",
            ),
        ),
    ] = 0  # fmt: skip


def weights(facts: Facts, today: Today, numbers: PlanNumbers) -> NDArray[np.int64]:
    """1, 2, 4, 8, 16 by urgency; where waiting counts, up to twice that and then a hair more for each day, forever."""
    urgent = np.int64(1) << (facts.needs.urgency.astype(np.int64) - 1)
    if not numbers.waiting_days:
        return urgent
    since = facts.needs.waiting_since_day.astype(np.int64)
    days = np.where(since == 0, 0, np.maximum(today.day - since, 0))
    return np.asarray(urgent * (SCALE + SCALE * days // (days + numbers.waiting_days) + days), dtype=np.int64)
