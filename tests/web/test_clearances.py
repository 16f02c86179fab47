"""Avklaringer: the register that only the clearance officer opens, and that holds nothing but dates."""

from __future__ import annotations

from sqlalchemy import select

from samskap.models import Clearance, ClearanceKind
from samskap.models.session import TenantSession
from samskap.services import kinds
from tests.builders import Builders
from tests.cast import Someone
from tests.page import Page
from tests.standard import elements

SCHOOL = "Oppgaver i grunnskole eller skolefritidsordning"
ISSUED, SEEN = "Datoen på attesten", "Dagen du så attesten"


def the_form(ida: Someone, name: str = "kari") -> Page:
    """The officer finds somebody and has a certificate before them."""
    page = ida.opens("/avklaringer").fill("Navn", name).press("Søk")
    return page.follow("Attest vist")


def typed(page: Page, issued: str = "2.11.2026", seen: str = "2026-11-20") -> Page:
    return page.tick(SCHOOL).fill(ISSUED, issued).fill(SEEN, seen).press("Registrer")


def test_a_certificate_that_was_shown_is_registered_with_two_dates_and_nothing_more(
    ida: Someone, kari: Someone, db: TenantSession
) -> None:
    page = the_form(ida)
    assert page.heading == "Attest vist av Kari Kvam"
    assert page.says("Skriv ingenting om innholdet.")
    inputs = {node.get("type") for node in elements(page.main, "input", "textarea")}
    assert inputs == {"hidden", "radio", "date"}, "there is no place for a file, a number or a remark"
    typed(page)
    assert page.says("Kari Kvam er avklart.")
    assert page.says("Vist 20. november, utstedt 2. november.")
    assert db.scalars(select(Clearance.seen_by_id)).one() == ida.id


def test_each_role_to_choose_stands_with_the_law_that_lets_us_ask(ida: Someone, kari: Someone) -> None:
    page = the_form(ida)
    for basis in kinds.legal_bases():
        if any(one.basis == basis for kind in kinds.kinds() for one in kinds.requirements_of(kind)):
            assert page.says(f"{basis.role.nb} ({basis.citation})"), basis.key


def test_what_does_not_count_is_said_beside_its_field_and_what_was_typed_is_kept(ida: Someone, kari: Someone) -> None:
    page = the_form(ida)
    page.press("Registrer")
    assert page.errors() == [
        "Velg hvilken rolle attesten gjelder.",
        "Datoen på attesten må fylles ut.",
        "Dagen du så attesten må fylles ut.",
    ]
    for issued, seen, sentence in (
        ("2026-08-01", "2026-11-20", "Attesten var eldre enn tre måneder da den ble vist."),
        ("2026-11-02", "2026-12-24", "Datoen du så attesten, kan ikke ligge fram i tid."),
        ("2026-11-21", "2026-11-20", "Attesten kan ikke være utstedt etter at du så den."),
        ("31.2.2026", "2026-11-20", "Datoen på attesten må være en dag som finnes"),
    ):
        typed(page, issued, seen)
        assert page.status == 422
        assert page.errors()[0].startswith(sentence)
        assert (page.value(ISSUED), page.value(SEEN)) == (issued, seen)
        assert page.ticked(SCHOOL)


def test_a_second_certificate_for_an_unbroken_role_is_refused(ida: Someone, kari: Someone) -> None:
    typed(the_form(ida))
    page = typed(the_form(ida))
    assert page.errors()[0].startswith("Personen er allerede avklart i denne rollen.")


def test_a_role_that_is_over_is_taken_out_of_the_register(
    ida: Someone, kari: Someone, ola: Someone, builders: Builders, db: TenantSession
) -> None:
    for someone in (kari, ola):
        builders.a_clearance(someone, "police_certificate:school")
    declared = builders.a_clearance(kari, "2026-1", ClearanceKind.DECLARATION)
    page = ida.opens("/avklaringer").press("Rollen er slutt", beside="Kari Kvam")
    assert page.says("Avklaringen gjelder ikke lenger.")
    assert not page.says("Kari Kvam")
    assert page.says("Ola Odden")
    ended = select(Clearance.person_id).where(Clearance.ended_at.is_not(None))
    assert db.scalars(ended).all() == [kari.id]
    assert db.get_one(Clearance, declared.id).ended_at is None


def test_the_register_is_searched_by_name(ida: Someone, kari: Someone, mona: Someone) -> None:
    assert ida.opens("/avklaringer").says("Ingen attester er vist ennå")
    assert ida.opens("/avklaringer", navn="%").says("Ingen frivillige heter det.")
    assert ida.opens("/avklaringer", navn="Mona").says("Ingen frivillige heter det."), "she volunteers for nothing"


def test_nobody_but_the_clearance_officer_opens_it(
    ida: Someone, mona: Someone, ane: Someone, liv: Someone, grete: Someone, kari: Someone, jon: Someone
) -> None:
    for address in ("/avklaringer", f"/avklaringer/{kari.id}/vist"):
        assert [who.opens(address).status for who in (mona, ane, liv, grete, kari)] == [403] * 5
    numbers = (jon.id, mona.id, 0, 2**31, 10**20)
    assert [ida.opens(f"/avklaringer/{number}/vist").status for number in numbers] == [404] * 5
    assert ida.opens("/frivillige").status == 403, "and sees nothing else of the volunteers"
