"""A candidate's row says in few words when it fits, whatever the number of times that are asked for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from samskap.models import Need
from tests.builders import Builders
from tests.cast import Someone
from tests.page import Page
from tests.standard import elements, words_of

DAY = 1440
TUESDAY_AT = {hour: (DAY + hour * 60, DAY + hour * 60 + 60) for hour in range(24)}
EVERY_HOUR_OF_WEEKDAYS = [(day * DAY + hour * 60, day * DAY + hour * 60 + 60) for day in range(5) for hour in range(24)]
"""Who is in the cast is free from nine to three."""


def times(page: Page) -> list[str]:
    """What is written beside the picture of the first candidate's week."""
    article = next(elements(page.main, "article"), page.main)
    said = [words_of(line).strip() for line in elements(article, "li")]
    return [line for line in said if line.startswith("Passer")]


def the_row(mona: Someone, need: Need) -> Page:
    return mona.opens(f"/behov/{need.id}/kandidater")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([TUESDAY_AT[10]], ["Passer: Tirsdag 10–11"]),
        ([TUESDAY_AT[10], TUESDAY_AT[1]], ["Passer: Tirsdag 10–11", "Passer ikke: Tirsdag 1–2 er ikke ledig"]),
        (EVERY_HOUR_OF_WEEKDAYS, ["Passer: Hverdager 9–15"]),
    ],
)
def test_few_times_are_told_one_by_one_and_many_as_one(
    mona: Someone, kari: Someone, builders: Builders, asked: Sequence[tuple[int, int]], told: list[str]
) -> None:
    assert times(the_row(mona, builders.a_need(windows=asked))) == told


def test_where_none_of_many_times_fits_they_are_told_as_one(mona: Someone, kari: Someone, builders: Builders) -> None:
    need = builders.a_need(windows=[TUESDAY_AT[hour] for hour in range(6)])
    page = mona.opens(f"/behov/{need.id}/kandidater/{kari.id}")
    assert times(page) == ["Passer ikke: Tirsdag 0–6 er ikke ledig"]


def test_what_the_line_under_the_name_says_is_not_said_again(mona: Someone, kari: Someone, builders: Builders) -> None:
    page = the_row(mona, builders.a_need())
    assert page.says("Omtrent 8 km unna, kjører. Aldri spurt før, meldte seg 24. november.")
    spoken = [words_of(line).strip() for line in elements(next(elements(page.main, "article")), "li")]
    assert [line for line in spoken if line.startswith("Taler")] == ["Taler for: Har ingen avtaler nå."]
