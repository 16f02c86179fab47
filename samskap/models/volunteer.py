"""The volunteer: what a person offers, when, how far, and what they would rather not. The id is the person's id."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matching.week import Week
from samskap.models.base import Base, Chosen, HalfHours, Moment, Tenanted, about, one_of, refers
from samskap.privacy import Until, not_personal, personal
from samskap.workflows.volunteer import VolunteerState


class Travel(StrEnum):
    """How a volunteer gets about."""

    FOOT = "foot"
    BICYCLE = "bicycle"
    TRANSIT = "transit"
    CAR = "car"


class Volunteer(Base, Tenanted):
    """What one person offers. The pause stands beside the state and keeps it."""

    __tablename__ = "volunteer"
    __rules__: ClassVar = (
        refers("id", "person", ondelete="CASCADE"),
        one_of("state", VolunteerState),
        one_of("travel", Travel),
        CheckConstraint("reach_km BETWEEN 0 AND 500", name="reach"),
        CheckConstraint("capacity BETWEEN 0 AND 20", name="capacity"),
        Index("ix_volunteer_facts", "municipality_id", "facts_version"),
    )

    state: Mapped[VolunteerState] = mapped_column(
        Chosen(VolunteerState),
        default=VolunteerState.SIGNING_UP,
        info=personal("Hvor langt vi er kommet", until=Until.ARCHIVED, erase="keep"),
    )
    paused_since: Mapped[date | None] = mapped_column(info=personal("Pausen din, så ingen spør imens"))
    paused_until: Mapped[date | None] = mapped_column(info=personal("Når vi kan spørre igjen"))
    free: Mapped[Week | None] = mapped_column(HalfHours, info=personal("Når det passer for deg"))
    preferred: Mapped[Week | None] = mapped_column(HalfHours, info=personal("Når det passer best for deg"))
    travel: Mapped[Travel] = mapped_column(
        Chosen(Travel), default=Travel.CAR, info=personal("Hvordan du kommer deg fram")
    )
    reach_km: Mapped[int] = mapped_column(Integer, default=15, info=personal("Hvor langt du vil reise"))
    capacity: Mapped[int] = mapped_column(Integer, default=1, info=personal("Hvor mange avtaler du vil ha om gangen"))
    weekly_minutes: Mapped[int | None] = mapped_column(
        Integer,
        info=personal("Hvor mye tid du vil gi i uka"),
    )
    """None: no limit was given."""
    meet_gender: Mapped[str | None] = mapped_column(String(1), info=personal("Ditt eget ønske om hvem du vil møte"))
    wishes: Mapped[str] = mapped_column(String(500), default="", info=personal("Ønskene dine med egne ord"))
    not_kinds: Mapped[str] = mapped_column(
        String(500),
        default="",
        info=personal("Oppgaver du ikke vil ha"),
    )
    not_modes: Mapped[str] = mapped_column(
        String(100),
        default="",
        info=personal("Steder og måter du ikke vil hjelpe på"),
    )
    """Modes said no to, parted by spaces."""
    experience_shared: Mapped[bool] = mapped_column(
        default=False,
        info=personal("At erfaringen din kan brukes når vi leter etter noen å møte"),
    )
    registered_at: Mapped[datetime] = mapped_column(Moment, info=personal("Når du meldte deg"))
    last_asked_at: Mapped[datetime | None] = mapped_column(
        Moment, info=personal("Når du sist ble spurt, så ikke de samme spørres hele tiden")
    )
    ask_after: Mapped[date | None] = mapped_column(info=personal("Når du har bedt om å bli spurt igjen"))
    facts_version: Mapped[int] = mapped_column(Integer, default=0, info=not_personal())
    """The municipality's facts_version when anything that matching reads here last changed."""


class VolunteerTerm(Base, Tenanted):
    """One resource, interest, language or experience that a volunteer has."""

    __tablename__ = "volunteer_term"
    __rules__: ClassVar = (
        UniqueConstraint("municipality_id", "volunteer_id", "term_id"),
        refers("volunteer_id", "volunteer", ondelete="CASCADE"),
        refers("term_id", "term"),
    )

    volunteer_id: Mapped[int] = mapped_column(Integer, index=True, info=about())
    term_id: Mapped[int] = mapped_column(
        Integer,
        index=True,
        info=personal("Det du kan bidra med, liker og snakker", erase="delete"),
    )
    level: Mapped[int] = mapped_column(
        Integer,
        default=0,
        info=personal("Hvor godt du snakker et språk", erase="delete"),
    )
    """Languages: 1 a little, 2 everyday talk, 3 fluent. Others: 0."""
    wish: Mapped[bool] = mapped_column(
        default=False, info=personal("Det du gjerne vil lære eller gjøre", erase="delete")
    )
    """Something the person would like to learn or do, not something they can."""


class OwnWord(Base, Tenanted):
    """A resource in the volunteer's own words, until a coordinator turns it into vocabulary."""

    __tablename__ = "own_word"
    __rules__: ClassVar = (
        UniqueConstraint("municipality_id", "volunteer_id", "words"),
        refers("volunteer_id", "volunteer", ondelete="CASCADE"),
        refers("term_id", "term"),
    )

    volunteer_id: Mapped[int] = mapped_column(Integer, index=True, info=about())
    words: Mapped[str] = mapped_column(
        String(120),
        info=personal("Det du kan bidra med, med egne ord", erase="delete"),
    )
    term_id: Mapped[int | None] = mapped_column(Integer, info=not_personal("the term it became"))
    ignored_at: Mapped[datetime | None] = mapped_column(Moment, info=not_personal())


class Away(Base, Tenanted):
    """Days on which a volunteer is away, the first and the last included."""

    __tablename__ = "away"
    __rules__: ClassVar = (
        refers("volunteer_id", "volunteer", ondelete="CASCADE"),
        CheckConstraint("last_day >= first_day", name="days"),
    )

    volunteer_id: Mapped[int] = mapped_column(Integer, index=True, info=about())
    first_day: Mapped[date] = mapped_column(
        info=personal("Dager du er borte, så ingen spør om dem", days=30, until=Until.ENDS, erase="delete")
    )
    last_day: Mapped[date] = mapped_column(
        info=personal("Dager du er borte, så ingen spør om dem", days=30, until=Until.ENDS, erase="delete")
    )


class Block(Base, Tenanted):
    """That one person does not want to meet another. The other is never told."""

    __tablename__ = "block"
    __rules__: ClassVar = (
        UniqueConstraint("municipality_id", "person_id", "other_id"),
        refers("person_id", "person", ondelete="CASCADE"),
        refers("other_id", "person", ondelete="CASCADE"),
    )

    person_id: Mapped[int] = mapped_column(Integer, index=True, info=about())
    other_id: Mapped[int] = mapped_column(
        Integer,
        index=True,
        info=personal("Hvem du ikke vil møte", erase="delete"),
    )
