"""The recipient's consent: whether one is on file for a need, and still holds."""

from __future__ import annotations

from sqlalchemy import select

from samskap.models import Audience, Consent, Need
from samskap.models.session import TenantSession


def current(db: TenantSession, need_id: int) -> Consent | None:
    """The consent that holds now, if any."""
    return db.scalars(select(Consent).where(Consent.need_id == need_id, Consent.withdrawn_at.is_(None))).first()


def stands(db: TenantSession, need: Need) -> bool:
    """Whether the need may go on: a consent is on file, or the need is for nobody in particular."""
    return need.audience is not Audience.PERSON or current(db, need.id) is not None
