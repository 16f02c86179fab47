"""The rule book as published, a run of the engine, and the proposals that came of it or were chosen by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from samskap.models.base import Base, Chosen, Json, Moment, Tenanted, about, one_of, refers
from samskap.privacy import Until, not_personal, personal
from samskap.workflows.proposal import ProposalState


class RuleBookVersion(Base, Tenanted):
    """One published rule book. It never changes; a new one is a new row."""

    __tablename__ = "rule_book_version"
    __rules__: ClassVar = (UniqueConstraint("municipality_id", "version"),)

    version: Mapped[int] = mapped_column(Integer, info=not_personal())
    fingerprint: Mapped[str] = mapped_column(String(64), index=True, info=not_personal())
    book: Mapped[dict[str, Any]] = mapped_column(Json, info=not_personal())
    reason: Mapped[str] = mapped_column(String(500), info=not_personal())
    published_by_id: Mapped[int | None] = mapped_column(Integer, info=not_personal("who published it, as a number"))
    published_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())


class Proposal(Base, Tenanted):
    """A need and a volunteer, with the rank, the points and every verdict at the moment of the decision."""

    __tablename__ = "proposal"
    __rules__: ClassVar = (
        one_of("state", ProposalState),
        refers("need_id", "need"),
        refers("volunteer_id", "volunteer"),
        refers("decided_by_id", "person"),
        Index(
            "uq_proposal_live",
            "municipality_id",
            "need_id",
            "volunteer_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'approved', 'set_aside')"),
            postgresql_where=text("state IN ('proposed', 'approved', 'set_aside')"),
        ),
    )

    need_id: Mapped[int] = mapped_column(Integer, index=True, info=not_personal())
    volunteer_id: Mapped[int] = mapped_column(Integer, index=True, info=about())
    state: Mapped[ProposalState] = mapped_column(
        Chosen(ProposalState),
        default=ProposalState.PROPOSED,
        info=personal("Hva som ble bestemt", until=Until.ARCHIVED, erase="keep"),
    )
    rank: Mapped[int | None] = mapped_column(
        Integer,
        info=personal("Plassen i forslaget", until=Until.ARCHIVED, erase="keep"),
    )
    """1 is the engine's first choice; None: not among those it proposed."""
    points: Mapped[int] = mapped_column(
        Integer, info=personal("Poeng for dette behovet", until=Until.ARCHIVED, erase="keep")
    )
    explanation: Mapped[dict[str, Any]] = mapped_column(
        Json,
        info=personal("Hvorfor du ble foreslått", until=Until.ARCHIVED, erase="keep"),
    )
    """Every rule's verdict, the points by part with the most each could give, and the numbers used."""
    fingerprint: Mapped[str] = mapped_column(String(64), info=not_personal("of the rule book"))
    overruled: Mapped[bool] = mapped_column(default=False, info=not_personal())
    """The coordinator chose someone the engine ranked lower, or did not propose."""
    reason: Mapped[str] = mapped_column(
        String(500),
        default="",
        info=personal("Koordinatorens begrunnelse", until=Until.ARCHIVED, erase="keep"),
    )
    made_at: Mapped[datetime] = mapped_column(Moment, info=not_personal())
    decided_at: Mapped[datetime | None] = mapped_column(Moment, info=not_personal())
    decided_by_id: Mapped[int | None] = mapped_column(Integer, info=not_personal("who decided, as a number"))
