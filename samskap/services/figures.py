"""Figures for those who lead: counts and medians over the last year, never about fewer than five people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select

from samskap.models import Assignment, Meeting, Need, Offer, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, require
from samskap.services import kinds
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.meeting import MeetingState
from samskap.workflows.need import NeedState
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState

HIDDEN_UNDER = 5
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Figure:
    """One number; None when it would speak of fewer than five.

    `nearly_all`: so few are left out of the number before it that saying it would tell of them.
    """

    name: str
    value: int | None
    nearly_all: bool = False


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
    meetings_held: int | None
    """Within the last year."""
    sectors: Sequence[SectorRow]


def figures(db: TenantSession, actor: Actor, *, now: datetime) -> Figures:
    """Eight statements, whatever the size of the municipality."""
    require(actor, Can.SEE_FIGURES)
    return Figures(
        volunteers=_volunteers(db),
        funnel=_funnel(db, since=now - YEAR),
        days_to_yes=_days_to_yes(db, since=now - YEAR),
        meetings_held=shown(_meetings_held(db, since=now - YEAR, now=now)),
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
    """Asked, said yes, both agreed, met: the last year, each step among those of the one before."""
    offers = select(Offer.state, func.count()).where(Offer.sent_at > since).group_by(Offer.state)
    answers = _counted(db.execute(offers))
    assignments = select(Assignment.state, func.count()).join(Offer, Offer.id == Assignment.offer_id)
    assignments = assignments.where(Offer.sent_at > since)
    states = _counted(db.execute(assignments.group_by(Assignment.state)))
    held = select(Meeting.id).where(Meeting.assignment_id == Assignment.id, Meeting.state == MeetingState.HELD)
    met = _counted(db.execute(assignments.where(held.exists()).group_by(Assignment.state)))
    return within_each_other(
        [
            ("asked", answers.total()),
            ("yes", answers[OfferState.ACCEPTED]),
            ("agreed", sum(states[state] for state in AGREED)),
            ("met", met.total()),
        ]
    )


AGREED = frozenset(AssignmentState) - {AssignmentState.ASKED, AssignmentState.REFUSED, AssignmentState.WITHDRAWN}


def within_each_other(counts: Iterable[tuple[str, int]]) -> Sequence[Figure]:
    """Numbers of which each is part of the one before: neither it nor what is left out may speak of one to four."""
    figures: list[Figure] = []
    before = 0
    for name, count in counts:
        left_out = before - count
        if figures and 0 < left_out < HIDDEN_UNDER and count >= HIDDEN_UNDER:
            figures.append(Figure(name, None, nearly_all=True))
            continue
        figures.append(Figure(name, shown(count)))
        before = count
    return figures


def _meetings_held(db: TenantSession, *, since: datetime, now: datetime) -> int:
    query = select(func.count(Meeting.id)).where(Meeting.state == MeetingState.HELD)
    return db.scalar(query.where(Meeting.starts_at > since, Meeting.starts_at <= now)) or 0


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
