"""Which alternatives of time a volunteer has wholly free, and which running meetings stand in the way or near."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.facts import Facts, Held, Needs, Options, Sessions, Volunteers
from matching.place import chord_m
from matching.table import Rows
from matching.times import lacking, minutes_in
from matching.week import MINUTES, Span, merged

Bools = NDArray[np.bool_]
NEAR_MIN = 300
"""Meetings farther apart than this are not looked at: four hours of travel, and the night when the clock changes."""
_NEAR = np.int16(NEAR_MIN)


@dataclass(frozen=True)
class Near:
    """Running meetings that overlap a window or stand near it, one element per meeting and window."""

    option: NDArray[np.intp]
    volunteer: NDArray[np.intp]
    gap_min: NDArray[np.int64]
    """Minutes between the two; negative when they overlap."""
    distance_m: NDArray[np.int32]
    """Metres between the two places; -1 when one is unknown or no travel is needed."""
    start: NDArray[np.int16]
    """First minute of the week of the running meeting."""
    end: NDArray[np.int16]

    def taken(self, chosen: Bools) -> Near:
        """Only the chosen ones."""
        return Near(*(getattr(self, each.name)[chosen] for each in fields(self)))


class Fit:
    """Alternatives of time. `free` has a row per alternative and a column per volunteer."""

    def __init__(self, facts: Facts, volunteer: Volunteers, need: Needs, *, of_volunteer: bool) -> None:
        self._facts, self._volunteer, self._need, self._of_volunteer = facts, volunteer, need, of_volunteer
        self.options: Options = facts.options.of_owners(need.id)
        self._need_row = need.id.searchsorted(self.options.owner)

    @cached_property
    def is_free(self) -> Bools:
        """Pairs where at least one alternative is wholly free, or where no time is asked."""
        return self._pairs(self._any(self.free)) if len(self.options) else self._pairs(np.True_)

    @cached_property
    def free(self) -> Bools:
        """Alternatives that lie wholly inside the free time, by the minute, and outside absences when dated."""
        free = self._touched(self._volunteer.week)
        self._decide_minutes(free)
        self._keep_away(free)
        return free

    def taken(self, rows: Rows) -> Fit:
        """Only the volunteers in `rows`, for one need; what is free is not worked out again."""
        part = copy(self)
        part._volunteer, part.free = self._volunteer.shown(rows), self.free[:, rows]
        for worked_out in ("is_free", "near"):
            part.__dict__.pop(worked_out, None)
        return part

    def _touched(self, have: NDArray[np.uint16]) -> Bools:
        """Alternatives of which every half hour is among those of `have`."""
        asked = self.options.week
        if self._of_volunteer:
            return np.asarray(((have & asked) == asked).all(axis=0)[:, None])
        free = np.ones((len(self.options), len(self._volunteer)), dtype=np.bool_)
        for number, words in enumerate(asked.T):
            for word in words.nonzero()[0]:
                free[number] &= (have[word] & words[word]) == words[word]
        return free

    def _decide_minutes(self, free: Bools) -> None:
        """Half hours only filter where someone's time is not in whole half hours."""
        if not self._volunteer.uneven.any():
            return
        for option, row in zip(*np.nonzero(free & self._volunteer.uneven), strict=True):
            theirs = self._facts.free_spans(int(self._volunteer.id[row]))
            free[option, row] = not lacking(self.spans(int(option)), theirs)

    def _keep_away(self, free: Bools) -> None:
        if not len(self._facts.away) or not self.sessions.dated.any():
            return
        dated = np.flatnonzero(self.sessions.dated)
        away = self._facts.away.of_owners(self._volunteer.id)
        first, last = self.sessions.first_day[dated], self.sessions.last_day[dated]
        who, when = np.nonzero((away.first_day[:, None] <= last) & (away.last_day[:, None] >= first))
        free[self._session_option[dated[when]], self._volunteer.id.searchsorted(away.owner[who])] = False

    @cached_property
    def sessions(self) -> Sessions:
        """The windows of all alternatives."""
        return self._facts.sessions.of_owners(self._need.id)

    @cached_property
    def _session_option(self) -> NDArray[np.intp]:
        """Which row of `options` each session belongs to."""
        if len(self._need) == 1:
            return self.sessions.option.astype(np.intp)
        return _key(self.options).searchsorted(_key(self.sessions))

    def lacking_share(self, most: int) -> NDArray[np.int64]:
        """Per pair, of the alternative that lacks least: half hours lacking, in `most` parts; at least 1."""
        missing = np.bitwise_count(self.options.week[:, :, None] & ~self._volunteer.week[:, None, :]).sum(axis=0)
        asked = np.bitwise_count(self.options.week).sum(axis=0)[:, None]
        share = most * missing.astype(np.int64) // np.maximum(asked, 1)
        least = np.full(len(self._need) if self._of_volunteer else len(self._volunteer), most, dtype=np.int64)
        if self._of_volunteer:
            np.minimum.at(least, self._need_row, share[:, 0])
        elif len(share):
            least = share.min(axis=0)
        return np.maximum(least, 1)

    def free_spans(self) -> tuple[Span, ...]:
        """For one pair: the windows of the alternatives that are wholly free."""
        return tuple(span for option in np.flatnonzero(self.free[:, 0]) for span in self.spans(int(option)))

    def lacking_spans(self) -> tuple[Span, ...]:
        """For one pair: what the alternative that lacks least needs beyond the free time; an absence lacks it whole."""
        theirs = self._facts.free_spans(int(self._volunteer.id[0]))
        each = []
        for option in range(len(self.options)):
            spans = self.spans(option)
            each.append(lacking(spans, theirs) or (() if self.free[option, 0] else merged(spans)))
        return min(each, key=minutes_in, default=())

    def spans(self, option: int) -> tuple[Span, ...]:
        """The minutes of the week that an alternative needs."""
        windows = self.sessions.shown(np.flatnonzero(self._session_option == option))
        return tuple(zip(windows.start.tolist(), windows.end.tolist(), strict=True))

    def preferred(self) -> Bools:
        """Pairs where an alternative that is wholly free also lies within the preferred half hours."""
        row, stated = self._facts.preferred.at(self._volunteer.id)
        return self._any(self.free & self._touched(self._facts.preferred.week[:, row]) & stated)

    @cached_property
    def near(self) -> Near:
        """Every running meeting of these volunteers that stands near a window of these needs."""
        held = self._facts.held if self._is_everyone else self._facts.held.of_owners(self._volunteer.id)
        session, start, end = self._repeated()
        beside = (held.start < end[:, None] + _NEAR) & (held.end > start[:, None] - _NEAR)
        s, h = np.divmod(np.flatnonzero(beside), max(len(held), 1))
        session, gap = session[s], np.maximum(start[s] - held.end[h], held.start[h] - end[s]).astype(np.int64)
        once = held.dated[h] & self.sessions.dated[session]
        if once.any():
            gap = np.where(once, _gap_min(held, h, self.sessions, session), gap)
            close = gap < NEAR_MIN
            h, session, gap = h[close], session[close], gap[close]
        option = self._session_option[session]
        rows: NDArray[Any] = (
            self._facts.row_of_held if self._is_everyone else self._volunteer.id.searchsorted(held.owner)
        )
        return Near(option, rows[h], gap, self._metres(held, h, option), held.start[h], held.end[h])

    def _repeated(self) -> tuple[NDArray[np.intp], NDArray[np.int16], NDArray[np.int16]]:
        """Windows near Sunday midnight stand on both sides of it: number of the session, start and end in minutes."""
        start, end = self.sessions.start, self.sessions.end
        late, early = np.flatnonzero(end > MINUTES - NEAR_MIN), np.flatnonzero(start < NEAR_MIN)
        if not len(late) + len(early):
            return np.arange(len(start)), start, end
        shift = np.repeat(np.array((0, -MINUTES, MINUTES), dtype=np.int16), (len(start), len(late), len(early)))
        session = np.concatenate((np.arange(len(start)), late, early))
        return session, start[session] + shift, end[session] + shift

    @property
    def _is_everyone(self) -> bool:
        return len(self._volunteer) == len(self._facts.volunteers)

    def _metres(self, held: Held, h: NDArray[np.intp], option: NDArray[np.intp]) -> NDArray[np.int32]:
        need = self._need if len(self._need) == 1 else self._need.shown(self._need_row[option])
        known = held.placed[h] & need.placed & ~need.remote
        return np.where(known, chord_m(held.earth_cm.take(h, axis=1), need.earth_cm), np.int32(-1))

    def leaves_room(self, blocked: Bools, *, after: Bools | None = None) -> Bools:
        """Pairs where an alternative is left when the `blocked` meetings of `near` rule theirs out.

        Only free alternatives count, or all when none is free, so that want of time is not blamed twice. `after` are
        meetings that another rule already answers for: a pair with nothing left after them passes.
        """
        ruled_out = self.marked(blocked)
        rows = np.flatnonzero(ruled_out.any(axis=0))
        free = self.free[:, rows]
        left = free | ~self._spread(self._any(free))
        before: Any = np.True_
        if after is not None:
            left &= ~self.marked(after)[:, rows]
            before = self._any(left)
        room = self._any(left & ~ruled_out[:, rows]) | ~before
        if self._of_volunteer:
            return self._pairs(room)
        all_pairs = np.ones(len(self._volunteer), dtype=np.bool_)
        all_pairs[rows] = room
        return all_pairs

    def marked(self, meetings: Bools) -> Bools:
        """The alternatives and volunteers that these of the meetings in `near` belong to."""
        marked = np.zeros((len(self.options), len(self._volunteer)), dtype=np.bool_)
        marked[self.near.option[meetings], self.near.volunteer[meetings]] = True
        return marked

    def _any(self, alternatives: Bools) -> Bools:
        """Per volunteer, or per need when there is one volunteer: whether any alternative is marked."""
        if not self._of_volunteer:
            return np.asarray(alternatives.any(axis=0))
        marked = np.zeros(len(self._need), dtype=np.bool_)
        marked[self._need_row[alternatives[:, :1].any(axis=1)]] = True
        return marked

    def _spread(self, pairs: Bools) -> Bools:
        return pairs[self._need_row][:, None] if self._of_volunteer else pairs

    def _pairs(self, marked: Bools | np.bool_) -> Bools:
        """Needs that ask for no time fit everyone."""
        return np.asarray(marked | (self._need.option_count == 0))


def _gap_min(held: Held, h: NDArray[np.intp], sessions: Sessions, s: NDArray[np.intp]) -> NDArray[np.int64]:
    """Minutes between two dated sessions, by their instants."""
    gap: NDArray[np.int64] = np.maximum(
        sessions.begins_min[s] - held.ends_min[h], held.begins_min[h] - sessions.ends_min[s]
    )
    return gap


def _key(rows: Options | Sessions) -> NDArray[np.int64]:
    return rows.owner.astype(np.int64) << 16 | rows.option
