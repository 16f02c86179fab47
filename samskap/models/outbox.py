"""The outbox: notices to send, written in the transaction of what they tell of. Bodies are made at sending."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import Base, Chosen, Json, Moment, Tenanted, about, one_of, refers
from samskap.privacy import Until, not_personal, personal
from samskap.workflows.notice import Notice


class SendState(StrEnum):
    """How far a notice has come."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    SUPERSEDED = "superseded"
    DEAD = "dead"


class Outbox(Base, Tenanted):
    """One notice to one person, by ids alone. The key makes a repeat harmless, here and at whoever delivers it."""

    __tablename__ = "outbox"
    __rules__: ClassVar = (
        one_of("state", SendState),
        UniqueConstraint("municipality_id", "key"),
        refers("person_id", "person", ondelete="CASCADE"),
        Index(
            "ix_outbox_due",
            "not_before",
            "id",
            sqlite_where=text("state IN ('pending', 'sending')"),
            postgresql_where=text("state IN ('pending', 'sending')"),
        ),
    )

    key: Mapped[str] = mapped_column(String(120), info=not_personal())
    notice: Mapped[Notice] = mapped_column(Chosen(Notice), info=not_personal())
    person_id: Mapped[int | None] = mapped_column(Integer, index=True, info=about())
    address: Mapped[str | None] = mapped_column(
        String(254),
        info=personal(
            "Hvor et varsel ble sendt, når det ikke er til en registrert person",
            days=30,
            until=Until.MADE,
            erase="delete",
        ),
    )
    noun: Mapped[str] = mapped_column(String(20), info=not_personal())
    thing_id: Mapped[int | None] = mapped_column(Integer, info=not_personal())
    state_told: Mapped[str] = mapped_column(String(30), default="", info=not_personal())
    """The thing's state when this was written; when it has moved on, the notice is superseded."""
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=not_personal("the token of a link, sealed"))
    state: Mapped[SendState] = mapped_column(Chosen(SendState), default=SendState.PENDING, info=not_personal())
    not_before: Mapped[datetime] = mapped_column(Moment, info=not_personal())
    owner: Mapped[str | None] = mapped_column(String(60), info=not_personal())
    lease_until: Mapped[datetime | None] = mapped_column(Moment, info=not_personal())
    attempts: Mapped[int] = mapped_column(Integer, default=0, info=not_personal())
    error: Mapped[str] = mapped_column(String(200), default="", info=not_personal("what the mail server answered"))
    made_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
    sent_at: Mapped[datetime | None] = mapped_column(
        Moment,
        info=personal("Når et varsel ble sendt til deg", days=30, until=Until.MADE, erase="delete"),
    )
