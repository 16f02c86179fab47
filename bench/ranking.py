"""What ranking costs with every rule's verdict for everyone: the engine, NumPy by hand and a loop over objects."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench._by_hand import arrays, question, with_numpy, with_objects
from bench._town import NOW, TODAY, Town, town
from matching import STANDARD, Facts, candidates

SIZES = (300, 5_000, 50_000, 400_000)
MOST_OBJECTS = 50_000
ROUNDS = {300: 40, 5_000: 20, 50_000: 8, 400_000: 3}


@dataclass(frozen=True)
class Measured:
    """CPU milliseconds per need, the best of some rounds that take turns."""

    size: int
    engine_ms: float
    numpy_ms: float
    objects_ms: float | None
    bytes_each: float
    load_s: float
    eligible: float


def measured(size: int) -> Measured:
    """One town, every way on the same needs in one run; AssertionError when the ways do not agree."""
    place = town(size)
    began = time.process_time()
    facts = place.facts()
    load_s = time.process_time() - began
    bare, asked = arrays(facts), [question(facts, need, TODAY) for need in place.needs]
    eligible = [_agreed(facts, bare, each) for each in asked]
    engine_ms, numpy_ms = _taking_turns(
        ROUNDS[size],
        lambda: [candidates(facts, STANDARD, need=need.id, now=NOW) for need in place.needs],
        lambda: [with_numpy(bare, each) for each in asked],
        count=len(asked),
    )
    objects_ms = _objects_ms(place) if size <= MOST_OBJECTS else None
    return Measured(size, engine_ms, numpy_ms, objects_ms, facts.nbytes / size, load_s, sum(eligible) / len(eligible))


def _agreed(facts: Facts, bare: dict[str, np.ndarray], asked: dict[str, object]) -> int:
    """How many are eligible, by both ways, to the last bit and point."""
    ranking, answer = candidates(facts, STANDARD, need=int(str(asked["id"])), now=NOW), with_numpy(bare, asked)
    bits = np.zeros(len(answer.refused), dtype=np.uint32)
    for number, plane in enumerate(ranking.refused):
        bits |= plane.astype(np.uint32) << np.uint32(8 * number)
    assert (bits == answer.refused).all()
    assert (ranking.eligible == facts.volunteers.id[answer.order]).all()
    assert (ranking.points == answer.points).all()
    return len(ranking)


def _taking_turns(rounds: int, *ways: Callable[[], object], count: int) -> list[float]:
    best = [float("inf")] * len(ways)
    for _ in range(rounds):
        for number, way in enumerate(ways):
            best[number] = min(best[number], _cpu_ms(way) / count)
    return best


def _cpu_ms(way: Callable[[], object]) -> float:
    began = time.process_time()
    way()
    return (time.process_time() - began) * 1000


def _objects_ms(place: Town) -> float:
    people, needs = place.records(), place.needs[:4]
    return _taking_turns(2, lambda: [with_objects(people, need, TODAY) for need in needs], count=len(needs))[0]


def table(rows: Sequence[Measured]) -> str:
    """The figures as Markdown."""
    lines = [
        f"Every volunteer judged by {len(STANDARD.hard)} hard rules with a bit each, the eligible given points by "
        f"{len(STANDARD.soft)} soft rules and put in order. CPU milliseconds per need.",
        "",
        "| volunteers | eligible | engine | NumPy by hand | engine ÷ NumPy | objects | objects ÷ engine "
        "| bytes a volunteer | load from columns |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    return "\n".join(lines + [_line(row) for row in rows])


def _line(row: Measured) -> str:
    objects = "–" if row.objects_ms is None else f"{row.objects_ms:,.1f}"
    times = "–" if row.objects_ms is None else f"{row.objects_ms / row.engine_ms:,.0f}"
    cells = (
        f"{row.size:,}", f"{row.eligible:,.0f}", f"{row.engine_ms:.2f}", f"{row.numpy_ms:.2f}",
        f"{row.engine_ms / row.numpy_ms:.2f}", objects, times, f"{row.bytes_each:.0f}", f"{row.load_s:.2f} s",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def main(sizes: Sequence[int] = SIZES) -> None:
    """Prints the table."""
    print(table([measured(size) for size in sizes]))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
