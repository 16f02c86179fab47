"""Geometry for the pictures: what is drawn is what the data say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samskap.web.drawing import HEIGHT, TOP, PointsPart, points_bar, ring, week_picture

DAY = 24 * 60
TUESDAY_9_TO_13 = (DAY + 9 * 60, DAY + 13 * 60)
TUESDAY_10_TO_11 = (DAY + 10 * 60, DAY + 11 * 60)


def test_an_hour_that_is_asked_and_free_is_drawn_free_hit_and_framed() -> None:
    picture = week_picture(free=[TUESDAY_9_TO_13], asked=[TUESDAY_10_TO_11], locale="nb")
    assert [(r.kind, r.x, r.y, r.width, r.height) for r in picture.rects] == [
        ("free", 40, 24, 21, 36),
        ("hit", 40, 33, 21, 9),
        ("asked", 40.75, 33.75, 19.5, 7.5),
    ]
    assert [day.asked for day in picture.days] == [False, True, False, False, False, False, False]


def test_the_hours_widen_to_hold_what_is_asked_and_the_picture_keeps_its_height() -> None:
    picture = week_picture(free=[(0, 7 * DAY)], asked=[(DAY + 6 * 60, DAY + 22 * 60)], locale="nb")
    assert [mark.hour for mark in picture.marks] == [6, 14, 22]
    assert {(r.y, r.height) for r in picture.rects if r.kind == "free"} == {(TOP, HEIGHT)}


def test_a_span_over_midnight_is_drawn_on_both_days() -> None:
    picture = week_picture(free=[(22 * 60, DAY + 2 * 60)], locale="nb")
    assert [r.x for r in picture.rects] == [17, 40]


def test_the_letters_of_the_days_follow_the_language() -> None:
    assert [day.label for day in week_picture(free=[], locale="nn").days] == ["Må", "Ty", "On", "To", "Fr", "La", "Sø"]


@given(st.lists(st.tuples(st.integers(0, 335), st.integers(1, 48)), max_size=12))
def test_nothing_is_drawn_outside_the_picture(spans: list[tuple[int, int]]) -> None:
    halves = [(start * 30, min(start + length, 336) * 30) for start, length in spans]
    for rect in week_picture(free=halves, asked=halves, taken=halves, locale="nb").rects:
        assert rect.y >= TOP
        assert rect.y + rect.height <= TOP + HEIGHT + 0.02
        assert rect.x >= 17
        assert rect.x + rect.width <= 178


def test_each_part_of_the_points_gets_a_track_as_wide_as_its_most_filled_by_what_it_got() -> None:
    kan, nearness = points_bar([PointsPart("Kan", 15, 30), PointsPart("Nærhet", 70, 70)])
    assert (kan.x, kan.width, kan.filled) == (0, 29.4, 14.7)
    assert (nearness.x, nearness.width, nearness.filled) == (30, 69.4, 69.4)


def test_labels_too_long_for_their_tracks_give_way_to_the_sentence_on_the_screens_where_they_are() -> None:
    def fits(label: str, most: int) -> tuple[bool, bool]:
        part = points_bar([PointsPart(label, 9, most), PointsPart("Resten", 0, 100 - most)])[0]
        return part.fits_phone, part.fits_desk

    assert [fits("Interesser", most) for most in (5, 14, 30)] == [(False, False), (False, True), (True, True)]


def test_a_bar_without_points_to_get_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="can give points"):
        points_bar([PointsPart("Kan", 0, 0)])


def test_a_clock_is_never_drawn_emptier_than_empty_or_fuller_than_full() -> None:
    assert [ring(used=share).dash for share in (-1, 0, 0.5, 1, 9)] == [0, 0, 47.1, 94.2, 94.2]
