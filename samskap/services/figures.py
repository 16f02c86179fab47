"""Figures for those who lead: counts and medians over the last year, never about fewer than five people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select

from samskap.models import Assignment, Need, Offer, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, require
from samskap.services import kinds
from samskap.workflows.assignment import LIVE, AssignmentState
from samskap.workflows.need import NeedState
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState

HIDDEN_UNDER = 5
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Figure:
    """One number; None when it would speak of fewer than five."""

    name: str
    value: int | None


@dataclass(frozen=True, kw_only=True)
class SectorRow:
    """One sector: needs open now, and needs that found somebody within the last year."""

    sector: kinds.Sector
    open: int | None
    covered: int | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The whole page."""

    volunteers: Sequence[Figure]
    funnel: Sequence[Figure]
    days_to_yes: float | None
    """Median days from a need was published until the first yes."""
    sectors: Sequence[SectorRow]


def figures(db: TenantSession, actor: Actor, *, now: datetime) -> Figures:
    """Seven statements, whatever the size of the municipality."""
    require(actor, Can.SEE_FIGURES)
    return Figures(
        volunteers=_volunteers(db),
        funnel=_funnel(db, since=now - YEAR),
        days_to_yes=_days_to_yes(db, since=now - YEAR),
        sectors=_sectors(db, since=now - YEAR),
    )


def shown(count: int) -> int | None:
    """The count, or None where it is between one and four."""
    return count if count == 0 or count >= HIDDEN_UNDER else None


def _volunteers(db: TenantSession) -> Sequence[Figure]:
    counts = _counted(db.execute(select(Volunteer.state, func.count()).group_by(Volunteer.state)))
    return [Figure(state, shown(counts[state])) for state in VolunteerState]


def _counted(rows: Iterable[tuple[str, int]]) -> Counter[str]:
    return Counter({str(key): count for key, count in rows})


def _funnel(db: TenantSession, *, since: datetime) -> Sequence[Figure]:
    """Asked, said yes, both agreed, met: the last year, step by step."""
    asked = db.scalar(select(func.count()).select_from(Offer).where(Offer.sent_at > since)) or 0
    yes = (
        db.scalar(
            select(func.count()).select_from(Offer).where(Offer.sent_at > since, Offer.state == OfferState.ACCEPTED)
        )
        or 0
    )
    states = _counted(
        db.execute(
            select(Assignment.state, func.count()).where(Assignment.created_at > since).group_by(Assignment.state)
        ),
    )
    agreed = sum(
        states[state]
        for state in AssignmentState
        if state in LIVE - {AssignmentState.ASKED} or state is AssignmentState.ENDED
    )
    running = states[AssignmentState.RUNNING]
    return [
        Figure("asked", shown(asked)),
        Figure("yes", shown(yes)),
        Figure("agreed", shown(agreed)),
        Figure("running", shown(running)),
    ]


def _days_to_yes(db: TenantSession, *, since: datetime) -> float | None:
    query = (
        select(Need.published_at, func.min(Assignment.created_at))
        .join(Assignment, Assignment.need_id == Need.id)
        .where(Need.published_at > since)
        .group_by(Need.id, Need.published_at)
    )
    waits = [(yes - published).total_seconds() / 86_400 for published, yes in db.execute(query) if published]
    return round(median(waits), 1) if len(waits) >= HIDDEN_UNDER else None


def _sectors(db: TenantSession, *, since: datetime) -> Sequence[SectorRow]:
    open_now = db.execute(select(Need.kind, func.count()).where(Need.state == NeedState.OPEN).group_by(Need.kind))
    covered = db.execute(
        select(Need.kind, func.count(Need.id.distinct()))
        .join(Assignment, Assignment.need_id == Need.id)
        .where(Assignment.created_at > since)
        .group_by(Need.kind),
    )
    now_by, year_by = _by_sector(open_now), _by_sector(covered)
    return [
        SectorRow(sector=one, open=shown(now_by[one.key]), covered=shown(year_by[one.key])) for one in kinds.sectors()
    ]


def _by_sector(rows: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for kind, count in rows:
        counts[kinds.kind(kind).sector] += count
    return counts
