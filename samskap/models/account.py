"""Logging in: accounts, where they may stand, sessions, single-use links and the throttle; no tenant."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import Base, Chosen, Moment, one_of
from samskap.permissions import Role
from samskap.privacy import Until, not_personal, personal

LOCAL = "local"
"""The issuer of accounts with a password here; national log-in brings its own issuer."""


class Account(Base):
    """A way to log in. Identity is (issuer, subject), never the e-mail address."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        Index(
            "uq_account_verified_address",
            "issuer",
            "email",
            unique=True,
            sqlite_where=text("verified_at IS NOT NULL"),
            postgresql_where=text("verified_at IS NOT NULL"),
        ),
    )
    """Several may claim an address; one has shown that it is theirs."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info=not_personal())
    issuer: Mapped[str] = mapped_column(String(200), info=not_personal())
    subject: Mapped[str] = mapped_column(
        String(254),
        info=personal("Hva innloggingstjenesten kaller kontoen din", erase="delete"),
    )
    email: Mapped[str | None] = mapped_column(
        String(254),
        index=True,
        info=personal("E-postadressen din, til innlogging og varsler", erase="delete"),
    )
    password_hash: Mapped[str | None] = mapped_column(
        String(200),
        info=personal("Passordet ditt i en form som ikke kan leses", erase="delete", exported=False),
    )
    verified_at: Mapped[datetime | None] = mapped_column(
        Moment,
        info=personal("At e-postadressen er bekreftet", erase="delete"),
    )
    version: Mapped[int] = mapped_column(Integer, default=1, info=not_personal())
    """Raised when the password or a role changes; sessions of an older version are dead."""
    created_at: Mapped[datetime] = mapped_column(
        Moment,
        info=personal("Når kontoen ble laget", erase="delete"),
    )
    demo: Mapped[bool] = mapped_column(default=False, info=not_personal())


class Standing(Base):
    """That an account has a person in a municipality, so that someone who logs in can be shown where to go."""

    __tablename__ = "standing"
    __table_args__ = (UniqueConstraint("account_id", "municipality_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info=not_personal())
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), info=not_personal())
    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("municipality.id", ondelete="CASCADE"),
        info=personal("Hvilke kommuner kontoen brukes i", erase="delete"),
    )


class LoginSession(Base):
    """One log-in on one device. The cookie holds the token; here is only its SHA-256."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info=not_personal())
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=not_personal())
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True, info=not_personal()
    )
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), info=not_personal())
    hat: Mapped[Role | None] = mapped_column(Chosen(Role), info=not_personal())
    """Which of one's roles the menu is for now; what one may do does not hang on it."""
    version: Mapped[int] = mapped_column(Integer, info=not_personal())
    created_at: Mapped[datetime] = mapped_column(
        Moment,
        info=personal("Når du logget inn", days=1, until=Until.MADE, erase="delete"),
    )
    seen_at: Mapped[datetime] = mapped_column(
        Moment,
        info=personal(
            "Når du sist var innom, så en glemt innlogging kan avsluttes", days=1, until=Until.MADE, erase="delete"
        ),
    )
    proved_at: Mapped[datetime] = mapped_column(
        Moment,
        info=personal("Når du sist skrev passordet ditt", days=1, until=Until.MADE, erase="delete"),
    )
    """When it was last shown that this is the account's owner; export, roles and deletion ask anew."""


class Purpose(StrEnum):
    """What a single-use link is for."""

    VERIFY = "verify"
    RESET = "reset"
    INVITE_STAFF = "invite_staff"
    INVITE_VOLUNTEER = "invite_volunteer"


class Link(Base):
    """A single-use link sent by e-mail: GET shows a button, POST consumes it. Only the token's SHA-256 is kept."""

    __tablename__ = "link"
    __table_args__ = (one_of("purpose", Purpose),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info=not_personal())
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=not_personal())
    purpose: Mapped[Purpose] = mapped_column(Chosen(Purpose), info=not_personal())
    email: Mapped[str] = mapped_column(
        String(254), info=personal("Hvem en engangslenke ble sendt til", days=32, until=Until.MADE, erase="delete")
    )
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), info=not_personal())
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), info=not_personal())
    person_id: Mapped[int | None] = mapped_column(Integer, info=not_personal())
    role: Mapped[Role | None] = mapped_column(Chosen(Role), info=not_personal())
    unit_id: Mapped[int | None] = mapped_column(Integer, info=not_personal())
    expires_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
    used_at: Mapped[datetime | None] = mapped_column(Moment, info=not_personal())


class Throttle(Base):
    """How often something was tried within a window; the key is a keyed hash, never an address."""

    __tablename__ = "throttle"
    __table_args__ = (
        UniqueConstraint("key_hash", "window_starts_at"),
        CheckConstraint("tries >= 0", name="tries"),
        Index("ix_throttle_window", "window_starts_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info=not_personal())
    key_hash: Mapped[str] = mapped_column(String(64), info=not_personal("a keyed hash that cannot be turned back"))
    window_starts_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
    tries: Mapped[int] = mapped_column(Integer, info=not_personal())
    last_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
