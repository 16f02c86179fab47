"""Arbeidsliste: what waits for a human being, the most urgent first, in calm words."""

from __future__ import annotations

from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest

from samskap.models import Person
from samskap.models.session import TenantSession
from samskap.services import notices
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.need import NeedState
from samskap.workflows.notice import Notice
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import WEEKDAYS, Someone
from tests.page import Page
from tests.standard import elements, words_of
from tests.town import Clock, keep

TUESDAY_TEN = (1440 + 600, 1440 + 660)


def cases_in(part: Element) -> list[str]:
    return [words_of(node).strip() for node in elements(part, "h3")]


def cases(page: Page) -> list[str]:
    """The titles on the list, in order."""
    return cases_in(page.main)


def headings(page: Page) -> list[str]:
    return [words_of(node).strip() for node in elements(page.main, "h2")]


def a_new_volunteer(builders: Builders, name: str, days_ago: int = 0) -> Person:
    volunteer = builders.a_volunteer(
        name, state=VolunteerState.REGISTERED, registered_at=builders.now - timedelta(days=days_ago)
    )
    return builders.db.get_one(Person, volunteer.id)


def test_an_empty_list_says_what_can_be_done_next(mona: Someone) -> None:
    page = mona.opens("/arbeidsliste")
    assert page.says("Ingenting venter på deg")
    assert page.says("Når noen melder seg, eller et behov mangler folk, står det her.")
    assert {"Meld et behov", "Importer en liste"} <= set(page.links())
    assert not page.says("Ingenting haster.")


def test_what_hurries_comes_first_then_today_then_what_can_wait(mona: Someone, builders: Builders) -> None:
    builders.a_need(title="Haster ikke", urgency=1)
    builders.a_need(title="Haster", urgency=5)
    a_new_volunteer(builders, "Siri Sæter", days_ago=8)
    page = mona.opens("/arbeidsliste")
    assert page.says("Tirsdag 24. november. Én ting haster. Én bør tas i dag eller i morgen. Resten kan vente.")
    assert headings(page) == ["Haster", "I dag og i morgen", "Kan vente"]
    assert cases(page) == ["Siri Sæter vil bidra", "Haster", "Haster ikke"]
    assert page.says("Fristen var torsdag 19. november")
    assert page.says("Bør tas innen i morgen, onsdag")


@pytest.mark.parametrize(
    ("urgencies", "line"),
    [
        ([1], "Ingenting haster."),
        ([5], "Én bør tas i dag eller i morgen."),
        ([5, 5], "To bør tas i dag eller i morgen."),
    ],
)
def test_the_first_line_is_calm_and_says_how_many(
    mona: Someone, builders: Builders, urgencies: list[int], line: str
) -> None:
    for urgency in urgencies:
        builders.a_need(urgency=urgency)
    page = mona.opens("/arbeidsliste")
    assert words_of(next(elements(page.main, "strong"))) == line


def test_a_long_list_comes_in_pages_and_the_first_line_counts_all_of_it(mona: Someone, builders: Builders) -> None:
    for number in range(27):
        builders.a_need(title=f"Tur {number:02}", urgency=5)
    builders.a_need(title="Lesevenn", urgency=1)
    page = mona.opens("/arbeidsliste")
    assert len(cases(page)) == 25
    assert page.says("27 bør tas i dag eller i morgen. Resten kan vente.")
    page.follow("Neste")
    assert cases(page) == ["Tur 25", "Tur 26", "Lesevenn"]
    assert page.says("27 bør tas i dag eller i morgen. Resten kan vente.")


def test_a_need_that_nobody_can_meet_is_told_of(mona: Someone, builders: Builders) -> None:
    builders.a_need(title="Lesevenn", windows=[TUESDAY_TEN], wanted=2)
    assert mona.opens("/arbeidsliste").says("2 plasser er ledige. Ingen kan slik det står nå. Se hva som skal til.")
    builders.a_volunteer("Idun Idsøe", free=WEEKDAYS)
    page = mona.opens("/arbeidsliste")
    assert page.says("2 plasser er ledige.")
    assert not page.says("Ingen kan slik det står nå.")


def test_each_case_says_what_it_is_and_leads_to_where_it_is_settled(
    mona: Someone, kari: Someone, ola: Someone, eva: Someone, builders: Builders, db: TenantSession, clock: Clock
) -> None:
    to_match = builders.a_need(title="Turvenn")
    declined = builders.an_offer(volunteer=ola, need=builders.a_need(title="Lesevenn"), state=OfferState.DECLINED)
    own = builders.a_need(title="Kaffebesøk", state=NeedState.SUBMITTED, recipient=eva)
    waiting = builders.an_assignment(
        volunteer=kari, need=builders.a_need(title="Strikkehjelp", state=NeedState.COVERED)
    )
    new = a_new_volunteer(builders, "Siri Sæter")
    berit = builders.a_person("Berit Bakke")
    with keep(db):
        notices.tell_person(db, Notice.ASSIGNMENT_TO_CONFIRM, berit.id, key="x", thing=waiting, now=clock())
    builders.an_own_word(kari, "kan slå med ljå")
    expected = {
        "Turvenn": ("Behov uten noen", f"/behov/{to_match.id}/kandidater"),
        "Lesevenn": ("Spør en annen", f"/behov/{declined.need_id}/kandidater"),
        "Kaffebesøk": ("Behov til gjennomlesing", f"/behov/{own.id}"),
        "Strikkehjelp": ("Venter på ja", f"/avtaler/{waiting.id}"),
        "Siri Sæter vil bidra": ("Ny frivillig", f"/frivillige/{new.id}"),
        "Berit Bakke": ("Må ringes", f"/ring/{berit.id}"),
        "Det folk har skrevet med egne ord": ("Egne ord", "/egne-ord"),
    }
    page = mona.opens("/arbeidsliste")
    assert sorted(cases(page)) == sorted(expected)
    for title, (kind, address) in expected.items():
        row = next(
            node for node in elements(page.main, "li") if title in words_of(node) and "Bør tas" in words_of(node)
        )
        assert kind in words_of(row)
        assert next(elements(row, "a")).get("href") == address
        only = mona.opens("/arbeidsliste").follow(kind)
        assert cases(only) == [title]
        assert only.opens(address).status == 200


def test_a_kind_that_is_none_is_the_whole_list(mona: Someone, builders: Builders) -> None:
    builders.a_need(title="Turvenn")
    for query in ("slag=x", "slag=", "side=-1", "side=2"):
        assert cases(mona.opens(f"/arbeidsliste?{query}")) == ["Turvenn"], query
    assert mona.opens("/arbeidsliste?slag=ring").says("Ingenting venter på deg")


def test_a_case_is_gone_when_it_is_settled_and_who_cannot_be_written_to_is_rung_about_it(
    mona: Someone, builders: Builders
) -> None:
    a_new_volunteer(builders, "Siri Sæter")
    mona.opens("/arbeidsliste").follow("Se hva Siri Sæter vil bidra").press("Gjør klar")
    page = mona.opens("/arbeidsliste")
    assert cases(page) == ["Siri Sæter"]
    page.follow("Se hva Siri Sæter")
    assert page.says("Ønsk velkommen: personen er klar for oppdrag")
    page.press("Jeg har ringt")
    assert page.says("1 beskjed er gitt.")
    assert page.says("Ingenting venter på deg")


def test_only_coordinators_have_a_work_list_each_of_their_own_municipality(
    kari: Someone, ane: Someone, liv: Someone, grete: Someone, per: Someone, stranger: Someone, builders: Builders
) -> None:
    builders.an_assignment(state=AssignmentState.ASKED)
    assert [who.opens("/arbeidsliste").status for who in (kari, ane, liv, grete)] == [403] * 4
    assert per.opens("/arbeidsliste").says("Ingenting venter på deg")
    assert stranger.opens("/arbeidsliste").heading == "Logg inn"
