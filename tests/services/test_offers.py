"""What a volunteer answers, and what happens instead: between the two yeses, part one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from samskap.models import Assignment, Need, Offer, Proposal
from samskap.models.session import TenantSession
from samskap.permissions import NotPermitted
from samskap.services import needs, offers, proposals, volunteers
from samskap.services.steps import Missing
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.need import NeedState, Outcome
from samskap.workflows.offer import OfferState
from samskap.workflows.proposal import ProposalState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import does, history, is_refused, told
from tests.town import Clock, keep

S = OfferState
AN_OFFER = Callable[..., Offer]
A_NEED = Callable[..., Need]
LATE = "Fristen for å svare er passert. Vil du fortsatt, så ta kontakt med koordinatoren."
READ = {"insurance_read": True}


def need_of(db: TenantSession, offer: Offer) -> Need:
    return db.get_one(Need, offer.need_id, populate_existing=True)


# Yes


def test_a_yes_asks_the_other_side(
    kari: Someone, tor: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    offer = builders.an_offer(volunteer=kari, need=builders.a_need(recipient=tor))
    assignment = does(kari, offers.accept, offer.id, **READ)
    assert (assignment.state, assignment.recipient_id) == (AssignmentState.ASKED, tor.id)
    assert (need_of(db, offer).state, need_of(db, offer).taken) == (NeedState.COVERED, 1)
    assert history(db) == ["offer accept", "assignment ask", "need cover"]
    assert told(db) == [("offer_accepted", mona.id), ("assignment_to_confirm", tor.id)]
    assert offer.insurance_read_at is not None


def test_the_professional_is_asked_where_nobody_is_registered(
    kari: Someone, ane: Someone, builders: Builders, db: TenantSession
) -> None:
    offer = builders.an_offer(volunteer=kari, need=builders.a_need(posted_by=ane))
    does(kari, offers.accept, offer.id, **READ)
    assert told(db) == [("assignment_to_confirm", ane.id)]


def test_a_need_is_covered_only_with_a_yes_for_every_seat(
    kari: Someone, ola: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(wanted=2)
    first, second = (builders.an_offer(volunteer=who, need=need) for who in (kari, ola))
    does(kari, offers.accept, first.id, **READ)
    assert need_of(db, first).state is NeedState.OPEN
    does(ola, offers.accept, second.id, **READ)
    assert need_of(db, first).state is NeedState.COVERED


def test_the_insurance_line_is_read_before_a_yes(kari: Someone, builders: Builders) -> None:
    offer = builders.an_offer(volunteer=kari)
    sentence = is_refused(kari, offers.accept, offer.id, insurance_read=False)
    assert sentence == "Kryss av for at du har lest om forsikring før du sier ja."


def test_a_second_yes_is_told_that_the_first_one_counted(kari: Someone, builders: Builders) -> None:
    offer = builders.an_offer(volunteer=kari)
    does(kari, offers.accept, offer.id, **READ)
    sentence = is_refused(kari, offers.accept, offer.id, **READ)
    assert sentence == "Du har allerede svart ja. Du trenger ikke gjøre noe mer."


def test_a_yes_after_the_deadline_is_too_late(kari: Someone, builders: Builders, clock: Clock) -> None:
    offer = builders.an_offer(volunteer=kari)
    clock.moves(days=3, seconds=1)
    assert is_refused(kari, offers.accept, offer.id, **READ) == LATE


def test_a_yes_at_the_last_moment_counts(kari: Someone, builders: Builders, clock: Clock) -> None:
    offer = builders.an_offer(volunteer=kari)
    clock.moves(days=3)
    does(kari, offers.accept, offer.id, **READ)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (S.DECLINED, "Du har allerede svart nei. Har du ombestemt deg, så ring koordinatoren."),
        (S.NOT_NOW, "Du har allerede svart at det ikke passer nå. Har du ombestemt deg, så ring koordinatoren."),
        (S.EXPIRED, LATE),
        (S.WITHDRAWN, "Forespørselen er trukket tilbake. Takk for at du ville. Du trenger ikke gjøre noe."),
    ],
)
def test_what_is_over_cannot_be_answered(kari: Someone, builders: Builders, state: OfferState, sentence: str) -> None:
    offer = builders.an_offer(volunteer=kari, state=state)
    later = date(2027, 1, 4)
    assert is_refused(kari, offers.accept, offer.id, **READ) == sentence
    assert is_refused(kari, offers.decline, offer.id) == sentence
    assert is_refused(kari, offers.not_now, offer.id, ask_again_on=later) == sentence


def test_a_volunteer_cannot_answer_for_another(kari: Someone, ola: Someone, builders: Builders) -> None:
    offer = builders.an_offer(volunteer=kari)
    with pytest.raises(Missing):
        does(ola, offers.accept, offer.id, **READ)
    with pytest.raises(Missing):
        does(ola, offers.decline, offer.id)


def test_a_coordinator_elsewhere_knows_of_no_offer(per: Someone, kari: Someone, builders: Builders) -> None:
    offer = builders.an_offer(volunteer=kari)
    with pytest.raises(Missing):
        does(per, offers.withdraw, offer.id)


# No, and not now


def test_a_no_frees_the_seat_and_costs_nothing(
    kari: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    offer = builders.an_offer(volunteer=kari)
    before = kari.volunteer.state
    does(kari, offers.decline, offer.id, reason="Jeg er bortreist")
    assert (offer.state, offer.reason) == (S.DECLINED, "Jeg er bortreist")
    assert need_of(db, offer).taken == 0
    assert kari.volunteer.state is before
    assert told(db) == [("offer_declined", mona.id)]
    assert db.get_one(Proposal, offer.proposal_id).state is ProposalState.OUTDATED


def test_who_said_no_is_not_asked_for_the_same_again_but_for_others(
    kari: Someone, mona: Someone, builders: Builders
) -> None:
    offer = builders.an_offer(volunteer=kari)
    does(kari, offers.decline, offer.id)
    pair = {"volunteer_id": kari.id, "reason": "Prøver igjen"}
    assert "nei" in is_refused(mona, proposals.approve, need_id=offer.need_id, **pair)
    does(mona, proposals.approve, need_id=builders.a_need(title="Lesevenn").id, **pair)


def test_a_no_may_come_after_the_deadline_as_long_as_nobody_closed_it(
    kari: Someone, builders: Builders, clock: Clock
) -> None:
    offer = builders.an_offer(volunteer=kari)
    clock.moves(days=4)
    assert does(kari, offers.decline, offer.id).state is S.DECLINED


def test_not_now_keeps_the_day_to_ask_again_and_nobody_asks_before(
    kari: Someone, mona: Someone, builders: Builders, clock: Clock
) -> None:
    offer = builders.an_offer(volunteer=kari)
    later = date(2026, 12, 8)
    does(kari, offers.not_now, offer.id, ask_again_on=later)
    assert (offer.state, offer.ask_again_on, kari.volunteer.ask_after) == (S.NOT_NOW, later, later)
    need = builders.a_need(title="Lesevenn")
    assert is_refused(mona, proposals.approve, need_id=need.id, volunteer_id=kari.id)
    clock.moves(days=14)
    does(mona, proposals.approve, need_id=need.id, volunteer_id=kari.id, reason="Nå er det en stund siden")


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 24)])
def test_the_day_to_ask_again_lies_ahead(kari: Someone, builders: Builders, day: date) -> None:
    offer = builders.an_offer(volunteer=kari)
    assert is_refused(kari, offers.not_now, offer.id, ask_again_on=day).startswith("Velg en dag fram i tid")


# On the phone


def test_a_coordinator_writes_down_what_somebody_without_a_log_in_said(
    mona: Someone, builders: Builders, db: TenantSession
) -> None:
    berit = builders.a_volunteer()
    yes, no, later = (builders.an_offer(volunteer=berit) for _ in range(3))
    assignment = does(mona, offers.accept_by_phone, yes.id, **READ)
    assert (assignment.volunteer_id, assignment.state) == (berit.id, AssignmentState.ASKED)
    does(mona, offers.decline_by_phone, no.id, reason="Vondt i kneet")
    does(mona, offers.not_now_by_phone, later.id, ask_again_on=date(2027, 1, 4))
    assert (yes.state, no.state, later.state) == (S.ACCEPTED, S.DECLINED, S.NOT_NOW)
    assert "offer accept_by_phone" in history(db)


def test_also_on_the_phone_the_insurance_line_is_read(mona: Someone, builders: Builders) -> None:
    offer = builders.an_offer(volunteer=builders.a_volunteer())
    assert is_refused(mona, offers.accept_by_phone, offer.id, insurance_read=False).startswith("Kryss av")


def test_nobody_answers_for_who_can_log_in(mona: Someone, kari: Someone, builders: Builders) -> None:
    offer = builders.an_offer(volunteer=kari)
    for verb in (offers.decline_by_phone, offers.accept_by_phone):
        sentence = is_refused(mona, verb, offer.id, **(READ if verb is offers.accept_by_phone else {}))
        assert sentence == "Den frivillige har egen innlogging og svarer selv."


def test_only_coordinators_answer_on_the_phone(kari: Someone, ane: Someone, builders: Builders) -> None:
    offer = builders.an_offer(volunteer=builders.a_volunteer())
    for who in (kari, ane):
        with pytest.raises(NotPermitted):
            does(who, offers.decline_by_phone, offer.id)


# Taken back, closed, left


def test_a_request_taken_back_frees_the_seat_and_is_told(
    mona: Someone, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    offer = builders.an_offer(volunteer=kari)
    does(mona, offers.withdraw, offer.id, why="Feil dag")
    assert (offer.state, need_of(db, offer).taken) == (S.WITHDRAWN, 0)
    assert told(db) == [("offer_withdrawn", kari.id)]


def test_what_is_answered_cannot_be_taken_back(mona: Someone, kari: Someone, builders: Builders) -> None:
    offer = builders.an_offer(volunteer=kari)
    does(kari, offers.accept, offer.id, **READ)
    is_refused(mona, offers.withdraw, offer.id)


def test_a_withdrawn_need_lets_its_offers_lapse(
    ane: Someone, kari: Someone, ola: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(posted_by=ane, wanted=2)
    sent, other = builders.an_offer(volunteer=kari, need=need), builders.an_offer(volunteer=ola, need=need)
    does(ola, offers.decline, other.id)
    does(ane, needs.withdraw, need.id)
    assert (sent.state, other.state) == (S.WITHDRAWN, S.DECLINED)
    assert need_of(db, sent).taken == 0
    assert ("offer_withdrawn", kari.id) in told(db)
    assert ("offer_withdrawn", ola.id) not in told(db)


def test_a_closed_need_cannot_be_said_yes_to(ane: Someone, kari: Someone, builders: Builders) -> None:
    need = builders.a_need(posted_by=ane)
    offer = builders.an_offer(volunteer=kari, need=need)
    does(ane, needs.close, need.id, outcome=Outcome.NO_LONGER_RELEVANT)
    assert is_refused(kari, offers.accept, offer.id, **READ).startswith("Forespørselen er trukket tilbake")


def test_without_the_consent_nothing_goes_on(
    ane: Someone, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(posted_by=ane)
    offer = builders.an_offer(volunteer=kari, need=need)
    does(ane, needs.withdraw_consent, need.id)
    assert (offer.state, need_of(db, offer).taken) == (S.WITHDRAWN, 0)


def test_who_leaves_is_taken_out_of_everything(
    kari: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    offer = builders.an_offer(volunteer=kari)
    assignment = builders.an_assignment(volunteer=kari, need=builders.a_need(state=NeedState.COVERED))
    does(kari, volunteers.leave, kari.id)
    assert kari.volunteer.state is VolunteerState.LEFT
    assert (offer.state, assignment.state) == (S.WITHDRAWN, AssignmentState.WITHDRAWN)
    assert db.get_one(Need, assignment.need_id, populate_existing=True).state is NeedState.OPEN
    assert {need_of(db, offer).taken, db.get_one(Need, assignment.need_id).taken} == {0}
    assert ("offer_declined", mona.id) in told(db)
    assert kari.id not in [person_id for _, person_id in told(db)]


def test_leaving_lets_nobody_else_go(kari: Someone, ola: Someone, builders: Builders) -> None:
    offer = builders.an_offer(volunteer=ola)
    builders.an_offer(volunteer=kari)
    does(kari, volunteers.leave, kari.id)
    assert offer.state is S.SENT


# The clock


def test_an_unanswered_offer_expires_once(kari: Someone, mona: Someone, builders: Builders, clock: Clock) -> None:
    offer, db = builders.an_offer(volunteer=kari), kari.town.db
    assert offers.overdue(db, now=clock()) == []
    clock.moves(days=3, seconds=1)
    assert offers.overdue(db, now=clock()) == [offer.id]
    with keep(db):
        assert offers.expire(db, offer.id, now=clock())
        assert not offers.expire(db, offer.id, now=clock())
    assert (offer.state, need_of(db, offer).taken, offer.answered_at) == (S.EXPIRED, 0, None)
    assert told(db) == [("offer_expired", mona.id)]
    assert offers.overdue(db, now=clock()) == []


def test_who_did_not_answer_may_be_asked_again(kari: Someone, mona: Someone, builders: Builders, clock: Clock) -> None:
    offer, db = builders.an_offer(volunteer=kari), kari.town.db
    clock.moves(days=4)
    with keep(db):
        offers.expire(db, offer.id, now=clock())
    again = does(mona, proposals.approve, need_id=offer.need_id, volunteer_id=kari.id, reason="Hun svarte på telefonen")
    assert again.id != offer.id


def test_an_answer_just_before_the_clock_strikes_counts(kari: Someone, builders: Builders, clock: Clock) -> None:
    offer, db = builders.an_offer(volunteer=kari), kari.town.db
    does(kari, offers.accept, offer.id, **READ)
    clock.moves(days=4)
    with keep(db):
        assert not offers.expire(db, offer.id, now=clock())
    assert offer.state is S.ACCEPTED


def test_one_reminder_half_way(kari: Someone, builders: Builders, clock: Clock) -> None:
    offer, db = builders.an_offer(volunteer=kari), kari.town.db
    clock.moves(hours=35)
    assert offers.to_remind(db, now=clock()) == []
    clock.moves(hours=1)
    assert offers.to_remind(db, now=clock()) == [offer.id]
    with keep(db):
        assert offers.remind(db, offer.id, now=clock())
        assert not offers.remind(db, offer.id, now=clock())
    assert told(db) == [("offer_reminder", kari.id)]
    clock.moves(hours=30)
    assert offers.to_remind(db, now=clock()) == []


def test_nobody_is_reminded_of_what_is_answered_or_over(kari: Someone, builders: Builders, clock: Clock) -> None:
    offer, db = builders.an_offer(volunteer=kari), kari.town.db
    does(kari, offers.decline, offer.id)
    forgotten = builders.an_offer(volunteer=kari)
    clock.moves(days=3, minutes=1)
    assert offers.to_remind(db, now=clock()) == []
    with keep(db):
        assert not offers.remind(db, offer.id, now=clock())
    assert forgotten.reminded_at is None


def test_every_answer_but_a_yes_opens_a_covered_need_again(
    kari: Someone, ola: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(wanted=2)
    offer = builders.an_offer(volunteer=kari, need=need)
    with keep(db):
        need.state = NeedState.COVERED
    does(mona, offers.withdraw, offer.id)
    assert need_of(db, offer).state is NeedState.OPEN


def test_a_need_whose_last_day_has_passed_is_not_opened_again(
    kari: Someone, builders: Builders, clock: Clock, db: TenantSession
) -> None:
    need = builders.a_need(state=NeedState.COVERED, ends_on=clock().date() - timedelta(days=1))
    offer = builders.an_offer(volunteer=kari, need=need)
    does(kari, offers.decline, offer.id)
    assert need_of(db, offer).state is NeedState.COVERED


def test_one_s_own_offers_come_with_those_that_wait_first(kari: Someone, ola: Someone, builders: Builders) -> None:
    answered = builders.an_offer(volunteer=kari, state=S.DECLINED)
    waiting = builders.an_offer(volunteer=kari)
    builders.an_offer(volunteer=ola)
    assert [one.id for one in kari.town.db.scalars(offers.mine(kari.actor))] == [waiting.id, answered.id]


def test_a_yes_carries_the_time_that_was_asked_for(kari: Someone, builders: Builders) -> None:
    offer = builders.an_offer(volunteer=kari, option=1, need=builders.a_need(windows=[(540, 600), (660, 720)]))
    assignment: Assignment = does(kari, offers.accept, offer.id, **READ)
    assert assignment.option == 1
