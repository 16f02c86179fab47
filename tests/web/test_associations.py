"""Vi er en forening: registered by whoever will be its contact, and listed for the coordinator."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from samskap.models import Association
from samskap.models.session import TenantSession
from samskap.services import own_data
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import does
from tests.page import Page

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

NUMBER = "974760673"


def tells(who: Someone, name: str = "Øyer Turlag", number: str = "974 760 673") -> Page:
    page = who.opens("/vi-er-en-forening").fill("Navn på foreningen", name).fill("Organisasjonsnummer", number)
    page.fill("Hva kan dere bidra med?", "Turer og dugnad på stiene.").fill("Hvor holder dere til?", "Tretten")
    return page


def test_a_citizen_registers_an_association_and_becomes_its_contact(
    kari: Someone, mona: Someone, db: TenantSession
) -> None:
    page = kari.opens("/min-side").follow("Vi er en forening")
    assert page.heading == "Vi er en forening"
    page = tells(kari).press("Send inn")
    assert page.url == "/min-side"
    assert page.says("Takk. Foreningen er registrert, og koordinatoren tar kontakt.")
    row = db.scalars(select(Association)).one()
    assert (row.name, row.orgnr, row.contact_id) == ("Øyer Turlag", NUMBER, kari.id)
    page = mona.opens("/frivillige").follow("Foreninger")
    for words in ("Øyer Turlag", "Turer og dugnad på stiene.", "Kontakt: Kari Kvam", "400 00 001"):
        assert page.says(words), words


def test_a_number_is_not_needed_and_two_without_one_do_not_clash(
    kari: Someone, ola: Someone, db: TenantSession
) -> None:
    for who, name in ((kari, "Grenda vår"), (ola, "Strikkelaget")):
        assert tells(who, name, "").press("Send inn").url == "/min-side"
    assert db.scalars(select(Association.orgnr)).all() == [None, None]


def test_a_number_that_does_not_fit_together_is_told_of_and_kept(eva: Someone, db: TenantSession) -> None:
    for number in ("974760674", "97476067", "ni ni ni", "9747606730"):
        page = tells(eva, number=number).press("Send inn")
        assert page.status == 422
        assert page.errors() == ["Organisasjonsnummer må ha ni siffer. Se etter om noe er byttet om."]
        assert page.value("Organisasjonsnummer") == number
    assert db.scalars(select(Association.id)).all() == []


def test_an_association_that_is_here_already_is_not_registered_once_more(kari: Someone, ola: Someone) -> None:
    tells(kari).press("Send inn")
    page = tells(ola, "Turlaget i Øyer").press("Send inn")
    assert page.status == 422
    assert page.errors() == [
        "Foreningen er allerede registrert her. Ring koordinatoren hvis kontaktpersonen skal byttes."
    ]
    assert page.value("Navn på foreningen") == "Turlaget i Øyer"


def test_what_is_missing_is_told_of_beside_each_field(eva: Someone) -> None:
    page = eva.opens("/vi-er-en-forening").press("Send inn")
    assert page.errors() == ["Navn på foreningen må fylles ut.", "Hva kan dere bidra med? må fylles ut."]


def test_a_contact_who_has_been_deleted_is_named_no_more(kari: Someone, mona: Someone, builders: Builders) -> None:
    builders.an_association(kari)
    does(kari, own_data.erase)
    page = mona.opens("/foreninger")
    assert page.says("Foreningen har ingen kontaktperson nå.")
    assert not page.says("Kari")


def test_no_associations_yet_says_where_they_come_from(mona: Someone) -> None:
    assert mona.opens("/foreninger").says("Foreninger melder seg på forsiden under «Vi er en forening».")


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_pages_stand_in_every_language(kari: Someone, mona: Someone, builders: Builders, language: str) -> None:
    builders.an_association(kari)
    assert kari.opens("/vi-er-en-forening", lang=language).language == language
    assert mona.opens("/foreninger", lang=language).language == language
