"""The administrator's pages: people and roles, units, the municipality, and what was changed."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from samskap.models import Municipality, Unit
from samskap.permissions import Role
from samskap.workflows.notice import Notice
from tests.cast import Someone, a_person
from tests.letters import letters_to
from tests.page import BASE
from tests.town import Town


def test_everyone_with_a_role_at_work_is_listed_with_unit(
    grete: Someone, ane: Someone, mona: Someone, kari: Someone
) -> None:
    page = grete.opens("/administrasjon")
    assert page.says("Ane Ås")
    assert page.says("Hjemmetjenesten")
    assert page.says("Mona Moen")
    assert not page.says("Kari Kvam")


def test_the_list_is_narrowed_by_role_and_unit(grete: Someone, ane: Someone, mona: Someone, home_care: Unit) -> None:
    page = grete.opens("/administrasjon").fill("Rolle", "koordinator").press("Vis")
    assert page.says("1 person passer til utvalget.")
    assert page.says("Mona Moen")
    assert not page.says("Ane Ås")
    assert grete.opens(f"/administrasjon?virksomhet={home_care.id}").says("Ane Ås")
    assert grete.opens("/administrasjon?rolle=leader&virksomhet=77").says("Ingen passer til utvalget")


@pytest.mark.parametrize("query", ["rolle=volunteer", "rolle=x", "virksomhet=x", "virksomhet=-1", "side=0", "side=1e3"])
def test_a_list_asked_for_in_nonsense_is_the_whole_list(grete: Someone, query: str) -> None:
    assert grete.opens(f"/administrasjon?{query}").says("Grete Gran")


def test_a_long_list_comes_in_pages(oyer: Town, app: Flask, grete: Someone) -> None:
    for number in range(30):
        a_person(oyer, app, f"Person{number:02} Nymo", Role.LEADER)
    page = grete.opens("/administrasjon")
    assert not page.says("Person29 Nymo")
    assert page.follow("Neste").says("Person29 Nymo")


def test_an_invitation_is_sent_listed_and_taken_back(grete: Someone, oyer: Town) -> None:
    page = grete.opens("/administrasjon").follow("Inviter noen")
    assert page.press("Send invitasjon").errors() == ["E-postadresse må fylles ut.", "Rolle må velges."]
    page.fill("E-postadresse", "ny@post.example").fill("Rolle", "fagperson").press("Send invitasjon")
    assert page.errors() == ["Virksomhet må velges for en fagperson."]
    assert page.value("E-postadresse") == "ny@post.example"
    page.fill("Rolle", "leder").press("Send invitasjon")
    assert page.says("Invitasjonen er sendt til ny@post.example. Lenken virker i 48 timer.")
    assert [letter.notice for letter in letters_to(oyer.db, "ny@post.example")] == [Notice.INVITE_STAFF]
    assert page.press("Trekk tilbake").says("Invitasjonen er trukket tilbake.")
    assert not page.says("ny@post.example")


def test_an_invitation_sounds_the_same_for_known_and_unknown_addresses(grete: Someone, kari: Someone) -> None:
    told = []
    for email in (str(kari.account.email), "ukjent@post.example"):  # type: ignore[union-attr]
        page = grete.opens("/administrasjon/inviter").fill("E-postadresse", email).fill("Rolle", "leder")
        page.press("Send invitasjon")
        told.append((page.statuses, page.text.partition("Har en rolle")[0].count("Leder"), page.heading))
        page.press("Trekk tilbake")
    assert told[0] == told[1]


def test_a_role_ends_after_one_page_that_says_what_happens(grete: Someone, mona: Someone) -> None:
    assert mona.opens("/arbeidsliste").status == 200
    page = grete.opens("/administrasjon").follow("Avslutt", beside="Mona Moen")
    assert page.heading == "Avslutt rollen til Mona Moen"
    assert page.press("Avslutt rollen").says("Mona Moen er ikke lenger koordinator.")
    assert mona.opens("/arbeidsliste").heading == "Logg inn"


def test_the_last_administrator_is_told_why_they_stay(grete: Someone) -> None:
    page = grete.opens("/administrasjon").follow("Avslutt", beside="Grete Gran").press("Avslutt rollen")
    assert page.status == 409
    assert "Kommunen må ha minst én administrator." in page.errors()[0]


def test_an_administrator_who_ends_their_own_role_is_out_at_once(oyer: Town, app: Flask, grete: Someone) -> None:
    a_person(oyer, app, "Nils Nymo", Role.ADMINISTRATOR)
    page = grete.opens("/administrasjon").follow("Avslutt", beside="Grete Gran").press("Avslutt rollen")
    assert page.heading == "Logg inn"


@pytest.mark.parametrize("path", ["/administrasjon", "/administrasjon/inviter", "/administrasjon/virksomheter",
                                  "/administrasjon/kommunen", "/administrasjon/endringer"])  # fmt: skip
def test_nobody_else_comes_in(mona: Someone, liv: Someone, kari: Someone, path: str) -> None:
    assert [who.opens(path).status for who in (mona, liv, kari)] == [403] * 3


def test_what_is_in_another_municipality_is_not_there(grete: Someone, per: Someone, gausdal: Town) -> None:
    unit = gausdal.builders.a_unit("Segalstad")
    assert grete.opens(f"/administrasjon/virksomheter/{unit.id}").status == 404
    assert not grete.opens("/administrasjon/virksomheter").says("Segalstad")
    assert not grete.opens("/administrasjon").says("Per Prestrud")


def test_a_unit_is_added_and_changed_and_its_name_is_its_own(grete: Someone, oyer: Town) -> None:
    page = grete.opens("/administrasjon/virksomheter").fill("Navn", "Solvang barnehage").fill("Telefon", "61 26 81")
    page.press("Legg til")
    assert "åtte siffer" in page.errors()[0]
    page.fill("Telefon", "61 26 81 00").press("Legg til")
    assert page.says("Solvang barnehage er lagt til.")
    assert oyer.db.scalars(select(Unit.phone)).all() == ["+4761268100"]
    page.fill("Navn", "Solvang barnehage").press("Legg til")
    assert page.errors() == ["Det er allerede en virksomhet som heter dette. Velg et annet navn."]
    page.opens("/administrasjon/virksomheter").follow("Endre").fill("Navn", "Solvang").press("Lagre")
    assert page.says("Solvang er endret.")


def test_settings_are_kept_and_every_change_is_written_down(grete: Someone, oyer: Town) -> None:
    page = grete.opens("/administrasjon/kommunen")
    page.fill("Dager til å svare på en forespørsel", "5").fill("Nabokommuner", "3405, 3439 3405").press("Lagre")
    assert page.says("Lagret.")
    here = oyer.db.get_one(Municipality, oyer.id)
    oyer.db.refresh(here)
    assert (here.offer_days, here.neighbours) == (5, ["3405", "3439"])
    history = grete.opens("/administrasjon/endringer")
    assert history.says("Dager til å svare på en forespørsel: 3 → 5")
    assert history.says("Nabokommuner: – → 3405, 3439") or history.says("Nabokommuner")
    assert history.says("Grete Gran")


@pytest.mark.parametrize(
    ("label", "typed", "said"),
    [
        ("Navn", "", "Navn må fylles ut."),
        ("Navn", "x" * 81, "Navn er for lang: 81 tegn. Den kan ha 80."),
        ("Telefon", "ring meg", "bare med tall"),
        ("E-postadresse", "ikke en adresse", "E-postadressen ser ikke riktig ut."),
        ("Dager til å svare på en forespørsel", "0", "må være fra 1 til 30"),
        ("Dager til å svare på en forespørsel", "tre", "må være et helt tall"),
        ("Varsler går ut fra klokka", "24", "må være fra 0 til 23"),
        ("Varsler går ut til klokka", "8", "senere time enn de går ut fra"),
        ("Nabokommuner", "Lillehammer", "kommunenumre med fire siffer"),
        ("Nabokommuner", "٣٤٠٥", "kommunenumre med fire siffer"),
    ],
)
def test_a_setting_that_cannot_be_is_told_of_and_what_was_typed_is_kept(
    grete: Someone, label: str, typed: str, said: str
) -> None:
    page = grete.opens("/administrasjon/kommunen").fill(label, typed).press("Lagre")
    assert page.status == 422
    assert any(said in error for error in page.errors()), page.errors()
    assert page.value(label) == typed


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/administrasjon/inviter", "role"),
        ("/administrasjon/inviter", "unit"),
        ("/administrasjon/virksomheter", "sector"),
        ("/administrasjon/kommunen", "locale"),
        ("/administrasjon/kommunen", "theme"),
    ],
)
def test_an_answer_that_is_not_in_the_list_is_told_of(grete: Someone, path: str, name: str) -> None:
    token = grete.opens(path).html.split('csrf_token" value="')[1].split('"')[0]
    sent = {"csrf_token": token, name: "noe annet"}
    answer = grete.browser.post(path, data=sent, headers={"Referer": BASE + path})
    assert answer.status_code == 422
    assert f'href="#{name}">Velg ett av svarene i lista.</a>' in answer.text
