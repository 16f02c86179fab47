"""The week that is filled in, read on the server: what was not touched is kept, and what cannot be read is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from matching.week import Week
from samskap.text import LOCALES, Locale
from samskap.web.week_form import BOX_HOURS, WeekRead, read_week, show_week
from tests.web.showcase import showcase_app

DAY = 24 * 60
APP = showcase_app()


@pytest.fixture(autouse=True)
def _speaking_bokmaal() -> Iterator[None]:
    with APP.test_request_context(), force_locale("nb"):
        yield


def week_of(*spans: tuple[int, float, float]) -> Week:
    """A week of (day, from hour, to hour)."""
    return Week.from_spans([(day * DAY + int(a * 60), day * DAY + int(b * 60)) for day, a, b in spans])


def posted(week: Week, *, locale: Locale = "nb", **changed: str | list[str]) -> WeekRead:
    """What the server reads when the form of a week is sent with some fields changed."""
    shown = show_week(week, locale=locale)
    form: MultiDict[str, str] = MultiDict({"uke-for": shown.before})
    for day in shown.days:
        form[f"tid-{day.number}"] = day.typed
        form.setlist("ledig", form.getlist("ledig") + [box.value for box in day.boxes if box.full])
    for name, value in changed.items():
        form.setlist(name.replace("_", "-"), value if isinstance(value, list) else [value])
    return read_week(form, locale=locale)


@given(st.integers(0, 2**336 - 1), st.sampled_from(LOCALES))
def test_a_form_that_nobody_touched_gives_back_the_very_same_week(bits: int, locale: Locale) -> None:
    with APP.test_request_context():
        assert posted(Week(bits), locale=locale) == WeekRead(Week(bits))


def test_a_box_that_is_ticked_fills_its_two_hours_and_leaves_the_half_hours_of_others_alone() -> None:
    had = week_of((1, 9.5, 11), (1, 22, 23))
    assert posted(had, ledig=["1-14"]).week == week_of((1, 9.5, 11), (1, 14, 16), (1, 22, 23))


def test_a_box_that_is_emptied_empties_its_two_hours_alone() -> None:
    assert posted(week_of((0, 8, 13)), ledig=["0-8"]).week == week_of((0, 8, 10), (0, 12, 13))


def test_text_that_was_changed_decides_its_day_down_to_the_half_hour() -> None:
    read = posted(week_of((2, 8, 12), (3, 8, 10)), tid_2="9.30–12, 17-18.30")
    assert read.week == week_of((2, 9.5, 12), (2, 17, 18.5), (3, 8, 10))
    assert not read.errors


@pytest.mark.parametrize(
    "text",
    [
        "9–12 og 17–19",
        "9-12,17-19",
        "kl. 9 til 12; 17.00–19.00",
        "09:00–12:00, 17:00–19:00",
        "Fra 9 – 12 and 1700-1900",
    ],
)
def test_hours_are_understood_in_the_ways_that_people_write_them(text: str) -> None:
    assert posted(Week(), tid_4=text).week == week_of((4, 9, 12), (4, 17, 19))


def test_the_whole_day_can_be_written_in_words_and_midnight_in_three_ways() -> None:
    assert posted(Week(), tid_6="hele dagen").week == week_of((6, 0, 24))
    for text in ("22–24", "22–0", "22.00–00.00"):
        assert posted(Week(), tid_6=text).week == week_of((6, 22, 24))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("når det passer", "Tirsdag: skriv fra og til, for eksempel 9–12 eller 9.30–12. Du skrev «når det passer»."),
        ("9.15–12", "Tirsdag: skriv hele eller halve timer, for eksempel 9.30–12. Du skrev «9.15–12»."),
        ("12–9", "Tirsdag: slutten må komme etter starten. Du skrev «12–9»."),
        ("9–25", "Tirsdag: en time har 60 minutter og et døgn 24 timer. Du skrev «9–25»."),
        ("8.90–12", "Tirsdag: en time har 60 minutter og et døgn 24 timer. Du skrev «8.90–12»."),
        ("٩–١٢", "Tirsdag: skriv fra og til, for eksempel 9–12 eller 9.30–12. Du skrev «٩–١٢»."),
    ],
)
def test_hours_that_cannot_be_read_are_kept_as_typed_with_a_sentence_and_change_nothing(
    text: str, sentence: str
) -> None:
    had = week_of((1, 8, 12), (2, 8, 10))
    read = posted(had, tid_1=text)
    assert (read.week, read.errors, read.typed) == (had, {1: sentence}, {1: text})
    shown = show_week(read.week, locale="nb", read=read).days[1]
    assert (shown.typed, shown.error) == (text, sentence)


def test_a_very_long_text_is_not_repeated_whole() -> None:
    assert len(posted(Week(), tid_0="x" * 100_000).errors[0]) < 200


def test_a_form_shown_in_another_language_is_still_known_as_untouched() -> None:
    had = week_of((1, 8, 12))
    shown = show_week(had, locale="en")
    form = MultiDict({"uke-for": shown.before, "tid-1": shown.days[1].typed, "ledig": "1-8"})
    assert read_week(form, locale="nb").week == week_of((1, 8, 10))


@pytest.mark.parametrize("before", ["", "zz", "f" * 83, "F" * 84, "ff" * 9000])
def test_a_form_whose_hidden_week_is_gone_or_meddled_with_reads_what_the_boxes_say(before: str) -> None:
    form = MultiDict({"uke-for": before, "ledig": "5-10"})
    assert read_week(form, locale="nb").week == week_of((5, 10, 12))


def test_the_quick_buttons_add_their_hours_and_one_of_them_empties() -> None:
    had = week_of((0, 6, 7))
    assert posted(had, fyll="dag").week == had | week_of(*((day, 8, 16) for day in range(5)))
    assert posted(had, fyll="kveld").week == had | week_of(*((day, 16, 22) for day in range(7)))
    assert posted(had, fyll="helg").week == had | week_of((5, 8, 22), (6, 8, 22))
    assert posted(had, fyll="tom") == WeekRead(Week(), quick=True)
    assert posted(had, fyll="tull") == WeekRead(had)


def test_a_box_shows_whether_it_is_full_or_some_of_it_is_free_and_says_so_in_words() -> None:
    boxes = show_week(week_of((3, 8, 10), (3, 10, 11)), locale="nb").days[3].boxes
    assert [(box.full, box.part) for box in boxes[:3]] == [(True, False), (False, True), (False, False)]
    assert boxes[0].name == "Torsdag kl. 8 til 10"
    assert [box.value for box in boxes] == [f"3-{hour}" for hour in BOX_HOURS]
