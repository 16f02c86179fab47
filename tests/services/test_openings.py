"""Opening contact: to whom, when, once, and written down for both to see."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from samskap.models import Assignment, Audience, ClearanceKind, Opening
from samskap.models.session import TenantSession
from samskap.services import assignments, declarations, openings
from samskap.services.assignments import Contact
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.need import NeedState
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import does
from tests.town import Clock, keep


def seen(db: TenantSession, assignment: Assignment) -> set[tuple[int, int]]:
    """Whose details were opened to whom."""
    return {(one.person_id, one.seen_by_id) for one in openings.of_assignment(db, assignment)}


@pytest.fixture
def signed(kari: Someone, builders: Builders) -> Someone:
    """Kari, who has signed the declaration."""
    builders.a_clearance(kari, "2026-1", ClearanceKind.DECLARATION)
    return kari


def test_recipient_and_professional_each_see_the_volunteer_and_are_seen(
    signed: Someone, ane: Someone, builders: Builders, db: TenantSession, clock: Clock
) -> None:
    assignment = builders.an_assignment(volunteer=signed, need=builders.a_need(state=NeedState.COVERED, posted_by=ane))
    clock.moves(hours=2)
    does(ane, assignments.confirm, assignment.id, contact=Contact(name="Gerd Gjerde", phone="+4740000077"))
    gerd = assignment.recipient_id
    assert gerd not in (None, ane.id)
    assert seen(db, assignment) == {(signed.id, gerd), (gerd, signed.id), (signed.id, ane.id), (ane.id, signed.id)}
    rows = openings.of_assignment(db, assignment)
    assert {(row.what, row.at) for row in rows} == {(openings.CONTACT, clock())}
    assert assignment.opened_at == clock()


def test_whoever_posted_for_themselves_is_counted_once(
    signed: Someone, tor: Someone, builders: Builders, db: TenantSession
) -> None:
    assignment = builders.an_assignment(volunteer=signed, recipient=tor)
    does(tor, assignments.confirm, assignment.id)
    assert seen(db, assignment) == {(signed.id, tor.id), (tor.id, signed.id)}
    assert len(openings.of_assignment(db, assignment)) == 2


def test_for_a_group_the_professional_is_the_one_to_meet(
    signed: Someone, ane: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(state=NeedState.COVERED, posted_by=ane, audience=Audience.GROUP, consent=False)
    assignment = builders.an_assignment(volunteer=signed, need=need)
    does(ane, assignments.confirm, assignment.id, contact=Contact(themselves=True))
    assert seen(db, assignment) == {(signed.id, ane.id), (ane.id, signed.id)}


def test_nothing_is_opened_while_the_consent_is_withdrawn_nor_twice_when_it_stands(
    kari: Someone, tor: Someone, builders: Builders, db: TenantSession, clock: Clock
) -> None:
    need = builders.a_need(state=NeedState.COVERED, recipient=tor, consent=False)
    consent = builders.a_consent(need, recipient=tor, recorded_by=tor, withdrawn_at=clock())
    assignment = builders.an_assignment(volunteer=kari, need=need, state=AssignmentState.AGREED)
    does(kari, declarations.sign, language="nb")
    assert seen(db, assignment) == set()
    with keep(db):
        consent.withdrawn_at = None
    with keep(db):
        assert openings.open_waiting(db, kari.id, now=clock()) == 1
        assert openings.open_waiting(db, kari.id, now=clock()) == 0
    assert len(db.scalars(select(Opening)).all()) == 2


def test_only_the_declaration_in_force_of_a_role_that_goes_on_counts(
    kari: Someone, builders: Builders, db: TenantSession, clock: Clock
) -> None:
    builders.a_clearance(kari, "2020-1", ClearanceKind.DECLARATION)
    builders.a_clearance(kari, "2026-1", ClearanceKind.DECLARATION, ended_at=clock())
    builders.a_clearance(kari, "2026-1", ClearanceKind.CONVERSATION)
    assert openings.signature_of(db, kari.id) is None
    row = builders.a_clearance(kari, "2026-1", ClearanceKind.DECLARATION)
    found = openings.signature_of(db, kari.id)
    assert found is not None
    assert found.id == row.id
