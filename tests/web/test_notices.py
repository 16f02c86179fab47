"""Ring: whom no letter reaches, what there is to say to them, and that somebody has said it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from samskap.models import Outbox, Person, SendState, Volunteer
from samskap.models.session import TenantSession
from samskap.services import notices, offers
from samskap.services.steps import WORKFLOWS
from samskap.web.notices import words
from samskap.workflows.notice import Notice, To
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import does
from tests.page import Page
from tests.standard import elements, words_of
from tests.town import Clock, keep


def tells(who: Someone, notice: Notice, person_id: int, *, thing: Any = None) -> None:
    """A notice to somebody, made now."""
    db, key = who.town.db, f"{notice}:{person_id}"
    with keep(db):
        notices.tell_person(db, notice, person_id, key=key, thing=thing, now=who.town.clock())


def to_ring(page: Page) -> list[str]:
    """The names on the list, in order."""
    return [words_of(node).strip() for node in elements(page.main, "h2")]


@pytest.fixture
def berit(builders: Builders, db: TenantSession) -> Volunteer:
    """A volunteer with a telephone and nothing else."""
    volunteer = builders.a_volunteer("Berit Bakke")
    with keep(db):
        db.get_one(Person, volunteer.id).phone = "+4740000088"
    return volunteer


def test_who_cannot_be_written_to_is_on_the_list_the_longest_waiting_first(
    mona: Someone, berit: Volunteer, builders: Builders, clock: Clock
) -> None:
    offer = builders.an_offer(volunteer=berit)
    tells(mona, Notice.OFFER_SENT, berit.id, thing=offer)
    clock.moves(days=1)
    nils = builders.a_volunteer("Nils Nymo")
    tells(mona, Notice.VOLUNTEER_READY, nils.id, thing=nils)
    tells(mona, Notice.OFFER_REMINDER, berit.id, thing=offer)
    page = mona.opens("/ring")
    assert to_ring(page) == ["Berit Bakke", "Nils Nymo"]
    assert page.says("2 beskjeder venter. Siden 24. november.")
    assert page.says("1 beskjed venter. Siden 25. november.")


def test_what_to_say_stands_with_the_number_and_where_to_read_more(
    mona: Someone, berit: Volunteer, builders: Builders
) -> None:
    offer = builders.an_offer(volunteer=berit)
    tells(mona, Notice.OFFER_SENT, berit.id, thing=offer)
    tells(mona, Notice.VOLUNTEER_READY, berit.id, thing=berit)
    page = mona.opens("/ring").follow("Se hva Berit Bakke")
    assert page.heading == "Ring Berit Bakke"
    assert "400 00 088" in page.links()
    assert page.says("Spør om personen vil hjelpe")
    assert page.says("Ønsk velkommen: personen er klar for oppdrag")
    addresses = [link.get("href") for link in elements(page.main, "a")]
    assert addresses == ["tel:+4740000088", f"/foresporsel/{offer.id}", f"/frivillige/{berit.id}"]
    page.press("Jeg har ringt")
    assert page.says("2 beskjeder er gitt.")
    assert mona.opens(f"/ring/{berit.id}").says("Ingenting å si akkurat nå")


def test_a_press_too_many_gives_nothing_twice(
    mona: Someone, arne: Someone, berit: Volunteer, db: TenantSession, clock: Clock
) -> None:
    tells(mona, Notice.VOLUNTEER_READY, berit.id, thing=berit)
    for_arne, first = arne.opens(f"/ring/{berit.id}"), clock()
    mona.opens(f"/ring/{berit.id}").press("Jeg har ringt")
    clock.moves(minutes=1)
    assert for_arne.press("Jeg har ringt").says("0 beskjeder er gitt.")
    row = db.scalars(select(Outbox)).one()
    assert (row.state, row.owner, row.sent_at) == (SendState.SENT, notices.PHONED, first)


def test_what_has_been_overtaken_need_not_be_rung_about(mona: Someone, berit: Volunteer, builders: Builders) -> None:
    offer = builders.an_offer(volunteer=berit)
    tells(mona, Notice.OFFER_SENT, berit.id, thing=offer)
    does(mona, offers.withdraw, offer.id)
    page = mona.opens("/ring")
    assert page.says("Ingen å ringe")
    assert mona.opens(f"/ring/{berit.id}").says("Ingenting å si akkurat nå")


def test_without_a_number_it_is_said_to_find_another_way(mona: Someone, builders: Builders) -> None:
    nils = builders.a_volunteer("Nils Nymo")
    tells(mona, Notice.VOLUNTEER_READY, nils.id, thing=nils)
    assert mona.opens(f"/ring/{nils.id}").says("Vi har ikke noe telefonnummer. Finn en annen måte")


def test_an_address_that_took_nothing_is_shown_though_it_is_nobody_s(
    mona: Someone, per: Someone, db: TenantSession, clock: Clock
) -> None:
    with keep(db):
        row = notices.tell_address(
            db, Notice.INVITE_VOLUNTEER, "finnes-ikke@oyer.example", key="x", data={}, now=clock()
        )
        row.state, row.error = SendState.DEAD, "550 5.1.1"
    page = mona.opens("/ring")
    assert page.says("Adresser som ikke tok imot")
    assert page.says("finnes-ikke@oyer.example")
    assert not per.opens("/ring").says("finnes-ikke")


def test_everything_that_may_have_to_be_said_on_the_phone_has_words_of_its_own(app: Flask) -> None:
    with app.test_request_context():
        told = {
            one.notice
            for workflow in WORKFLOWS.values()
            for step in workflow
            for one in step.tells
            if one.to is not To.COORDINATORS
        }
        assert told | {Notice.OFFER_SENT, Notice.ASSIGNMENT_TO_CONFIRM, Notice.MEETING_SUGGESTED} <= set(words())


def test_only_coordinators_of_the_municipality_ring(
    kari: Someone, ane: Someone, liv: Someone, per: Someone, mona: Someone, berit: Volunteer
) -> None:
    tells(mona, Notice.VOLUNTEER_READY, berit.id, thing=berit)
    for address in ("/ring", f"/ring/{berit.id}"):
        assert [who.opens(address).status for who in (kari, ane, liv)] == [403] * 3
    assert per.opens("/ring").says("Ingen å ringe")
    assert per.opens(f"/ring/{berit.id}").status == 404
    assert [mona.opens(f"/ring/{number}").status for number in (0, 2**31, 10**20)] == [404] * 3
