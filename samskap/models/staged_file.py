"""A list on its way in: kept for an hour, for the one who uploaded it, between the dry run and the import."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import Base, Json, Moment, Tenanted, about, refers
from samskap.privacy import Until, not_personal, personal


class StagedFile(Base, Tenanted):
    """One uploaded list with the match of its columns."""

    __tablename__ = "staged_file"
    __rules__: ClassVar = (refers("person_id", "person", ondelete="CASCADE"),)

    person_id: Mapped[int] = mapped_column(Integer, index=True, info=about(erase="delete"))
    kind: Mapped[str] = mapped_column(String(20), info=not_personal())
    """volunteers or needs."""
    name: Mapped[str] = mapped_column(String(200), info=not_personal())
    content: Mapped[bytes] = mapped_column(
        LargeBinary,
        info=personal("En liste som importeres, i én time", days=1, until=Until.MADE, erase="delete", exported=False),
    )
    match: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=not_personal())
    made_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
    expires_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
