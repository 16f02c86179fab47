"""The need: what is asked for, where, when and by whom; the wanted times and words; and the recipient's consent."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Float, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import LONGEST_TEXT, Base, Chosen, Moment, Tenanted, about, one_of, refers
from samskap.privacy import Until, not_personal, personal
from samskap.workflows.need import NeedState, Outcome


class Mode(StrEnum):
    """Where it happens; phone and online need no travel."""

    HOME = "home"
    OUTDOORS = "outdoors"
    INSTITUTION = "institution"
    PHONE = "phone"
    ONLINE = "online"


class Audience(StrEnum):
    """Who it is for."""

    PERSON = "person"
    GROUP = "group"
    INSTITUTION = "institution"


class Times(StrEnum):
    """How the windows are meant: none asked, any one of them, or all of them."""

    NONE = "none"
    ANY = "any"
    ALL = "all"


class Need(Base, Tenanted):
    """One need. The text is de-identified; the address is seen only after both sides have said yes."""

    __tablename__ = "need"
    __rules__: ClassVar = (
        one_of("state", NeedState),
        one_of("mode", Mode),
        one_of("audience", Audience),
        one_of("times", Times),
        CheckConstraint("wanted BETWEEN 1 AND 200", name="wanted"),
        CheckConstraint("minimum BETWEEN 1 AND wanted", name="minimum"),
        CheckConstraint("taken BETWEEN 0 AND wanted", name="taken"),
        CheckConstraint("urgency BETWEEN 1 AND 5", name="urgency"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="dates"),
        CheckConstraint("state <> 'closed' OR outcome IS NOT NULL", name="outcome"),
        refers("unit_id", "unit"),
        refers("posted_by_id", "person"),
        refers("recipient_id", "person"),
        refers("copied_from_id", "need", ondelete="RESTRICT"),
        UniqueConstraint("municipality_id", "imported_as"),
        Index("ix_need_state", "municipality_id", "state"),
        Index("ix_need_facts", "municipality_id", "facts_version"),
        Index("ix_need_recipient", "municipality_id", "recipient_id"),
        Index("ix_need_poster", "municipality_id", "posted_by_id"),
    )

    state: Mapped[NeedState] = mapped_column(Chosen(NeedState), default=NeedState.DRAFT, info=not_personal())
    outcome: Mapped[Outcome | None] = mapped_column(Chosen(Outcome), info=not_personal())
    kind: Mapped[str] = mapped_column(String(60), info=not_personal())
    """Key of the kind of task, which decides sector, requirements and the insurance line."""
    title: Mapped[str] = mapped_column(String(120), info=personal("Hva behovet gjelder", until=Until.ENDS, days=365))
    goal: Mapped[str] = mapped_column(
        String(300),
        default="",
        info=personal("Hva som er viktig for deg, med egne ord", until=Until.ENDS, days=365),
    )
    task: Mapped[str] = mapped_column(
        String(LONGEST_TEXT),
        default="",
        info=personal("Hva det trengs hjelp til", until=Until.ENDS, days=365),
    )
    audience: Mapped[Audience] = mapped_column(Chosen(Audience), default=Audience.PERSON, info=not_personal())
    mode: Mapped[Mode] = mapped_column(Chosen(Mode), default=Mode.HOME, info=not_personal())
    place: Mapped[str] = mapped_column(
        String(80),
        default="",
        info=personal("Hvilken bygd eller hvilket område", until=Until.ENDS, days=365),
    )
    postcode: Mapped[str | None] = mapped_column(
        String(4),
        info=personal("Omtrent hvor det er", until=Until.ENDS, days=365),
    )
    lat: Mapped[float | None] = mapped_column(Float, info=personal("Omtrent hvor det er", until=Until.ENDS, days=365))
    lon: Mapped[float | None] = mapped_column(Float, info=personal("Omtrent hvor det er", until=Until.ENDS, days=365))
    cross_border: Mapped[bool] = mapped_column(default=False, info=not_personal())
    """Whether volunteers of an agreed neighbour may be asked."""
    times: Mapped[Times] = mapped_column(Chosen(Times), default=Times.NONE, info=not_personal())
    how_often: Mapped[str] = mapped_column(
        String(120), default="", info=personal("Hvor ofte det passer, med egne ord", until=Until.ENDS, days=365)
    )
    wanted: Mapped[int] = mapped_column(Integer, default=1, info=not_personal())
    minimum: Mapped[int] = mapped_column(Integer, default=1, info=not_personal())
    taken: Mapped[int] = mapped_column(Integer, default=0, info=not_personal())
    """Seats with an offer out, or a yes."""
    urgency: Mapped[int] = mapped_column(Integer, default=3, info=not_personal())
    starts_on: Mapped[date | None] = mapped_column(info=not_personal())
    ends_on: Mapped[date | None] = mapped_column(info=not_personal())
    age_min: Mapped[int | None] = mapped_column(Integer, info=not_personal())
    age_max: Mapped[int | None] = mapped_column(Integer, info=not_personal())
    wish_gender: Mapped[str | None] = mapped_column(
        String(1),
        info=personal("Ditt eget ønske om hvem du vil møte", until=Until.ENDS, days=365),
    )
    wish_reason: Mapped[str] = mapped_column(
        String(300),
        default="",
        info=personal("Hvorfor du har det ønsket", until=Until.ENDS, days=365),
    )
    unit_id: Mapped[int | None] = mapped_column(Integer, index=True, info=not_personal())
    posted_by_id: Mapped[int] = mapped_column(Integer, info=not_personal("who did it, as a number"))
    recipient_id: Mapped[int | None] = mapped_column(Integer, info=about())
    """The person it is for, if registered here; a professional names nobody before both have said yes."""
    copied_from_id: Mapped[int | None] = mapped_column(Integer, info=not_personal())
    created_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
    published_at: Mapped[datetime | None] = mapped_column(Moment, info=not_personal())
    closed_at: Mapped[datetime | None] = mapped_column(Moment, info=not_personal())
    source: Mapped[str] = mapped_column(String(20), default="self", info=not_personal())
    """self, import or demo."""
    imported_as: Mapped[str | None] = mapped_column(String(64), info=not_personal("a fingerprint of the row in a list"))
    facts_version: Mapped[int] = mapped_column(Integer, default=0, info=not_personal())
    """The municipality's facts_version when anything that matching reads here last changed."""
    version: Mapped[int] = mapped_column(Integer, default=1, info=not_personal())
    """Raised with each change of the text, so that two who edit at once are told."""

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}


class NeedWindow(Base, Tenanted):
    """One wanted time: weekly, in minutes since Monday 00:00 local, half-open; or dated, as two instants."""

    __tablename__ = "need_window"
    __rules__: ClassVar = (
        refers("need_id", "need", ondelete="CASCADE"),
        CheckConstraint(
            "(start_minute IS NOT NULL AND end_minute IS NOT NULL AND starts_at IS NULL AND ends_at IS NULL"
            " AND start_minute >= 0 AND end_minute > start_minute AND end_minute <= 10080)"
            " OR (start_minute IS NULL AND end_minute IS NULL AND starts_at IS NOT NULL AND ends_at IS NOT NULL"
            " AND ends_at > starts_at)",
            name="window",
        ),
    )

    need_id: Mapped[int] = mapped_column(Integer, index=True, info=not_personal())
    place_in_order: Mapped[int] = mapped_column(Integer, default=0, info=not_personal())
    start_minute: Mapped[int | None] = mapped_column(Integer, info=not_personal())
    end_minute: Mapped[int | None] = mapped_column(Integer, info=not_personal())
    starts_at: Mapped[datetime | None] = mapped_column(Moment, info=not_personal())
    ends_at: Mapped[datetime | None] = mapped_column(Moment, info=not_personal())


class NeedTerm(Base, Tenanted):
    """A word of the vocabulary that a need asks for: required, or wished for."""

    __tablename__ = "need_term"
    __rules__: ClassVar = (
        UniqueConstraint("municipality_id", "need_id", "term_id"),
        refers("need_id", "need", ondelete="CASCADE"),
        refers("term_id", "term"),
    )

    need_id: Mapped[int] = mapped_column(Integer, index=True, info=not_personal())
    term_id: Mapped[int] = mapped_column(Integer, info=not_personal())
    required: Mapped[bool] = mapped_column(default=False, info=not_personal())
    level: Mapped[int] = mapped_column(Integer, default=0, info=not_personal())


class ConsentGiven(StrEnum):
    """How a consent was given."""

    SELF = "self"
    SPOKEN = "spoken"
    WRITTEN = "written"
    GUARDIAN = "guardian"


class Consent(Base, Tenanted):
    """That the recipient agreed to be helped and to this text being shared: who wrote it down, when and how."""

    __tablename__ = "consent"
    __rules__: ClassVar = (
        refers("need_id", "need", ondelete="CASCADE"),
        refers("person_id", "person"),
        refers("recorded_by_id", "person"),
        one_of("given", ConsentGiven),
    )

    need_id: Mapped[int] = mapped_column(Integer, index=True, info=not_personal())
    person_id: Mapped[int | None] = mapped_column(Integer, info=about())
    given: Mapped[ConsentGiven] = mapped_column(
        Chosen(ConsentGiven),
        info=personal("Hvordan samtykket ble gitt", until=Until.ARCHIVED, erase="keep"),
    )
    given_on: Mapped[date] = mapped_column(info=personal("Når samtykket ble gitt", until=Until.ARCHIVED, erase="keep"))
    covers_publication: Mapped[bool] = mapped_column(
        default=False,
        info=personal("Om behovet kan vises åpent", until=Until.ARCHIVED, erase="keep"),
    )
    recorded_by_id: Mapped[int] = mapped_column(Integer, info=not_personal("who did it, as a number"))
    recorded_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
    withdrawn_at: Mapped[datetime | None] = mapped_column(
        Moment,
        info=personal("Når samtykket ble trukket", until=Until.ARCHIVED, erase="keep"),
    )


class Requirement(Base, Tenanted):
    """A clearance that a need calls for, from the legal basis of its kind of task; the interface cannot add others."""

    __tablename__ = "requirement"
    __rules__: ClassVar = (
        UniqueConstraint("municipality_id", "need_id", "key"),
        refers("need_id", "need", ondelete="CASCADE"),
    )

    need_id: Mapped[int] = mapped_column(Integer, index=True, info=not_personal())
    key: Mapped[str] = mapped_column(String(60), info=not_personal())
    basis: Mapped[str] = mapped_column(String(60), info=not_personal())
