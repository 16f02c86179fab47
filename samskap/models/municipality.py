"""The municipality: the tenant, with its names, languages, colours, hours and limits; and its units."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import Base, Json, Tenanted
from samskap.privacy import not_personal


class Municipality(Base):
    """A tenant. `code` is the kommunenummer, kept as text."""

    __tablename__ = "municipality"
    __table_args__ = (CheckConstraint("quiet_to > quiet_from", name="quiet"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info=not_personal())
    code: Mapped[str] = mapped_column(String(4), unique=True, info=not_personal())
    name: Mapped[str] = mapped_column(String(80), info=not_personal())
    host: Mapped[str | None] = mapped_column(String(200), unique=True, info=not_personal())
    locale: Mapped[str] = mapped_column(String(5), default="nb", info=not_personal())
    theme: Mapped[str] = mapped_column(String(30), default="dalen", info=not_personal())
    phone: Mapped[str] = mapped_column(String(20), default="", info=not_personal("the service's own number"))
    email: Mapped[str] = mapped_column(String(254), default="", info=not_personal("the service's own address"))
    neighbours: Mapped[list[str]] = mapped_column(Json, default=list, info=not_personal())
    offer_days: Mapped[int] = mapped_column(Integer, default=3, info=not_personal())
    quiet_from: Mapped[int] = mapped_column(Integer, default=9, info=not_personal())
    """Notices go out on weekdays from this hour …"""
    quiet_to: Mapped[int] = mapped_column(Integer, default=20, info=not_personal())
    """… until this one."""
    facts_version: Mapped[int] = mapped_column(Integer, default=1, info=not_personal())
    """Raised in the transaction of every change that matching reads."""


class Unit(Base, Tenanted):
    """A place where professionals work; belongs to a sector."""

    __tablename__ = "unit"
    __rules__: ClassVar = (UniqueConstraint("municipality_id", "name"),)

    name: Mapped[str] = mapped_column(String(120), info=not_personal())
    sector: Mapped[str] = mapped_column(String(40), info=not_personal())
    phone: Mapped[str] = mapped_column(String(20), default="", info=not_personal("the unit's own number"))
