"""The person: one human being in one municipality, with an account or with none; and the roles that person holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import Base, Chosen, Moment, Tenanted, about, one_of, refers
from samskap.permissions import Role
from samskap.privacy import Until, not_personal, personal


class Person(Base, Tenanted):
    """Someone who gives, receives or works here. A home is never kept finer than its postcode or a 500 m grid."""

    __tablename__ = "person"
    __rules__: ClassVar = (
        UniqueConstraint("municipality_id", "account_id"),
        UniqueConstraint("municipality_id", "imported_as"),
        CheckConstraint(
            "address_protected = false OR (lat IS NULL AND lon IS NULL AND address IS NULL)", name="protected"
        ),
        Index("ix_person_email", "municipality_id", "email"),
        Index("ix_person_phone", "municipality_id", "phone"),
        Index("ix_person_name", "municipality_id", "name"),
    )

    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL"),
        index=True,
        info=not_personal(),
    )
    name: Mapped[str] = mapped_column(String(120), info=personal("Navnet ditt, så folk vet hvem du er"))
    email: Mapped[str | None] = mapped_column(String(254), info=personal("E-postadressen din, så vi kan varsle deg"))
    phone: Mapped[str | None] = mapped_column(
        String(20), info=personal("Telefonnummeret ditt, så koordinatoren kan ringe")
    )
    birth_date: Mapped[date | None] = mapped_column(info=personal("Fødselsdatoen din, så vi vet at du er over 18 år"))
    birth_year: Mapped[int | None] = mapped_column(Integer, info=personal("Fødselsåret ditt, når vi ikke vet datoen"))
    gender: Mapped[str | None] = mapped_column(
        String(1), info=personal("Kjønn, bare brukt når en mottaker har et ønske om det")
    )
    locale: Mapped[str] = mapped_column(String(5), default="nb", info=personal("Hvilket språk du vil ha"))
    postcode: Mapped[str | None] = mapped_column(
        String(4), info=personal("Postnummeret ditt, så vi vet omtrent hvor langt det er")
    )
    address: Mapped[str | None] = mapped_column(
        String(200),
        info=personal("Adressen din, vist når begge har sagt ja"),
    )
    lat: Mapped[float | None] = mapped_column(Float, info=personal("Omtrent hvor du bor"))
    lon: Mapped[float | None] = mapped_column(Float, info=personal("Omtrent hvor du bor"))
    place_due: Mapped[bool] = mapped_column(default=False, info=not_personal("the address is not looked up yet"))
    address_protected: Mapped[bool] = mapped_column(
        default=False,
        info=personal("At adressen din er beskyttet, så den aldri vises"),
    )
    created_at: Mapped[datetime] = mapped_column(Moment, info=personal("Når du ble registrert"))
    confirmed_at: Mapped[datetime | None] = mapped_column(
        Moment,
        info=personal("At du har bekreftet registreringen"),
    )
    invited_at: Mapped[datetime | None] = mapped_column(
        Moment,
        info=personal("Når du ble invitert; uten svar slettes du etter 30 dager"),
    )
    registered_by_id: Mapped[int | None] = mapped_column(Integer, info=not_personal("who wrote it down"))
    source: Mapped[str] = mapped_column(String(20), default="self", info=not_personal())
    """self, assisted, import or demo."""
    imported_as: Mapped[str | None] = mapped_column(
        String(64),
        info=personal(
            "Et fingeravtrykk av radene du sto på i en liste, så den kan leses igjen uten at du kommer inn to ganger"
        ),
    )
    erased_at: Mapped[datetime | None] = mapped_column(Moment, info=not_personal("that the row is blank"))


class Membership(Base, Tenanted):
    """A role that a person holds, at a unit where the role belongs to one."""

    __tablename__ = "membership"
    __rules__: ClassVar = (
        UniqueConstraint("municipality_id", "person_id", "role", "unit_id"),
        one_of("role", [role for role in Role if role not in (Role.ANYONE, Role.CITIZEN)]),
        refers("person_id", "person", ondelete="CASCADE"),
        refers("unit_id", "unit"),
    )

    person_id: Mapped[int] = mapped_column(Integer, index=True, info=about())
    role: Mapped[Role] = mapped_column(
        Chosen(Role),
        info=personal("Hvilken rolle du har", until=Until.ENDS, erase="delete"),
    )
    unit_id: Mapped[int | None] = mapped_column(
        Integer,
        info=personal("Hvor du arbeider", until=Until.ENDS, erase="delete"),
    )
    since: Mapped[datetime] = mapped_column(
        Moment,
        info=personal("Når du fikk rollen", until=Until.ENDS, erase="delete"),
    )
