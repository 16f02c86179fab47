"""Roles that follow from what a person does: a volunteer offers, a recipient asks. Administrators give the others."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from samskap.models import Membership
from samskap.models.session import TenantSession
from samskap.permissions import Role


def give(db: TenantSession, person_id: int, role: Role, *, now: datetime, unit_id: int | None = None) -> None:
    """The person holds the role from now on, if they did not already."""
    held = select(Membership.id).where(Membership.person_id == person_id, Membership.role == role)
    held = held.where(Membership.unit_id.is_(None) if unit_id is None else Membership.unit_id == unit_id)
    if db.scalars(held).first() is None:
        db.add(Membership(person_id=person_id, role=role, unit_id=unit_id, since=now))
        db.flush()
