"""Mine data: what is kept, put right, taken along, who has looked, and all of it deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from samskap.models import (
    Account,
    Assignment,
    ClearanceKind,
    Need,
    Offer,
    Person,
    Standing,
    Volunteer,
    WordKind,
)
from samskap.models.session import TenantSession
from samskap.services import passwords
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.need import NeedState, Outcome
from samskap.workflows.offer import OfferState
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import told
from tests.page import Page
from tests.town import Clock, Town, keep

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PASSWORD = "hest lampe skog brev"
KEPT = passwords.hashed(PASSWORD)
SURE = "Jeg vil slette alt om meg her. Det kan ikke angres."


def lines(page: Page) -> dict[str, list[str]]:
    """What the page says is kept, by why: the values."""
    from tests.standard import elements

    found: dict[str, list[str]] = {}
    for row in elements(page.main, "tr"):
        why = "".join(text for head in elements(row, "th") for text in head.itertext())
        cells = ["".join(cell.itertext()) for cell in elements(row, "td")]
        if cells:
            found.setdefault(why, []).append(cells[0])
    return found


def deletes(who: Someone) -> Page:
    return who.opens("/mine-data").follow("Slett alt").tick(SURE).press("Slett alt")


# ---------------------------------------------------------------- seeing


def test_every_value_is_told_with_why_and_for_how_long_in_words_that_people_read(
    kari: Someone, builders: Builders, db: TenantSession
) -> None:
    builders.the_vocabulary()
    builders.gives(kari, builders.word("nb", WordKind.LANGUAGE), 3)
    builders.gives(kari, builders.word("driving"))
    builders.a_clearance(kari, "police_certificate:kindergarten")
    builders.an_association(kari)
    with keep(db):
        held = db.get_one(Volunteer, kari.id)
        held.not_kinds, held.not_modes, held.weekly_minutes = "walking_friend visiting_friend", "phone home", 240
        db.get_one(Person, kari.id).gender = "f"
    page = kari.opens("/mine-data")
    said = lines(page)
    for why, value in {
        "Navnet ditt, så folk vet hvem du er": ["Kari Kvam"],
        "Telefonnummeret ditt, så koordinatoren kan ringe": ["400 00 001"],
        "Kjønn, bare brukt når en mottaker har et ønske om det": ["Kvinne"],
        "Hvilket språk du vil ha": ["Bokmål"],
        "Hvilke kommuner kontoen brukes i": ["Øyer kommune"],
        "Hvilken rolle du har": ["frivillig"],
        "Hvor langt vi er kommet": ["Klar"],
        "Når det passer for deg": ["hverdager 9–15"],
        "Hvordan du kommer deg fram": ["Bil"],
        "Hvor langt du vil reise": ["15 km"],
        "Hvor mye tid du vil gi i uka": ["fire timer"],
        "Oppgaver du ikke vil ha": ["Turvenn og Besøksvenn"],
        "Steder og måter du ikke vil hjelpe på": ["Hjemme hos noen og På telefon"],
        "Det du kan bidra med, liker og snakker": ["Norsk", "Kjøre bil"],
        "Hvor godt du snakker et språk": ["Flytende, eller morsmålet mitt"],
        "Hvilket krav det gjelder": ["Oppgaver i en barnehage"],
        "Hvem som er kontaktperson for foreningen": ["Du"],
    }.items():
        assert said[why] == value, why
    assert page.says("Blir tatt vare på i kommunens arkiv, slik arkivloven sier.")
    assert page.says("Så lenge du er med. Slettes når du slutter.")


def test_what_was_done_with_somebody_is_told_in_words_too(
    kari: Someone, tor: Someone, ane: Someone, builders: Builders
) -> None:
    builders.an_offer(volunteer=kari, state=OfferState.DECLINED, reason="Jeg er bortreist")
    builders.a_meeting(assignment=builders.an_assignment(volunteer=kari, recipient=tor, state=AssignmentState.RUNNING))
    said = lines(kari.opens("/mine-data"))
    assert said["Hvor langt avtalen er kommet"] == ["I gang"]
    assert "Foreslått" in said["Om dere møttes"]
    assert "Jeg er bortreist" in [value for values in said.values() for value in values]
    assert lines(ane.opens("/mine-data"))["Hvor du arbeider"] == ["Hjemmetjenesten"]


CODES = {
    "car", "ready", "running", "declined", "accepted", "suggested", "proposed", "approved", "spoken", "self", "nb", "f",
    "m", "certificate", "declaration", "volunteer", "recipient", "outdoors", "home", "True", "False", "None", "planned",
}  # fmt: skip


def test_no_code_of_the_program_s_is_shown(kari: Someone, tor: Someone, builders: Builders) -> None:
    builders.a_clearance(kari, "2026-1", ClearanceKind.DECLARATION)
    need = builders.a_need(recipient=tor, wish_gender="f", wish_reason="Det føles tryggest")
    builders.a_meeting(assignment=builders.an_assignment(volunteer=kari, need=need, state=AssignmentState.RUNNING))
    builders.an_assignment(volunteer=kari, recipient=tor, state=AssignmentState.ENDED)
    for who in (kari, tor):
        values = {value for one in lines(who.opens("/mine-data")).values() for value in one}
        assert values & CODES == set()


def test_nothing_about_anybody_else_is_told(kari: Someone, tor: Someone, ola: Someone, builders: Builders) -> None:
    builders.an_assignment(volunteer=kari, recipient=tor, state=AssignmentState.RUNNING, meeting_place="Kafé Losna")
    builders.an_assignment(volunteer=ola, recipient=tor, state=AssignmentState.ENDED, meeting_place="Kongsvegen 3")
    for_kari, for_tor, for_ola = (who.opens("/mine-data").text for who in (kari, tor, ola))
    assert "Kafé Losna" in for_kari
    assert "Kafé Losna" in for_tor
    for word in ("Tor Tande", "400 00 003", "Kongsvegen"):
        assert word not in for_kari, word
        assert word not in for_ola, f"{word}: the contact is closed again"
    for word in ("Kari", "400 00 001"):
        assert word not in for_tor, word


def test_many_values_come_in_pages(kari: Someone, builders: Builders) -> None:
    for number in range(40):
        builders.an_own_word(kari, f"kan nummer {number}")
    page = kari.opens("/mine-data")
    seen = page.text + page.follow("Neste").text
    assert all(f"kan nummer {number}" in seen for number in range(40))


def test_who_has_been_shown_one_s_contact_details_is_told_to_both(
    kari: Someone, tor: Someone, builders: Builders
) -> None:
    builders.a_clearance(kari, "2026-1", ClearanceKind.DECLARATION)
    assignment = builders.an_assignment(volunteer=kari, recipient=tor)
    assert kari.opens("/mine-data").says("Kontaktopplysningene dine er ikke åpnet for noen.")
    tor.opens(f"/avtaler/{assignment.id}").follow("Ja, det passer").press("Ja, det passer")
    for who, other in ((kari, "Tor Tande"), (tor, "Kari Kvam")):
        seen = who.opens("/mine-data").text.partition("Hvem har sett")[2]
        assert f"{other}Kontaktopplysningene dine, i dag, tirsdag, kl. 10" in seen


# ---------------------------------------------------------------- putting right


def test_name_phone_and_language_are_put_right_where_they_stand(
    kari: Someone, mona: Someone, db: TenantSession
) -> None:
    page = kari.opens("/mine-data").follow("Rett navn, telefon og språk")
    assert (page.value("Navn"), page.value("Telefon"), page.ticked("Bokmål")) == ("Kari Kvam", "400 00 001", True)
    page.fill("Navn", "Kari Kvam Berg").fill("Telefon", "400 00 055").tick("Nynorsk").press("Lagre")
    assert page.says("Lagret.")
    assert page.says("Kari Kvam Berg")
    person = db.get_one(Person, kari.id)
    assert (person.name, person.phone, person.locale) == ("Kari Kvam Berg", "+4740000055", "nn")
    assert mona.opens(f"/frivillige/{kari.id}").heading == "Kari Kvam Berg"


def test_what_cannot_be_a_name_or_a_phone_is_told_of_and_kept(tor: Someone, db: TenantSession) -> None:
    page = tor.opens("/mine-data/rett").fill("Navn", " \u200b ").fill("Telefon", "12").press("Lagre")
    assert page.status == 422
    assert page.errors()[0] == "Navn må fylles ut."
    assert len(page.errors()) == 2
    assert page.value("Telefon") == "12"
    assert db.get_one(Person, tor.id).phone == "+4740000003"


def test_what_one_offers_is_put_right_on_one_s_own_page(kari: Someone, eva: Someone) -> None:
    assert kari.opens("/mine-data").follow("Rett det du bidrar med").url == "/min-side"
    assert "Rett det du bidrar med" not in eva.opens("/mine-data").links()


# ---------------------------------------------------------------- taking along


def test_everything_is_taken_along_as_one_file(kari: Someone, tor: Someone, builders: Builders) -> None:
    builders.the_vocabulary()
    builders.gives(kari, builders.word("driving"))
    builders.an_assignment(volunteer=kari, recipient=tor, state=AssignmentState.RUNNING)
    page = kari.opens("/mine-data").follow("Last ned")
    assert page.response.mimetype == "application/json"
    assert page.response.headers["Content-Disposition"] == 'attachment; filename="mine-data.json"'
    told: dict[str, Any] = json.loads(page.response.data)
    assert told["person"][0]["name"] == "Kari Kvam"
    assert told["standing"] == [{"municipality_id": "Øyer kommune"}]
    assert told["volunteer"][0]["free"][0] == [540, 900]
    assert [one["term_id"] for one in told["volunteer_term"]] == ["Kjøre bil"]
    assert told["assignment"][0]["state"] == "running"
    words = page.response.text
    for word in ("Tor", "Tande", "password", "argon2", 'municipality_id": 1', "+4740000003"):
        assert word not in words, word


def test_the_file_holds_all_that_the_page_tells(kari: Someone, builders: Builders) -> None:
    builders.an_own_word(kari)
    builders.an_offer(volunteer=kari, state=OfferState.DECLINED, reason="Jeg er bortreist")
    page = kari.opens("/mine-data")
    file = kari.opens("/mine-data/last-ned").response.text
    for value in ("kan slå med ljå", "Jeg er bortreist", "kari@øyer.example"):
        assert page.says(value)
        assert value in file


# ---------------------------------------------------------------- the password is asked for again


@pytest.mark.parametrize("where", ["/mine-data/last-ned", "/mine-data/slett"])
def test_a_borrowed_screen_neither_downloads_nor_deletes(
    eva: Someone, where: str, clock: Clock, db: TenantSession
) -> None:
    with keep(db):
        eva.account.password_hash = KEPT  # type: ignore[union-attr]
    eva.opens("/mine-data")
    clock.moves(minutes=11)
    page = eva.opens(where)
    assert page.url.startswith("/bekreft-deg")
    page.fill("Passord", PASSWORD).press("Det er meg")
    assert page.status == 200
    assert page.url == where


def test_a_form_that_stood_open_for_too_long_deletes_nothing(eva: Someone, clock: Clock, db: TenantSession) -> None:
    page = eva.opens("/mine-data/slett").tick(SURE)
    clock.moves(minutes=31)
    page.press("Slett alt")
    assert page.url.startswith("/bekreft-deg")
    assert db.get_one(Person, eva.id).erased_at is None


# ---------------------------------------------------------------- deleting


def test_deleting_asks_once_and_says_what_happens(kari: Someone, db: TenantSession) -> None:
    page = kari.opens("/mine-data").follow("Slett alt")
    assert page.says("Forespørsler og avtaler stanses, og de det gjelder får beskjed.")
    page.press("Slett alt")
    assert (page.status, page.errors()) == (422, ["Kryss av for at du vil slette alt."])
    assert db.get_one(Person, kari.id).erased_at is None


def test_who_deletes_is_logged_out_everywhere_and_unknown(
    kari: Someone, mona: Someone, app: Flask, db: TenantSession
) -> None:
    other = app.test_client()
    kari.logs_in(other)
    page = deletes(kari)
    assert page.url == "/"
    assert page.says("Alt om deg her er slettet. Takk for at du var med.")
    assert kari.opens("/min-side").url.startswith("/logg-inn")
    assert Page(other, db).opens("/min-side").url.startswith("/logg-inn")
    assert db.scalars(select(Account).where(Account.email == "kari@øyer.example")).all() == []
    assert not mona.opens("/frivillige").says("Kari")
    assert mona.opens(f"/frivillige/{kari.id}").status == 404


def test_a_volunteer_who_deletes_leaves_nobody_waiting(
    kari: Someone, tor: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    asked = builders.an_offer(volunteer=kari, need=builders.a_need(state=NeedState.OPEN, wanted=2))
    running = builders.an_assignment(
        volunteer=kari, need=builders.a_need(state=NeedState.RUNNING, recipient=tor), state=AssignmentState.RUNNING
    )
    deletes(kari)
    assert db.get_one(Offer, asked.id).state is OfferState.WITHDRAWN
    assert db.get_one(Assignment, running.id).state is AssignmentState.ENDED
    assert db.get_one(Need, running.need_id).state is NeedState.OPEN, "somebody else is looked for"
    assert {who for _notice, who in told(db)} >= {tor.id, mona.id}
    page = tor.opens(f"/avtaler/{running.id}")
    assert page.status == 200
    assert "Kari" not in page.text


def test_a_recipient_who_deletes_is_looked_for_no_more_and_the_volunteer_is_told(
    kari: Someone, tor: Someone, builders: Builders, db: TenantSession
) -> None:
    open_need = builders.a_need(recipient=tor)
    met = builders.an_assignment(
        volunteer=kari, need=builders.a_need(state=NeedState.RUNNING, recipient=tor), state=AssignmentState.RUNNING
    )
    deletes(tor)
    gone = db.get_one(Need, open_need.id)
    assert (gone.state, gone.outcome, gone.task) == (NeedState.CLOSED, Outcome.WITHDRAWN, "")
    assert db.get_one(Assignment, met.id).state is AssignmentState.ENDED
    assert kari.id in {who for _notice, who in told(db)}
    page = kari.opens(f"/avtaler/{met.id}")
    for word in ("Tor", "Tande", "400 00 003", "Kongsvegen"):
        assert word not in page.text, word


def test_who_has_a_role_at_work_is_told_to_have_it_ended_first(
    ane: Someone, mona: Someone, grete: Someone, ida: Someone, liv: Someone, db: TenantSession
) -> None:
    for who in (ane, mona, grete, ida, liv):
        page = deletes(who)
        assert page.status == 409
        assert page.says("Du har en rolle i kommunen. Be administratoren om å avslutte den først")
        assert db.get_one(Person, who.id).erased_at is None
        assert who.opens("/min-side").status == 200, "still logged in"


def test_the_account_lives_on_where_it_is_used_in_another_municipality(
    kari: Someone, gausdal: Town, app: Flask, db: TenantSession
) -> None:
    assert kari.account is not None
    with keep(gausdal.db):
        gausdal.db.add(Standing(account_id=kari.account.id, municipality_id=gausdal.id))
        gausdal.db.add(Person(account_id=kari.account.id, name="Kari i Gausdal", created_at=gausdal.clock()))
    deletes(kari)
    assert db.get_one(Account, kari.account.id).email == "kari@øyer.example"
    assert db.scalars(select(Standing.municipality_id).where(Standing.account_id == kari.account.id)).all() == [
        gausdal.id
    ]
    assert gausdal.db.scalars(select(Person.name).where(Person.account_id == kari.account.id)).all() == [
        "Kari i Gausdal"
    ]


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_pages_stand_in_every_language(kari: Someone, language: str) -> None:
    for path in ("/mine-data", "/mine-data/rett", "/mine-data/slett"):
        assert kari.opens(path, lang=language).language == language
