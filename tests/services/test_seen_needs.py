"""Which needs a volunteer is shown before anybody asks: what is open to them, and nothing that has been stopped."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from samskap.models import Audience, Mode, Need, Volunteer
from samskap.models.session import TenantSession
from samskap.services import seen_needs
from samskap.workflows.need import NeedState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.town import Town, keep

READY = {VolunteerState.READY, VolunteerState.ACTIVE}


@pytest.fixture
def each(ane: Someone, builders: Builders) -> dict[int, str]:
    """A need of every audience and mode, open, with consent that says nothing of publication."""
    return {
        builders.a_need(posted_by=ane, audience=audience, mode=mode).id: f"{audience} {mode}"
        for audience in Audience
        for mode in Mode
    }


def test_one_to_one_at_home_is_for_who_is_ready_and_all_the_rest_for_every_volunteer(
    kari: Someone, each: dict[int, str], db: TenantSession
) -> None:
    for state in VolunteerState:
        with keep(db):
            db.get_one(Volunteer, kari.id).state = state
        seen = {each[ident] for ident in db.scalars(select(Need.id).where(seen_needs.shown_to(db, kari.actor)))}
        assert set(each.values()) - seen == (set() if state in READY else {"person home"}), state


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_at_home_with_consent_to_publication_every_volunteer_may_see_it(
    eva: Someone, ane: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(posted_by=ane, mode=Mode.HOME, consent=False)
    builders.a_consent(need, recorded_by=ane, covers_publication=True)
    assert db.scalars(select(Need.id).where(seen_needs.shown_to(db, eva.actor))).all() == [need.id]
    assert [one.id for one in db.scalars(seen_needs.public())] == [need.id]


def test_a_withdrawn_consent_takes_a_need_from_the_open_page(
    ane: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(posted_by=ane, consent=False)
    builders.a_consent(need, recorded_by=ane, covers_publication=True, withdrawn_at=builders.now)
    builders.a_consent(need, recorded_by=ane)
    assert db.scalars(seen_needs.public()).all() == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_only_what_is_open_is_shown(kari: Someone, ane: Someone, builders: Builders, db: TenantSession) -> None:
    for state in set(NeedState) - {NeedState.OPEN}:
        builders.a_need(posted_by=ane, audience=Audience.GROUP, state=state)
    builders.an_offer(volunteer=kari, need=builders.a_need(posted_by=ane, audience=Audience.GROUP))
    assert db.scalars(select(Need.id).where(seen_needs.shown_to(db, kari.actor))).all() == []
    assert db.scalars(seen_needs.public()).all() == []


def test_nobody_sees_the_neighbour_s(kari: Someone, gausdal: Town, db: TenantSession) -> None:
    gausdal.builders.a_need(audience=Audience.GROUP)
    assert db.scalars(seen_needs.public()).all() == []
    assert db.scalars(select(Need.id).where(seen_needs.shown_to(db, kari.actor))).all() == []
