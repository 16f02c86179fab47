"""The offer: what a volunteer was asked, by when, and the answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import Base, Chosen, Moment, Tenanted, about, one_of, refers
from samskap.privacy import Until, not_personal, personal
from samskap.workflows.offer import OfferState


class Offer(Base, Tenanted):
    """An approved proposal put to the volunteer. Nothing here identifies the recipient."""

    __tablename__ = "offer"
    __rules__: ClassVar = (
        one_of("state", OfferState),
        UniqueConstraint("municipality_id", "proposal_id"),
        refers("proposal_id", "proposal"),
        refers("need_id", "need"),
        refers("volunteer_id", "volunteer"),
        Index("ix_offer_state", "municipality_id", "state", "expires_at"),
    )

    proposal_id: Mapped[int] = mapped_column(Integer, info=not_personal())
    need_id: Mapped[int] = mapped_column(Integer, index=True, info=not_personal())
    volunteer_id: Mapped[int] = mapped_column(Integer, index=True, info=about())
    option: Mapped[int | None] = mapped_column(Integer, info=not_personal("which of the wanted times fits"))
    state: Mapped[OfferState] = mapped_column(
        Chosen(OfferState),
        default=OfferState.SENT,
        info=personal("Hva du svarte", until=Until.ARCHIVED, erase="keep"),
    )
    sent_at: Mapped[datetime] = mapped_column(
        Moment, info=personal("Når du ble spurt", until=Until.ARCHIVED, erase="keep")
    )
    expires_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
    reminded_at: Mapped[datetime | None] = mapped_column(Moment, info=not_personal())
    answered_at: Mapped[datetime | None] = mapped_column(
        Moment,
        info=personal("Når du svarte", until=Until.ARCHIVED, erase="keep"),
    )
    reason: Mapped[str] = mapped_column(
        String(300),
        default="",
        info=personal("Hvorfor du sa nei, om du ville si det", until=Until.ENDS, days=365),
    )
    ask_again_on: Mapped[date | None] = mapped_column(
        info=personal("Når vi kan spørre igjen", until=Until.ENDS, days=365)
    )
    insurance_read_at: Mapped[datetime | None] = mapped_column(
        Moment,
        info=personal("At du har lest om forsikring", until=Until.ARCHIVED, erase="keep"),
    )
