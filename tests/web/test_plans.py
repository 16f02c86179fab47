"""The plan of all needs at once, as a coordinator reads it and decides."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from samskap.models import Need, Offer, Proposal, Volunteer
from samskap.services import facts
from samskap.services.plans import IN_THE_PLAN
from samskap.workflows.proposal import ProposalState
from tests.builders import Builders
from tests.cast import WEEKDAYS, Someone
from tests.page import Page
from tests.town import Town, keep

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
TUESDAY, THURSDAY = (1440 + 600, 1440 + 660), (3 * 1440 + 600, 3 * 1440 + 660)


def a_volunteer(oyer: Town, name: str, **columns: object) -> Volunteer:
    """Somebody near by who has time on weekdays for one thing, unless said otherwise."""
    person = oyer.builders.a_person(name, postcode="2636", lat=61.2653, lon=10.4137)
    told = {"state": "ready", "free": WEEKDAYS, "capacity": 1, "registered_at": oyer.builders.now, **columns}
    return oyer.builders.add(Volunteer(id=person.id, **told))


def asked(oyer: Town) -> list[tuple[int, int]]:
    """Needs and who has been asked about them."""
    oyer.db.rollback()
    return sorted((one.need_id, one.volunteer_id) for one in oyer.db.scalars(select(Offer)))


def the_plan(mona: Someone) -> Page:
    return mona.opens("/plan")


def test_a_plan_without_needs_says_what_brings_it_to_life(mona: Someone) -> None:
    page = the_plan(mona)
    assert "Når et behov er publisert, kommer det hit." in page.text
    assert "Godkjenn alle og spør" not in page.buttons()


def test_whom_another_cannot_do_without_is_left_for_that_one(oyer: Town, builders: Builders, mona: Someone) -> None:
    """Ranked alone, Turid would be the first for both; only together is it seen that the other has nobody else."""
    turid, odd = a_volunteer(oyer, "Turid Tuv"), a_volunteer(oyer, "Odd Oppi", reach_km=7)
    near = builders.a_need(title="Turvenn ved Øyer", windows=[TUESDAY], lat=61.2653, lon=10.4137)
    far = builders.a_need(title="Turvenn på Tretten", windows=[TUESDAY])
    page = the_plan(mona)
    assert "Planen gir folk til 2 av 2 åpne behov: 2 personer spørres." in page.text
    assert "Ingen annen fordeling kan gi folk til flere. Det er bevist." in page.text
    page.press("Godkjenn alle og spør")
    assert asked(oyer) == sorted([(near.id, odd.id), (far.id, turid.id)])


def test_one_need_may_be_approved_and_the_rest_left(oyer: Town, builders: Builders, mona: Someone) -> None:
    volunteer = a_volunteer(oyer, "Turid Tuv", capacity=2)
    need = builders.a_need(title="Turvenn på Tretten", windows=[TUESDAY])
    builders.a_need(title="Handlehjelp", windows=[THURSDAY])
    page = the_plan(mona).press("Godkjenn og spør", beside="Turvenn på Tretten")
    assert "1 er spurt, og svarer selv ja eller nei." in page.text
    assert asked(oyer) == [(need.id, volunteer.id)]
    assert "Handlehjelp" in the_plan(mona).text


def test_the_reason_is_kept_when_the_plan_overrules_the_order(oyer: Town, builders: Builders, mona: Someone) -> None:
    turid, odd = a_volunteer(oyer, "Turid Tuv", last_asked_at=None), a_volunteer(oyer, "Odd Oppi", reach_km=7)
    builders.a_need(title="Turvenn ved Øyer", windows=[TUESDAY], lat=61.2653, lon=10.4137)
    builders.a_need(title="Turvenn på Tretten", windows=[TUESDAY])
    the_plan(mona).press("Godkjenn alle og spør")
    oyer.db.rollback()
    found = {one.volunteer_id: one for one in oyer.db.scalars(select(Proposal))}
    assert {one.state for one in found.values()} == {ProposalState.APPROVED}
    assert all(one.reason == IN_THE_PLAN for one in found.values() if one.overruled)
    assert set(found) == {turid.id, odd.id}


def test_who_cannot_be_asked_any_more_stops_nobody_else(oyer: Town, builders: Builders, mona: Someone) -> None:
    """Both had a seat when the page was opened; one pauses before it is pressed."""
    turid, odd = a_volunteer(oyer, "Turid Tuv"), a_volunteer(oyer, "Odd Oppi")
    builders.a_need(title="Turvenn på Tretten", windows=[TUESDAY])
    builders.a_need(title="Handlehjelp", windows=[TUESDAY])
    page = the_plan(mona)
    with keep(oyer.db):
        turid.paused_since = oyer.builders.now.date()
        facts.touch(oyer.db, turid.id)
    page.press("Godkjenn alle og spør")
    assert [volunteer for _, volunteer in asked(oyer)] == [odd.id]


def test_what_was_set_aside_stays_out_of_the_plan(oyer: Town, builders: Builders, mona: Someone) -> None:
    turid = a_volunteer(oyer, "Turid Tuv")
    need = builders.a_need(title="Turvenn på Tretten", windows=[TUESDAY])
    assert "Turid Tuv" in the_plan(mona).text
    builders.a_proposal(volunteer=turid, need=need, state=ProposalState.SET_ASIDE, reason="Annet")
    page = the_plan(mona)
    assert "Turid Tuv" not in page.text
    assert "1 behov får ingen" in page.text


def test_a_neighbours_needs_are_not_in_the_plan(gausdal: Town, builders: Builders, mona: Someone) -> None:
    theirs: Need = gausdal.builders.a_need(title="Turvenn i Gausdal", windows=[TUESDAY])
    assert theirs.title not in the_plan(mona).text
