"""Sentences, dates, weeks and names in three languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samskap import text
from samskap.text import LOCALES, MINUTES_A_DAY, MINUTES_A_WEEK, Locale, Span, Text

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
"""A Thursday, 13.00 in Oslo."""

three = pytest.mark.parametrize("locale", LOCALES)


def said(write: object, **arguments: object) -> tuple[str, ...]:
    return tuple(write(**arguments, locale=locale) for locale in LOCALES)  # type: ignore[operator]


# ---------------------------------------------------------------- Text


def test_a_text_fills_in_its_values_in_each_language() -> None:
    reach = Text(nb="{km} km å reise", nn="{km} km å reise", en="{km} km to travel")
    assert [reach.say(locale, km=4) for locale in LOCALES] == ["4 km å reise", "4 km å reise", "4 km to travel"]


def test_a_text_without_one_language_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="without nn"):
        Text(nb="Hei", nn=" ", en="Hello")


def test_a_text_whose_languages_name_different_values_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="different values"):
        Text(nb="{km} km", nn="{km} km", en="{miles} km")


def test_a_text_that_lacks_a_value_says_which() -> None:
    with pytest.raises(KeyError, match="km"):
        Text(nb="{km} km", nn="{km} km", en="{km} km").say("nb")


def test_a_table_without_a_language_is_refused() -> None:
    with pytest.raises(KeyError, match="nn"):
        Text.of({"nb": "Hei", "en": "Hello"})


@pytest.mark.parametrize(
    ("code", "locale"),
    [
        ("nb", "nb"),
        ("nn-NO", "nn"),
        ("en_GB", "en"),
        ("EN", "en"),
        ("no", "nb"),
        ("uk", "nb"),
        ("", "nb"),
        (None, "nb"),
    ],
)
def test_a_language_code_becomes_one_of_the_three(code: str | None, locale: Locale) -> None:
    assert text.as_locale(code) == locale


# ---------------------------------------------------------------- dates and times


def test_dates_are_written_as_people_write_them() -> None:
    day = date(2027, 3, 2)
    assert said(text.full_date, day=day) == ("tirsdag 2. mars 2027", "tysdag 2. mars 2027", "Tuesday 2 March 2027")
    assert said(text.date_with_year, day=day) == ("2. mars 2027", "2. mars 2027", "2 March 2027")
    assert said(text.short_weekday_name, day=5) == ("Lø", "La", "Sa")


def test_the_year_is_left_out_within_the_year_that_is() -> None:
    assert said(text.weekday_date, day=date(2026, 12, 1), now=NOW)[0] == "tirsdag 1. desember"
    assert said(text.weekday_date, day=date(2027, 1, 1), now=NOW)[2] == "Friday 1 January 2027"


@pytest.mark.parametrize(
    ("days", "nb", "nn", "en"),
    [
        (-1, "i går, onsdag", "i går, onsdag", "yesterday, Wednesday"),
        (0, "i dag, torsdag", "i dag, torsdag", "today, Thursday"),
        (1, "i morgen, fredag", "i morgon, fredag", "tomorrow, Friday"),
        (2, "lørdag 28. november", "laurdag 28. november", "Saturday 28 November"),
    ],
)
def test_near_days_are_named_and_far_days_are_dated(days: int, nb: str, nn: str, en: str) -> None:
    day = text.today(NOW) + timedelta(days=days)
    assert said(text.relative_day, day=day, now=NOW) == (nb, nn, en)


def test_today_is_the_day_in_oslo_and_not_in_utc() -> None:
    late = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    assert text.today(late) == date(2026, 11, 27)
    assert text.today(late.astimezone(timezone(timedelta(hours=-8)))) == date(2026, 11, 27)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        text.oslo(datetime(2026, 11, 26, 12))  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        text.utc(datetime(2026, 11, 26, 12))  # noqa: DTZ001


def test_times_of_day() -> None:
    assert said(text.clock, moment=time(17, 5)) == ("kl. 17.05", "kl. 17.05", "17:05")
    assert said(text.clock, moment=time(9)) == ("kl. 9", "kl. 9", "09:00")
    assert said(text.clock_span, start=time(17), end=time(19, 30)) == ("kl. 17–19.30", "kl. 17–19.30", "17:00–19:30")
    assert said(text.clock_span, start=time(22), end=time(0)) == ("kl. 22–24", "kl. 22–24", "22:00–24:00")


def test_a_moment_is_told_on_the_clock_in_oslo() -> None:
    moment = datetime(2026, 12, 1, 16, 5, tzinfo=UTC)
    assert said(text.moment_in_words, moment=moment, now=NOW) == (
        "tirsdag 1. desember kl. 17.05",
        "tysdag 1. desember kl. 17.05",
        "Tuesday 1 December, 17:05",
    )
    tomorrow = datetime(2026, 11, 27, 11, tzinfo=UTC)
    assert said(text.moment_in_words, moment=tomorrow, now=NOW)[0] == "i morgen, fredag, kl. 12"


def test_a_session_over_midnight_tells_both_days() -> None:
    start = datetime(2026, 12, 1, 19, tzinfo=UTC)
    assert said(text.session_in_words, start=start, end=start + timedelta(hours=2), now=NOW)[0] == (
        "tirsdag 1. desember kl. 20–22"
    )
    assert said(text.session_in_words, start=start, end=start + timedelta(hours=4), now=NOW)[0] == (
        "tirsdag 1. desember kl. 20–24"
    )
    assert said(text.session_in_words, start=start, end=start + timedelta(hours=6), now=NOW)[0] == (
        "tirsdag 1. desember kl. 20 – onsdag 2. desember kl. 2"
    )


def test_the_hour_that_comes_twice_and_the_hour_that_never_comes_are_told_as_the_clock_shows_them() -> None:
    before, after = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert text.moment_in_words(before, now=NOW, locale="nb") == text.moment_in_words(after, now=NOW, locale="nb")
    assert text.moment_in_words(datetime(2027, 3, 28, 1, tzinfo=UTC), now=NOW, locale="nb").endswith("kl. 3")


def test_periods() -> None:
    first, last = date(2026, 12, 1), date(2027, 5, 31)
    assert said(text.period, first=first, last=last, now=NOW) == (
        "fra 1. desember til 31. mai 2027",
        "frå 1. desember til 31. mai 2027",
        "from 1 December to 31 May 2027",
    )
    assert said(text.period, first=None, last=last, now=NOW)[0] == "til 31. mai 2027"
    assert said(text.period, first=first, last=None, now=NOW)[1] == "frå 1. desember"
    assert said(text.period, first=None, last=None, now=NOW) == ("", "", "")


def test_days_that_have_passed() -> None:
    assert said(text.days_ago, day=date(2026, 10, 16), now=NOW) == (
        "for 41 dager siden",
        "for 41 dagar sidan",
        "41 days ago",
    )
    assert said(text.days_ago, day=date(2026, 11, 25), now=NOW) == ("i går", "i går", "yesterday")
    with pytest.raises(ValueError, match="after"):
        text.days_ago(date(2026, 11, 27), now=NOW, locale="nb")


# ---------------------------------------------------------------- the week


def on(day: int, start: float, end: float) -> Span:
    return int(day * MINUTES_A_DAY + start * 60), int(day * MINUTES_A_DAY + end * 60)


@pytest.mark.parametrize(
    ("spans", "nb", "en"),
    [
        ([], "ingen tider", "no times"),
        ([(0, MINUTES_A_WEEK)], "hele uka", "the whole week"),
        ([on(0, 9, 12), on(1, 9, 13)], "mandag 9–12 og tirsdag 9–13", "Monday 09:00–12:00 and Tuesday 09:00–13:00"),
        ([on(day, 9, 12) for day in range(5)], "hverdager 9–12", "weekdays 09:00–12:00"),
        ([on(day, 9, 12) for day in range(7)], "alle dager 9–12", "every day 09:00–12:00"),
        ([on(day, 9, 12) for day in range(6)], "hverdager og lørdag 9–12", "weekdays and Saturday 09:00–12:00"),
        ([on(day, 9, 12) for day in (1, 2, 3)], "tirsdag til torsdag 9–12", "Tuesday to Thursday 09:00–12:00"),
        (
            [on(1, 8, 12), on(3, 8, 12), on(5, 10, 14)],
            "tirsdag og torsdag 8–12; lørdag 10–14",
            "Tuesday and Thursday 08:00–12:00; Saturday 10:00–14:00",
        ),
        ([on(0, 8, 10), on(0, 17.5, 19)], "mandag 8–10, 17.30–19", "Monday 08:00–10:00, 17:30–19:00"),
        ([on(0, 8, 10), on(0, 10, 12)], "mandag 8–12", "Monday 08:00–12:00"),
        ([on(0, 8, 11), on(0, 9, 12)], "mandag 8–12", "Monday 08:00–12:00"),
        ([on(4, 22, 26)], "fredag 22–24 og lørdag 0–2", "Friday 22:00–24:00 and Saturday 00:00–02:00"),
        ([on(6, 0, 24)], "søndag hele dagen", "Sunday all day"),
        ([on(5, 0, 48)], "lørdag og søndag hele dagen", "Saturday and Sunday all day"),
    ],
)
def test_a_week_in_words(spans: list[Span], nb: str, en: str) -> None:
    assert text.week_in_words(spans, locale="nb") == nb
    assert text.week_in_words(reversed(spans), locale="en") == en


@pytest.mark.parametrize("span", [(-30, 30), (60, 60), (90, 60), (0, MINUTES_A_WEEK + 1)])
def test_a_span_outside_the_week_is_refused(span: Span) -> None:
    with pytest.raises(ValueError, match="not inside the week"):
        text.week_in_words([span], locale="nb")


half_hours = st.sets(st.integers(0, 335), max_size=60)


@given(halves=half_hours)
def test_a_week_in_words_says_every_half_hour_and_no_other(halves: set[int]) -> None:
    spans = [(half * 30, half * 30 + 30) for half in halves]
    told = [text.day_in_words(spans, day=day, locale="nb") for day in range(7)]
    assert {half for day, words in enumerate(told) for half in read_back(words, day=day)} == halves


def read_back(words: str, *, day: int) -> set[int]:
    if words == "hele dagen":
        return set(range(day * 48, day * 48 + 48))
    ends = [[read_hour(end) for end in piece.split("–")] for piece in words.split(", ") if piece]
    return {day * 48 + half for start, end in ends for half in range(start, end)}


def read_hour(words: str) -> int:
    hour, _, minute = words.partition(".")
    return int(hour) * 2 + (minute == "30")


# ---------------------------------------------------------------- numbers, names, distances, ages


def test_numbers() -> None:
    assert said(text.number, value=12345.6) == ("12\u00a0345,6", "12\u00a0345,6", "12,345.6")
    assert said(text.number, value=3) == ("3", "3", "3")
    assert [text.number_word(n, locale="nb") for n in (0, 2, 7, 12, 13)] == ["null", "to", "sju", "tolv", "13"]
    assert said(text.number_word, value=1, gender="masculine") == ("én", "éin", "one")
    assert said(text.number_word, value=1, gender="feminine") == ("én", "ei", "one")
    assert said(text.number_word, value=1, gender="neuter") == ("ett", "eitt", "one")


def test_counts_and_lengths_of_time() -> None:
    assert said(text.counted, count=1, unit="week") == ("én uke", "ei veke", "one week")
    assert said(text.counted, count=3, unit="working day") == ("tre virkedager", "tre verkedagar", "three working days")
    assert said(text.counted, count=41, unit="day") == ("41 dager", "41 dagar", "41 days")
    assert said(text.duration, minutes=90) == ("1,5 timer", "1,5 timar", "1.5 hours")
    assert said(text.duration, minutes=60) == ("én time", "éin time", "one hour")
    assert said(text.duration, minutes=45) == ("45 minutter", "45 minutt", "45 minutes")
    assert said(text.duration, minutes=75)[0] == "én time og 15 minutter"


@pytest.mark.parametrize(
    ("km", "nb"),
    [
        (0, "under 1 km"),
        (0.99, "under 1 km"),
        (1, "omtrent 1 km"),
        (7.5, "omtrent 8 km"),
        (1234, "omtrent 1\u00a0234 km"),
    ],
)
def test_distances_are_whole_kilometres(km: float, nb: str) -> None:
    assert text.distance(km, locale="nb") == nb


@given(km=st.floats(0, 3000))
def test_a_distance_never_tells_more_than_a_whole_kilometre(km: float) -> None:
    assert not set(text.distance(km, locale="nb")) & set(".,")


def test_lists_of_names() -> None:
    three_names = ["Kari", "Ola", "Per"]
    assert said(text.name_list, names=three_names) == ("Kari, Ola og Per", "Kari, Ola og Per", "Kari, Ola and Per")
    assert text.name_list(["tirsdag", "torsdag"], locale="nn", link="or") == "tirsdag eller torsdag"
    assert [text.name_list(names, locale="nb") for names in ([], ["Kari"])] == ["", "Kari"]


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("Gå tur sammen", "gå tur sammen"),
        ("BankID og nettbank", "BankID og nettbank"),
        ("TV", "TV"),
        ("Ål", "ål"),
        ("", ""),
    ],
)
def test_a_name_inside_a_sentence_loses_its_capital_unless_it_has_more_of_them(name: str, inside: str) -> None:
    assert text.within(name) == inside


@pytest.mark.parametrize(
    ("birth", "on_day", "age"),
    [
        (date(1960, 11, 26), date(2026, 11, 26), 66),
        (date(1960, 11, 27), date(2026, 11, 26), 65),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_age_in_whole_years(birth: date, on_day: date, age: int) -> None:
    assert text.age_on(birth, on=on_day) == age


def test_an_age_is_told_no_finer_than_ten_years() -> None:
    assert said(text.age_band, birth_date=date(1960, 1, 1), now=NOW) == ("i 60-årene", "i 60-åra", "in their 60s")
    assert said(text.age_band, birth_date=date(2010, 1, 1), now=NOW) == ("under 20 år", "under 20 år", "under 20")
    assert said(text.age_band, birth_date=date(1930, 1, 1), now=NOW) == ("over 90 år", "over 90 år", "over 90")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+4740000000", "400 00 000"),
        ("+4761268100", "61 26 81 00"),
        ("+4780012345", "800 12 345"),
        ("+46701234567", "+46 70 123 45 67"),
        ("ukjent", "ukjent"),
        ("", ""),
    ],
)
def test_phone_numbers(stored: str, shown: str) -> None:
    assert text.phone(stored) == shown


@three
def test_a_phrase_becomes_a_sentence(locale: Locale) -> None:
    assert text.sentence("i morgen, fredag") == "I morgen, fredag."
    assert text.sentence("Kan du?") == "Kan du?"
    assert text.sentence("  ") == ""
    assert locale in text.LOCALE_NAMES
