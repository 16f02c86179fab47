"""Candidates for a need, and needs for a volunteer: the same verdicts, whichever way the question is put."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import numpy as np
from numpy.typing import NDArray

from matching.facts import Facts
from matching.pairs import Bools, Ints, Pairs, Today
from matching.rule import FARTHEST, HardRule, SoftRule
from matching.rulebook import Entry, RuleBook

Planes = NDArray[np.uint8]


@dataclass(frozen=True)
class Candidate:
    """One that every hard rule allows; `id` is the volunteer's, or the need's where a volunteer asked."""

    id: int
    rank: int
    points: int
    parts: dict[str, int]


@dataclass(frozen=True)
class NearMiss:
    """One that a single changeable hard rule keeps out. `shortfall` is 1 (nearly there) to 1000."""

    id: int
    rule: str
    shortfall: int
    points: int
    parts: dict[str, int]


class Ranking:
    """Every rule's verdict for everyone, as bits, and who is left in order. Nothing is written before it is shown."""

    def __init__(self, pairs: Pairs, book: RuleBook) -> None:
        self._pairs = pairs
        self._hard = book.hard
        self._soft = book.soft
        self.keys: tuple[str, ...] = book.hard_keys
        """The hard rules' keys; rule i is bit i % 8 of row i // 8 in `refused`."""
        self.refused: Planes = _judged(pairs, book.hard)
        self.ids: NDArray[np.int32] = pairs.many.id
        """Everyone judged, rising."""
        self._rows, self._points, self._parts = self._ordered(np.flatnonzero(~self.refused.any(axis=0)))

    def _ordered(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
        """Rows by points falling, then by the rules' own ties, then by id; their points, and the parts by rule."""
        pairs = self._pairs.taken(rows)
        parts = _parted(pairs, self._soft)
        points = parts.sum(axis=0)
        ties = [tie for entry in self._soft if (tie := cast(SoftRule, entry.rule).tie(pairs)) is not None]
        order = np.lexsort([*(-np.broadcast_to(tie, len(rows)) for tie in reversed(ties)), -points])
        return rows[order], points[order], parts[:, order]

    def __len__(self) -> int:
        """How many are eligible."""
        return len(self._rows)

    @property
    def points(self) -> NDArray[np.int64]:
        """Points of the eligible, in order."""
        return self._points

    @property
    def eligible(self) -> NDArray[np.int32]:
        """Ids of the eligible, in order."""
        return self.ids[self._rows]

    def candidates(self, *, first: int = 0, count: int | None = None) -> tuple[Candidate, ...]:
        """The eligible from place `first` (0 is the best), at most `count` of them."""
        last = len(self) if count is None else min(first + count, len(self))
        return tuple(
            Candidate(int(self.ids[self._rows[at]]), at + 1, int(self._points[at]), self._part(self._parts[:, at]))
            for at in range(first, last)
        )

    def _part(self, parts: NDArray[np.int64]) -> dict[str, int]:
        return {entry.key: int(points) for entry, points in zip(self._soft, parts, strict=True)}

    def left_open(self, places: NDArray[np.intp]) -> Bools:
        """For one need: a row per alternative of time, and to which of the eligible in these places (0 is the best) it
        is left open by every rule. No rows where no time is asked."""
        in_order = np.argsort(self._rows[places])
        pairs = self._pairs.taken(self._rows[places][in_order])
        left = np.ones((len(pairs.fit.options), len(places)), dtype=np.bool_)
        for entry in self._hard if len(left) else ():
            if not entry.scope.limited or entry.scope.covers(pairs.facts, pairs.need)[0]:
                open_ = cast(HardRule, entry.rule).leaves_open(pairs)
                left[:, in_order] &= np.True_ if open_ is None else open_
        return left

    def rank_of(self, key: int) -> int | None:
        """The place of an id among the eligible, from 1; None when it is not among them."""
        places = np.flatnonzero(self.eligible == key)
        return int(places[0]) + 1 if len(places) else None

    def refused_by(self, key: int) -> tuple[str, ...]:
        """The hard rules that refuse an id, in the book's order; KeyError when it was not judged."""
        return self._keys_in(self.refused[:, self._pairs.many.row(key)])

    def _keys_in(self, planes: Planes) -> tuple[str, ...]:
        return tuple(key for number, key in enumerate(self.keys) if planes[number // 8] >> (number % 8) & 1)

    def rejected(self) -> dict[int, tuple[str, ...]]:
        """Every id that is refused, rising, with the rules that refuse it."""
        rows = np.flatnonzero(self.refused.any(axis=0))
        return {int(self.ids[row]): self._keys_in(self.refused[:, row]) for row in rows}

    def eligible_without(self, *keys: str) -> NDArray[np.int32]:
        """Ids that would be eligible if these rules were switched off, rising; nothing is judged again."""
        left = self.refused & ~self._mask([entry.key in keys for entry in self._hard])[:, None]
        return self.ids[~left.any(axis=0)]

    def _mask(self, chosen: list[bool]) -> Planes:
        mask = np.zeros(len(self.refused), dtype=np.uint8)
        for number, yes in enumerate(chosen):
            mask[number // 8] |= np.uint8(bool(yes) << number % 8)
        return mask

    def near_misses(self, *, count: int = 10) -> tuple[NearMiss, ...]:
        """Those whom exactly one rule refuses, and one that somebody can change: nearest first, then by points."""
        rows, rules, shortfall = self._nearest(count)
        parts = _parted(self._pairs.taken(rows), self._soft)
        points = parts.sum(axis=0)
        return tuple(
            NearMiss(
                int(self.ids[rows[at]]), self.keys[rules[at]], int(shortfall[at]), int(points[at]),
                self._part(parts[:, at]),
            )
            for at in np.lexsort((rows, -points, shortfall))[:count]
        )  # fmt: skip

    def _nearest(self, count: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
        """Rising rows, rules and shortfalls of the `count` nearest, and of all who are as near as the last of them."""
        found = [
            (rows, np.full(len(rows), number), np.clip(np.broadcast_to(short, len(rows)), 1, FARTHEST))
            for number, rows, short in self._refused_by_one()
        ]
        if not found:
            return (np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int64))
        rows, rules, short = (np.concatenate(parts) for parts in zip(*found, strict=True))
        if len(rows) > count:
            kept = short <= np.partition(short, count - 1)[count - 1]
            rows, rules, short = rows[kept], rules[kept], short[kept]
        order = np.argsort(rows)
        return rows[order], rules[order], short[order]

    def _refused_by_one(self) -> Iterator[tuple[int, NDArray[np.intp], Ints]]:
        """Each hard rule with the rows that it alone refuses and that somebody can change, and their shortfalls."""
        single = np.flatnonzero(np.bitwise_count(self.refused).sum(axis=0, dtype=np.uint8) == 1)
        refused = self.refused[:, single]
        for number, entry in enumerate(self._hard):
            rule = cast(HardRule, entry.rule)
            rows = single[refused[number // 8] == 1 << number % 8]
            if len(rows):
                rows = rows[np.broadcast_to(rule.changeable(self._pairs.taken(rows)), len(rows))]
            if len(rows):
                yield number, rows, rule.shortfall(self._pairs.taken(rows))


def candidates(facts: Facts, book: RuleBook, *, need: int, now: datetime) -> Ranking:
    """Every volunteer judged for one need; KeyError when the need is not among the facts."""
    return Ranking(Pairs.with_need(facts, Today.of(now, facts), need), book)


def needs_for(facts: Facts, book: RuleBook, *, volunteer: int, now: datetime) -> Ranking:
    """Every need judged for one volunteer; KeyError when the volunteer is not among the facts."""
    return Ranking(Pairs.with_volunteer(facts, Today.of(now, facts), volunteer), book)


def judged(facts: Facts, book: RuleBook, *, need: int, volunteer: int, now: datetime) -> Ranking:
    """One volunteer and one need, for the step that saves; KeyError when either is not among the facts."""
    return Ranking(Pairs.of_one(facts, Today.of(now, facts), need=need, volunteer=volunteer), book)


def _judged(pairs: Pairs, hard: tuple[Entry, ...]) -> Planes:
    """Bit i % 8 of plane i // 8 is set where rule i refuses."""
    planes = np.zeros((-(-len(hard) // 8) or 1, len(pairs)), dtype=np.uint8)
    for number, entry in enumerate(hard):
        allowed = cast(HardRule, entry.rule).allows(pairs)
        if allowed is pairs.everyone:
            continue
        refused = ~allowed
        if entry.scope.limited:
            refused = refused & entry.scope.covers(pairs.facts, pairs.need)
        planes[number // 8] |= refused.view(np.uint8) << np.uint8(number % 8)
    return planes


def _parted(pairs: Pairs, soft: tuple[Entry, ...]) -> NDArray[np.int64]:
    """Points by rule and pair; none where the rule's scope does not reach."""
    parts = np.zeros((len(soft), len(pairs)), dtype=np.int64)
    for number, entry in enumerate(soft):
        parts[number] = cast(SoftRule, entry.rule).points(pairs)
        if entry.scope.limited:
            parts[number] *= entry.scope.covers(pairs.facts, pairs.need)
    return parts
