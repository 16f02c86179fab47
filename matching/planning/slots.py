"""Alternatives of time as a plan holds them: which two can nobody keep."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from matching.facts import Facts
from matching.fit import NEAR_MIN
from matching.rules.time import TravelTimeKept
from matching.week import HALF_HOURS, MINUTES, Span, Week

NO_SLOT = -1
"""The choice holds no time."""
_WHOLE_WEEK = (1 << HALF_HOURS) - 1
_FAR = MINUTES


@dataclass(frozen=True)
class Slot:
    """One alternative of one need: minutes of the week, and the instants of dated sessions in minutes since 1970."""

    need: int
    """Row of the need."""
    weekly: tuple[Span, ...]
    wall: tuple[Span, ...]
    """Dated sessions on the wall clock of the week."""
    dated: tuple[Span, ...]

    @cached_property
    def touched(self) -> int:
        """Half hours of the week with any minute of it."""
        return Week.touching((*self.weekly, *self.wall)).bits

    @cached_property
    def near(self) -> int:
        """The half hours touched, and those within NEAR_MIN of them."""
        bits, reach = self.touched, NEAR_MIN // 30
        for step in (1, 2, 4, reach - 6):
            bits |= _turned(bits, step) | _turned(bits, HALF_HOURS - step)
        return bits


def _turned(bits: int, by: int) -> int:
    return (bits << by | bits >> (HALF_HOURS - by)) & _WHOLE_WEEK


class Slots:
    """Every alternative of the needs, numbered; `clash` tells which two one person cannot keep."""

    def __init__(self, facts: Facts, journeys: TravelTimeKept | None) -> None:
        """`journeys` is the rule on travel between two meetings; without it only what overlaps clashes."""
        slots = _read(facts)
        self._slots = slots
        self._first = np.searchsorted(facts.options.owner, facts.needs.id).tolist()
        self._journeys = journeys
        self._touched = [slot.touched for slot in slots]
        self._near = self._touched if journeys is None else [slot.near for slot in slots]
        self._need = [slot.need for slot in slots]
        self._earth_cm = list(zip(*facts.needs.earth_cm.tolist(), strict=True))
        self._travels = (facts.needs.placed & ~facts.needs.remote).tolist()
        self._gaps: dict[int, int] = {}

    def first(self, need: int) -> int:
        """The number of the first alternative of the need in that row."""
        return int(self._first[need])

    def option(self, slot: int) -> int:
        """Which alternative of its need a slot is."""
        return slot - int(self._first[self._need[slot]])

    def clash(self, one: int, other: int, travel: int) -> bool:
        """Whether nobody who travels in this way (number in TRAVEL) can keep both of two alternatives."""
        if one < 0 or other < 0 or not self._near[one] & self._touched[other]:
            return False
        gap_min = self._gap_min(one, other)
        if gap_min < 0 or self._journeys is None or gap_min >= NEAR_MIN:
            return gap_min < 0
        return gap_min < self._journeys.journey_min(self._distance_m(one, other), travel)

    def may_clash(self, slots: NDArray[np.intp], needs: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of one person's choices may clash with one of another need; by half hours, so that some do not."""
        near, touched = (words[:, slots] for words in self._words)
        met = (near[:, :, None] & touched[:, None, :]).any(axis=0) & (needs[:, None] != needs)
        return np.asarray(met.any(axis=0) | met.any(axis=1))

    @cached_property
    def _words(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """The half hours near and touched, in six words of 64; last, where NO_SLOT finds it, a slot without any."""
        return _words([*self._near, 0]), _words([*self._touched, 0])

    def _gap_min(self, one: int, other: int) -> int:
        """Minutes between two alternatives; negative when they overlap."""
        key = one << 32 | other if one < other else other << 32 | one
        found = self._gaps.get(key)
        if found is None:
            found = self._gaps[key] = _gap_min(self._slots[one], self._slots[other])
        return found

    def _distance_m(self, one: int, other: int) -> int:
        """Whole metres between the places of two alternatives, as chord_m has them; 0 when no travel is known of."""
        here, there = self._need[one], self._need[other]
        if not (self._travels[here] and self._travels[there]):
            return 0
        return int(math.dist(self._earth_cm[here], self._earth_cm[there]) / 100 + 0.5)


def _read(facts: Facts) -> list[Slot]:
    """One slot per row of the alternatives."""
    options, sessions = facts.options, facts.sessions
    row_of = {key: row for row, key in enumerate(facts.needs.id.tolist())}
    number = {key: at for at, key in enumerate(zip(options.owner.tolist(), options.option.tolist(), strict=True))}
    parts: list[tuple[list[Span], list[Span], set[Span]]] = [([], [], set()) for _ in number]
    columns = (sessions.owner, sessions.option, sessions.start, sessions.end, sessions.dated, sessions.begins_min,
               sessions.ends_min)  # fmt: skip
    for owner, option, start, end, dated, begins, ends in zip(*(each.tolist() for each in columns), strict=True):
        weekly, wall, instants = parts[number[owner, option]]
        if dated:
            wall.append((start, end))
            instants.add((begins, ends))
        else:
            weekly.append((start, end))
    return [
        Slot(row_of[owner], tuple(weekly), tuple(wall), tuple(sorted(instants)))
        for (owner, _), (weekly, wall, instants) in zip(number, parts, strict=True)
    ]


def _words(weeks: list[int]) -> NDArray[np.uint64]:
    flat = np.frombuffer(b"".join(bits.to_bytes(48, "little") for bits in weeks), dtype="<u8")
    return np.ascontiguousarray(flat.reshape(len(weeks), 6).T)


def _gap_min(a: Slot, b: Slot) -> int:
    """The least gap: two dated sessions by their instants, all else on the wall clock, which turns each week."""
    gaps = [max(d[0] - c[1], c[0] - d[1]) for c, d in product(a.dated, b.dated)]
    spans = [*product(a.weekly, (*b.weekly, *b.wall)), *product(a.wall, b.weekly)]
    for (start, end), (begins, ends) in spans:
        gaps += [max(begins + turn - end, start - ends - turn) for turn in (-MINUTES, 0, MINUTES)]
    return min(gaps, default=_FAR)
