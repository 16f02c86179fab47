"""The assignment that both said yes to, its meetings, and each time contact details were opened."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import Base, Chosen, Moment, Tenanted, about, one_of, refers
from samskap.privacy import Until, not_personal, personal
from samskap.workflows.assignment import AssignmentState, Ending
from samskap.workflows.meeting import MeetingState


class Assignment(Base, Tenanted):
    """A volunteer and a need until the planned end. Carries the need's ties, so that both sides see it."""

    __tablename__ = "assignment"
    __rules__: ClassVar = (
        one_of("state", AssignmentState),
        UniqueConstraint("municipality_id", "offer_id"),
        refers("offer_id", "offer"),
        refers("need_id", "need"),
        refers("volunteer_id", "volunteer"),
        refers("recipient_id", "person"),
        refers("posted_by_id", "person"),
        refers("unit_id", "unit"),
        Index("ix_assignment_state", "municipality_id", "state"),
        CheckConstraint("state <> 'ended' OR ending IS NOT NULL", name="ending"),
    )

    offer_id: Mapped[int] = mapped_column(Integer, info=not_personal())
    need_id: Mapped[int] = mapped_column(Integer, index=True, info=not_personal())
    volunteer_id: Mapped[int] = mapped_column(Integer, index=True, info=about())
    recipient_id: Mapped[int | None] = mapped_column(Integer, index=True, info=about())
    posted_by_id: Mapped[int] = mapped_column(Integer, index=True, info=not_personal("who did it, as a number"))
    unit_id: Mapped[int | None] = mapped_column(Integer, info=not_personal())
    option: Mapped[int | None] = mapped_column(Integer, info=not_personal("which of the wanted times it holds"))
    state: Mapped[AssignmentState] = mapped_column(
        Chosen(AssignmentState),
        default=AssignmentState.ASKED,
        info=personal("Hvor langt avtalen er kommet", until=Until.ARCHIVED, erase="keep"),
    )
    ending: Mapped[Ending | None] = mapped_column(
        Chosen(Ending),
        info=personal("Hvordan avtalen sluttet", until=Until.ARCHIVED, erase="keep"),
    )
    again_volunteer: Mapped[bool | None] = mapped_column(
        info=personal("Om den frivillige gjerne møter igjen", until=Until.ARCHIVED, erase="keep", exported=False),
    )
    again_recipient: Mapped[bool | None] = mapped_column(
        info=personal("Om mottakeren gjerne møter igjen", until=Until.ARCHIVED, erase="keep", exported=False),
    )
    """False from either side: the pair is never proposed again, and neither is told why."""
    meeting_place: Mapped[str] = mapped_column(
        String(200),
        default="",
        info=personal("Hvor dere møtes", until=Until.ENDS, days=30),
    )
    """The exact place, seen only by both sides while contact is open."""
    confirmed_by_id: Mapped[int | None] = mapped_column(Integer, info=not_personal("who said yes, as a number"))
    created_at: Mapped[datetime] = mapped_column(
        Moment, info=personal("Når du sa ja", until=Until.ARCHIVED, erase="keep")
    )
    opened_at: Mapped[datetime | None] = mapped_column(Moment, info=not_personal())
    ended_at: Mapped[datetime | None] = mapped_column(Moment, info=not_personal())
    ends_on: Mapped[date | None] = mapped_column(info=not_personal())


class Side(StrEnum):
    """Which side of an assignment somebody stands on."""

    VOLUNTEER = "volunteer"
    RECIPIENT = "recipient"


class Meeting(Base, Tenanted):
    """One session of an assignment. Carries the assignment's ties."""

    __tablename__ = "meeting"
    __rules__: ClassVar = (
        one_of("state", MeetingState),
        one_of("suggested_by", Side),
        CheckConstraint("ends_at > starts_at", name="times"),
        refers("assignment_id", "assignment", ondelete="CASCADE"),
        refers("volunteer_id", "volunteer"),
        refers("recipient_id", "person"),
        refers("posted_by_id", "person"),
        refers("unit_id", "unit"),
    )

    assignment_id: Mapped[int] = mapped_column(Integer, index=True, info=not_personal())
    volunteer_id: Mapped[int] = mapped_column(Integer, index=True, info=about())
    recipient_id: Mapped[int | None] = mapped_column(Integer, info=about())
    posted_by_id: Mapped[int] = mapped_column(Integer, info=not_personal("who did it, as a number"))
    unit_id: Mapped[int | None] = mapped_column(Integer, info=not_personal())
    state: Mapped[MeetingState] = mapped_column(
        Chosen(MeetingState),
        default=MeetingState.SUGGESTED,
        info=personal("Om dere møttes", until=Until.ENDS, days=365, erase="delete"),
    )
    suggested_by: Mapped[Side] = mapped_column(Chosen(Side), info=not_personal())
    starts_at: Mapped[datetime] = mapped_column(
        Moment, info=personal("Når dere møtes", until=Until.ENDS, days=365, erase="delete")
    )
    ends_at: Mapped[datetime] = mapped_column(
        Moment, info=personal("Når møtet er slutt", until=Until.ENDS, days=365, erase="delete")
    )
    place: Mapped[str] = mapped_column(
        String(200),
        default="",
        info=personal("Hvor dere møtes", until=Until.ENDS, days=30, erase="delete"),
    )


class Opening(Base, Tenanted):
    """That one person's contact details or case were opened to another: who, whose, what, when. Both can see it."""

    __tablename__ = "opening"
    __rules__: ClassVar = (
        refers("person_id", "person"),
        refers("seen_by_id", "person"),
        refers("assignment_id", "assignment"),
        Index("ix_opening_person", "municipality_id", "person_id", "at"),
    )

    person_id: Mapped[int] = mapped_column(Integer, info=about())
    seen_by_id: Mapped[int] = mapped_column(Integer, info=not_personal("who did it, as a number"))
    assignment_id: Mapped[int | None] = mapped_column(Integer, info=not_personal())
    what: Mapped[str] = mapped_column(
        String(40),
        info=personal("Hva som ble åpnet for andre", until=Until.ARCHIVED, erase="keep"),
    )
    at: Mapped[datetime] = mapped_column(Moment, info=personal("Når det ble åpnet", until=Until.ARCHIVED, erase="keep"))
