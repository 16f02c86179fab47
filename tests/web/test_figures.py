"""Tall: one plain page; what speaks of fewer than five is not on it."""

from __future__ import annotations

from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.page import Page
from tests.standard import elements, words_of


def rows(page: Page) -> dict[str, str]:
    """What each row of the tables says, by its heading."""
    found = {}
    for row in elements(page.main, "tr"):
        heading, *cells = [words_of(cell).strip() for cell in row]
        found[heading] = " | ".join(cells)
    return found


def test_few_are_not_told_of_and_many_are(liv: Someone, kari: Someone, builders: Builders) -> None:
    for _number in range(5):
        builders.a_volunteer()
        builders.a_volunteer(state=VolunteerState.LEFT)
    page = liv.opens("/tall")
    said = rows(page)
    assert said["Sluttet"] == "5"
    assert said["Klare, uten avtale nå"] == "6"
    assert said["Spurt"] == "0"
    assert page.says("Det som handler om færre enn fem, vises ikke.")
    assert page.says("0 møter er holdt det siste året.")


def test_under_five_stands_where_a_number_would_tell_of_somebody(liv: Someone, builders: Builders) -> None:
    for _number in range(3):
        builders.an_offer()
        builders.a_meeting()
    said = rows(liv.opens("/tall"))
    assert (said["Spurt"], said["Sa ja"], said["Møttes"]) == ("6", "under fem", "0")
    assert "Halvparten av behovene" not in liv.opens("/tall").text, "a median of three needs"


def test_who_leads_coordinates_or_administers_sees_it_and_nobody_else(
    liv: Someone, mona: Someone, grete: Someone, kari: Someone, ane: Someone, ida: Someone, stranger: Someone
) -> None:
    assert [who.opens("/tall").status for who in (liv, mona, grete, kari, ane, ida)] == [200] * 3 + [403] * 3
    assert stranger.opens("/tall").heading == "Logg inn"


def test_the_leader_sees_figures_and_no_people(liv: Someone, kari: Someone) -> None:
    addresses = ("/frivillige", f"/frivillige/{kari.id}", "/arbeidsliste", "/behov", "/avtaler", "/administrasjon")
    assert [liv.opens(address).status for address in addresses] == [403] * 6
    assert "Kari" not in liv.opens("/tall").html
