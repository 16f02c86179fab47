"""The first meeting: suggested by one side, agreed by the other, or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from samskap.models import Assignment, Meeting, Need, Side
from samskap.models.session import TenantSession
from samskap.permissions import NotPermitted
from samskap.services import meetings
from samskap.services.steps import Missing
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.meeting import MeetingState
from samskap.workflows.need import NeedState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import does, history, is_refused, told
from tests.town import Clock, keep

S = MeetingState
AN_ASSIGNMENT = Callable[..., Assignment]


@pytest.fixture
def opened(kari: Someone, tor: Someone, builders: Builders) -> Assignment:
    """Kari and Tor have both said yes, and contact is open."""
    need = builders.a_need(state=NeedState.COVERED, recipient=tor)
    return builders.an_assignment(volunteer=kari, need=need, state=AssignmentState.OPENED)


def at(clock: Clock, *, days: int = 2, hours: float = 1) -> dict[str, Any]:
    starts = clock() + timedelta(days=days)
    return {"starts_at": starts, "ends_at": starts + timedelta(hours=hours)}


def suggest(who: Someone, assignment: Assignment, **words: Any) -> Meeting:
    return does(who, meetings.suggest, assignment.id, **{**at(who.town.clock), **words})


def test_the_first_meeting_sets_everything_running(
    kari: Someone, tor: Someone, opened: Assignment, db: TenantSession
) -> None:
    meeting = suggest(kari, opened, place="Ved kirka")
    assert (meeting.state, meeting.suggested_by, meeting.place) == (S.SUGGESTED, Side.VOLUNTEER, "Ved kirka")
    does(tor, meetings.agree, meeting.id)
    assert (meeting.state, opened.state) == (S.PLANNED, AssignmentState.RUNNING)
    assert db.get_one(Need, opened.need_id, populate_existing=True).state is NeedState.RUNNING
    assert kari.volunteer.state is VolunteerState.ACTIVE
    assert history(db) == ["meeting suggest", "meeting agree", "assignment run", "need run", "volunteer start"]
    assert told(db) == [("meeting_suggested", tor.id), ("meeting_agreed", kari.id)]


def test_helping_once_does_not_make_somebody_ready(
    kari: Someone, tor: Someone, opened: Assignment, db: TenantSession
) -> None:
    with keep(db):
        kari.volunteer.state = VolunteerState.REGISTERED
    does(tor, meetings.agree, suggest(kari, opened).id)
    assert kari.volunteer.state is VolunteerState.REGISTERED


def test_a_need_with_places_left_stays_open(kari: Someone, tor: Someone, builders: Builders, db: TenantSession) -> None:
    need = builders.a_need(recipient=tor, wanted=2)
    assignment = builders.an_assignment(volunteer=kari, need=need, state=AssignmentState.OPENED)
    does(tor, meetings.agree, suggest(kari, assignment).id)
    assert db.get_one(Need, need.id, populate_existing=True).state is NeedState.OPEN


def test_nobody_agrees_to_their_own_suggestion(kari: Someone, tor: Someone, opened: Assignment) -> None:
    own = "Dere har selv foreslått tiden. Den andre siden svarer."
    assert is_refused(kari, meetings.agree, suggest(kari, opened).id) == own
    assert is_refused(tor, meetings.agree, suggest(tor, opened).id) == own


def test_a_counter_suggestion_takes_the_place_of_the_first(
    kari: Someone, tor: Someone, opened: Assignment, clock: Clock, db: TenantSession
) -> None:
    first = suggest(kari, opened)
    second = suggest(tor, opened, **at(clock, days=3))
    assert (first.state, second.suggested_by) == (S.CALLED_OFF, Side.RECIPIENT)
    assert [one.id for one in meetings.coming(db, opened, now=clock())] == [second.id]
    assert is_refused(tor, meetings.agree, first.id).startswith("Dette går ikke lenger")
    does(kari, meetings.agree, second.id)


def test_one_time_at_a_time(kari: Someone, tor: Someone, opened: Assignment, clock: Clock) -> None:
    does(tor, meetings.agree, suggest(kari, opened).id)
    sentence = is_refused(tor, meetings.suggest, opened.id, **at(clock, days=5))
    assert sentence.startswith("Dere har allerede avtalt en tid")


def test_called_off_they_may_suggest_anew(
    kari: Someone, tor: Someone, opened: Assignment, clock: Clock, db: TenantSession
) -> None:
    meeting = suggest(kari, opened)
    does(tor, meetings.agree, meeting.id)
    does(kari, meetings.call_off, meeting.id, why="Forkjølet")
    assert (meeting.state, opened.state) == (S.CALLED_OFF, AssignmentState.RUNNING)
    assert ("meeting_called_off", tor.id) in told(db)
    suggest(tor, opened, **at(clock, days=4))


@pytest.mark.parametrize("state", [one for one in AssignmentState if one not in ("opened", "running")])
def test_no_time_is_suggested_before_contact_is_open_or_after_the_end(
    kari: Someone, tor: Someone, builders: Builders, clock: Clock, state: AssignmentState
) -> None:
    assignment = builders.an_assignment(volunteer=kari, recipient=tor, state=state)
    assert is_refused(kari, meetings.suggest, assignment.id, **at(clock)).startswith("Dere kan avtale en tid når")


@pytest.mark.parametrize(
    ("days", "hours", "sentence"),
    [
        (2, 0, "Møtet må slutte etter at det begynner."),
        (2, -1, "Møtet må slutte etter at det begynner."),
        (0, 1, "Tidspunktet er passert. Velg en tid fram i tid."),
        (-1, 1, "Tidspunktet er passert. Velg en tid fram i tid."),
        (2, 12.5, "Et møte kan vare i høyst tolv timer."),
        (400, 1, "Velg en tid innen ett år."),
    ],
)
def test_impossible_times(
    kari: Someone, opened: Assignment, clock: Clock, days: int, hours: float, sentence: str
) -> None:
    assert is_refused(kari, meetings.suggest, opened.id, **at(clock, days=days, hours=hours)) == sentence


def test_a_time_that_has_passed_meanwhile_is_not_agreed_to(
    kari: Someone, tor: Someone, opened: Assignment, clock: Clock
) -> None:
    meeting = suggest(kari, opened)
    clock.moves(days=3)
    assert is_refused(tor, meetings.agree, meeting.id) == "Tidspunktet er passert. Foreslå en ny tid."


def test_nobody_is_in_two_places(
    kari: Someone, tor: Someone, opened: Assignment, builders: Builders, clock: Clock
) -> None:
    other = builders.an_assignment(volunteer=kari, recipient=tor, state=AssignmentState.RUNNING)
    times = at(clock)
    builders.a_meeting(assignment=other, state=S.PLANNED, **times)
    meeting = suggest(kari, opened, starts_at=times["starts_at"] + timedelta(minutes=30),
                      ends_at=times["ends_at"] + timedelta(minutes=30))  # fmt: skip
    assert is_refused(tor, meetings.agree, meeting.id).startswith("Den frivillige har allerede avtalt et annet møte")
    after = suggest(kari, opened, starts_at=times["ends_at"], ends_at=times["ends_at"] + timedelta(hours=1))
    does(tor, meetings.agree, after.id)


def test_the_professional_and_the_coordinator_stand_with_the_recipient(
    kari: Someone, ane: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    assignment = builders.an_assignment(volunteer=kari, posted_by=ane, state=AssignmentState.OPENED)
    assert suggest(ane, assignment).suggested_by is Side.RECIPIENT
    assert suggest(mona, assignment).suggested_by is Side.RECIPIENT
    assert told(db) == [("meeting_suggested", kari.id), ("meeting_suggested", kari.id)]
    does(mona, meetings.agree, suggest(kari, assignment).id)


def test_a_coordinator_does_not_agree_for_a_volunteer_who_can_log_in(
    kari: Someone, ane: Someone, mona: Someone, builders: Builders
) -> None:
    assignment = builders.an_assignment(volunteer=kari, posted_by=ane, state=AssignmentState.OPENED)
    meeting = suggest(ane, assignment)
    assert is_refused(mona, meetings.agree, meeting.id).startswith("Dere har selv foreslått tiden")


def test_a_coordinator_agrees_on_the_phone_for_a_volunteer_without_a_log_in(
    ane: Someone, mona: Someone, builders: Builders
) -> None:
    assignment = builders.an_assignment(volunteer=builders.a_volunteer(), posted_by=ane, state=AssignmentState.OPENED)
    meeting = suggest(ane, assignment)
    assert does(mona, meetings.agree, meeting.id).state is S.PLANNED


def test_nobody_else_has_a_word(
    ola: Someone, liv: Someone, per: Someone, kari: Someone, opened: Assignment, clock: Clock
) -> None:
    meeting = suggest(kari, opened)
    for who in (ola, liv, per):
        with pytest.raises((Missing, NotPermitted)):
            does(who, meetings.agree, meeting.id)
        with pytest.raises((Missing, NotPermitted)):
            does(who, meetings.suggest, opened.id, **at(clock))


@pytest.mark.parametrize(("step", "after"), [("hold", S.HELD), ("miss", S.NO_SHOW)])
def test_afterwards_it_is_written_down_what_became_of_it(
    tor: Someone, opened: Assignment, builders: Builders, clock: Clock, step: str, after: MeetingState
) -> None:
    meeting = builders.a_meeting(assignment=opened, state=S.PLANNED)
    assert is_refused(tor, meetings.look_back, meeting.id, step) == "Møtet har ikke begynt ennå."
    clock.moves(days=1, hours=2)
    does(tor, meetings.look_back, meeting.id, step)
    assert meeting.state is after


def test_what_has_been_is_listed_without_what_came_to_nothing(
    opened: Assignment, builders: Builders, clock: Clock, db: TenantSession
) -> None:
    held = builders.a_meeting(assignment=opened, state=S.HELD)
    builders.a_meeting(assignment=opened, state=S.CALLED_OFF)
    coming = builders.a_meeting(assignment=opened, state=S.PLANNED)
    assert [one.id for one in meetings.past(db, opened, now=clock())] == [held.id]
    assert [one.id for one in meetings.coming(db, opened, now=clock())] == [coming.id]
