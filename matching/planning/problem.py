"""All open needs at once, as one problem: who may take which seat and when, and what nobody may exceed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from matching.facts import Facts
from matching.loading import NO_LIMIT
from matching.pairs import Pairs, Today
from matching.planning.slots import NO_SLOT, Slots
from matching.rank import Ranking
from matching.rule import HardRule
from matching.rulebook import RuleBook
from matching.rules.capacity import WeeklyTimeLeft
from matching.rules.time import TravelTimeKept
from matching.weight import weights

Ints = NDArray[np.int64]
Rows = NDArray[np.intp]
PER_SEAT = 40
"""Candidates per seat that are planned with first; the bound looks at all the others too."""
FEWEST = 120
"""Candidates per need that are planned with at least."""
UNLIMITED = 2**31 - 1


@dataclass(frozen=True)
class Problem:
    """Needs, records and people are numbered by their rows here; a choice is a record on a seat at one alternative.

    Choices stand by need, then points falling, then record, then alternative. `people` are human beings: two records of
    one person share a row.
    """

    need_ids: NDArray[np.int32]
    weight: Ints
    wanted: Ints
    minimum: Ints
    volunteer_ids: NDArray[np.int32]
    person_of: Rows
    """The person behind each record."""
    room: Ints
    """New assignments that each record has room for."""
    people: int
    running: Ints
    """Assignments that each person has already."""
    budget_min: Ints
    """Minutes a week that each person has left; UNLIMITED without a limit."""
    minutes: Ints
    """Minutes a week that each need takes."""
    travel: Ints
    """The way of travelling of each person: the slowest, where two records differ."""
    slots: Slots
    need: Rows
    record: Rows
    slot: Rows
    points: Ints
    kept: NDArray[np.bool_]
    left_need: NDArray[np.int32]
    left_record: NDArray[np.int32]
    left_points: NDArray[np.int32]
    """Pairs that the rules allow and that are not among the choices: they have fewer points than those that are."""
    eligible_pairs: int
    """Records and needs that every hard rule allows together, where somebody is wanted and nobody has decided."""

    def __len__(self) -> int:
        return len(self.need)

    @cached_property
    def person(self) -> Rows:
        """The person of each choice."""
        return self.person_of[self.record]

    @cached_property
    def room_of_person(self) -> Ints:
        """New assignments that each person has room for: as many as the roomiest record."""
        room = np.zeros(self.people, dtype=np.int64)
        np.maximum.at(room, self.person_of, self.room)
        return room

    @cached_property
    def pair(self) -> Rows:
        """The number of each choice's need and person among all such pairs; a person is on a need once."""
        _, number = np.unique(self.need * self.people + self.person, return_inverse=True)
        return np.asarray(number)

    @cached_property
    def first(self) -> Rows:
        """Where the choices of each need begin, and the end."""
        return np.asarray(np.searchsorted(self.need, np.arange(len(self.need_ids) + 1)))

    def clash(self, one: int, other: int) -> bool:
        """Whether the person of two choices, of two needs, cannot keep the times of both."""
        return self.slots.clash(int(self.slot[one]), int(self.slot[other]), int(self.travel[self.person[one]]))


@dataclass(frozen=True)
class _Chosen:
    """Choices of one need."""

    need: NDArray[Any]
    record: NDArray[Any]
    slot: NDArray[Any]
    points: NDArray[Any]

    def small(self) -> _Chosen:
        """The same in half the room."""
        return _Chosen(*(each.astype(np.int32) for each in (self.need, self.record, self.slot, self.points)))


def _joined(parts: Iterable[_Chosen], name: str) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype=np.int32), *(getattr(each, name) for each in parts)])


def problem(
    facts: Facts,
    book: RuleBook,
    *,
    now: datetime,
    approved: Iterable[tuple[int, int]] = (),
    left_out: Iterable[tuple[int, int]] = (),
    also: Iterable[tuple[int, int]] = (),
) -> Problem:
    """What there is to plan; pairs of need and volunteer (ids) are `approved` earlier, `left_out` as decided on, or
    `also` planned with though they are not among the first of their need."""
    today = Today.of(now, facts)
    wished, decided, others = (_rows_of(facts, pairs) for pairs in (approved, left_out, also))
    whole = _without_choices(facts, book, today)
    facts = _narrowed(facts, book, today)
    chosen, left, eligible_pairs = [], [], 0
    for row in np.flatnonzero(whole.wanted).tolist():
        ranking = Ranking(Pairs.with_need(facts, today, int(facts.needs.id[row])), book)
        records = whole.volunteer_ids.searchsorted(ranking.eligible)
        asked = ~np.isin(records, list(decided.get(row, ())))
        near = np.arange(len(records)) < most_of(whole.wanted[row])
        near |= np.isin(records, [*wished.get(row, ()), *others.get(row, ())])
        far = np.flatnonzero(~near & asked)
        chosen.append(_choices(whole, row, ranking, np.flatnonzero(near & asked), records))
        left.append(_Chosen(np.full(len(far), row), records[far], far, ranking.points[far]).small())
        eligible_pairs += int(asked.sum())
    whole = replace(
        whole, left_need=_joined(left, "need"), left_record=_joined(left, "record"),
        left_points=_joined(left, "points"), eligible_pairs=eligible_pairs,
    )  # fmt: skip
    return _lean(_sorted(whole, chosen, wished))


def most_of(wanted: Any) -> Any:
    """How many candidates of needs with so many seats are taken in at once."""
    return np.maximum(FEWEST, PER_SEAT * wanted)


def _narrowed(facts: Facts, book: RuleBook, today: Today) -> Facts:
    """The facts without volunteers whom some rule refuses whatever the need."""
    pairs = Pairs(facts, today, facts.volunteers, facts.needs.shown(slice(0, 1)), of_volunteer=False)
    stays = np.ones(len(facts.volunteers), dtype=np.bool_)
    for entry in book.hard:
        if not entry.scope.limited and all(name.startswith(("volunteer.", "today")) for name in entry.rule.reads):
            stays &= cast(HardRule, entry.rule).allows(pairs)
    volunteers = facts.volunteers.shown(np.flatnonzero(stays))
    return replace(facts, volunteers=volunteers, held=facts.held.of_owners(volunteers.id))


def _rows_of(facts: Facts, pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """Rows of needs, each with the rows of its volunteers; what is gone is not there."""
    found: dict[int, set[int]] = {}
    needs = {key: row for row, key in enumerate(facts.needs.id.tolist())}
    records = {key: row for row, key in enumerate(facts.volunteers.id.tolist())}
    for need, volunteer in pairs:
        if need in needs and volunteer in records:
            found.setdefault(needs[need], set()).add(records[volunteer])
    return found


def _without_choices(facts: Facts, book: RuleBook, today: Today) -> Problem:
    """Everything but the choices."""
    volunteers = facts.volunteers
    humans, person_of = np.unique(volunteers.human, return_inverse=True)
    none = np.zeros(0, dtype=np.intp)
    numbers, few = none.astype(np.int64), none.astype(np.int32)
    return Problem(
        need_ids=facts.needs.id,
        weight=weights(facts, today, book.plan),
        wanted=np.minimum(facts.needs.wanted.astype(np.int64), len(humans)),
        minimum=np.minimum(facts.needs.minimum.astype(np.int64), len(humans) + 1),
        volunteer_ids=volunteers.id,
        person_of=person_of,
        room=_room(facts, book, today),
        people=len(humans),
        running=_highest(volunteers.running, person_of, len(humans)),
        budget_min=_budget(volunteers.minutes_left, person_of, len(humans), book),
        minutes=facts.needs.minutes_per_week.astype(np.int64),
        travel=_lowest(volunteers.travel, person_of, len(humans)),
        slots=Slots(facts, next((entry.rule for entry in book.hard if isinstance(entry.rule, TravelTimeKept)), None)),
        need=none, record=none, slot=none, points=numbers, kept=np.zeros(0, dtype=np.bool_),
        left_need=few, left_record=few, left_points=few, eligible_pairs=0,
    )  # fmt: skip


def _highest(values: NDArray[Any], owner: Rows, count: int) -> Ints:
    found = np.zeros(count, dtype=np.int64)
    np.maximum.at(found, owner, values.astype(np.int64))
    return found


def _lowest(values: NDArray[Any], owner: Rows, count: int) -> Ints:
    found = np.full(count, UNLIMITED, dtype=np.int64)
    np.minimum.at(found, owner, values.astype(np.int64))
    return found


def _budget(minutes_left: NDArray[Any], owner: Rows, count: int, book: RuleBook) -> Ints:
    """Minutes a week by person; without the rule that asks, nobody has a limit."""
    counts = any(isinstance(entry.rule, WeeklyTimeLeft) for entry in book.hard)
    limited = counts & (minutes_left != NO_LIMIT)
    return _lowest(np.where(limited, np.maximum(minutes_left.astype(np.int64), 0), UNLIMITED), owner, count)


def _room(facts: Facts, book: RuleBook, today: Today) -> Ints:
    """What the tightest rule that holds everywhere leaves each record."""
    pairs = Pairs(facts, today, facts.volunteers, facts.needs.shown(slice(0, 1)), of_volunteer=False)
    room = np.full(len(facts.volunteers), UNLIMITED, dtype=np.int64)
    for entry in book.hard:
        left = None if entry.scope.limited else cast(HardRule, entry.rule).room(pairs)
        if left is not None:
            room = np.minimum(room, left)
    return np.maximum(room, 0)


def _choices(whole: Problem, need: int, ranking: Ranking, places: Rows, records: Rows) -> _Chosen:
    """The eligible in these places at each alternative of time open to them; once, without one, where none is asked."""
    records, points = records[places], ranking.points[places]
    open_ = ranking.left_open(places)
    if not len(open_):
        return _Chosen(np.full(len(places), need), records, np.full(len(places), NO_SLOT), points)
    who, which = np.nonzero(open_.T)
    return _Chosen(np.full(len(who), need), records[who], whole.slots.first(need) + which, points[who])


def _lean(whole: Problem) -> Problem:
    """The problem where a record that has a time which clashes with nothing has no other on that need: no plan is lost
    by that."""
    clear = whole.room_of_person[whole.person] < 2
    order = np.argsort(whole.person, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(whole.person[order])) + 1):
        if len(mine) and not clear[mine[0]]:
            clear[mine] = ~whole.slots.may_clash(whole.slot[mine], whole.need[mine])
    _, pair = np.unique(whole.need * len(whole.room) + whole.record, return_inverse=True)
    first = np.full(len(pair), len(pair))
    np.minimum.at(first, pair[clear], np.flatnonzero(clear))
    stays = (first[pair] == len(pair)) | (first[pair] == np.arange(len(pair)))
    return replace(
        whole, **{name: getattr(whole, name)[stays] for name in ("need", "record", "slot", "points", "kept")}
    )


def _sorted(whole: Problem, chosen: Iterable[_Chosen], wished: Mapping[int, set[int]]) -> Problem:
    """The problem with these choices, in the order that choices stand in."""
    need, record, slot, points = (
        np.concatenate([np.zeros(0, dtype=np.intp), *(getattr(each, name) for each in chosen)])
        for name in ("need", "record", "slot", "points")
    )
    order = np.lexsort((slot, record, -points, need))
    need, record = need[order], record[order]
    kept = [one in wished.get(of, ()) for of, one in zip(need.tolist(), record.tolist(), strict=True)] if wished else []
    return replace(
        whole, need=need, record=record, slot=slot[order], points=points[order].astype(np.int64),
        kept=np.array(kept or np.zeros(len(need)), dtype=np.bool_),
    )  # fmt: skip
