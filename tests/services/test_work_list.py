"""What is on the work list, by when it should be seen to, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from samskap.models import Need, Person
from samskap.models.session import TenantSession
from samskap.permissions import NotPermitted
from samskap.services import work_list
from samskap.services.work_list import Case, Haste, Task
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.need import NeedState
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.town import Clock, Town, keep

A_NEED = Callable[..., Need]
MONDAY_EVENING = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
"""Half past eleven in Norway."""


def the_list(mona: Someone, task: Task | None = None) -> list[Case]:
    with keep(mona.town.db):
        return list(work_list.cases(mona.town.db, mona.actor, now=mona.town.clock(), task=task))


def about(cases: list[Case]) -> list[tuple[Task, str]]:
    return [(case.task, case.title) for case in cases]


# When


@pytest.mark.parametrize(
    ("urgency", "due"),
    [(5, date(2026, 11, 25)), (4, date(2026, 11, 26)), (3, date(2026, 11, 27)), (1, date(2026, 12, 1))],
)
def test_the_more_a_need_hurries_the_sooner_somebody_is_sought(
    mona: Someone, a_need: A_NEED, urgency: int, due: date
) -> None:
    a_need(urgency=urgency)
    assert [case.due for case in the_list(mona)] == [due]


def test_whoever_signs_up_hears_from_somebody_within_three_working_days(
    mona: Someone, builders: Builders, clock: Clock
) -> None:
    clock.moves(days=2)  # Thursday, so that a weekend lies between
    builders.a_volunteer("Siri", state=VolunteerState.REGISTERED)
    case = the_list(mona)[0]
    assert (case.task, case.due) == (Task.WELCOME, date(2026, 12, 1))


def test_a_case_is_late_when_its_day_has_passed_and_never_more_than_used_up() -> None:
    case = Case(task=Task.MATCH, thing_id=1, title="", since=MONDAY_EVENING, due=date(2026, 11, 26))
    days = [MONDAY_EVENING + timedelta(days=number) for number in range(5)]
    assert [case.haste(day) for day in days] == [Haste.CALM, Haste.CALM, Haste.SOON, Haste.SOON, Haste.LATE]
    assert [case.used(day) for day in days] == [0, 0.25, 0.5, 0.75, 1]
    assert case.used(MONDAY_EVENING + timedelta(days=90)) == 1
    assert case.used(MONDAY_EVENING - timedelta(days=9)) == 0


# In which order


def test_the_day_decides_then_how_much_it_hurries_then_who_has_waited_longest(
    mona: Someone, a_need: A_NEED, clock: Clock
) -> None:
    a_need(title="kan vente", urgency=1)
    a_need(title="nyest", urgency=5)
    a_need(title="eldst", urgency=5, published_at=clock() - timedelta(hours=1))
    a_need(title="like snart", urgency=3, published_at=clock() - timedelta(days=4))
    assert [case.title for case in the_list(mona)] == ["eldst", "nyest", "like snart", "kan vente"]


# What


def test_a_need_to_which_somebody_said_no_is_another_case_until_a_month_has_passed(
    mona: Someone, kari: Someone, ola: Someone, builders: Builders, clock: Clock, db: TenantSession
) -> None:
    need = builders.a_need(title="Lesevenn", wanted=2)
    assert about(the_list(mona)) == [(Task.MATCH, "Lesevenn")]
    builders.an_offer(volunteer=kari, need=need, state=OfferState.DECLINED)
    builders.an_offer(volunteer=ola, need=need, state=OfferState.EXPIRED)
    with keep(db):
        db.get_one(Need, need.id).taken = 0
    cases = the_list(mona)
    assert about(cases) == [(Task.ASK_ANOTHER, "Lesevenn")]
    assert cases[0].count == 2, "so many were asked"
    clock.moves(days=31)
    assert about(the_list(mona)) == [(Task.MATCH, "Lesevenn")]


def test_whoever_waits_for_nothing_from_us_is_not_on_the_list(
    mona: Someone, builders: Builders, db: TenantSession, clock: Clock
) -> None:
    for state in (NeedState.DRAFT, NeedState.COVERED, NeedState.RUNNING, NeedState.CLOSED):
        builders.a_need(state=state)
    builders.a_need(taken=1)
    for agreed in (AssignmentState.AGREED, AssignmentState.RUNNING, AssignmentState.ENDED, AssignmentState.REFUSED):
        builders.an_assignment(need=builders.a_need(state=NeedState.COVERED), state=agreed)
    for stands in (VolunteerState.SIGNING_UP, VolunteerState.READY, VolunteerState.LEFT):
        builders.a_volunteer("Siri", state=stands)
    builders.a_volunteer("Idun", state=VolunteerState.REGISTERED, paused_since=clock().date())
    with keep(db):
        imported = builders.a_volunteer("Nils Nymo", state=VolunteerState.REGISTERED)
        db.get_one(Person, imported.id).source = "import"
    assert about(the_list(mona)) == []


def test_one_kind_is_asked_for_alone(mona: Someone, builders: Builders) -> None:
    builders.a_need(title="Turvenn")
    builders.a_volunteer("Siri", state=VolunteerState.REGISTERED)
    assert about(the_list(mona, Task.WELCOME)) == [(Task.WELCOME, "Siri")]


def test_needs_that_nobody_can_meet_are_found_among_the_cases(mona: Someone, kari: Someone, a_need: A_NEED) -> None:
    can, cannot = a_need(windows=[(1440 + 600, 1440 + 660)]), a_need(windows=[(60, 120)])
    cases = the_list(mona)
    found = work_list.nobody_can(mona.town.db, cases, now=mona.town.clock())
    assert (can.id in found, cannot.id in found) == (False, True)


def test_the_list_is_a_coordinators_and_of_one_municipality(
    kari: Someone, per: Someone, gausdal: Town, a_need: A_NEED
) -> None:
    a_need(title="Turvenn i Øyer")
    gausdal.builders.a_need(title="Turvenn i Gausdal")
    assert about(the_list(per)) == [(Task.MATCH, "Turvenn i Gausdal")]
    with pytest.raises(NotPermitted):
        the_list(kari)
