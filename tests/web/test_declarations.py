"""Taushetserklæringen: read, promised and signed, or registered from paper; it opens what waited for it alone."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from samskap.models import Assignment, Clearance, ClearanceKind
from samskap.models.session import TenantSession
from samskap.permissions import Role
from samskap.services import legal_texts
from samskap.workflows.assignment import AssignmentState
from tests.builders import Builders
from tests.cast import Someone, a_person
from tests.page import Page
from tests.town import Town

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

READ = "Jeg har sett signaturen på papiret"


def signatures(db: TenantSession) -> list[Clearance]:
    db.rollback()
    return list(db.scalars(select(Clearance).where(Clearance.kind == ClearanceKind.DECLARATION)))


def promise() -> str:
    """The words of the box to tick."""
    return legal_texts.declaration().sign.nb


@pytest.fixture
def agreed(kari: Someone, tor: Someone, builders: Builders) -> Assignment:
    """Both have said yes; Kari has not signed."""
    return builders.an_assignment(volunteer=kari, recipient=tor, state=AssignmentState.AGREED)


def test_the_whole_text_is_read_before_it_is_promised(kari: Someone) -> None:
    page = kari.opens("/taushetserklaering")
    told = legal_texts.declaration()
    for paragraph in told.paragraphs:
        assert page.says(paragraph.nb)
    assert page.says(f"{told.citation}. Versjon {told.version}.")


def test_signing_needs_the_promise_and_says_so_beside_the_box(kari: Someone, db: TenantSession) -> None:
    page = kari.opens("/taushetserklaering").press("Signer")
    assert (page.status, page.errors()) == (422, ["Kryss av for at du lover dette, så kan du signere."])
    assert signatures(db) == []


def test_signing_opens_the_contact_that_waited_and_leads_to_it(
    kari: Someone, agreed: Assignment, db: TenantSession
) -> None:
    page = kari.opens("/min-side").follow("Se og svar")
    assert "Tor Tande" not in page.text
    page = kari.opens("/taushetserklaering")
    assert page.says("Når du har signert, åpnes kontaktopplysningene i avtalen din med en gang.")
    page.tick(promise()).press("Signer")
    assert page.url == f"/avtaler/{agreed.id}"
    assert page.says("Takk. Taushetserklæringen er signert.")
    assert page.says("Tor Tande")
    assert db.get_one(Assignment, agreed.id).state is AssignmentState.OPENED
    (row,) = signatures(db)
    assert (row.person_id, row.key, row.language, row.on_paper) == (kari.id, legal_texts.CURRENT, "nb", False)


def test_who_has_signed_is_told_when_and_is_not_asked_again(kari: Someone, db: TenantSession) -> None:
    page = kari.opens("/taushetserklaering").tick(promise())
    page.press("Signer")
    assert page.url == "/taushetserklaering"
    assert page.says("Signert 24. november. Du trenger ikke gjøre noe mer.")
    assert page.buttons() == []
    page.press("Signer", on_the_old_page=True)
    assert len(signatures(db)) == 1


def test_it_is_signed_in_the_language_it_was_read_in(kari: Someone, db: TenantSession) -> None:
    page = kari.opens("/taushetserklaering", lang="nn")
    page.tick(legal_texts.declaration().sign.nn).press("Signer")
    assert [row.language for row in signatures(db)] == ["nn"]


def test_a_new_version_is_signed_anew(kari: Someone, agreed: Assignment, builders: Builders) -> None:
    builders.a_clearance(kari, "2019-1", ClearanceKind.DECLARATION)
    page = kari.opens("/taushetserklaering")
    assert not page.says("Du har signert")
    assert page.tick(promise()).press("Signer").url == f"/avtaler/{agreed.id}"


# On paper


@pytest.fixture
def berit(builders: Builders) -> int:
    return builders.a_volunteer("Berit Bakke").id


def registers(mona: Someone, volunteer_id: int, day: str = "20", month: str = "11", year: str = "2026") -> Page:
    page = mona.opens(f"/frivillige/{volunteer_id}/taushetserklaering")
    return page.fill("Dag", day).fill("Måned", month).fill("År", year).tick(READ).press("Registrer")


def test_a_coordinator_registers_a_signature_on_paper_and_no_paper_is_kept(
    mona: Someone, berit: int, db: TenantSession
) -> None:
    assert mona.opens(f"/frivillige/{berit}/taushetserklaering").says("Papiret lastes ikke opp.")
    page = registers(mona, berit)
    assert page.url == f"/frivillige/{berit}"
    assert page.says("Taushetserklæringen er registrert.")
    assert page.says("signert")
    (row,) = signatures(db)
    assert (row.issued_on, row.seen_by_id, row.on_paper) == (date(2026, 11, 20), mona.id, True)
    again = mona.opens(f"/frivillige/{berit}/taushetserklaering")
    assert again.says("Berit Bakke signerte erklæringen 20. november.")
    assert "Registrer" not in again.buttons()


def test_a_coordinator_finds_the_way_there_from_the_volunteer_s_page(mona: Someone, berit: int) -> None:
    page = mona.opens(f"/frivillige/{berit}").follow("Registrer signatur på papir")
    assert page.heading == "Taushetserklæring på papir"


def test_a_day_that_cannot_be_is_told_of_and_kept(mona: Someone, berit: int, db: TenantSession) -> None:
    for (day, month, year), says in {
        ("25", "11", "2026"): "Datoen kan ikke ligge fram i tid. Skriv dagen erklæringen ble signert.",
        ("", "", ""): "Dagen den ble signert, må fylles ut.",
        ("31", "2", "2026"): "Dagen den ble signert må være en dato med dag, måned og år, for eksempel 5 3 1961.",
    }.items():
        page = registers(mona, berit, day, month, year)
        assert (page.status, page.errors()) == (422, [says])
        assert page.value("Dag") == day
    assert signatures(db) == []


def test_nobody_registers_a_paper_of_their_own(oyer: Town, app: Flask) -> None:
    both = a_person(oyer, app, "Marit Myhre", Role.COORDINATOR, Role.VOLUNTEER)
    page = registers(both, both.id)
    assert page.status == 422
    assert page.errors() == [
        "Din egen erklæring signerer du selv i Samskap, eller en annen koordinator registrerer den."
    ]


def test_nobody_but_a_coordinator_here_registers_papers(kari: Someone, per: Someone, berit: int) -> None:
    assert kari.opens(f"/frivillige/{berit}/taushetserklaering").status == 403
    assert per.opens(f"/frivillige/{berit}/taushetserklaering").status == 404


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_pages_stand_in_every_language(kari: Someone, mona: Someone, berit: int, language: str) -> None:
    assert kari.opens("/taushetserklaering", lang=language).language == language
    assert mona.opens(f"/frivillige/{berit}/taushetserklaering", lang=language).language == language
