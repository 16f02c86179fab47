"""Races after the first yes: both sides, the clock and the coordinator at the same assignment at the same moment."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from samskap.models import Assignment, Need, Offer, Opening, Person, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor
from samskap.services import assignments, declarations, facts, meetings, needs, offers, proposals
from samskap.workflows.assignment import AssignmentState, Ending
from samskap.workflows.need import NeedState
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState
from tests.cast import Someone
from tests.faults.races import ROUNDS, tries
from tests.faults.test_races import Field, pitch
from tests.town import keep

__all__ = ["pitch"]
FEWER = max(10, ROUNDS // 3)
S = AssignmentState


def expires(db: TenantSession, _: Actor | None, *, offer_id: int, now: datetime) -> None:
    """The clock strikes, a year too late."""
    offers.expire(db, offer_id, now=now.replace(year=now.year + 1))


def erases(db: TenantSession, _: Actor | None, *, person_id: int, now: datetime) -> None:
    """Somebody is no longer here. What was told to them is kept, so that the invariants can count it."""
    offers.lapse_of_volunteer(db, person_id, now=now)
    db.get_one(Person, person_id).erased_at = now
    facts.touch(db, person_id)


def test_every_answer_a_withdrawal_and_the_clock_are_one_of_them(pitch: Field, kari: Someone) -> None:
    for _ in range(FEWER):
        offer = pitch.build.an_offer(volunteer=kari).id
        came = pitch.run(
            tries(kari.actor, offers.accept, offer_id=offer, insurance_read=True),
            tries(kari.actor, offers.decline, offer_id=offer),
            tries(kari.actor, offers.not_now, offer_id=offer, ask_again_on=date(2027, 1, 4)),
            tries(pitch.mona.actor, offers.withdraw, offer_id=offer),
            tries(None, expires, offer_id=offer),
        )
        assert "done" in came
        assert pitch.db.get_one(Offer, offer).state is not OfferState.SENT


def test_two_yeses_cover_the_need_once(pitch: Field, kari: Someone, ola: Someone) -> None:
    for _ in range(FEWER):
        need = pitch.build.a_need(wanted=2)
        asked = [(who, pitch.build.an_offer(volunteer=who, need=need).id) for who in (kari, ola)]
        came = pitch.run(*[tries(who.actor, offers.accept, offer_id=one, insurance_read=True) for who, one in asked])
        assert came == ["done", "done"]
        assert pitch.db.get_one(Need, need.id).state is NeedState.COVERED


def test_a_signature_and_the_second_yes_always_open_the_contact(pitch: Field, tor: Someone) -> None:
    """Neither looks before the other has written; else both would wait for ever."""
    for _ in range(FEWER):
        one = pitch.volunteer()
        asked = pitch.build.an_assignment(volunteer=one, need=pitch.build.a_need(recipient=tor)).id
        came = pitch.run(
            tries(tor.actor, assignments.confirm, assignment_id=asked),
            tries(pitch.mona.actor, declarations.register_paper, person_id=one.id, signed_on=date(2026, 11, 20),
                  language="nb"),
        )  # fmt: skip
        assert came == ["done", "done"]
        assert pitch.db.get_one(Assignment, asked).state is S.OPENED
        assert pitch.db.scalar(select(func.count(Opening.id)).where(Opening.assignment_id == asked)) == 2


def test_yes_no_and_going_back_on_it_end_in_one_of_them(
    pitch: Field, kari: Someone, tor: Someone, ane: Someone
) -> None:
    for _ in range(FEWER):
        need = pitch.build.a_need(recipient=tor, posted_by=ane, state=NeedState.COVERED)
        asked = pitch.build.an_assignment(volunteer=kari, need=need).id
        came = pitch.run(
            tries(tor.actor, assignments.confirm, assignment_id=asked),
            tries(tor.actor, assignments.refuse, assignment_id=asked),
            tries(kari.actor, assignments.withdraw, assignment_id=asked),
        )
        assert "done" in came
        state = pitch.db.get_one(Assignment, asked).state
        assert state in (S.AGREED, S.REFUSED, S.WITHDRAWN)
        left = pitch.db.get_one(Need, need.id)
        assert (left.taken, left.state) == ((1, NeedState.COVERED) if state is S.AGREED else (0, NeedState.OPEN))


@pytest.mark.parametrize("state", [S.ASKED, S.AGREED])
def test_a_withdrawn_consent_is_never_overtaken(
    pitch: Field, kari: Someone, tor: Someone, ane: Someone, state: AssignmentState
) -> None:
    for _ in range(FEWER):
        need = pitch.build.a_need(recipient=tor, posted_by=ane, state=NeedState.COVERED)
        asked = pitch.build.an_assignment(volunteer=kari, need=need, state=state).id
        yes = {
            S.ASKED: tries(tor.actor, assignments.confirm, assignment_id=asked),
            S.AGREED: tries(kari.actor, declarations.sign, language="nb"),
        }[state]
        pitch.run(yes, tries(ane.actor, needs.withdraw_consent, need_id=need.id))
        assert pitch.db.get_one(Assignment, asked).state in (S.WITHDRAWN, S.ENDED)


def test_a_first_meeting_is_agreed_called_off_or_too_late(pitch: Field, kari: Someone, tor: Someone) -> None:
    for _ in range(FEWER):
        need = pitch.build.a_need(recipient=tor, state=NeedState.COVERED)
        assignment = pitch.build.an_assignment(volunteer=kari, need=need, state=S.OPENED)
        meeting, running = pitch.build.a_meeting(assignment=assignment).id, assignment.id
        pitch.run(
            tries(tor.actor, meetings.agree, meeting_id=meeting),
            tries(tor.actor, meetings.call_off, meeting_id=meeting),
            tries(kari.actor, assignments.end, assignment_id=running, ending=Ending.NEVER_STARTED),
        )
        assert pitch.db.get_one(Assignment, running).state is S.ENDED
        with keep(pitch.town.db):
            pitch.town.db.get_one(Volunteer, kari.id).state = VolunteerState.READY


def test_somebody_is_deleted_while_being_asked(pitch: Field) -> None:
    for _ in range(FEWER):
        need, one = pitch.build.a_need(), pitch.volunteer()
        erase = tries(None, erases, person_id=one.id)
        pitch.run(pitch.approves(pitch.mona, one.id, need.id), pitch.approves(pitch.arne, one.id, need.id), erase)
        if pitch.db.get_one(Need, need.id).taken:
            pitch.run(erase)
        assert pitch.db.get_one(Need, need.id).taken == 0


def test_asked_in_two_needs_while_leaving_all_is_given_back(pitch: Field) -> None:
    from samskap.services import volunteers

    for _ in range(FEWER):
        one = pitch.volunteer()
        several = [pitch.build.a_need() for _ in range(3)]
        pitch.run(
            *[pitch.approves(pitch.mona, one.id, need.id) for need in several],
            tries(pitch.arne.actor, volunteers.leave, volunteer_id=one.id),
        )
        if pitch.db.get_one(Volunteer, one.id).state is not VolunteerState.LEFT:
            pitch.run(tries(pitch.arne.actor, volunteers.leave, volunteer_id=one.id))
        assert [pitch.db.get_one(Need, need.id).taken for need in several] == [0, 0, 0]


def test_set_aside_and_approved_at_once_are_one_of_them(pitch: Field) -> None:
    for _ in range(FEWER):
        need, one = pitch.build.a_need(), pitch.volunteer()
        pair = {"need_id": need.id, "volunteer_id": one.id}
        came = pitch.run(
            pitch.approves(pitch.mona, one.id, need.id),
            tries(pitch.arne.actor, proposals.set_aside, reason="Bor i samme hus", **pair),
        )
        assert came == ["Refused", "done"]
