"""What ties people together: what volunteers were asked and said yes to, and who does not want to meet whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from matching.records import Hold
from matching.times import Window
from samskap.models import Assignment, Block, Need, NeedWindow, Offer, Times
from samskap.models.session import TenantSession
from samskap.services.facts.rows import Only, by_first, place_of, some
from samskap.services.facts.windows import minutes_a_week, window_of
from samskap.text import today
from samskap.workflows.assignment import LIVE, AssignmentState
from samskap.workflows.offer import OfferState

CLOSING = frozenset({OfferState.DECLINED, OfferState.ACCEPTED, OfferState.NOT_NOW})
"""Answers after which the same need is not put to the same person again."""


@dataclass
class Asks:
    """What one volunteer has been asked."""

    open: int = 0
    closed: set[int] = field(default_factory=set)
    days: list[date] = field(default_factory=list)


def asks(db: TenantSession, only: Only) -> Mapping[int, Asks]:
    """By volunteer; one statement."""
    found: dict[int, Asks] = defaultdict(Asks)
    query = select(Offer.volunteer_id, Offer.need_id, Offer.state, Offer.sent_at)
    for row in db.execute(some(query, Offer.volunteer_id, only)):
        asked = found[row.volunteer_id]
        asked.open += row.state is OfferState.SENT
        asked.days.append(today(row.sent_at))
        if row.state in CLOSING:
            asked.closed.add(row.need_id)
    return found


@dataclass
class Bonds:
    """The assignments of one volunteer, past and present."""

    live: int = 0
    minutes: int = 0
    """A week, of those that live."""
    holds: list[Hold] = field(default_factory=list)
    """The times that those that live take."""
    again: set[int] = field(default_factory=set)
    never: set[int] = field(default_factory=set)
    last_day: date | None = None
    """When the latest of those that are over ended."""


def bonds(db: TenantSession, only: Only) -> Mapping[int, Bonds]:
    """By volunteer; two statements."""
    query = select(
        Assignment.volunteer_id, Assignment.need_id, Assignment.recipient_id, Assignment.option, Assignment.state,
        Assignment.ended_at, Assignment.again_volunteer, Assignment.again_recipient,
        Need.kind, Need.times, Need.lat, Need.lon,
    ).join(Need, Need.id == Assignment.need_id)  # fmt: skip
    rows = db.execute(some(query, Assignment.volunteer_id, only)).all()
    windows = _windows(db, {row.need_id for row in rows if row.state in LIVE})
    found: dict[int, Bonds] = defaultdict(Bonds)
    for row in rows:
        if row.state in LIVE:
            _lives(found[row.volunteer_id], row, windows.get(row.need_id, []))
        elif row.state is AssignmentState.ENDED:
            _is_over(found[row.volunteer_id], row)
    return found


def _windows(db: TenantSession, need_ids: Collection[int]) -> Mapping[int, list[Any]]:
    if not need_ids:
        return {}
    query = select(NeedWindow.need_id, NeedWindow).where(NeedWindow.need_id.in_(sorted(need_ids)))
    return by_first(db.execute(query.order_by(NeedWindow.place_in_order)))


def _lives(bond: Bonds, row: Any, windows: Collection[Any]) -> None:
    """It takes the time that was agreed on: the one option, or all of them."""
    meant: list[Window] = [
        window_of(one.NeedWindow)
        for one in windows
        if row.times is Times.ALL or row.option is None or row.option == one.NeedWindow.place_in_order
    ]
    bond.live += 1
    bond.minutes += minutes_a_week(row.kind, row.times, meant)
    bond.holds += [Hold(window, place_of(row.lat, row.lon)) for window in meant]


def _is_over(bond: Bonds, row: Any) -> None:
    """Whether the two wish to meet again, and since when the volunteer is idle."""
    if row.ended_at is not None:
        bond.last_day = max(today(row.ended_at), bond.last_day or date.min)
    if row.recipient_id is None:
        return
    if False in (row.again_volunteer, row.again_recipient):
        bond.never.add(row.recipient_id)
    elif row.again_volunteer and row.again_recipient:
        bond.again.add(row.recipient_id)


def blocks(db: TenantSession) -> Mapping[int, set[int]]:
    """Who is not put together with whom, seen from either side."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in db.execute(select(Block.person_id, Block.other_id)):
        found[row.person_id].add(row.other_id)
        found[row.other_id].add(row.person_id)
    return found
