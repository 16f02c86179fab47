"""The plan for all open needs at once: worked out as things stand, and decided on need by need or all at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from sqlalchemy import select

import matching
from matching import Plan
from matching.plan import Assigned
from samskap.models import Proposal
from samskap.models.session import TenantSession
from samskap.permissions import Actor
from samskap.services import facts, proposals
from samskap.services.matching import DECIDED, GONE, rule_book
from samskap.services.steps import Missing, Refused
from samskap.text import Text

SECONDS = 8.0
"""So long a page waits for a better plan at the most; a municipality of five thousand people takes a tenth of one."""
IN_THE_PLAN = "Valgt i planen, der alle åpne behov ses samtidig."
"""The reason that is kept when the plan's choice is not the one that stands first for its need alone."""


@dataclass(frozen=True, kw_only=True)
class NotAsked:
    """Somebody whom the plan had on a need, and why they were not asked after all."""

    need_id: int
    volunteer_id: int
    why: Text


def work_out(db: TenantSession, *, now: datetime, seconds: float = SECONDS) -> Plan:
    """The best plan as things stand. Nothing is saved: who is proposed is judged anew when somebody approves."""
    held, book = facts.current(db, now=now), rule_book(db)
    return matching.plan(held.facts, book, now=now, left_out=_decided(db), clock=monotonic, seconds=seconds)


def _decided(db: TenantSession) -> Sequence[tuple[int, int]]:
    """Pairs that have been asked or set aside."""
    rows = db.execute(select(Proposal.need_id, Proposal.volunteer_id).where(Proposal.state.in_(DECIDED)))
    return [(row.need_id, row.volunteer_id) for row in rows]


def of_needs(plan: Plan, need_ids: Collection[int]) -> Sequence[Assigned]:
    """What the plan has for some needs."""
    return [one for one in plan.assignments if one.need in need_ids]


def approve(db: TenantSession, actor: Actor, wanted: Iterable[Assigned], *, now: datetime) -> Sequence[NotAsked]:
    """Ask everybody whom the plan has there; who cannot be asked any more is told of, and stops nobody else."""
    not_asked = []
    for one in sorted(wanted, key=lambda each: (each.need, each.volunteer)):
        attempt = db.begin_nested()
        try:
            proposals.approve(
                db, actor, need_id=one.need, volunteer_id=one.volunteer, now=now, reason=IN_THE_PLAN, option=one.option
            )
        except (Refused, Missing) as refused:
            attempt.rollback()
            why = refused.text if isinstance(refused, Refused) else GONE
            not_asked.append(NotAsked(need_id=one.need, volunteer_id=one.volunteer, why=why))
        else:
            attempt.commit()
    return not_asked
