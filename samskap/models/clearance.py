"""Clearances: that a requirement was met, by person and role, without the paper that showed it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import Base, Chosen, Moment, Tenanted, about, one_of, refers
from samskap.privacy import Until, not_personal, personal


class ClearanceKind(StrEnum):
    """What was done."""

    CONVERSATION = "conversation"
    COURSE = "course"
    CERTIFICATE = "certificate"
    DECLARATION = "declaration"


class Clearance(Base, Tenanted):
    """That somebody was cleared for one requirement. Never a file or a remark; no expiry clock; a break asks anew."""

    __tablename__ = "clearance"
    __rules__: ClassVar = (
        one_of("kind", ClearanceKind),
        refers("person_id", "person", ondelete="CASCADE"),
        refers("seen_by_id", "person"),
        Index("ix_clearance_key", "municipality_id", "person_id", "key"),
    )

    person_id: Mapped[int] = mapped_column(Integer, index=True, info=about())
    kind: Mapped[ClearanceKind] = mapped_column(
        Chosen(ClearanceKind),
        info=personal("Hva som er avklart", until=Until.ENDS, erase="delete"),
    )
    key: Mapped[str] = mapped_column(
        String(60),
        info=personal("Hvilket krav det gjelder", until=Until.ENDS, erase="delete"),
    )
    """The requirement (a legal basis), the declaration's version, or the course."""
    issued_on: Mapped[date | None] = mapped_column(
        info=personal("Datoen på attesten", until=Until.ENDS, erase="delete")
    )
    seen_on: Mapped[date] = mapped_column(
        info=personal("Når den ble vist eller signert", until=Until.ENDS, erase="delete")
    )
    seen_by_id: Mapped[int | None] = mapped_column(Integer, info=not_personal("who saw it, as a number"))
    language: Mapped[str] = mapped_column(String(5), default="nb", info=not_personal())
    on_paper: Mapped[bool] = mapped_column(default=False, info=not_personal())
    made_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
    ended_at: Mapped[datetime | None] = mapped_column(
        Moment,
        info=personal("Når rollen tok slutt", until=Until.ENDS, erase="delete"),
    )
    """The role ended or was broken; the clearance no longer counts."""
