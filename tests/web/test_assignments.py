"""Avtale, as each side meets it: the second yes, the opened contact, the first meeting, and the end."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from samskap.models import Assignment, Audience, ClearanceKind, Meeting, Need, Outbox, Person, SendState
from samskap.models.session import TenantSession
from samskap.permissions import Role
from samskap.workflows.assignment import AssignmentState, Ending
from samskap.workflows.meeting import MeetingState
from samskap.workflows.need import NeedState
from samskap.workflows.notice import Notice
from tests.builders import Builders
from tests.cast import Someone, a_person
from tests.page import Page
from tests.town import Clock, Town, keep

S = AssignmentState


def the_page(who: Someone, assignment: Assignment) -> Page:
    return who.opens(f"/avtaler/{assignment.id}")


def signed(builders: Builders, who: Someone) -> None:
    builders.a_clearance(who, "2026-1", ClearanceKind.DECLARATION)


@pytest.fixture
def asked(kari: Someone, tor: Someone, builders: Builders) -> Assignment:
    """Kari has said yes; Tor, who asked for himself, has not answered."""
    need = builders.a_need(state=NeedState.COVERED, recipient=tor)
    return builders.an_assignment(volunteer=kari, need=need)


@pytest.fixture
def by_ane(kari: Someone, ane: Someone, builders: Builders) -> Assignment:
    """Kari has said yes; Ane answers for somebody who is not registered."""
    need = builders.a_need(state=NeedState.COVERED, posted_by=ane)
    return builders.an_assignment(volunteer=kari, need=need)


# Before both have said yes nobody learns who the other is


def test_before_the_second_yes_neither_side_knows_the_other(
    kari: Someone, tor: Someone, by_ane: Assignment, ane: Someone, asked: Assignment
) -> None:
    for_kari, for_tor, for_ane = the_page(kari, asked), the_page(tor, asked), the_page(ane, by_ane)
    for name in ("Tande", "400 00 003", "Kongsvegen"):
        assert name not in for_kari.text
    for page in (for_tor, for_ane):
        assert page.says("En frivillig har sagt ja")
        for name in ("Kvam", "Kari", "400 00 001"):
            assert name not in page.text


def test_the_other_side_learns_what_helps_it_to_answer(
    tor: Someone, kari: Someone, asked: Assignment, builders: Builders
) -> None:
    from samskap.models import WordKind

    builders.gives(kari, builders.a_term("norsk", WordKind.LANGUAGE), 3)
    builders.gives(kari, builders.a_term("knitting"))
    page = the_page(tor, asked)
    assert page.says("Bor omtrent 8 km unna.")
    assert page.says("Snakker norsk.")
    assert not page.says("knitting"), "only what the need asks for"


# The second yes


def test_the_recipient_says_yes_and_both_see_each_other(
    kari: Someone, tor: Someone, asked: Assignment, builders: Builders
) -> None:
    signed(builders, kari)
    page = the_page(tor, asked)
    page.follow("Ja, det passer")
    page.fill("Hvor kan dere møtes?", "Ved parkeringen på Tretten")
    page.press("Ja, det passer")
    assert page.says("Kari Kvam")
    assert page.says("400 00 001")
    for_kari = the_page(kari, asked)
    for words in ("Tor Tande", "400 00 003", "Kongsvegen 3", "Ved parkeringen på Tretten"):
        assert for_kari.says(words), words
    assert for_kari.says("Mottakeren fikk se kontaktopplysningene dine.")
    assert for_kari.says("Du fikk se kontaktopplysningene til mottakeren.")
    assert page.says("Den frivillige fikk se kontaktopplysningene dine.")


def test_a_protected_address_is_never_shown(kari: Someone, oyer: Town, app: Any, builders: Builders) -> None:
    hidden = a_person(oyer, app, "Siri Sæter", Role.RECIPIENT, address_protected=True, lat=None, lon=None, address=None)
    assignment = builders.an_assignment(volunteer=kari, recipient=hidden, state=S.RUNNING)
    page = the_page(kari, assignment)
    assert page.says("Siri Sæter")
    assert "2636" not in page.text


def test_the_professional_names_whom_to_meet(
    kari: Someone, ane: Someone, by_ane: Assignment, db: TenantSession
) -> None:
    page = the_page(ane, by_ane).follow("Ja, det passer")
    page.press("Ja, det passer")
    assert page.status == 422
    assert len(page.errors()) == 2
    page.fill("Navnet på den som skal møtes", "Gerd Gjerde").fill("Telefon til den som skal møtes", "12")
    page.press("Ja, det passer")
    assert page.status == 422
    assert page.value("Navnet på den som skal møtes") == "Gerd Gjerde"
    page.fill("Telefon til den som skal møtes", "400 00 077").press("Ja, det passer")
    assert page.says("Begge har sagt ja")
    assert db.scalars(select(Person.phone).where(Person.name == "Gerd Gjerde")).one() == "+4740000077"
    assert not the_page(kari, by_ane).says("Gerd"), "Kari has not signed yet"


def test_for_a_group_the_professional_may_be_the_one_to_meet(
    kari: Someone, ane: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(state=NeedState.COVERED, posted_by=ane, audience=Audience.GROUP)
    assignment = builders.an_assignment(volunteer=kari, need=need)
    page = the_page(ane, assignment).follow("Ja, det passer")
    page.tick("Det er meg den frivillige skal møte").press("Ja, det passer")
    assert db.get_one(Assignment, assignment.id).recipient_id == ane.id


def test_the_coordinator_answers_on_the_phone_for_who_has_no_log_in(
    mona: Someone, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    berit = builders.a_person("Berit Bakke", phone="+4740000088")
    assignment = builders.an_assignment(volunteer=kari, recipient=berit)
    page = the_page(mona, assignment)
    assert page.says("Mottakersiden har ikke innlogging.")
    page.follow("Ja, det passer").press("Ja, det passer")
    assert db.get_one(Assignment, assignment.id).state is S.AGREED


def test_the_coordinator_waits_for_who_can_log_in(mona: Someone, asked: Assignment) -> None:
    page = the_page(mona, asked)
    assert page.says("Den andre siden har ikke svart ennå.")
    assert "Ja, det passer" not in page.links()


def test_no_thanks(tor: Someone, kari: Someone, asked: Assignment, db: TenantSession) -> None:
    page = the_page(tor, asked).follow("Nei takk")
    page.fill("Grunn", "Naboen hjelper meg").press("Nei takk")
    assert db.get_one(Assignment, asked.id).state is S.REFUSED
    assert the_page(kari, asked).says("Det sier ingenting om deg")
    assert not the_page(kari, asked).says("Naboen")


def test_the_volunteer_may_go_back_on_it(kari: Someone, tor: Someone, asked: Assignment, db: TenantSession) -> None:
    page = the_page(kari, asked).follow("Jeg må trekke meg")
    page.press("Jeg trekker meg")
    assert page.says("Avtalen falt bort")
    assert db.get_one(Need, asked.need_id, populate_existing=True).state is NeedState.OPEN


# The declaration


def test_the_volunteer_is_led_to_the_declaration_and_back(kari: Someone, tor: Someone, builders: Builders) -> None:
    assignment = builders.an_assignment(volunteer=kari, recipient=tor, state=S.AGREED)
    page = the_page(kari, assignment)
    assert not page.says("Tor Tande")
    page.follow("Les og signer")
    assert page.heading == "Taushetserklæring"
    page.press("Signer")
    assert page.errors() == ["Kryss av for at du lover dette, så kan du signere."]
    page.tick("Jeg har lest og forstått dette").press("Signer")
    assert page.url == f"/avtaler/{assignment.id}"
    assert page.says("Tor Tande")
    assert kari.opens("/taushetserklaering").says("Du har signert")


@pytest.mark.parametrize(("language", "heading"), [("nn", "Teieerklæring"), ("en", "Declaration of confidentiality")])
def test_the_declaration_is_signed_in_the_language_it_is_read_in(
    kari: Someone, language: str, heading: str, db: TenantSession
) -> None:
    from samskap.models import Clearance

    page = kari.opens("/taushetserklaering", lang=language)
    assert page.heading == heading
    page.tick({"nn": "Eg har lese", "en": "I have read"}[language]).press({"nn": "S", "en": "S"}[language])
    assert db.scalars(select(Clearance.language)).one() == language


def test_a_paper_is_registered_by_the_coordinator(
    mona: Someone, kari: Someone, tor: Someone, builders: Builders, db: TenantSession
) -> None:
    assignment = builders.an_assignment(volunteer=kari, recipient=tor, state=S.AGREED)
    page = the_page(mona, assignment).follow("Signert på papir")
    page.press("Registrer")
    assert page.status == 422
    page.fill("Dag", "31").fill("Måned", "12").fill("År", "2026").tick("Jeg har sett signaturen på papiret")
    page.press("Registrer")
    assert page.errors() == ["Datoen kan ikke ligge fram i tid. Skriv dagen erklæringen ble signert."]
    page.fill("Dag", "20").fill("Måned", "11").press("Registrer")
    assert page.status == 200
    assert db.get_one(Assignment, assignment.id).state is S.OPENED


def test_only_coordinators_register_a_paper(kari: Someone, ane: Someone, per: Someone) -> None:
    address = f"/frivillige/{kari.id}/taushetserklaering"
    assert [who.opens(address).status for who in (kari, ane, per)] == [403, 403, 404]


# The first meeting


@pytest.fixture
def opened(kari: Someone, tor: Someone, builders: Builders) -> Assignment:
    """Contact is open."""
    need = builders.a_need(state=NeedState.COVERED, recipient=tor)
    return builders.an_assignment(volunteer=kari, need=need, state=S.OPENED)


def suggest(page: Page, day: str = "2026-12-01", start: str = "10", end: str = "11.30") -> Page:
    return page.fill("Dato", day).fill("Fra kl.", start).fill("Til kl.", end)


def test_the_first_meeting_is_suggested_and_agreed(
    kari: Someone, tor: Someone, opened: Assignment, db: TenantSession
) -> None:
    page = the_page(kari, opened).follow("Foreslå en tid")
    suggest(page).fill("Sted", "Ved kirka").press("Foreslå tiden")
    assert page.says("Foreslått. Den andre siden har ikke svart ennå.")
    assert "Tiden passer" not in page.buttons()
    for_tor = the_page(tor, opened)
    assert for_tor.says("Tirsdag 1. desember kl. 10–11.30, Ved kirka")
    for_tor.press("Tiden passer")
    assert for_tor.says("Møtet er avtalt.") or for_tor.says("Avtalt.")
    assert db.get_one(Assignment, opened.id).state is S.RUNNING


@pytest.mark.parametrize(
    ("day", "start", "end", "sentence"),
    [
        ("", "10", "11", "Dato må fylles ut."),
        ("2026-02-31", "10", "11", "Datoen må være en dag som finnes, for eksempel 14.3.2027."),
        ("2026-12-01", "25", "26", "Klokkeslettet må skrives som 17 eller 17.30."),
        ("2026-12-01", "11", "10", "Tiden må slutte etter at den begynner."),
        ("2027-03-28", "02.30", "03.30", "Klokka stilles den natta, så dette klokkeslettet finnes ikke."),
        ("2026-11-23", "10", "11", "Tidspunktet er passert. Velg en tid fram i tid."),
        ("2026-12-01", "06", "20", "Et møte kan vare i høyst tolv timer."),
    ],
)
def test_a_time_that_cannot_be_is_said_and_kept(
    kari: Someone, opened: Assignment, db: TenantSession, day: str, start: str, end: str, sentence: str
) -> None:
    page = suggest(the_page(kari, opened).follow("Foreslå en tid"), day, start, end)
    page.press("Foreslå tiden")
    assert page.status == 422
    assert page.errors() == [sentence]
    assert (page.value("Dato"), page.value("Fra kl."), page.value("Til kl.")) == (day, start, end)
    assert db.scalars(select(Meeting)).all() == []


def test_another_time_is_suggested_instead(kari: Someone, tor: Someone, opened: Assignment, builders: Builders) -> None:
    builders.a_meeting(assignment=opened)
    page = the_page(tor, opened).follow("Foreslå en annen")
    suggest(page, "2026-12-03").press("Foreslå tiden")
    assert the_page(kari, opened).says("Torsdag 3. desember")
    the_page(kari, opened).press("Tiden passer")


def test_a_meeting_is_called_off_and_looked_back_on(
    kari: Someone, tor: Someone, builders: Builders, clock: Clock, db: TenantSession
) -> None:
    assignment = builders.an_assignment(volunteer=kari, recipient=tor, state=S.RUNNING)
    off = builders.a_meeting(assignment=assignment, state=MeetingState.PLANNED)
    page = the_page(kari, assignment)
    page.press("Avlys")
    assert db.get_one(Meeting, off.id).state is MeetingState.CALLED_OFF
    builders.a_meeting(assignment=assignment, state=MeetingState.PLANNED)
    clock.moves(days=1, hours=3)
    kari.logs_out()
    page = the_page(kari, assignment)
    page.press("Vi møttes")
    assert page.says("Dere møttes")


# The end


def test_either_side_ends_it_with_thanks(kari: Someone, tor: Someone, opened: Assignment, db: TenantSession) -> None:
    page = the_page(kari, opened).follow("Avslutt avtalen")
    assert not page.says("Mottakeren vil eller kan ikke lenger")
    page.press("Avslutt avtalen")
    assert page.errors() == ["Velg hvorfor avtalen slutter."]
    page.tick("Den frivillige kan ikke lenger").press("Avslutt avtalen")
    assert page.says("Avtalen er avsluttet")
    row = db.get_one(Assignment, opened.id)
    assert (row.state, row.ending, row.again_volunteer) == (S.ENDED, Ending.VOLUNTEER, None)
    assert not the_page(kari, opened).says("Tor Tande"), "contact is closed again"


def test_the_recipient_says_whether_to_look_for_somebody_else(
    tor: Someone, opened: Assignment, db: TenantSession
) -> None:
    page = the_page(tor, opened).follow("Avslutt avtalen")
    page.tick("Mottakeren vil eller kan ikke lenger").tick("Let etter en ny frivillig").tick("Nei")
    page.press("Avslutt avtalen")
    assert db.get_one(Assignment, opened.id).again_recipient is False
    assert db.get_one(Need, opened.need_id, populate_existing=True).state is NeedState.OPEN


def test_wish_not_to_meet_again_is_not_shown_to_the_other(kari: Someone, tor: Someone, builders: Builders) -> None:
    assignment = builders.an_assignment(
        volunteer=kari, recipient=tor, state=S.ENDED, again_recipient=False, ending=Ending.RECIPIENT
    )
    page = the_page(kari, assignment)
    assert not page.says("igjen")


# Who sees it


def test_nobody_else_finds_it(
    ola: Someone, per: Someone, odd: Someone, liv: Someone, asked: Assignment, stranger: Someone
) -> None:
    assert [the_page(who, asked).status for who in (ola, per, odd, liv)] == [404, 404, 404, 403]
    assert the_page(stranger, asked).heading == "Logg inn"


def test_the_reason_is_for_the_coordinator_alone(kari: Someone, tor: Someone, mona: Someone, asked: Assignment) -> None:
    page = the_page(kari, asked).follow("Jeg må trekke meg")
    page.fill("Grunn", "Ble syk").press("Jeg trekker meg")
    assert the_page(mona, asked).says("Ble syk")
    assert not the_page(tor, asked).says("Ble syk")


def test_the_coordinator_s_list_is_filtered_and_paged(mona: Someone, kari: Someone, builders: Builders) -> None:
    for number in range(26):
        builders.an_assignment(volunteer=builders.a_volunteer(), need=builders.a_need(title=f"Tur {number}"))
    builders.an_assignment(volunteer=kari, state=S.RUNNING, need=builders.a_need(title="Lesevenn"))
    page = mona.opens("/avtaler")
    assert page.says("Kari Kvam")
    page.follow("I gang")
    assert page.says("Lesevenn")
    assert not page.says("Tur 1")
    page.opens("/avtaler", side="2").says("Tur 0")


def test_my_own_list_names_nobody(kari: Someone, ola: Someone, asked: Assignment, builders: Builders) -> None:
    builders.an_assignment(volunteer=ola, need=builders.a_need(title="Lesevenn"))
    page = kari.opens("/mine-avtaler")
    assert page.says("Turvenn på Tretten")
    assert not page.says("Lesevenn")
    assert "Kvam" not in page.text


# By phone


def test_who_cannot_be_written_to_is_rung(mona: Someone, ane: Someone, builders: Builders, db: TenantSession) -> None:
    berit = builders.a_volunteer("Berit Bakke")
    offer = builders.an_offer(volunteer=berit)
    with keep(db):
        from samskap.services import notices

        notices.tell_person(db, Notice.OFFER_SENT, berit.id, key="x", thing=offer, now=mona.town.clock())
    page = mona.opens("/ring")
    page.follow("Se hva")
    assert page.heading == "Ring Berit Bakke"
    assert page.says("Spør om personen vil hjelpe")
    page.press("Jeg har ringt")
    assert db.scalars(select(Outbox.state)).one() is SendState.SENT
    assert mona.opens("/ring").says("Ingen å ringe")
    assert [who.opens("/ring").status for who in (ane,)] == [403]


@pytest.mark.parametrize("address", ["/avtaler/{0}", "/avtaler/{0}/ja", "/avtaler/{0}/foresla", "/avtaler/{0}/avslutt"])
@pytest.mark.parametrize("number", ["0", "2147483648", "99999999999999999999"])
def test_a_number_that_is_nobody_s_is_not_found(mona: Someone, address: str, number: str) -> None:
    assert mona.opens(address.format(number)).status == 404
