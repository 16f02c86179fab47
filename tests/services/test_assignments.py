"""What the other side answers, when contact opens, and how it ends: between the two yeses, part two."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from samskap.models import Assignment, Audience, Clearance, ClearanceKind, Meeting, Need, Opening, Person, Proposal
from samskap.models.session import TenantSession
from samskap.permissions import NotPermitted, Role
from samskap.services import assignments, declarations, needs, offers, openings, proposals, volunteers
from samskap.services.assignments import Contact
from samskap.services.steps import Missing
from samskap.workflows.assignment import AssignmentState, Ending
from samskap.workflows.meeting import MeetingState
from samskap.workflows.need import NeedState, Outcome
from samskap.workflows.offer import OfferState
from samskap.workflows.proposal import ProposalState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone, a_person
from tests.hands import does, history, is_refused, told
from tests.town import Clock, Town, keep

S = AssignmentState
CONTACT = Contact(name="Gerd Gjerde", phone="+4740000077")


def sign(who: Someone) -> Clearance:
    """Somebody signs the declaration."""
    return does(who, declarations.sign, language="nb")


def need_of(db: TenantSession, assignment: Assignment) -> Need:
    return db.get_one(Need, assignment.need_id, populate_existing=True)


def covered(builders: Builders, **words: Any) -> Need:
    return builders.a_need(state=NeedState.COVERED, **words)


# The other side says yes


def test_with_the_declaration_signed_contact_opens_with_the_second_yes(
    kari: Someone, tor: Someone, builders: Builders, db: TenantSession
) -> None:
    sign(kari)
    assignment = builders.an_assignment(volunteer=kari, recipient=tor)
    does(tor, assignments.confirm, assignment.id, place="Ved parkeringen på Tretten")
    assert (assignment.state, assignment.confirmed_by_id) == (S.OPENED, tor.id)
    assert assignment.meeting_place == "Ved parkeringen på Tretten"
    assert history(db) == ["assignment confirm", "assignment open"]
    seen = {(one.person_id, one.seen_by_id, one.what) for one in openings.of_assignment(db, assignment)}
    assert seen == {(tor.id, kari.id, "contact"), (kari.id, tor.id, "contact")}
    assert ("assignment_opened", kari.id) in told(db)


def test_without_the_declaration_contact_waits_for_it(
    kari: Someone, tor: Someone, builders: Builders, db: TenantSession
) -> None:
    assignment = builders.an_assignment(volunteer=kari, recipient=tor)
    does(tor, assignments.confirm, assignment.id)
    assert (assignment.state, openings.of_assignment(db, assignment)) == (S.AGREED, [])
    assert told(db) == [("assignment_confirmed", kari.id)]
    sign(kari)
    assert assignment.state is S.OPENED
    assert len(openings.of_assignment(db, assignment)) == 2


def test_signing_opens_everything_that_waited(kari: Someone, tor: Someone, builders: Builders) -> None:
    waiting = [builders.an_assignment(volunteer=kari, recipient=tor, state=S.AGREED) for _ in range(3)]
    asked = builders.an_assignment(volunteer=kari, recipient=tor)
    sign(kari)
    assert [one.state for one in (*waiting, asked)] == [S.OPENED, S.OPENED, S.OPENED, S.ASKED]


def test_signing_twice_is_signing_once(kari: Someone, db: TenantSession) -> None:
    assert sign(kari).id == sign(kari).id
    row = db.scalars(select(Clearance)).one()
    assert (row.kind, row.key, row.on_paper, row.language) == (ClearanceKind.DECLARATION, "2026-1", False, "nb")


def test_a_citizen_who_gives_nothing_yet_may_sign(eva: Someone) -> None:
    assert sign(eva).person_id == eva.id


def test_a_signature_on_paper_counts_as_much(mona: Someone, tor: Someone, builders: Builders) -> None:
    berit = builders.a_volunteer()
    assignment = builders.an_assignment(volunteer=berit, recipient=tor, state=S.AGREED)
    row = does(mona, declarations.register_paper, berit.id, signed_on=date(2026, 11, 20), language="nn")
    assert (row.on_paper, row.issued_on, row.seen_by_id, row.language) == (True, date(2026, 11, 20), mona.id, "nn")
    assert assignment.state is S.OPENED


def test_a_paper_is_not_signed_tomorrow(mona: Someone, kari: Someone) -> None:
    words = {"signed_on": date(2026, 11, 25), "language": "nb"}
    assert is_refused(mona, declarations.register_paper, kari.id, **words).startswith("Datoen kan ikke ligge fram")


def test_nobody_registers_their_own_paper(oyer: Town, app: Any) -> None:
    both = a_person(oyer, app, "Siri Sæter", Role.VOLUNTEER, Role.COORDINATOR)
    words = {"signed_on": date(2026, 11, 24), "language": "nb"}
    assert is_refused(both, declarations.register_paper, both.id, **words).startswith("Din egen erklæring")


def test_a_volunteer_registers_nobody_s_paper(kari: Someone, ola: Someone) -> None:
    with pytest.raises(NotPermitted):
        does(kari, declarations.register_paper, ola.id, signed_on=date(2026, 11, 24), language="nb")


def test_an_old_declaration_does_not_count(kari: Someone, tor: Someone, builders: Builders) -> None:
    builders.a_clearance(kari, "2019-1", ClearanceKind.DECLARATION)
    assignment = builders.an_assignment(volunteer=kari, recipient=tor)
    does(tor, assignments.confirm, assignment.id)
    assert assignment.state is S.AGREED


def test_a_signature_of_a_role_that_ended_does_not_count(
    kari: Someone, tor: Someone, builders: Builders, clock: Clock
) -> None:
    builders.a_clearance(kari, "2026-1", ClearanceKind.DECLARATION, ended_at=clock())
    assignment = builders.an_assignment(volunteer=kari, recipient=tor)
    does(tor, assignments.confirm, assignment.id)
    assert assignment.state is S.AGREED


def test_somebody_else_s_signature_opens_nothing(kari: Someone, ola: Someone, tor: Someone, builders: Builders) -> None:
    assignment = builders.an_assignment(volunteer=kari, recipient=tor, state=S.AGREED)
    sign(ola)
    assert assignment.state is S.AGREED


# Who is to be met


def test_the_professional_names_whom_to_meet(
    kari: Someone, ane: Someone, builders: Builders, db: TenantSession
) -> None:
    sign(kari)
    assignment = builders.an_assignment(volunteer=kari, posted_by=ane)
    does(ane, assignments.confirm, assignment.id, contact=CONTACT, place="Kongsvegen 4")
    gerd = db.get_one(Person, assignment.recipient_id)
    assert (gerd.name, gerd.phone, gerd.account_id, gerd.source) == ("Gerd Gjerde", "+4740000077", None, "assisted")
    seen = {(one.person_id, one.seen_by_id) for one in openings.of_assignment(db, assignment)}
    assert seen == {(gerd.id, kari.id), (kari.id, gerd.id), (kari.id, ane.id), (ane.id, kari.id)}
    assert gerd.id not in [person_id for _, person_id in told(db)], "Ane passes it on"


@pytest.mark.parametrize(
    "contact", [None, Contact(name="Gerd"), Contact(phone="+4740000077"), Contact(name=" ", phone=" ")]
)
def test_without_anybody_to_meet_there_is_no_second_yes(
    kari: Someone, ane: Someone, builders: Builders, contact: Contact | None
) -> None:
    assignment = builders.an_assignment(volunteer=kari, posted_by=ane)
    sentence = is_refused(ane, assignments.confirm, assignment.id, contact=contact)
    assert sentence.startswith("Skriv hvem den frivillige skal møte")


def test_a_professional_may_be_the_one_to_meet(
    kari: Someone, ane: Someone, builders: Builders, db: TenantSession
) -> None:
    sign(kari)
    need = covered(builders, posted_by=ane, audience=Audience.GROUP)
    assignment = builders.an_assignment(volunteer=kari, need=need)
    does(ane, assignments.confirm, assignment.id, contact=Contact(themselves=True))
    assert assignment.recipient_id == ane.id
    assert [notice for notice, person_id in told(db) if person_id == ane.id] == ["assignment_opened"]


def test_the_next_volunteer_for_the_same_need_meets_the_same_person(
    kari: Someone, ola: Someone, ane: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(posted_by=ane, wanted=2)
    first, second = (builders.an_assignment(volunteer=who, need=need) for who in (kari, ola))
    does(ane, assignments.confirm, first.id, contact=CONTACT)
    does(ane, assignments.confirm, second.id)
    assert first.recipient_id == second.recipient_id
    assert len(db.scalars(select(Person).where(Person.name == "Gerd Gjerde")).all()) == 1


# Who may say it


def test_nobody_says_both_yeses(oyer: Town, app: Any, ane: Someone, builders: Builders) -> None:
    both = a_person(oyer, app, "Siri Sæter", Role.VOLUNTEER, Role.COORDINATOR)
    assignment = builders.an_assignment(volunteer=both, posted_by=ane)
    for verb in (assignments.confirm, assignments.refuse):
        assert is_refused(both, verb, assignment.id).startswith("Du er selv den frivillige")


def test_a_coordinator_answers_on_the_phone_only_for_who_has_no_log_in(
    mona: Someone, kari: Someone, tor: Someone, builders: Builders
) -> None:
    berit = builders.a_person(phone="+4740000088")
    by_phone = builders.an_assignment(volunteer=kari, recipient=berit)
    by_hand = builders.an_assignment(volunteer=kari, recipient=tor)
    does(mona, assignments.confirm, by_phone.id, place="Hjemme")
    assert by_phone.state is S.AGREED
    assert is_refused(mona, assignments.confirm, by_hand.id) == "Mottakeren har egen innlogging og svarer selv."
    assert is_refused(mona, assignments.refuse, by_hand.id) == "Mottakeren har egen innlogging og svarer selv."


def test_a_colleague_in_the_unit_may_answer(
    kari: Someone, ane: Someone, oyer: Town, app: Any, builders: Builders
) -> None:
    colleague = a_person(oyer, app, "Siri Sæter", Role.PROFESSIONAL, unit=ane.unit)
    assignment = builders.an_assignment(volunteer=kari, posted_by=ane)
    does(colleague, assignments.confirm, assignment.id, contact=CONTACT)
    assert assignment.confirmed_by_id == colleague.id


@pytest.mark.parametrize("who", ["kari", "ola", "liv", "eva"])
def test_nobody_else_may(
    request: pytest.FixtureRequest, who: str, kari: Someone, tor: Someone, builders: Builders
) -> None:
    somebody: Someone = request.getfixturevalue(who)
    assignment = builders.an_assignment(volunteer=kari, recipient=tor)
    with pytest.raises((Missing, NotPermitted)):
        does(somebody, assignments.confirm, assignment.id)


def test_another_professional_does_not_learn_of_it(
    kari: Someone, ane: Someone, oyer: Town, app: Any, builders: Builders
) -> None:
    elsewhere = a_person(oyer, app, "Siri Sæter", Role.PROFESSIONAL, unit=builders.a_unit("Biblioteket"))
    assignment = builders.an_assignment(volunteer=kari, posted_by=ane)
    with pytest.raises(Missing):
        does(elsewhere, assignments.confirm, assignment.id, contact=CONTACT)


# The consent


def test_without_consent_there_is_no_second_yes(kari: Someone, ane: Someone, builders: Builders) -> None:
    assignment = builders.an_assignment(volunteer=kari, need=covered(builders, posted_by=ane, consent=False))
    sentence = is_refused(ane, assignments.confirm, assignment.id, contact=CONTACT)
    assert sentence.startswith("Samtykket er trukket eller mangler")


def test_without_consent_a_signature_opens_nothing(kari: Someone, tor: Someone, builders: Builders) -> None:
    need = covered(builders, recipient=tor, consent=False)
    assignment = builders.an_assignment(volunteer=kari, need=need, state=S.AGREED)
    sign(kari)
    assert assignment.state is S.AGREED


@pytest.mark.parametrize(
    ("state", "after"),
    [(S.ASKED, S.WITHDRAWN), (S.AGREED, S.WITHDRAWN), (S.OPENED, S.ENDED), (S.RUNNING, S.ENDED)],
)
def test_a_withdrawn_consent_stops_everything_and_tells_the_coordinator(
    kari: Someone,
    ane: Someone,
    mona: Someone,
    builders: Builders,
    db: TenantSession,
    state: AssignmentState,
    after: AssignmentState,
) -> None:
    assignment = builders.an_assignment(volunteer=kari, posted_by=ane, state=state)
    does(ane, needs.withdraw_consent, assignment.need_id)
    assert (assignment.state, need_of(db, assignment).taken) == (after, 0)
    assert ("assignment_ended", kari.id) in told(db)
    if after is S.ENDED:
        assert (assignment.ending, assignment.ended_at is not None) == (Ending.RECIPIENT, True)
        assert ("assignment_ended", mona.id) in told(db)
    assert need_of(db, assignment).state is not NeedState.OPEN or need_of(db, assignment).taken == 0


# No


def test_a_no_from_the_other_side_opens_the_need_again(
    kari: Someone, tor: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    assignment = builders.an_assignment(volunteer=kari, need=covered(builders, recipient=tor))
    does(tor, assignments.refuse, assignment.id, why="Jeg har fått hjelp av naboen")
    assert (assignment.state, need_of(db, assignment).state, need_of(db, assignment).taken) == (
        S.REFUSED,
        NeedState.OPEN,
        0,
    )
    assert told(db) == [("assignment_refused", kari.id), ("assignment_refused", mona.id)]
    assert db.scalars(select(Proposal.state)).all() == [ProposalState.OUTDATED]


def test_a_volunteer_may_go_back_on_a_yes(kari: Someone, tor: Someone, builders: Builders, db: TenantSession) -> None:
    assignment = builders.an_assignment(volunteer=kari, need=covered(builders, recipient=tor), state=S.AGREED)
    does(kari, assignments.withdraw, assignment.id)
    assert (assignment.state, need_of(db, assignment).state) == (S.WITHDRAWN, NeedState.OPEN)
    assert ("assignment_ended", tor.id) in told(db)


def test_when_contact_is_open_one_ends_instead(kari: Someone, tor: Someone, builders: Builders) -> None:
    assignment = builders.an_assignment(volunteer=kari, recipient=tor, state=S.OPENED)
    is_refused(kari, assignments.withdraw, assignment.id)


def test_two_answers_from_the_other_side_are_one(kari: Someone, tor: Someone, builders: Builders) -> None:
    assignment = builders.an_assignment(volunteer=kari, recipient=tor)
    does(tor, assignments.confirm, assignment.id)
    assert (
        is_refused(tor, assignments.confirm, assignment.id) == "Dette er allerede gjort. Du trenger ikke gjøre noe mer."
    )
    is_refused(tor, assignments.refuse, assignment.id)


def test_a_yes_comes_too_late_when_the_volunteer_has_withdrawn(kari: Someone, tor: Someone, builders: Builders) -> None:
    assignment = builders.an_assignment(volunteer=kari, recipient=tor)
    does(kari, assignments.withdraw, assignment.id)
    assert is_refused(tor, assignments.confirm, assignment.id).startswith("Dette går ikke lenger")


# It ends


def running(builders: Builders, kari: Someone, need: Need, db: TenantSession) -> Assignment:
    assignment = builders.an_assignment(volunteer=kari, need=need, state=S.RUNNING)
    with keep(db):
        kari.volunteer.state = VolunteerState.ACTIVE
    return assignment


def test_a_planned_end_leaves_the_need_to_the_professional(
    kari: Someone, ane: Someone, builders: Builders, db: TenantSession
) -> None:
    assignment = running(builders, kari, builders.a_need(state=NeedState.RUNNING, posted_by=ane), db)
    does(ane, assignments.end, assignment.id, ending=Ending.PLANNED, again=True, why="Seks måneder er gått")
    assert (assignment.state, assignment.ending, assignment.again_recipient) == (S.ENDED, Ending.PLANNED, True)
    assert (need_of(db, assignment).state, need_of(db, assignment).taken) == (NeedState.RUNNING, 0)
    assert kari.volunteer.state is VolunteerState.READY
    assert told(db) == [("assignment_ended", kari.id)]


def test_when_the_volunteer_stops_early_the_need_is_open_again(
    kari: Someone, tor: Someone, builders: Builders, db: TenantSession
) -> None:
    assignment = running(builders, kari, builders.a_need(state=NeedState.RUNNING, recipient=tor), db)
    does(kari, assignments.end, assignment.id, ending=Ending.VOLUNTEER, again=False)
    assert (assignment.again_volunteer, need_of(db, assignment).state) == (False, NeedState.OPEN)


@pytest.mark.parametrize(("look_on", "after"), [(True, NeedState.OPEN), (False, NeedState.RUNNING)])
def test_the_other_side_says_whether_to_look_on(
    kari: Someone, tor: Someone, builders: Builders, db: TenantSession, after: NeedState, *, look_on: bool
) -> None:
    assignment = running(builders, kari, builders.a_need(state=NeedState.RUNNING, recipient=tor), db)
    does(tor, assignments.end, assignment.id, ending=Ending.RECIPIENT, look_on=look_on)
    assert need_of(db, assignment).state is after


def test_nobody_speaks_for_the_other_side_at_the_end(kari: Someone, tor: Someone, builders: Builders) -> None:
    assignment = builders.an_assignment(volunteer=kari, recipient=tor, state=S.RUNNING)
    for who, ending in ((kari, Ending.RECIPIENT), (tor, Ending.VOLUNTEER)):
        assert is_refused(who, assignments.end, assignment.id, ending=ending).startswith("Velg en grunn")


def test_a_coordinator_may_say_either(mona: Someone, kari: Someone, tor: Someone, builders: Builders) -> None:
    assignment = builders.an_assignment(volunteer=kari, recipient=tor, state=S.RUNNING)
    does(mona, assignments.end, assignment.id, ending=Ending.VOLUNTEER)
    assert assignment.ending is Ending.VOLUNTEER


def test_the_end_takes_the_coming_meetings_with_it(
    kari: Someone, tor: Someone, builders: Builders, db: TenantSession, clock: Clock
) -> None:
    assignment = builders.an_assignment(volunteer=kari, recipient=tor, state=S.RUNNING)
    coming = builders.a_meeting(assignment=assignment, state=MeetingState.PLANNED)
    asked = builders.a_meeting(assignment=assignment)
    been = builders.a_meeting(assignment=assignment, state=MeetingState.HELD)
    does(tor, assignments.end, assignment.id, ending=Ending.PLANNED)
    states = [db.get_one(Meeting, one.id).state for one in (coming, asked, been)]
    assert states == [MeetingState.CALLED_OFF, MeetingState.CALLED_OFF, MeetingState.HELD]
    assert "meeting_called_off" not in [notice for notice, _ in told(db)], "one notice is enough"


def test_who_still_runs_another_assignment_stays_active(
    kari: Someone, tor: Someone, builders: Builders, db: TenantSession
) -> None:
    first = running(builders, kari, builders.a_need(state=NeedState.RUNNING, recipient=tor), db)
    running(builders, kari, builders.a_need(state=NeedState.RUNNING, recipient=tor), db)
    does(tor, assignments.end, first.id, ending=Ending.PLANNED)
    assert kari.volunteer.state is VolunteerState.ACTIVE


def test_ending_twice_is_ending_once(kari: Someone, tor: Someone, builders: Builders, db: TenantSession) -> None:
    assignment = running(builders, kari, builders.a_need(state=NeedState.RUNNING, recipient=tor), db)
    does(kari, assignments.end, assignment.id, ending=Ending.VOLUNTEER)
    is_refused(tor, assignments.end, assignment.id, ending=Ending.PLANNED)
    assert need_of(db, assignment).taken == 0


def test_a_closed_need_takes_its_assignments_with_it(
    kari: Someone, ola: Someone, ane: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(state=NeedState.RUNNING, posted_by=ane, wanted=3)
    people: list[Any] = [kari, builders.a_volunteer(), ola]
    runs, opened, asked = (
        builders.an_assignment(volunteer=who, need=need, state=state)
        for who, state in zip(people, (S.RUNNING, S.OPENED, S.ASKED), strict=True)
    )
    does(ane, needs.close, need.id, outcome=Outcome.FULFILLED)
    assert [one.state for one in (runs, opened, asked)] == [S.ENDED, S.ENDED, S.WITHDRAWN]
    assert [runs.ending, opened.ending] == [Ending.PLANNED, Ending.NEVER_STARTED]
    assert need_of(db, runs).taken == 0


def test_a_volunteer_who_leaves_ends_what_runs(
    kari: Someone, ane: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    assignment = running(builders, kari, builders.a_need(state=NeedState.RUNNING, posted_by=ane), db)
    does(kari, volunteers.leave, kari.id)
    assert (assignment.state, assignment.ending) == (S.ENDED, Ending.VOLUNTEER)
    assert need_of(db, assignment).state is NeedState.OPEN
    assert {("assignment_ended", ane.id), ("assignment_ended", mona.id)} <= set(told(db))
    assert kari.volunteer.state is VolunteerState.LEFT


def test_after_the_end_the_seat_can_be_filled_again(
    kari: Someone, ola: Someone, tor: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(state=NeedState.RUNNING, recipient=tor)
    assignment = running(builders, kari, need, db)
    does(kari, assignments.end, assignment.id, ending=Ending.VOLUNTEER)
    offer = does(mona, proposals.approve, need_id=need.id, volunteer_id=ola.id, reason="Ola kan begynne med en gang")
    does(ola, offers.accept, offer.id, insurance_read=True)
    assert (offer.state, need_of(db, assignment).state) == (OfferState.ACCEPTED, NeedState.COVERED)


# Lists


def test_each_side_sees_its_own(
    kari: Someone, ola: Someone, tor: Someone, ane: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    hers = builders.an_assignment(volunteer=kari, recipient=tor)
    his = builders.an_assignment(volunteer=ola, posted_by=ane)
    lists = [[one.id for one in db.scalars(assignments.mine(who.actor))] for who in (kari, ola, tor, ane, mona)]
    assert lists == [[hers.id], [his.id], [hers.id], [his.id], []]
    assert [one.id for one in db.scalars(assignments.everyone(mona.actor))] == [his.id, hers.id]
    assert db.scalars(assignments.everyone(mona.actor, states=[S.RUNNING])).all() == []


def test_who_saw_what_is_seen_by_both(kari: Someone, tor: Someone, builders: Builders, db: TenantSession) -> None:
    sign(kari)
    assignment = builders.an_assignment(volunteer=kari, recipient=tor)
    does(tor, assignments.confirm, assignment.id)
    rows = db.scalars(select(Opening)).all()
    assert {one.at for one in rows} == {kari.town.clock()}
    assert {one.person_id for one in rows} == {kari.id, tor.id}
