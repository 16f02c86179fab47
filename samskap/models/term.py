"""The controlled vocabulary: what can be given, liked, spoken or lived through; standard words and local ones."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import Base, Chosen, Json, Moment, Tenanted, one_of
from samskap.privacy import not_personal


class WordKind(StrEnum):
    """What a term is a word for."""

    RESOURCE = "resource"
    INTEREST = "interest"
    LANGUAGE = "language"
    EXPERIENCE = "experience"


class Term(Base, Tenanted):
    """One word of the vocabulary, in three languages, with its synonyms."""

    __tablename__ = "term"
    __rules__: ClassVar = (UniqueConstraint("municipality_id", "kind", "key"), one_of("kind", WordKind))

    kind: Mapped[WordKind] = mapped_column(Chosen(WordKind), info=not_personal())
    key: Mapped[str] = mapped_column(String(60), info=not_personal())
    nb: Mapped[str] = mapped_column(String(120), info=not_personal())
    nn: Mapped[str] = mapped_column(String(120), info=not_personal())
    en: Mapped[str] = mapped_column(String(120), info=not_personal())
    synonyms: Mapped[list[str]] = mapped_column(Json, default=list, info=not_personal())
    own: Mapped[bool] = mapped_column(default=False, info=not_personal())
    """Made by a coordinator here, not part of the standard vocabulary."""
    retired_at: Mapped[datetime | None] = mapped_column(Moment, info=not_personal())
