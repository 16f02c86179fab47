"""The plan as a mixed-integer program for HiGHS: a variable per choice, a row for everything nobody may exceed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import NDArray

from matching.planning.prices import Prices
from matching.planning.problem import UNLIMITED, Problem, Rows
from matching.planning.worth import Floats, Level, Worth

INFINITE = float(highspy.kHighsInf)
HALF = 0.5


class SolverFailed(Exception):
    """HiGHS did not do what was asked; the sentence says what."""


@dataclass
class _Rows:
    """Rows of the program as they are gathered."""

    row: list[NDArray[np.int32]] = field(default_factory=list)
    column: list[NDArray[np.int32]] = field(default_factory=list)
    factor: list[Floats] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def add(
        self, of: NDArray[np.intp], columns: NDArray[np.intp], factors: Floats, lower: Floats, upper: Floats
    ) -> slice:
        """Rows with the numbers 0, 1, … in `of`; where they stand."""
        begins = len(self.lower)
        self.row.append((of + begins).astype(np.int32))
        self.column.append(columns.astype(np.int32))
        self.factor.append(factors)
        self.lower += lower.tolist()
        self.upper += upper.tolist()
        return slice(begins, len(self.lower))


class Model:
    """The program over the choices in `rows`, which rise; without a `worth` it makes the load even."""

    def __init__(
        self,
        problem: Problem,
        rows: Rows,
        levels: Sequence[Level],
        worth: Worth | None,
        *,
        whole: bool,
        points_a_load: int = 1,
    ) -> None:
        self.problem, self.rows, self.levels, self.worth = problem, rows, tuple(levels), worth
        self.need, self.person, self.record = problem.need[rows], problem.person[rows], problem.record[rows]
        self._whole, self._points_a_load = whole, points_a_load
        self._gathered = _Rows()
        self._covered()
        self._load()
        self._of_needs()
        self._of_pairs()
        self._people, self._person_rows = self._limited(self.person, problem.room_of_person)
        self._records, self._record_rows = self._limited_records()
        self._timed, self._minute_rows = self._of_minutes()
        self._cliques, self._clique_rows = self._of_times()
        self._level_rows = self._of_levels()
        self._solver = self._passed()

    # variables: choices, then needs that are covered, then the load of people

    def _covered(self) -> None:
        """A variable per need that wants more than one; a need of one is covered by its choice."""
        present = np.unique(self.need)
        self._several = present[self.problem.wanted[present] > 1]
        self._y = np.full(len(self.problem.wanted), -1)
        self._y[self._several] = len(self.rows) + np.arange(len(self._several))

    def _load(self) -> None:
        """Variables for each person's first, second, … assignment, where the load is counted."""
        self._steps: list[tuple[int, int]] = []
        if self.worth is None:
            people, counts = np.unique(self.person, return_counts=True)
            most = np.minimum(counts, self.problem.room_of_person[people])
            self._steps = [
                (person, step)
                for person, top in zip(people.tolist(), most.tolist(), strict=True)
                for step in range(top)
            ]

    @property
    def _width(self) -> int:
        return len(self.rows) + len(self._several) + len(self._steps)

    # rows

    def _of_needs(self) -> None:
        """No more than wanted; and, where several are wanted, no fewer than the minimum once there is anybody."""
        problem, x = self.problem, np.arange(len(self.rows))
        present, of = np.unique(self.need, return_inverse=True)
        several = problem.wanted[present] > 1
        y = self._y[present[several]]
        number = np.flatnonzero(several)
        nothing = np.zeros(len(present))
        self._gathered.add(
            np.concatenate((of, number)),
            np.concatenate((x, y)),
            np.concatenate((np.ones(len(x)), -problem.wanted[present[several]].astype(np.float64))),
            nothing - INFINITE,
            np.where(several, 0.0, 1.0),
        )
        mine = np.flatnonzero(several[of])
        _, of_several = np.unique(of[mine], return_inverse=True)
        self._gathered.add(
            np.concatenate((of_several, np.arange(len(y)))),
            np.concatenate((mine, y)),
            np.concatenate((np.ones(len(mine)), -problem.minimum[present[several]].astype(np.float64))),
            np.zeros(len(y)),
            np.full(len(y), INFINITE),
        )

    def _of_pairs(self) -> None:
        """A person is on a need once, and only on one that is covered."""
        pairs, of, counts = np.unique(self.problem.pair[self.rows], return_inverse=True, return_counts=True)
        need_of = np.zeros(len(pairs), dtype=np.intp)
        need_of[of] = self.need
        several = self.problem.minimum[need_of] > 1
        needed = several | ((counts > 1) & (self.problem.wanted[need_of] > 1))
        number = np.cumsum(needed) - 1
        mine = np.flatnonzero(needed[of])
        tied = np.flatnonzero(needed & (self._y[need_of] >= 0))
        self._gathered.add(
            np.concatenate((number[of[mine]], number[tied])),
            np.concatenate((mine, self._y[need_of[tied]])),
            np.concatenate((np.ones(len(mine)), -np.ones(len(tied)))),
            np.full(int(needed.sum()), -INFINITE),
            np.zeros(int(needed.sum())),
        )

    def _limited(self, owner: Rows, room: NDArray[np.int64]) -> tuple[Rows, slice]:
        """A row for each owner with more choices than room."""
        owners, of, counts = np.unique(owner, return_inverse=True, return_counts=True)
        tight = counts > room[owners]
        number = np.cumsum(tight) - 1
        mine = np.flatnonzero(tight[of])
        rows = self._gathered.add(
            number[of[mine]], mine, np.ones(len(mine)),
            np.full(int(tight.sum()), -INFINITE), room[owners[tight]].astype(np.float64),
        )  # fmt: skip
        return owners[tight], rows

    def _limited_records(self) -> tuple[Rows, slice]:
        """Records have rows of their own only where somebody has several."""
        problem = self.problem
        several = np.bincount(problem.person_of, minlength=problem.people) > 1
        room = np.where(several[problem.person_of], problem.room, UNLIMITED)
        return self._limited(self.record, room)

    def _of_minutes(self) -> tuple[Rows, slice]:
        """A row for each person whose choices together take more minutes a week than there are left."""
        problem = self.problem
        people, of = np.unique(self.person, return_inverse=True)
        minutes = problem.minutes[self.need].astype(np.float64)
        asked = np.bincount(of, weights=minutes, minlength=len(people))
        tight = asked > problem.budget_min[people]
        number = np.cumsum(tight) - 1
        mine = np.flatnonzero(tight[of])
        rows = self._gathered.add(
            number[of[mine]], mine, minutes[mine],
            np.full(int(tight.sum()), -INFINITE), problem.budget_min[people[tight]].astype(np.float64),
        )  # fmt: skip
        return people[tight], rows

    def _of_times(self) -> tuple[list[list[int]], slice]:
        """A row for each set of choices of one person of which no two can be kept."""
        cliques = []
        order = np.argsort(self.person, kind="stable")
        ends = np.flatnonzero(np.diff(self.person[order])) + 1
        for mine in np.split(order, ends):
            if len(mine) > 1 and self.problem.room_of_person[self.person[mine[0]]] > 1:
                cliques += self._cliques_of(mine.tolist())
        of = np.repeat(np.arange(len(cliques)), [len(each) for each in cliques] if cliques else [])
        columns = np.array([each for clique in cliques for each in clique], dtype=np.intp)
        rows = self._gathered.add(
            of.astype(np.intp), columns, np.ones(len(columns)),
            np.full(len(cliques), -INFINITE), np.ones(len(cliques)),
        )  # fmt: skip
        return cliques, rows

    def _cliques_of(self, mine: list[int]) -> list[list[int]]:
        """Cliques that together hold every two choices that clash."""
        slot, travel = self.problem.slot, int(self.problem.travel[self.person[mine[0]]])
        slots = {each: int(slot[self.rows[each]]) for each in mine}
        clashing: dict[int, set[int]] = {each: set() for each in mine}
        clash = self.problem.slots.clash
        for place, one in enumerate(mine):
            for other in mine[place + 1 :]:
                if self.need[one] != self.need[other] and clash(slots[one], slots[other], travel):
                    clashing[one].add(other)
                    clashing[other].add(one)
        cliques, held = [], set()
        for one in mine:
            for other in sorted(clashing[one]):
                if one < other and (one, other) not in held:
                    clique = _grown([one, other], clashing)
                    held |= {(a, b) for a in clique for b in clique if a < b}
                    cliques.append(clique)
        return cliques

    def _of_levels(self) -> slice:
        """A row for each level that is settled."""
        begins = len(self._gathered.lower)
        for level in self.levels:
            costs = self._costs(level.worth)
            columns = np.flatnonzero(costs)
            self._gathered.add(
                np.zeros(len(columns), dtype=np.intp), columns, costs[columns],
                np.array([level.least]), np.array([INFINITE]),
            )  # fmt: skip
        if self.worth is None:
            self._of_load()
        return slice(begins, begins + len(self.levels))

    def _of_load(self) -> None:
        """Each person's assignments are the first, the second, …, whichever they are."""
        at = len(self.rows) + len(self._several)
        people = np.array([person for person, _ in self._steps], dtype=np.intp)
        present, of = np.unique(self.person, return_inverse=True)
        self._gathered.add(
            np.concatenate((of, np.searchsorted(present, people))),
            np.concatenate((np.arange(len(self.rows)), at + np.arange(len(people)))),
            np.concatenate((-np.ones(len(self.rows)), np.ones(len(people)))),
            np.zeros(len(present)),
            np.full(len(present), INFINITE),
        )

    def _costs(self, worth: Worth) -> Floats:
        """The worth of each variable."""
        costs = np.zeros(self._width)
        costs[: len(self.rows)] = worth.choice[self.rows]
        alone = self._y[self.need] < 0
        costs[: len(self.rows)][alone] += worth.need[self.need[alone]]
        costs[self._y[self._several]] = worth.need[self._several]
        return costs

    # the solver

    def _passed(self) -> highspy._core._Highs:
        solver = highspy._core._Highs()  # highspy.Highs() writes on standard output before it can be told not to
        for option, value in {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": HALF}.items():
            _done(solver.setOptionValue(option, value), f"set {option}")
        gathered, width = self._gathered, self._width
        row, column = np.concatenate(gathered.row), np.concatenate(gathered.column)
        factor = np.concatenate(gathered.factor)
        order = np.lexsort((row, column))
        starts = np.searchsorted(column[order], np.arange(width))
        kind = highspy.HighsVarType.kInteger if self._whole else highspy.HighsVarType.kContinuous
        costs = -self._costs(self.worth) if self.worth is not None else self._load_costs()
        _done(
            solver.passModel(
                width, len(gathered.lower), len(factor), int(highspy.MatrixFormat.kColwise),
                int(highspy.ObjSense.kMinimize), 0.0, costs, np.zeros(width), np.ones(width),
                np.array(gathered.lower, dtype=np.float64), np.array(gathered.upper, dtype=np.float64),
                starts.astype(np.int32), row[order], factor[order], np.full(width, int(kind), dtype=np.int32),
            ),
            "take the program",
        )  # fmt: skip
        return solver

    def _load_costs(self) -> Floats:
        """Load squared, which so many points may be given for, less the points."""
        costs = np.zeros(self._width)
        costs[: len(self.rows)] = -self.problem.points[self.rows]
        at = len(self.rows) + len(self._several)
        for number, (person, step) in enumerate(self._steps):
            costs[at + number] = self._points_a_load * (2 * (int(self.problem.running[person]) + step) + 1)
        return costs

    def run(self, seconds: float = INFINITE) -> None:
        """SolverFailed unless it ends in an answer or at the limit of time."""
        if seconds < INFINITE:
            _done(self._solver.setOptionValue("time_limit", max(seconds, 0.01)), "set time_limit")
        _done(self._solver.run(), "run")
        status = self._solver.getModelStatus()
        ends = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit)
        if status not in ends:
            raise SolverFailed(f"HiGHS ended with {self._solver.modelStatusToString(status)}")
        self.optimal = status == highspy.HighsModelStatus.kOptimal

    @property
    def least(self) -> float:
        """What the minimised sum cannot be below, after a run over whole numbers."""
        return float(self._solver.getInfo().mip_dual_bound)

    @property
    def value(self) -> float:
        """The sum that the relaxation reached; minimised."""
        return float(self._solver.getInfo().objective_function_value)

    def shares(self) -> Floats:
        """How much of each choice is taken."""
        values = np.array(self._solver.getSolution().col_value, dtype=np.float64)
        if len(values) != self._width:
            raise SolverFailed("HiGHS gave no values")
        return values[: len(self.rows)]

    def taken(self) -> list[int]:
        """The choices of the best plan found; SolverFailed when there is none."""
        info = self._solver.getInfo()
        if info.primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
            raise SolverFailed("HiGHS found no plan")
        return [int(row) for row in self.rows[self.shares() > HALF]]

    def prices(self) -> Prices:
        """The prices of the rows that choices of different needs share."""
        problem = self.problem
        duals = np.array(self._solver.getSolution().row_dual, dtype=np.float64)
        if len(duals) != len(self._gathered.lower):
            raise SolverFailed("HiGHS gave no prices")
        price = np.maximum(-duals, 0.0)
        person, record, minute = np.zeros(problem.people), np.zeros(len(problem.room)), np.zeros(problem.people)
        person[self._people] = price[self._person_rows]
        record[self._records] = price[self._record_rows]
        minute[self._timed] = price[self._minute_rows]
        time = np.zeros(len(problem))
        for clique, each in zip(self._cliques, price[self._clique_rows].tolist(), strict=True):
            time[self.rows[clique]] += each
        levels = tuple(np.maximum(duals[self._level_rows], 0.0).tolist())
        fixed = float(
            person @ problem.room_of_person
            + record @ problem.room
            + minute @ np.minimum(problem.budget_min, UNLIMITED)
            + price[self._clique_rows].sum()
            - sum(each * level.least for each, level in zip(levels, self.levels, strict=True))
        )
        return Prices(person, record, minute, time, levels, fixed)


def _grown(clique: list[int], clashing: dict[int, set[int]]) -> list[int]:
    """A clique with every choice added, in order, that clashes with all in it."""
    common = set.intersection(*(clashing[each] for each in clique))
    for each in sorted(common):
        if each in common:
            clique.append(each)
            common &= clashing[each]
    return clique


def _done(status: highspy.HighsStatus, what: str) -> None:
    if status == highspy.HighsStatus.kError:
        raise SolverFailed(f"HiGHS could not {what}")
