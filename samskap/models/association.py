"""The association: an organisation of the place, with a contact person. Public registers are joined later."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import Base, Moment, Tenanted, refers
from samskap.privacy import Until, not_personal, personal


class Association(Base, Tenanted):
    """What an association offers, and who to talk with."""

    __tablename__ = "association"
    __rules__: ClassVar = (
        refers("contact_id", "person"),
        Index("uq_association_orgnr", "municipality_id", "orgnr", unique=True),
    )

    name: Mapped[str] = mapped_column(String(160), info=not_personal())
    orgnr: Mapped[str | None] = mapped_column(String(9), info=not_personal())
    icnpo: Mapped[str | None] = mapped_column(String(6), info=not_personal())
    offers: Mapped[str] = mapped_column(String(1000), default="", info=not_personal())
    place: Mapped[str] = mapped_column(String(80), default="", info=not_personal())
    contact_id: Mapped[int] = mapped_column(
        Integer,
        index=True,
        info=personal("Hvem som er kontaktperson for foreningen", until=Until.ARCHIVED, erase="keep"),
    )
    created_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
