"""What happened: every step of every workflow, with who and why; and form keys that make a repeated press harmless."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import Base, Moment, Tenanted, refers
from samskap.privacy import Until, not_personal, personal


class StepTaken(Base, Tenanted):
    """One line of history. Rows are only ever added; on PostgreSQL the service's role cannot change them."""

    __tablename__ = "step_taken"
    __rules__: ClassVar = (
        refers("by_id", "person"),
        Index("ix_step_taken_thing", "municipality_id", "noun", "thing_id"),
    )

    noun: Mapped[str] = mapped_column(String(20), info=not_personal())
    thing_id: Mapped[int] = mapped_column(Integer, info=not_personal())
    step: Mapped[str] = mapped_column(String(30), info=not_personal())
    from_state: Mapped[str] = mapped_column(String(30), info=not_personal())
    to_state: Mapped[str] = mapped_column(String(30), info=not_personal())
    by_id: Mapped[int | None] = mapped_column(Integer, info=not_personal("who did it, as a number"))
    """None: the service itself."""
    why: Mapped[str] = mapped_column(
        String(500), default="", info=personal("Begrunnelsen", until=Until.ARCHIVED, erase="keep")
    )
    at: Mapped[datetime] = mapped_column(Moment, info=not_personal())


class FormKey(Base):
    """A form that was sent: its hidden key, what was in it and where it led. Kept for 24 hours."""

    __tablename__ = "form_key"
    __table_args__ = (UniqueConstraint("who", "key"), Index("ix_form_key_at", "at"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info=not_personal())
    who: Mapped[str] = mapped_column(String(64), info=not_personal("a hash of the session"))
    key: Mapped[str] = mapped_column(String(64), info=not_personal())
    route: Mapped[str] = mapped_column(String(120), info=not_personal())
    body_hash: Mapped[str] = mapped_column(String(64), info=not_personal())
    location: Mapped[str | None] = mapped_column(String(400), info=not_personal())
    at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
