"""Figures for those who lead: right, and never about one to four people, not even by subtraction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from samskap.models import Meeting
from samskap.models.session import TenantSession
from samskap.permissions import NotPermitted
from samskap.services import figures
from samskap.services.figures import Figure, Figures, within_each_other
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.meeting import MeetingState
from samskap.workflows.need import NeedState
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.town import Town, keep


def the_figures(who: Someone) -> Figures:
    with keep(who.town.db):
        return figures.figures(who.town.db, who.actor, now=who.town.clock())


def by_name(many: Any) -> dict[str, int | None]:
    return {one.name: one.value for one in many}


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (312, 312)])
def test_what_speaks_of_one_to_four_is_not_shown(count: int, shown: int | None) -> None:
    assert figures.shown(count) == shown


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([20, 10, 5], [20, 10, 5]),
        ([20, 10, 4], [20, 10, None]),
        ([20, 18, 10], [20, "nearly", 10]),  # two said no: 20 - 18 would tell of them
        ([20, 18, 16, 15], [20, "nearly", "nearly", 15]),  # five in all: no two of the numbers shown lie nearer
        ([20, 20, 20], [20, 20, 20]),
        ([20, 17, 17], [20, "nearly", "nearly"]),
        ([4, 3, 2], [None, None, None]),
        ([0, 0, 0], [0, 0, 0]),
        ([6, 2, 2], [6, None, None]),
    ],
)
def test_neither_a_step_nor_what_is_left_out_at_it_speaks_of_one_to_four(
    counts: list[int], shown: list[int | str | None]
) -> None:
    found = within_each_other([(str(number), count) for number, count in enumerate(counts)])
    assert ["nearly" if one.nearly_all else one.value for one in found] == shown
    said = [one.value for one in found if one.value is not None]
    assert all(more - fewer not in range(1, 5) for more in said for fewer in said)


def test_volunteers_are_counted_by_how_they_stand(liv: Someone, builders: Builders) -> None:
    for _number in range(5):
        builders.a_volunteer(state=VolunteerState.READY)
    for _number in range(4):
        builders.a_volunteer(state=VolunteerState.LEFT)
    found = by_name(the_figures(liv).volunteers)
    assert found == {
        "signing_up": 0, "registered": 0, "conversation": 0, "ready": 5, "active": 0, "left": None,
    }  # fmt: skip


def an_ask(builders: Builders, state: OfferState, agreed: AssignmentState | None = None, **columns: Any) -> Any:
    need = builders.a_need(state=NeedState.COVERED if agreed else NeedState.OPEN, **columns)
    if agreed is None:
        return builders.an_offer(need=need, state=state, volunteer=builders.a_volunteer())
    return builders.an_assignment(need=need, state=agreed, volunteer=builders.a_volunteer())


def test_the_way_from_asked_to_met_counts_the_last_year_and_each_step_within_the_one_before(
    liv: Someone, builders: Builders, db: TenantSession
) -> None:
    for _number in range(5):
        an_ask(builders, OfferState.DECLINED)
        an_ask(builders, OfferState.ACCEPTED, AssignmentState.ASKED)
        met = an_ask(builders, OfferState.ACCEPTED, AssignmentState.RUNNING)
        for day in (-2, -1):
            builders.a_meeting(
                assignment=met, state=MeetingState.HELD, starts_at=builders.now + timedelta(days=day, hours=-1),
                ends_at=builders.now + timedelta(days=day),
            )  # fmt: skip
    found = the_figures(liv)
    assert by_name(found.funnel) == {"asked": 15, "yes": 10, "agreed": 5, "met": 5}
    assert found.meetings_held == 10
    with keep(db):
        liv.town.clock.moves(days=400)
    later = the_figures(liv)
    assert by_name(later.funnel) == {"asked": 0, "yes": 0, "agreed": 0, "met": 0}
    assert later.meetings_held == 0


def test_a_meeting_that_was_not_held_is_not_counted(liv: Someone, builders: Builders, db: TenantSession) -> None:
    assignment = an_ask(builders, OfferState.ACCEPTED, AssignmentState.RUNNING)
    for state in (MeetingState.PLANNED, MeetingState.NO_SHOW, MeetingState.CALLED_OFF) * 2:
        builders.a_meeting(assignment=assignment, state=state, starts_at=builders.now - timedelta(hours=2),
                           ends_at=builders.now - timedelta(hours=1))  # fmt: skip
    assert the_figures(liv).meetings_held == 0
    assert len(db.query(Meeting).all()) == 6


def test_the_time_to_the_first_yes_is_a_median_and_not_of_a_few(liv: Someone, builders: Builders) -> None:
    for days in (1, 2, 3, 30):
        an_ask(builders, OfferState.ACCEPTED, AssignmentState.ASKED, published_at=builders.now - timedelta(days=days))
    assert the_figures(liv).days_to_yes is None
    an_ask(builders, OfferState.ACCEPTED, AssignmentState.ASKED, published_at=builders.now - timedelta(hours=12))
    assert the_figures(liv).days_to_yes == 2


def test_needs_are_counted_by_sector_every_sector_named(liv: Someone, builders: Builders) -> None:
    for _number in range(5):
        builders.a_need(kind="language_cafe")
        an_ask(builders, OfferState.ACCEPTED, AssignmentState.RUNNING, kind="path_work")
    builders.a_need(kind="phone_friend")
    found = {row.sector.key: (row.open, row.covered) for row in the_figures(liv).sectors}
    assert len(found) == 6
    assert [pair for pair in found.values() if pair != (0, 0)] != []
    assert sorted(found.values(), key=str) == sorted([(0, 0)] * 3 + [(0, 5), (5, 0), (None, 0)], key=str)


def test_figures_are_for_those_who_lead_and_of_their_own_municipality(
    liv: Someone, mona: Someone, grete: Someone, kari: Someone, ane: Someone, ida: Someone, gausdal: Town
) -> None:
    for _number in range(6):
        gausdal.builders.a_volunteer(state=VolunteerState.READY)
    for who in (liv, mona, grete):
        assert Figure("ready", None) in the_figures(who).volunteers, "Kari alone"
    for who in (kari, ane, ida):
        with pytest.raises(NotPermitted):
            the_figures(who)
