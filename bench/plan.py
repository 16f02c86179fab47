"""What the plan of all needs costs, and how far from the best it is: ours, greedy, HiGHS and CP-SAT on everything.

script/bench plan                    towns of 300 and of 5,000 volunteers
python bench/plan.py --oslo 60       a town of 50,000 as well, with so many seconds; ours alone
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from bench._town import NOW, town
from matching import STANDARD, Facts
from matching.plan import LEVELS, plan
from matching.planning import problem as problems
from matching.planning.model import Model, SolverFailed
from matching.planning.problem import Problem, problem
from matching.planning.search import Seating, objective, search
from matching.planning.worth import LEVELS as WORTHS
from matching.planning.worth import Level

TOWNS = ((300, 60), (5_000, 1_000))
OSLO = (50_000, 10_000)
LIMIT_S = 120
Numbers = tuple[int, ...]


@dataclass(frozen=True)
class Answer:
    """Five numbers, how many levels are proven, and the bounds where they are known."""

    values: Numbers
    proven: int
    bounds: Numbers = ()


@dataclass(frozen=True)
class Measured:
    """One way on one town, in a process of its own."""

    way: str
    answer: Answer
    cpu_s: float
    peak_mb: int
    pairs: int


def greedy(facts: Facts, _: float) -> Answer:
    """The heaviest need first, the best that is free; nobody is moved."""
    whole = problem(facts, STANDARD, now=NOW)
    seating = Seating(whole)
    for need in np.argsort(-whole.weight, kind="stable").tolist():
        for choice in seating.choices[need]:
            if len(seating.seated[need]) < seating.wanted[need] and seating.fits(choice):
                seating.take(choice)
        if len(seating.seated[need]) < seating.minimum[need]:
            for choice in tuple(seating.seated[need]):
                seating.leave(choice)
    return Answer(objective(whole, seating.taken()).values, 0)


def searched(facts: Facts, _: float) -> Answer:
    """Our search, without a solver."""
    whole = problem(facts, STANDARD, now=NOW)
    return Answer(objective(whole, search(whole).taken()).values, 0)


def ours(facts: Facts, seconds: float) -> Answer:
    """The whole plan."""
    limit = seconds if seconds < float("inf") else None
    found = plan(facts, STANDARD, now=NOW, clock=time.monotonic, seconds=limit)
    bounds = tuple(found.bound.get(name, -1) for name in LEVELS)
    return Answer(found.objective.values, sum(found.proven), bounds)


def highs(facts: Facts, seconds: float) -> Answer:
    """HiGHS on every pair at once, level by level."""
    return _by_level(_everything(facts), seconds, _highs)


def cp_sat(facts: Facts, seconds: float) -> Answer:
    """The same with CP-SAT, one worker."""
    return _by_level(_everything(facts), seconds, _cp_sat)


def _everything(facts: Facts) -> Problem:
    problems.FEWEST = len(facts.volunteers)
    return problem(facts, STANDARD, now=NOW)


Solve = Callable[[Model, float], tuple[list[int], bool]]


def _by_level(whole: Problem, seconds: float, solve: Solve) -> Answer:
    """The plan after the last level that gave one in time, and on how many levels the solver was done."""
    ends, taken, levels, proven = time.monotonic() + seconds, list[int](), list[Level](), 0
    for worth in (*(kind(whole) for kind in WORTHS), None):
        if worth is not None and not (worth.choice.any() or worth.need.any()):
            proven += 1
            continue
        try:
            model = Model(whole, np.arange(len(whole)), levels, worth, whole=True)
            taken, done = solve(model, max(1.0, ends - time.monotonic()))
        except SolverFailed:
            break
        if not done:
            break
        proven += 1
        if worth is not None:
            levels.append(Level(worth, worth.of(whole, np.array(taken, dtype=np.intp))))
    return Answer(objective(whole, taken).values, proven)


def _highs(model: Model, seconds: float) -> tuple[list[int], bool]:
    model.run(seconds)
    return model.taken(), model.optimal


def _cp_sat(model: Model, seconds: float) -> tuple[list[int], bool]:
    """The very rows that HiGHS was given."""
    from ortools.sat.python import cp_model

    rows, asked = model._gathered, cp_model.CpModel()
    variables = [asked.new_bool_var("") for _ in range(model._width)]
    row, column, factor = (np.concatenate(each) for each in (rows.row, rows.column, rows.factor))
    order = np.argsort(row, kind="stable")
    ends = np.searchsorted(row[order], np.arange(1, len(rows.lower) + 1))
    begins = np.concatenate(([0], ends[:-1]))
    far = 2**60
    for low, high, begin, end in zip(rows.lower, rows.upper, begins, ends, strict=True):
        mine = order[begin:end]
        total = sum(int(factor[at]) * variables[column[at]] for at in mine.tolist())
        asked.add_linear_constraint(total, int(max(low, -far)), int(min(high, far)))
    costs = -model._costs(model.worth) if model.worth is not None else model._load_costs()
    asked.minimize(sum(int(costs[at]) * variables[at] for at in np.flatnonzero(costs).tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 1, seconds
    status = solver.solve(asked)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise SolverFailed("CP-SAT found no plan")
    taken = [int(at) for number, at in enumerate(model.rows) if solver.boolean_value(variables[number])]
    return taken, status == cp_model.OPTIMAL


WAYS: dict[str, tuple[Callable[[Facts, float], Answer], float]] = {
    "greedy": (greedy, 0),
    "our search": (searched, 0),
    "our plan": (ours, float("inf")),
    "HiGHS on everything": (highs, LIMIT_S),
    "CP-SAT on everything": (cp_sat, LIMIT_S),
}


def measured(way: str, size: tuple[int, int], seconds: float | None) -> Measured:
    """One way; processor time from the facts to the plan."""
    run, limit = WAYS[way]
    facts = town(size[0], needs=size[1]).facts()
    began = time.process_time()
    answer = run(facts, limit if seconds is None else seconds)
    spent = time.process_time() - began
    pairs = problem(facts, STANDARD, now=NOW).eligible_pairs if way == "greedy" else 0
    return Measured(way, answer, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, pairs)


def _apart(way: str, size: tuple[int, int], seconds: float | None = None) -> Measured:
    """In a process of its own, whose peak of memory is nobody else's."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
        return alone.submit(measured, way, size, seconds).result()


def table(size: tuple[int, int], ways: Sequence[str], seconds: float | None = None) -> Iterator[str]:
    """One town as Markdown."""
    rows = [_apart(way, size, seconds) for way in ways]
    best = next(row.answer.bounds for row in rows if row.answer.bounds)
    pairs = f"; {rows[0].pairs:,} eligible pairs" if rows[0].pairs else ""
    yield f"\n**{size[0]:,} volunteers, {size[1]:,} needs**{pairs}. Gaps are from our bounds.\n"
    yield "| way | CPU s | peak MB | levels proven | " + " | ".join(LEVELS) + " |"
    yield "|---|---:|---:|---:|" + "---:|" * len(LEVELS)
    for row in rows:
        gaps = " | ".join(_gap(value, bound) for value, bound in zip(row.answer.values, best, strict=True))
        yield f"| {row.way} | {row.cpu_s:.2f} | {row.peak_mb:,} | {row.answer.proven} | {gaps} |"


def _gap(value: int, bound: int) -> str:
    if bound < 0:
        return f"{value:,}"
    return f"{value:,}" if value == bound else f"{100 * (value - bound) / max(bound, 1):+.3f} %"


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--oslo", type=float, metavar="SECONDS", help="50,000 volunteers and 10,000 needs as well")
    oslo = parser.parse_args().oslo
    ways = [way for way in WAYS if way != "CP-SAT on everything" or find_spec("ortools")]
    print(f"Five levels in strict order. Solvers on everything have {LIMIT_S} seconds, level by level, one thread.")
    for size in TOWNS:
        print("\n".join(table(size, ways)))
    if oslo:
        print("\n".join(table(OSLO, ["our plan"], oslo)))


if __name__ == "__main__":
    main()
