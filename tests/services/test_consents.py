"""The recipient's consent: one holds at a time, and without it nothing that is for one person goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from samskap.models import Assignment, Audience, Consent, ConsentGiven, Need, Offer
from samskap.models.session import TenantSession
from samskap.services import consents, needs
from samskap.services.needs import ConsentWords, NeedWords
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.need import NeedState
from samskap.workflows.offer import OfferState
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import does, is_refused, told
from tests.town import Clock

S = NeedState
WORDS = NeedWords(kind="walking_friend", title="Turvenn", task="Gå tur.")
SPOKEN = ConsentWords(given=ConsentGiven.SPOKEN, given_on=date(2026, 11, 20))


def current(db: TenantSession, need: Need) -> Consent | None:
    db.rollback()
    return consents.current(db, need.id)


def test_a_consent_that_is_written_anew_stands_in_the_place_of_the_one_before(
    ane: Someone, db: TenantSession, clock: Clock
) -> None:
    need = does(ane, needs.write, replace(WORDS, consent=SPOKEN))
    clock.moves(days=1)
    wider = replace(SPOKEN, covers_publication=True)
    does(ane, needs.change, need.id, replace(WORDS, consent=wider), version=1)
    does(ane, needs.change, need.id, replace(WORDS, consent=wider), version=2)
    does(ane, needs.change, need.id, WORDS, version=3)
    rows = db.scalars(select(Consent).order_by(Consent.id)).all()
    assert [(row.covers_publication, row.withdrawn_at is None) for row in rows] == [(False, False), (True, True)]
    assert rows[0].withdrawn_at == clock.now
    assert current(db, need) is rows[1]


def test_a_withdrawn_consent_lets_what_is_not_opened_fall_and_keeps_the_need_from_being_published(
    ane: Someone, kari: Someone, ola: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(posted_by=ane, wanted=2)
    offer = builders.an_offer(volunteer=kari, need=need)
    assignment = builders.an_assignment(volunteer=ola, need=need)
    does(ane, needs.withdraw_consent, need.id)
    assert current(db, need) is None
    assert not consents.stands(db, need)
    assert db.get_one(Offer, offer.id).state is OfferState.WITHDRAWN
    assert db.get_one(Assignment, assignment.id).state is AssignmentState.WITHDRAWN
    assert db.get_one(Need, need.id).taken == 0
    assert {who for _notice, who in told(db)} >= {kari.id, ola.id}
    draft = builders.a_need(posted_by=ane, state=S.DRAFT)
    does(ane, needs.withdraw_consent, draft.id)
    assert is_refused(ane, needs.publish, draft.id).startswith("Samtykket mangler.")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_group_stands_without_consent_and_a_person_only_with_one_that_holds(ane: Someone, builders: Builders) -> None:
    db = builders.db
    group = builders.a_need(posted_by=ane, audience=Audience.GROUP, consent=False)
    bare, held = builders.a_need(posted_by=ane, consent=False), builders.a_need(posted_by=ane)
    gone = builders.a_need(posted_by=ane, consent=False)
    builders.a_consent(gone, recorded_by=ane, withdrawn_at=builders.now)
    assert [consents.stands(db, need) for need in (group, bare, held, gone)] == [True, False, True, False]
