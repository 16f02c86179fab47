"""The invariants notice what they are there for: each breach is planted once, and approval without locks is caught."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from samskap.models import Need, Offer, Outbox, Proposal, SendState, StepTaken
from samskap.models.session import TenantSession
from samskap.permissions import Actor
from samskap.services import offers, proposals
from samskap.services.steps import Refused
from samskap.workflows.notice import Notice
from samskap.workflows.offer import OfferState
from samskap.workflows.proposal import ProposalState
from tests.at_once import at_once
from tests.builders import Builders
from tests.cast import Someone
from tests.databases import Database
from tests.faults.invariants import breaches, check_invariants, past_the_fences
from tests.faults.races import carry_out, tries
from tests.hands import does
from tests.town import Town

Plant = Callable[[Session, Offer, datetime], None]


def a_seat_too_many(session: Session, offer: Offer, now: datetime) -> None:
    session.execute(text("UPDATE need SET taken = 0"))


def a_pair_asked_twice(session: Session, offer: Offer, now: datetime) -> None:
    again = Proposal(**{column: getattr(session.get_one(Proposal, offer.proposal_id), column) for column in (
        "municipality_id", "need_id", "volunteer_id", "points", "explanation", "fingerprint", "made_at")})  # fmt: skip
    again.state = ProposalState.OUTDATED
    session.add(again)
    session.flush()
    told = {"municipality_id": offer.municipality_id, "need_id": offer.need_id, "volunteer_id": offer.volunteer_id}
    session.add(Offer(**told, proposal_id=again.id, state=OfferState.SENT, sent_at=now, expires_at=now))


def approved_and_not_asked(session: Session, offer: Offer, now: datetime) -> None:
    session.delete(offer)


def a_state_without_history(session: Session, offer: Offer, now: datetime) -> None:
    session.execute(text("UPDATE offer SET state = 'declined'"))


def a_gap_in_the_history(session: Session, offer: Offer, now: datetime) -> None:
    line(session, offer, now, step="withdraw", from_state="expired", to_state="withdrawn")


def a_step_that_is_not_in_the_table(session: Session, offer: Offer, now: datetime) -> None:
    line(session, offer, now, step="accept", from_state="sent", to_state="declined")


def a_notice_that_is_missing(session: Session, offer: Offer, now: datetime) -> None:
    session.execute(text("DELETE FROM outbox"))


def a_notice_of_nothing(session: Session, offer: Offer, now: datetime) -> None:
    key = f"offer:{offer.id}:9999:offer_declined:1"
    told = {"municipality_id": offer.municipality_id, "noun": "offer", "thing_id": offer.id, "data": {}}
    session.add(Outbox(key=key, notice=Notice.OFFER_DECLINED, made_at=now, not_before=now, **told))


def a_notice_that_is_held_for_ever(session: Session, offer: Offer, now: datetime) -> None:
    row = session.query(Outbox).first()
    assert row is not None
    row.state, row.lease_until = SendState.SENDING, now - timedelta(minutes=2)


PLANTED: dict[Plant, str] = {
    a_seat_too_many: "I1",
    a_pair_asked_twice: "I1",
    approved_and_not_asked: "I1",
    a_state_without_history: "I2",
    a_gap_in_the_history: "I2",
    a_step_that_is_not_in_the_table: "I5",
    a_notice_that_is_missing: "I2",
    a_notice_of_nothing: "I2",
    a_notice_that_is_held_for_ever: "I3",
}


def line(session: Session, offer: Offer, now: datetime, **words: str) -> None:
    """A line of history that nobody wrote."""
    session.add(
        StepTaken(municipality_id=offer.municipality_id, noun="offer", thing_id=offer.id, at=now, why="", **words)
    )


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_breach_is_found(
    plant: Plant, database: Database, mona: Someone, kari: Someone, builders: Builders, now: datetime
) -> None:
    offer = does(mona, proposals.approve, need_id=builders.a_need(wanted=2).id, volunteer_id=kari.id)
    check_invariants(database, now=now)
    with past_the_fences(database) as session:
        plant(session, session.get_one(Offer, offer.id), now)
        session.flush()
        assert PLANTED[plant] in {found.split()[0] for found in breaches(session, now=now)}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_child_in_another_municipality_is_found(
    database: Database, oyer: Town, gausdal: Town, builders: Builders, now: datetime
) -> None:
    builders.a_need()
    with past_the_fences(database) as session:
        session.execute(text("PRAGMA foreign_keys=OFF"))
        session.execute(text("UPDATE person SET municipality_id = 2"))
        assert any(found.startswith("I4 1 of need.posted_by_id") for found in breaches(session))


def test_a_whole_story_breaks_nothing(
    database: Database, mona: Someone, kari: Someone, tor: Someone, builders: Builders, now: datetime
) -> None:
    need = builders.a_need(recipient=tor)
    offer = does(mona, proposals.approve, need_id=need.id, volunteer_id=kari.id)
    does(kari, offers.accept, offer.id, insurance_read=True)
    check_invariants(database, now=now)


def naive(db: TenantSession, actor: Actor, *, need_id: int, proposal_id: int, volunteer_id: int, now: datetime) -> None:
    """An approval as one might write it who has not heard of locks."""
    need = db.get_one(Need, need_id)
    if need.taken >= need.wanted:
        raise Refused(proposals.CLOSED)
    time.sleep(0.01)
    need.taken += 1
    told = {"need_id": need_id, "volunteer_id": volunteer_id, "proposal_id": proposal_id}
    db.add(Offer(**told, state=OfferState.SENT, sent_at=now, expires_at=now))
    db.flush()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_approval_without_locks_is_caught(
    database: Database, oyer: Town, mona: Someone, builders: Builders, now: datetime
) -> None:
    engine: Any = oyer.db.get_bind()
    for _ in range(5):
        need = builders.a_need()
        pairs = [builders.a_proposal(need=need, state=ProposalState.APPROVED) for _ in range(4)]
        attempts = [
            tries(mona.actor, naive, need_id=need.id, proposal_id=one.id, volunteer_id=one.volunteer_id)
            for one in pairs
        ]
        oyer.db.rollback()
        came = at_once([lambda one=one: carry_out(engine, oyer.id, one, now=now) for one in attempts])  # type: ignore[misc]
        assert not any(isinstance(one, SQLAlchemyError) for one in came)
    with pytest.raises(AssertionError, match="I1 need"):
        check_invariants(database, now=now)
