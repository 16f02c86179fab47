"""The figures tell of many: what is known of few people is not shown, however often it happened to them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samskap.services import figures
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.meeting import MeetingState
from samskap.workflows.offer import OfferState
from tests.builders import Builders
from tests.cast import Someone
from tests.standard import elements, words_of


def met(builders: Builders, times: int, *, volunteer: Someone | None = None) -> None:
    """Meetings of one pair, each held on a day of its own."""
    assignment = builders.an_assignment(
        volunteer=volunteer or builders.a_volunteer(),
        state=AssignmentState.RUNNING,
    )
    for days in range(1, times + 1):
        ends = builders.now - timedelta(days=days)
        builders.a_meeting(
            assignment=assignment, state=MeetingState.HELD, starts_at=ends - timedelta(hours=1), ends_at=ends
        )


def rows_of(who: Someone) -> dict[str, list[str]]:
    """Every row of the page's tables: what it is of, and what it says."""
    page = who.opens("/tall")
    return {
        words_of(next(elements(row, "th"))).strip(): [words_of(cell).strip() for cell in elements(row, "td")]
        for row in elements(page.main, "tr")
        if any(True for _ in elements(row, "td"))
    }


def test_many_meetings_of_one_pair_are_not_told_of(liv: Someone, kari: Someone, builders: Builders) -> None:
    met(builders, 12, volunteer=kari)
    assert liv.opens("/tall").says("Noen få møter er holdt det siste året.")
    for _ in range(4):
        met(builders, 1)
    assert liv.opens("/tall").says("16 møter er holdt det siste året.")


def test_one_volunteer_who_is_asked_many_times_is_one(liv: Someone, kari: Someone, builders: Builders) -> None:
    for state in (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.DECLINED, OfferState.EXPIRED):
        builders.an_offer(volunteer=kari, state=state)
        builders.an_offer(volunteer=kari, state=state)
    assert rows_of(liv)["Spurt"] == ["under fem"]
    assert rows_of(liv)["Sa ja"] == ["under fem"]


def test_many_needs_of_one_person_are_not_told_of(liv: Someone, tor: Someone, builders: Builders) -> None:
    for _ in range(6):
        builders.a_need(recipient=tor, kind="walking_friend", published_at=builders.now - timedelta(days=2))
    sector = next(name for name, cells in rows_of(liv).items() if cells == ["under fem", "0"])
    for _ in range(4):
        builders.a_need(kind="walking_friend")
    assert rows_of(liv)[sector] == ["10", "0"]


def test_how_long_one_person_waited_is_not_told(liv: Someone, tor: Someone, builders: Builders) -> None:
    for _ in range(6):
        need = builders.a_need(recipient=tor, published_at=builders.now - timedelta(days=9))
        builders.an_assignment(need=need, volunteer=builders.a_volunteer())
    assert figures.figures(liv.town.db, liv.actor, now=builders.now).days_to_yes is None
    for _ in range(4):
        need = builders.a_need(published_at=builders.now - timedelta(days=9))
        builders.an_assignment(need=need, volunteer=builders.a_volunteer())
    assert figures.figures(liv.town.db, liv.actor, now=builders.now).days_to_yes == 9


@pytest.mark.parametrize("who", ["liv", "mona", "grete"])
def test_no_number_of_the_page_tells_of_one_to_four(
    who: str, request: pytest.FixtureRequest, kari: Someone, tor: Someone, builders: Builders
) -> None:
    met(builders, 3, volunteer=kari)
    builders.a_need(recipient=tor)
    cells = [cell for row in rows_of(request.getfixturevalue(who)).values() for cell in row]
    assert {cell for cell in cells if cell.isdigit() and 0 < int(cell) < figures.HIDDEN_UNDER} == set()
    assert "under fem" in cells
