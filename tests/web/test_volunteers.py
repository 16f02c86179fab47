"""Frivillige, as the coordinator keeps them: the list, one person, ready in one press, and registered for somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from samskap.models import Outbox, Person, Volunteer, WordKind
from samskap.models.session import TenantSession
from samskap.workflows.notice import Notice
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import told
from tests.page import Page
from tests.standard import elements, words_of
from tests.town import Clock, keep


def listed(page: Page) -> list[str]:
    """The names on the list, in order."""
    return [words_of(node).strip() for node in elements(page.main, "h2")]


@pytest.fixture
def siri(builders: Builders) -> Volunteer:
    """Somebody new without an account, whom nobody has talked with."""
    return builders.a_volunteer("Siri Sæter", state=VolunteerState.REGISTERED)


# The list


def test_everyone_stands_on_the_list_by_name_with_how_it_stands(
    mona: Someone, kari: Someone, ola: Someone, siri: Volunteer, jon: Someone, clock: Clock
) -> None:
    with keep(mona.town.db):
        kari.volunteer.paused_since = clock().date()
        ola.volunteer.last_asked_at = clock() - timedelta(days=9)
    page = mona.opens("/frivillige")
    assert listed(page) == ["Kari Kvam", "Ola Odden", "Siri Sæter"]
    assert page.says("3 personer")
    assert page.says("Kari KvamMeldte seg 24. november. Aldri spurt.KlarPause")
    assert page.says("Ola OddenMeldte seg 24. november. Sist spurt 15. november.Klar")
    assert page.says("Siri SæterMeldte seg 24. november. Aldri spurt.Ny")


def test_the_list_is_searched_by_part_of_a_name_and_by_how_it_stands(
    mona: Someone, kari: Someone, ola: Someone, siri: Volunteer
) -> None:
    page = mona.opens("/frivillige").fill("Navn", " od ").press("Søk")
    assert listed(page) == ["Ola Odden"]
    assert page.value("Navn") == "od"
    page.fill("Navn", "").fill("Tilstand", "Ny").press("Søk")
    assert listed(page) == ["Siri Sæter"]
    assert page.value("Tilstand") == "registered"
    page.fill("Navn", "kari").press("Søk")
    assert page.says("Ingen her")
    assert "Importer en liste" in page.links()


def test_a_search_for_anything_at_all_is_answered(mona: Someone, kari: Someone) -> None:
    for query in ("tilstand=x&navn=Kari", "side=-1", "side=9", "navn=%E2%80%AEK"):
        assert listed(mona.opens(f"/frivillige?{query}")) == ["Kari Kvam"], query
    for query in ("navn=%25", "navn=_", f"navn={'x' * 500}"):
        assert listed(mona.opens(f"/frivillige?{query}")) == ["Ingen her"], query


def test_a_long_list_comes_in_pages_that_keep_the_search(mona: Someone, kari: Someone, builders: Builders) -> None:
    for number in range(27):
        builders.a_volunteer(f"Idun {number:02}")
    page = mona.opens("/frivillige").fill("Navn", "Idun").press("Søk")
    assert page.says("27 personer")
    assert len(listed(page)) == 25
    page.follow("Neste")
    assert listed(page) == ["Idun 25", "Idun 26"]


# One person


def test_one_person_s_page_says_what_they_offer_and_not_what_they_have_lived_through(
    mona: Someone, kari: Someone, builders: Builders
) -> None:
    for key, kind in (("turgåing", WordKind.RESOURCE), ("strikking", WordKind.INTEREST), ("norsk", WordKind.LANGUAGE)):
        builders.gives(kari, builders.a_term(key, kind), 3 if kind is WordKind.LANGUAGE else 0)
    builders.gives(kari, builders.a_term("samlivsbrudd", WordKind.EXPERIENCE))
    builders.an_own_word(kari, "kan slå med ljå")
    builders.a_clearance(kari, "police_certificate:school")
    page = mona.opens(f"/frivillige/{kari.id}")
    for words in (
        "Turgåing", "Med egne ord: kan slå med ljå", "Likerstrikking", "Språknorsk", "kjører, inntil 15 km, fra 2636",
        "inntil 1 samtidig", "Attestavklart", "Taushetikke signert", "Ledig: hverdager 9–15.", "400 00 001",
    ):  # fmt: skip
        assert page.says(words), words
    assert "samlivsbrudd" not in page.html
    assert "opplæringslova" not in page.html, "only that something was shown, not for which role"


def test_ready_in_one_press_and_the_volunteer_is_told(mona: Someone, kari: Someone, db: TenantSession) -> None:
    with keep(db):
        kari.volunteer.state = VolunteerState.REGISTERED
    page = mona.opens(f"/frivillige/{kari.id}")
    page.press("Gjør klar")
    assert page.says("Klar. Nå kan vi også spørre om oppgaver hjemme hos noen.")
    assert kari.volunteer.state is VolunteerState.READY
    assert told(db) == [(Notice.VOLUNTEER_READY, kari.id)]
    assert page.says("I dag, tirsdag, kl. 10: Ble gjort klar. (Mona Moen)")
    assert "Gjør klar" not in page.buttons()
    page.press("Gjør klar", on_the_old_page=True)
    assert told(db) == [(Notice.VOLUNTEER_READY, kari.id)]


def test_two_coordinators_make_somebody_ready_and_the_second_is_told_so(
    mona: Someone, arne: Someone, siri: Volunteer
) -> None:
    for_arne = arne.opens(f"/frivillige/{siri.id}")
    mona.opens(f"/frivillige/{siri.id}").press("Gjør klar")
    for_arne.press("Gjør klar")
    assert (for_arne.status, for_arne.errors()) == (409, ["Dette er allerede gjort. Du trenger ikke gjøre noe mer."])


def test_history_says_who_did_what_in_order(mona: Someone, arne: Someone, siri: Volunteer, clock: Clock) -> None:
    mona.opens(f"/frivillige/{siri.id}").press("Samtale avtalt")
    clock.moves(days=1)
    page = arne.opens(f"/frivillige/{siri.id}").press("Gjør klar")
    happened = page.text.partition("Hva som har skjedd")[2]
    assert "En samtale ble avtalt. (Mona Moen)" in happened
    assert happened.index("En samtale ble avtalt.") < happened.index("Ble gjort klar. (Arne Aasen)")


def test_the_coordinator_takes_a_break_and_leaves_for_somebody(
    mona: Someone, siri: Volunteer, db: TenantSession
) -> None:
    page = mona.opens(f"/frivillige/{siri.id}").follow("Pause")
    page.press(page.buttons()[0])
    assert page.url == f"/frivillige/{siri.id}"
    assert page.says("Tok pause. (Mona Moen)")
    page.press("Avslutt pausen")
    page.follow("Meld ut")
    page.press(page.buttons()[0])
    assert db.get_one(Volunteer, siri.id).state is VolunteerState.LEFT
    assert page.opens(f"/frivillige/{siri.id}").buttons() == ["Ta med igjen"]


def test_what_was_asked_and_agreed_leads_on(mona: Someone, kari: Someone, builders: Builders) -> None:
    assignment = builders.an_assignment(volunteer=kari, need=builders.a_need(title="Lesevenn"))
    page = mona.opens(f"/frivillige/{kari.id}")
    assert page.text.count("Lesevenn") == 2
    assert page.follow("Lesevenn", beside="Avtaler").url in (
        f"/avtaler/{assignment.id}", f"/foresporsel/{assignment.offer_id}",
    )  # fmt: skip


# Registered for somebody


def registers(mona: Someone, **typed: str) -> Page:
    page = mona.opens("/frivillige").follow("Registrer for noen")
    for label, words in typed.items():
        page.fill(label, words)
    return page.tick("Personen har selv sagt ja til å bli registrert").press("Neste steg")


def test_somebody_without_e_mail_is_registered_in_the_same_four_steps_and_written_to_by_nobody(
    mona: Someone, builders: Builders, db: TenantSession
) -> None:
    builders.a_term("walking_company", nb="Følge på tur")
    builders.a_term("nb", WordKind.LANGUAGE, nb="Norsk")
    page = registers(mona, Navn="Olga Opsahl", Telefon="400 00 055")
    olga = db.scalars(select(Person).where(Person.name == "Olga Opsahl")).one()
    assert page.url == f"/meld-deg/hvor?for={olga.id}"
    assert page.says("Olga Opsahl")
    page.fill("Postnummer", "2636").tick("Til fots").press("Neste steg")
    page.tick("Følge på tur").press("Neste steg")
    page.fill("Mandag", "10–12").press("Neste steg")
    page.fill("Dag", "14").fill("Måned", "2").fill("År", "1950").press("Neste steg")
    assert page.url == f"/meld-deg/se-over?for={olga.id}"
    page.press(page.buttons()[-1])
    assert page.url == f"/frivillige/{olga.id}"
    assert page.says("Olga Opsahl er med.")
    row = db.get_one(Volunteer, olga.id)
    assert (row.state, olga.source, olga.registered_by_id, olga.phone) == (
        VolunteerState.REGISTERED, "assisted", mona.id, "+4740000055",
    )  # fmt: skip
    assert [person_id for _notice, person_id in told(db) if person_id == olga.id] == []
    assert page.says("Meldte seg. (Mona Moen)")


def test_what_is_missing_is_said_and_what_was_typed_is_kept(mona: Someone, db: TenantSession) -> None:
    page = mona.opens("/frivillige/registrer").press("Neste steg")
    assert page.errors() == ["Navn må fylles ut.", "Spør personen først, og kryss av når svaret er ja."]
    page.fill("Navn", "Olga Opsahl").fill("Telefon", "123").fill("E-post", "olga").press("Neste steg")
    assert page.status == 422
    assert len(page.errors()) == 3
    assert [page.value(label) for label in ("Navn", "Telefon", "E-post")] == ["Olga Opsahl", "123", "olga"]
    assert db.scalars(select(Person).where(Person.name == "Olga Opsahl")).all() == []


@pytest.mark.parametrize("typed", [{"Telefon": "+47 40 00 00 01"}, {"E-post": "kari@øyer.example"}])
def test_somebody_who_is_here_already_is_not_registered_twice(
    mona: Someone, kari: Someone, db: TenantSession, typed: dict[str, str]
) -> None:
    page = registers(mona, Navn="Kari K", **typed)
    assert page.errors()[0].startswith("En person med samme e-post eller telefon er allerede registrert.")
    assert db.scalars(select(Person.name).where(Person.name == "Kari K")).all() == []


def test_an_invitation_is_for_who_has_an_address_and_no_log_in(
    mona: Someone, kari: Someone, siri: Volunteer, db: TenantSession
) -> None:
    assert "Inviter" not in mona.opens(f"/frivillige/{siri.id}").buttons()
    assert "Inviter" not in mona.opens(f"/frivillige/{kari.id}").buttons()
    with keep(db):
        db.get_one(Person, siri.id).email = "siri@oyer.example"
    page = mona.opens(f"/frivillige/{siri.id}").press("Inviter")
    assert page.says("Invitasjonen er sendt. Uten svar innen 30 dager slettes registreringen.")
    assert [row.address for row in db.scalars(select(Outbox))] == ["siri@oyer.example"]


# Who comes in


def test_only_coordinators_of_the_municipality_see_the_volunteers(
    kari: Someone, ane: Someone, liv: Someone, ida: Someone, per: Someone, mona: Someone, jon: Someone
) -> None:
    for address in ("/frivillige", "/frivillige/registrer", f"/frivillige/{kari.id}"):
        assert [who.opens(address).status for who in (kari, ane, liv, ida)] == [403] * 4
    assert per.opens(f"/frivillige/{kari.id}").status == 404
    assert listed(per.opens("/frivillige")) == ["Jon Jevne"]
    assert [mona.opens(f"/frivillige/{number}").status for number in (jon.id, mona.id, 0, 2**31)] == [404] * 4
