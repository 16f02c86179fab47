"""The races of the study of faults: people who want the same at the same moment, in rounds, on both databases.

script/test runs 30 rounds of each, script/test-long 300. After them every invariant holds over the whole database.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from samskap.models import Clearance, Need, Offer, Outbox, Person, StepTaken, Times, Volunteer
from samskap.models.session import TenantSession, writing
from samskap.permissions import Role
from samskap.services import assignments, clearances, needs, offers, proposals, volunteers
from samskap.workflows.assignment import AssignmentState, Ending
from samskap.workflows.need import NeedState, Outcome
from samskap.workflows.notice import Notice
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone, a_person
from tests.databases import Database
from tests.faults.invariants import check_invariants
from tests.faults.races import ROUNDS, Attempt, dawdling, patient, race, tries
from tests.town import Town, keep

MONDAY_TEN = (600, 660)
MONDAY_HALF_PAST = (630, 690)


@dataclass
class Field:
    """Where a race is run: people who press, and a new need and new volunteers for each round."""

    app: Flask
    engine: Engine
    town: Town
    build: Builders
    mona: Someone
    arne: Someone
    now: datetime
    made: int = field(default=0)

    @property
    def db(self) -> TenantSession:
        """The test's own session, reading anew."""
        self.town.db.rollback()
        return self.town.db

    def volunteer(self) -> Someone:
        """Somebody new who could take any of the needs here."""
        self.made += 1
        return a_person(self.town, self.app, f"Frivillig Nummer {self.made}", Role.VOLUNTEER, account=False)

    def run(self, *attempts: Attempt) -> list[str]:
        """What came of each."""
        return sorted(race(self.engine, self.town.id, attempts, now=self.now))

    def approves(self, who: Someone, volunteer_id: int, need_id: int) -> Attempt:
        """Somebody approves a pair, with a reason in case another stands first."""
        reason = "Kjenner begge fra før."
        return tries(who.actor, proposals.approve, need_id=need_id, volunteer_id=volunteer_id, reason=reason)

    def offers(self, need_id: int, *states: OfferState) -> list[Offer]:
        """The offers of a need, of some states or all."""
        found = self.db.scalars(select(Offer).where(Offer.need_id == need_id)).all()
        return [one for one in found if not states or one.state in states]


@pytest.fixture
def pitch(
    app: Flask, engine: Engine, database: Database, oyer: Town, builders: Builders, mona: Someone, arne: Someone,
    now: datetime,
) -> Iterator[Field]:  # fmt: skip
    """A field for a race; afterwards every invariant holds."""
    with patient(engine), dawdling(engine):
        yield Field(app, engine, oyer, builders, mona, arne, now)
    check_invariants(database, now=now)


def test_1_two_coordinators_fill_the_last_place(pitch: Field) -> None:
    for _ in range(ROUNDS):
        need, one, other = pitch.build.a_need(), pitch.volunteer(), pitch.volunteer()
        came = pitch.run(
            pitch.approves(pitch.mona, one.id, need.id),
            pitch.approves(pitch.arne, other.id, need.id),
        )
        assert came == ["Refused", "done"]
        assert len(pitch.offers(need.id)) == 1


def test_2_one_pair_is_approved_many_times(pitch: Field) -> None:
    for _ in range(ROUNDS):
        need, one = pitch.build.a_need(wanted=5), pitch.volunteer()
        came = pitch.run(*[pitch.approves(who, one.id, need.id) for who in (pitch.mona, pitch.arne) * 3])
        assert came == ["done"] * 6
        assert len(pitch.offers(need.id)) == 1
        told = pitch.db.scalars(select(Outbox.id).where(Outbox.person_id == one.id, Outbox.notice == Notice.OFFER_SENT))
        assert len(told.all()) == 1


def test_3_a_volunteer_leaves_while_being_asked(pitch: Field) -> None:
    for _ in range(ROUNDS):
        need, one = pitch.build.a_need(), pitch.volunteer()
        came = pitch.run(
            pitch.approves(pitch.mona, one.id, need.id),
            tries(pitch.arne.actor, volunteers.leave, volunteer_id=one.id),
        )
        assert "done" in came
        gone = pitch.db.get_one(Volunteer, one.id)
        assert gone.state is VolunteerState.LEFT
        assert pitch.offers(need.id, OfferState.SENT) == []
        assert pitch.db.get_one(Need, need.id).taken == 0


def test_3_an_answer_meets_a_withdrawal(pitch: Field, kari: Someone) -> None:
    for _ in range(ROUNDS):
        offer = pitch.build.an_offer(volunteer=kari)
        came = pitch.run(
            tries(kari.actor, offers.accept, offer_id=offer.id, insurance_read=True),
            tries(pitch.mona.actor, offers.withdraw, offer_id=offer.id),
            tries(kari.actor, offers.decline, offer_id=offer.id),
        )
        assert came == ["Refused", "Refused", "done"]
        steps = pitch.db.scalars(
            select(StepTaken.step).where(StepTaken.noun == "offer", StepTaken.thing_id == offer.id)
        )
        assert len(steps.all()) == 1


def test_3_two_answers_in_two_windows(pitch: Field, kari: Someone) -> None:
    for _ in range(ROUNDS):
        offer = pitch.build.an_offer(volunteer=kari)
        yes = tries(kari.actor, offers.accept, offer_id=offer.id, insurance_read=True)
        came = pitch.run(*[yes] * 4)
        assert came.count("done") == 1


def test_4_a_need_is_closed_while_somebody_is_asked(pitch: Field) -> None:
    for _ in range(ROUNDS):
        need, one = pitch.build.a_need(wanted=2), pitch.volunteer()
        came = pitch.run(
            pitch.approves(pitch.mona, one.id, need.id),
            tries(pitch.arne.actor, needs.close, need_id=need.id, outcome=Outcome.NOT_COVERED),
        )
        assert "done" in came
        closed = pitch.db.get_one(Need, need.id)
        assert (closed.state, closed.taken) == (NeedState.CLOSED, 0)
        assert pitch.offers(need.id, OfferState.SENT) == []


def test_4_a_need_is_withdrawn_while_the_answer_is_yes(pitch: Field, kari: Someone, tor: Someone) -> None:
    for _ in range(ROUNDS):
        need = pitch.build.a_need(recipient=tor)
        offer = pitch.build.an_offer(volunteer=kari, need=need)
        pitch.run(
            tries(kari.actor, offers.accept, offer_id=offer.id, insurance_read=True),
            tries(pitch.mona.actor, needs.withdraw, need_id=need.id),
        )
        closed = pitch.db.get_one(Need, need.id)
        assert (closed.state, closed.taken) == (NeedState.CLOSED, 0)


def test_5_places_become_fewer_while_somebody_is_asked(pitch: Field) -> None:
    for _ in range(ROUNDS):
        need = pitch.build.a_need(wanted=3)
        people = [pitch.volunteer() for _ in range(3)]
        words = needs.words_of(pitch.db, need)
        fewer = type(words)(**{**vars(words), "wanted": 1})
        came = pitch.run(
            *[pitch.approves(pitch.mona, one.id, need.id) for one in people],
            tries(pitch.arne.actor, needs.change, need_id=need.id, words=fewer, version=need.version),
        )
        assert "done" in came
        left = pitch.db.get_one(Need, need.id)
        assert left.taken <= left.wanted


def test_6_eligibility_is_read_under_the_lock(pitch: Field, ida: Someone) -> None:
    """A certificate that is ended while its holder is being asked waits for the asking to be over."""
    key = "police_certificate:health_and_care"
    need, one = pitch.build.a_need(kind="carer_relief", requires=[key]), pitch.volunteer()
    shown = pitch.build.a_clearance(one, key)
    ended, officer = threading.Event(), ida.actor

    def end_it() -> None:
        with TenantSession(pitch.engine) as session, writing():
            session.stand_in(pitch.town.id)
            clearances.end(session, officer, shown_id, now=pitch.now)
            session.commit()
            ended.set()

    ask, shown_id = pitch.approves(pitch.mona, one.id, need.id), shown.id
    pitch.town.db.rollback()
    with TenantSession(pitch.engine) as session, writing():
        session.stand_in(pitch.town.id)
        ask.verb(session, ask.actor, now=pitch.now, **ask.words)
        other = threading.Thread(target=end_it)
        other.start()
        assert not ended.wait(0.4), "the certificate was ended while somebody was being asked on the strength of it"
        session.commit()
    other.join(10)
    assert ended.is_set()


def test_6_a_certificate_ends_while_its_holder_is_asked(pitch: Field, ida: Someone) -> None:
    key = "police_certificate:health_and_care"
    for _ in range(ROUNDS):
        need, one = pitch.build.a_need(kind="carer_relief", requires=[key]), pitch.volunteer()
        shown = pitch.build.a_clearance(one, key)
        came = pitch.run(
            pitch.approves(pitch.mona, one.id, need.id),
            tries(ida.actor, clearances.end, clearance_id=shown.id),
        )
        assert came in (["done", "done"], ["Refused", "done"])
        assert pitch.db.get_one(Clearance, shown.id).ended_at is not None


def test_7_a_volunteer_takes_a_pause_while_being_asked(pitch: Field) -> None:
    for _ in range(ROUNDS):
        need, one = pitch.build.a_need(), pitch.volunteer()
        came = pitch.run(
            pitch.approves(pitch.mona, one.id, need.id),
            tries(pitch.arne.actor, volunteers.pause, volunteer_id=one.id, until=None),
        )
        assert came in (["done", "done"], ["Refused", "done"])


def test_8_one_volunteer_is_asked_for_two_things_at_one_time(pitch: Field) -> None:
    for _ in range(ROUNDS):
        one = pitch.volunteer()
        with keep(pitch.town.db):
            pitch.town.db.get_one(Volunteer, one.id).capacity = 3
        first = pitch.build.a_need(windows=[MONDAY_TEN], times=Times.ALL)
        second = pitch.build.a_need(windows=[MONDAY_HALF_PAST], times=Times.ALL)
        came = pitch.run(
            pitch.approves(pitch.mona, one.id, first.id),
            pitch.approves(pitch.arne, one.id, second.id),
        )
        assert came == ["Refused", "done"]


def test_8_capacity_is_not_exceeded(pitch: Field) -> None:
    for _ in range(ROUNDS):
        one = pitch.volunteer()
        several = [pitch.build.a_need() for _ in range(3)]
        came = pitch.run(*[pitch.approves(pitch.mona, one.id, need.id) for need in several])
        assert came == ["Refused", "Refused", "done"]


def test_13_one_person_signs_up_in_two_windows(pitch: Field) -> None:
    for number in range(ROUNDS):
        somebody = a_person(pitch.town, pitch.app, f"Ny{number} Borger", account=True)
        with keep(pitch.town.db):
            pitch.town.db.get_one(Person, somebody.id).birth_date = datetime(1970, 1, 1).date()  # noqa: DTZ001

        came = pitch.run(*[tries(somebody.actor, signs_up, person_id=somebody.id)] * 3)
        assert came.count("done") == 1
        assert pitch.db.get_one(Volunteer, somebody.id).state is VolunteerState.REGISTERED


def signs_up(db: TenantSession, actor: object, *, person_id: int, now: datetime) -> None:
    """The last step of signing up, from a window that has been open for a while."""
    volunteer = volunteers.begin(db, actor, person_id, now=now)  # type: ignore[arg-type]
    volunteers.register(db, actor, volunteer, now=now)  # type: ignore[arg-type]


def test_17_two_go_back_on_their_yes_at_once(pitch: Field, kari: Someone, ola: Someone) -> None:
    for _ in range(ROUNDS):
        need = pitch.build.a_need(wanted=2, state=NeedState.COVERED)
        kept = [pitch.build.an_assignment(volunteer=who, need=need) for who in (kari, ola)]
        came = pitch.run(
            *[
                tries(who.actor, assignments.withdraw, assignment_id=one.id)
                for who, one in zip((kari, ola), kept, strict=True)
            ]
        )
        assert came == ["done", "done"]
        left = pitch.db.get_one(Need, need.id)
        assert (left.taken, left.state) == (0, NeedState.OPEN)


def test_both_sides_end_at_once(pitch: Field, kari: Someone, tor: Someone) -> None:
    for _ in range(ROUNDS):
        one = pitch.build.an_assignment(volunteer=kari, recipient=tor, state=AssignmentState.OPENED)
        came = pitch.run(
            tries(kari.actor, assignments.end, assignment_id=one.id, ending=Ending.VOLUNTEER),
            tries(tor.actor, assignments.end, assignment_id=one.id, ending=Ending.RECIPIENT),
        )
        assert came == ["Refused", "done"]
