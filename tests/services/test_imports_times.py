"""Times as people write them, one line for each shape."""

from __future__ import annotations

from datetime import date

import pytest

from samskap.services.imports.times import Dated, read_times, spans_of
from samskap.text import week_in_words

TODAY = date(2026, 11, 24)


def in_words(text: str) -> str:
    """The weekly times that a text names outright."""
    return week_in_words(spans_of(each for each in read_times(text, today=TODAY).weekly if not each.wish), locale="nb")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # the shapes of the two lists that are carried along
        ("torsdag formiddag", "torsdag 9–12"),
        ("hverdager etter 16", "hverdager 16–22"),
        ("ti 17–19", "tirsdag 17–19"),
        ("når som helst", "alle dager 8–22"),
        ("ons 10-12", "onsdag 10–12"),
        ("alle dager unntatt søndag", "hverdager og lørdag 8–22"),
        ("tirsdager", "tirsdag 8–22"),
        ("lørdag", "lørdag 8–22"),
        ("fredag 9.00-11.30", "fredag 9–11.30"),
        ("mandag kveld", "mandag 17–22"),
        ("helg", "lørdag og søndag 8–22"),
        ("man, ons", "mandag og onsdag 8–22"),
        ("tirsdag 11-12", "tirsdag 11–12"),
        ("onsdager 12.00-14.00", "onsdag 12–14"),
        ("man+tor 15-17", "mandag og torsdag 15–17"),
        ("torsdag 18?20", "torsdag 18–20"),
        ("torsdag 18\x9620", "torsdag 18–20"),
        ("fredager 10", "fredag 10–11"),
        ("hver dag 9", "alle dager 9–10"),
        # clocks
        ("tirsdag kl. 17-19", "tirsdag 17–19"),
        ("tirsdag kl 17:30–19:15", "tirsdag 17.30–19"),
        ("man-fre 0900-1530", "hverdager 9–15.30"),
        ("onsdag mellom 10 og 14", "onsdag 10–14"),
        ("onsdag fra 10 til 14", "onsdag 10–14"),
        ("fre etter 15.30", "fredag 15.30–22"),
        ("fredag før kl 12", "fredag 8–12"),
        ("tors 10 - 12 og 14 - 16", "torsdag 10–12, 14–16"),
        ("7-8 mandag", "mandag 7–8"),
        ("tirsdag 22-24", "tirsdag 22–24"),
        # days
        ("mandag til torsdag kl 18 til 20", "mandag til torsdag 18–20"),
        ("fre-man 10-12", "mandag og fredag til søndag 10–12"),
        ("lør/søn", "lørdag og søndag 8–22"),
        ("laurdag og sundag", "lørdag og søndag 8–22"),
        ("tysdag og måndag kveld", "mandag og tirsdag 17–22"),
        ("to", "torsdag 8–22"),
        ("ti", "tirsdag 8–22"),
        ("on 9-10", "onsdag 9–10"),
        ("Monday and Friday 10-12", "mandag og fredag 10–12"),
        ("mandager og onsdager 10-12, fredag 9.30-11", "mandag og onsdag 10–12; fredag 9.30–11"),
        ("mandag kveld, tirsdag formiddag", "mandag 17–22 og tirsdag 9–12"),
        ("virkedager 8-10", "hverdager 8–10"),
        # parts of the day
        ("tirsdagskveld", "tirsdag 17–22"),
        ("lørdagsformiddag", "lørdag 9–12"),
        ("formiddager", "hverdager 9–12"),
        ("dagtid", "hverdager 8–16"),
        ("tirsdag fm", "tirsdag 9–12"),
        ("onsdag ettermiddag", "onsdag 12–17"),
        ("mandag formiddag 10-11", "mandag 10–11"),
        ("lørdag formiddag og kveld", "lørdag 9–12, 17–22"),
        ("tirsdag morgen", "tirsdag 7–10"),
        # exceptions
        ("ikke mandag", "tirsdag til søndag 8–22"),
        ("hverdager, ikke kveld", "hverdager 8–17"),
        ("alle dager utenom onsdag og fredag", "mandag, tirsdag, torsdag, lørdag og søndag 8–22"),
        ("når som helst bortsett fra helg", "hverdager 8–22"),
        # nothing
        ("etter avtale", "ingen tider"),
        ("varierer", "ingen tider"),
        ("engangs", "ingen tider"),
        ("2 ganger i uka", "ingen tider"),
        ("kl 25-27", "ingen tider"),
        ("16-14", "ingen tider"),
        ("uke 12", "ingen tider"),
        ("kun om sommeren", "ingen tider"),
    ],
)
def test_weekly_times_are_read(text: str, words: str) -> None:
    assert in_words(text) == words


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("torsdag 18?20", "strek"),
        ("fredager 10", "Slutten mangler; lest som 10–11."),
        ("etter kl 17", "Ingen dag er nevnt"),
        ("kun om sommeren", "Forsto ikke «kun sommeren» som tid."),
        ("mandag kveld, ikke i ferien", "Forsto ikke «ikke ferien»; resten av tida er lest."),
        ("annenhver onsdag", "Forsto ikke «annenhver»"),
        ("uke 12", "Forsto ikke «uke 12» som tid."),
        ("mandag 16-14", "Klokkeslettet 16-14 finnes ikke"),
        ("31.02.2026", "Datoen 31.02.2026 finnes ikke."),
        ("lørdag 6. juni", "Året mangler; lest som 06.06.2026."),
        ("mandag 14.03.2026", "er ikke den ukedagen"),
    ],
)
def test_what_was_assumed_mended_or_not_understood_is_said(text: str, says: str) -> None:
    notes = read_times(text, today=TODAY).notes
    assert any(says in note.say("nb") for note in notes)
    assert all(note.say(locale) for note in notes for locale in ("nn", "en"))


@pytest.mark.parametrize(
    "text", ["ti 17–19", "hverdager etter 16", "når som helst", "man+tor 15-17", "2 ganger i uka", "etter avtale"]
)
def test_what_is_plain_gives_no_remark(text: str) -> None:
    assert read_times(text, today=TODAY).notes == ()


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("14.03.2026 kl. 17-21", Dated(date(2026, 3, 14), (1020, 1260))),
        ("14/3-2026 17-21", Dated(date(2026, 3, 14), (1020, 1260))),
        ("14.3.26", Dated(date(2026, 3, 14), None)),
        ("2026-03-14 17.00-21.00", Dated(date(2026, 3, 14), (1020, 1260))),
        ("dugnad lørdag 6. juni", Dated(date(2026, 6, 6), None)),
        ("lørdag 6/6 kl 12-15", Dated(date(2026, 6, 6), (720, 900))),
        ("søndag 6. juni", Dated(date(2027, 6, 6), None)),
        ("12. desember kl 18", Dated(date(2026, 12, 12), (1080, 1140))),
        ("1. mai", Dated(date(2027, 5, 1), None)),
        ("29. februar 2028 10-11", Dated(date(2028, 2, 29), (600, 660))),
    ],
)
def test_dates_are_read(text: str, dated: Dated) -> None:
    times = read_times(text, today=TODAY)
    assert times.dated == (dated,)
    assert times.weekly == ()


@pytest.mark.parametrize(
    "text",
    [
        "2 ganger i uka",
        "én gang i uka",
        "to ganger i veka",
        "3x pr uke",
        "annenhver uke",
        "ukentlig",
        "et par ganger i måneden",
    ],
)
def test_how_often_is_noticed(text: str) -> None:
    assert read_times(text, today=TODAY).how_often


def test_a_wish_is_told_from_a_time() -> None:
    times = read_times("2 ganger i uka, helst formiddag", today=TODAY)
    assert times.how_often
    assert [each.wish for each in times.weekly] == [True]
    assert week_in_words(spans_of(times.weekly), locale="nb") == "hverdager 9–12"


def test_days_joined_by_and_are_wanted_together() -> None:
    assert read_times("man+tor 15-17", today=TODAY).together
    assert read_times("mandag og torsdag 15-17", today=TODAY).together
    assert not read_times("mandag eller torsdag 15-17", today=TODAY).together
    assert not read_times("hverdager 15-17", today=TODAY).together


def test_an_open_time_is_open() -> None:
    assert read_times("etter avtale", today=TODAY).open
    assert not read_times("tirsdag", today=TODAY).open


def test_a_start_lasts_as_long_as_the_task() -> None:
    assert read_times("fredager 10", today=TODAY, length=90).weekly[0].hours == (600, 690)


def test_no_text_brings_the_reader_down() -> None:
    for text in (
        "",
        "-",
        "?" * 50,
        "1" * 500,
        "man-" * 200,
        "\x00",
        "kl kl kl",
        "99.99.9999",
        "00.00.0000",
        "0-0",
        "24-24",
        "60 min",
    ):
        read_times(text, today=TODAY)
