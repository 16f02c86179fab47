"""Figures for those who lead: counts and medians over the last year, never about fewer than five people."""

from __future__ import annotations

from collections import Counter, defaultdict
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
    """Nine statements, whatever the size of the municipality."""
    require(actor, Can.SEE_FIGURES)
    return Figures(
        volunteers=_volunteers(db),
        funnel=_funnel(db, since=now - YEAR),
        days_to_yes=_days_to_yes(db, since=now - YEAR),
        meetings_held=_meetings_held(db, since=now - YEAR, now=now),
        sectors=_sectors(db, since=now - YEAR),
    )


def shown(count: int, *, people: int | None = None) -> int | None:
    """The count, or None where it speaks of one to four people: as many as are counted, unless `people` is said."""
    concerned = count if people is None else people
    return None if 0 < concerned < HIDDEN_UNDER else count


def _volunteers(db: TenantSession) -> Sequence[Figure]:
    counts = {str(state): count for state, count in db.execute(VOLUNTEERS_BY_STATE)}
    return [Figure(state, shown(counts.get(state, 0))) for state in VolunteerState]


VOLUNTEERS_BY_STATE = select(Volunteer.state, func.count()).group_by(Volunteer.state)


def _funnel(db: TenantSession, *, since: datetime) -> Sequence[Figure]:
    """Volunteers who were asked the last year, who said yes, whom the other side agreed to, and who met somebody."""
    asked = select(func.count(Offer.volunteer_id.distinct())).where(Offer.sent_at > since)
    yes = asked.where(Offer.state == OfferState.ACCEPTED)
    agreed = yes.join(Assignment, Assignment.offer_id == Offer.id).where(Assignment.state.in_(sorted(AGREED)))
    met = agreed.join(Meeting, Meeting.assignment_id == Assignment.id).where(Meeting.state == MeetingState.HELD)
    steps = {"asked": asked, "yes": yes, "agreed": agreed, "met": met}
    return within_each_other([(name, db.scalar(query) or 0) for name, query in steps.items()])


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


def _meetings_held(db: TenantSession, *, since: datetime, now: datetime) -> int | None:
    query = select(func.count(Meeting.id), func.count(Meeting.volunteer_id.distinct()))
    query = query.where(Meeting.state == MeetingState.HELD, Meeting.starts_at > since, Meeting.starts_at <= now)
    count, people = db.execute(query).one()
    return shown(count, people=people)


SOMEBODY = func.coalesce(Need.recipient_id, -Need.id)
"""Whom a need is for; whoever is not named is taken to be somebody else each time."""


def _days_to_yes(db: TenantSession, *, since: datetime) -> float | None:
    query = (
        select(Need.published_at, SOMEBODY.label("whom"), func.min(Assignment.created_at).label("yes"))
        .join(Assignment, Assignment.need_id == Need.id)
        .where(Need.published_at > since)
        .group_by(Need.id, Need.published_at, Need.recipient_id)
    )
    found = db.execute(query).all()
    waits = [(row.yes - row.published_at).total_seconds() / 86_400 for row in found]
    return round(median(waits), 1) if len({row.whom for row in found}) >= HIDDEN_UNDER else None


def _sectors(db: TenantSession, *, since: datetime) -> Sequence[SectorRow]:
    counted = select(Need.kind, SOMEBODY, func.count(Need.id.distinct())).group_by(Need.kind, SOMEBODY)
    open_now = _by_sector(db.execute(counted.where(Need.state == NeedState.OPEN)))
    found = _by_sector(
        db.execute(counted.join(Assignment, Assignment.need_id == Need.id).where(Assignment.created_at > since))
    )
    return [SectorRow(sector=one, open=open_now[one.key], covered=found[one.key]) for one in kinds.sectors()]


def _by_sector(rows: Iterable[tuple[str, int, int]]) -> Mapping[str, int | None]:
    """How many needs there are in each sector; None where they are for one to four people."""
    needs: Counter[str] = Counter()
    people: dict[str, set[int]] = defaultdict(set)
    for kind, whom, count in rows:
        sector = kinds.kind(kind).sector
        needs[sector] += count
        people[sector].add(whom)
    return {one.key: shown(needs[one.key], people=len(people[one.key])) for one in kinds.sectors()}
