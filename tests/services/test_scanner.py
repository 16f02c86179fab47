"""What the scanner of free text notices, measured on a table of cases, and what it lets stand."""

from __future__ import annotations

import csv
import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samskap.services.scanner import Finds, blocks, is_national_id, scan
from samskap.text import LOCALES
from tests.services import scanner_cases


def kinds(text: str) -> set[Finds]:
    return {found.finds for found in scan(text)}


@pytest.mark.parametrize(("text", "expected"), scanner_cases.TO_NOTICE)
def test_what_should_be_noticed_is_noticed(text: str, expected: Finds) -> None:
    assert expected in kinds(text)


@pytest.mark.parametrize("text", scanner_cases.TO_LET_STAND)
def test_what_is_plain_is_let_stand(text: str) -> None:
    assert kinds(text) == set()


def test_the_share_of_hits_is_known() -> None:
    """The known misses and false alarms are listed; the scanner must not get worse without someone seeing it."""
    missed = [text for text, expected in scanner_cases.KNOWN_MISSES if expected in kinds(text)]
    quiet = [text for text in scanner_cases.KNOWN_FALSE_ALARMS if not kinds(text)]
    assert missed == []
    assert quiet == []


# ---------------------------------------------------------------- national ids


def control(nine: str) -> str:
    """Give nine digits their two check digits, or the empty string when there are none."""
    first = -sum(a * int(b) for a, b in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), nine, strict=True)) % 11
    ten = f"{nine}{first}"
    if first == 10:
        return ""
    second = -sum(a * int(b) for a, b in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), ten, strict=True)) % 11
    return "" if second == 10 else f"{ten}{second}"


def made(date_part: str) -> str:
    """Make an id for a date; no living person has one of these with a month above 80 (synthetic test people)."""
    return next(made for number in range(100, 999) if (made := control(f"{date_part}{number}")))


@pytest.mark.parametrize(
    "date_part",
    ["018180", "418180", "314180", "716680", "299204"],
    ids=["plus 80", "D-number", "plus 40", "plus 65", "leap day"],
)
def test_ids_are_known_by_date_and_check_digits(date_part: str) -> None:
    digits = made(date_part)
    assert is_national_id(digits)
    for text in (digits, f"{digits[:6]} {digits[6:]}", f"({digits})", f"{digits[:6]}-{digits[6:]}", f"fnr:{digits}."):
        sentence = blocks(text)
        assert sentence is not None
        assert "fødselsnummer" in sentence.nb


@pytest.mark.parametrize("place", range(11))
def test_one_wrong_digit_is_no_id_and_blocks_nothing(place: int) -> None:
    digits = made("018180")
    wrong = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
    assert not is_national_id(wrong)
    assert blocks(f"nummeret er {wrong}") is None


def test_a_mistyped_id_is_noticed_without_blocking() -> None:
    digits = made("018180")
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    assert kinds(f"nummeret er {wrong}") == {Finds.NATIONAL_ID}
    assert blocks(f"nummeret er {wrong}") is None


@pytest.mark.parametrize(
    "text", ["0181800012", "018180000123", "99999999999", "00000000000", "1234 56 78903", "", "abc"]
)
def test_ten_or_twelve_digits_and_impossible_dates_are_no_ids(text: str) -> None:
    assert Finds.NATIONAL_ID not in kinds(text)
    assert not is_national_id(text)


def test_an_id_in_full_width_digits_or_with_a_hard_space_is_an_id_all_the_same() -> None:
    digits = made("018180")
    wide = digits.translate({ord("0") + n: ord("０") + n for n in range(10)})
    assert blocks(wide) is not None
    assert blocks(f"{digits[:6]}\u00a0{digits[6:]}") is not None


def test_the_sentence_never_repeats_the_id() -> None:
    digits = made("018180")
    for found in scan(f"ring {digits}"):
        assert all(digits not in found.sentence.say(locale) for locale in LOCALES)


# ---------------------------------------------------------------- spans and sentences


def test_a_finding_points_at_what_it_found() -> None:
    text = "Turvenn for Kari Nordmann, ring 400 00 000. Hun har demens."
    assert [(found.finds, text[found.start : found.end]) for found in scan(text)] == [
        (Finds.NAME, "Kari Nordmann"),
        (Finds.PHONE, "400 00 000"),
        (Finds.DIAGNOSIS, "demens"),
    ]


def test_every_finding_has_a_sentence_in_three_languages_that_says_what_to_write() -> None:
    text = "Ola Lien, f. 1.2.1940, Kongsvegen 325, rom 12, ola@eksempel.example, 400 00 000, demens"
    found = scan(text)
    assert {one.finds for one in found} == set(Finds) - {Finds.NATIONAL_ID}
    for one in found:
        assert len({one.sentence.say(locale) for locale in LOCALES}) == 3
        assert not one.blocks


def test_nothing_but_an_id_blocks() -> None:
    assert blocks("Ola Lien har demens, ring 400 00 000") is None


@given(text=st.text(max_size=300))
def test_any_text_can_be_scanned_and_spans_lie_inside_it_apart(text: str) -> None:
    found = scan(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    "text", ["a" * 10_000, "A b" * 3_000, "1 " * 5_000, "Aa " * 3_000, "0" * 10_000, "@." * 5_000, "veg " * 2_500]
)
def test_long_texts_are_scanned_in_no_time(text: str) -> None:
    scan(text)


@pytest.mark.parametrize("text", ["{0.__class__}", "%s%n", "Ola {x} Lien", "{{7*7}} demens{"])
def test_braces_are_never_taken_for_values(text: str) -> None:
    for found in scan(text):
        assert all(found.sentence.say(locale) for locale in LOCALES)


def test_the_coordinators_own_list_of_needs_has_one_diagnosis_and_no_false_alarm() -> None:
    rows = list(csv.DictReader(io.StringIO(scanner_cases.NEEDS), delimiter=";"))
    noticed = {row["Beskrivelse"]: kinds(row["Beskrivelse"]) for row in rows}
    assert {text for text, found in noticed.items() if found} == {"Kjøre til dagsenter, diagnosen er demens"}
    assert len(rows) == 10
