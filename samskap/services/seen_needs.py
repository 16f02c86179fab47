"""Who sees which needs, and how much of them: domain.md, law and practice."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, exists, or_, select

from samskap.models import Audience, Consent, Mode, Need, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, visible
from samskap.services.facts.volunteers import READY
from samskap.workflows.need import NeedState


def posted(actor: Actor) -> Select[Need]:
    """What somebody may see as their own or their unit's, the newest first."""
    return select(Need).where(visible(actor, Can.SEE_NEED, Need)).order_by(Need.created_at.desc(), Need.id.desc())


def of_citizen(actor: Actor) -> Select[Need]:
    """A citizen's own needs, the newest first."""
    return select(Need).where(Need.posted_by_id == actor.id, Need.recipient_id == actor.id).order_by(Need.id.desc())


def public() -> Select[Need]:
    """What strangers may see: needs of groups and institutions, and others only where the consent names publication."""
    query = select(Need).where(_still_wanted(), _may_be_public())
    return query.order_by(Need.urgency.desc(), Need.published_at, Need.id)


def shown_to(db: TenantSession, actor: Actor) -> ColumnElement[bool]:
    """Which open needs a volunteer may see: all but those one-to-one at home, which are for those who are ready."""
    if db.scalars(select(Volunteer.state).where(Volunteer.id == actor.id)).one_or_none() in READY:
        return _still_wanted()
    return _still_wanted() & or_(_may_be_public(), Need.audience != Audience.PERSON, Need.mode != Mode.HOME)


def _still_wanted() -> ColumnElement[bool]:
    return (Need.state == NeedState.OPEN) & (Need.taken < Need.wanted)


def _may_be_public() -> ColumnElement[bool]:
    consented = exists().where(
        Consent.need_id == Need.id,
        Consent.municipality_id == Need.municipality_id,
        Consent.withdrawn_at.is_(None),
        Consent.covers_publication,
    )
    return or_(Need.audience != Audience.PERSON, consented)


def one_to_one_at_home(need: Need) -> bool:
    """Shown only to volunteers who are ready, and without exact times."""
    return need.audience is Audience.PERSON and need.mode is Mode.HOME


def exact_times_shown(need: Need) -> bool:
    """Whether the times may be told to who has not been asked."""
    return not one_to_one_at_home(need)
