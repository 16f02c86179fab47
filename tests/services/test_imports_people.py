"""Rows of volunteers: what they say, what is left out, and which rows are one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from matching.week import Week
from samskap.integrations.spreadsheets import Book, Cell, Line, Sheet, Unread
from samskap.integrations.spreadsheets.book import FORMULA, Sentence
from samskap.services.imports.birth import Born
from samskap.services.imports.columns import Kind, find_layout
from samskap.services.imports.compare_people import KnownVolunteer, plan_volunteers
from samskap.services.imports.people import Standing, VolunteerEntry, VolunteerReader
from samskap.services.imports.plan import Outcome, Plan, RowPlan

TODAY = date(2026, 11, 24)
HEADINGS = (
    "Navn",
    "E-post",
    "Mobil",
    "Postnr",
    "Sted",
    "Født",
    "Kan bidra med",
    "Når",
    "Språk",
    "Politiattest",
    "Merknad",
)


def plan(
    *rows: tuple[Cell, ...], known: tuple[KnownVolunteer, ...] = (), headings: tuple[str, ...] = HEADINGS
) -> Plan[VolunteerEntry]:
    """What importing these rows would do; the first of them stands in row 2."""
    lines = tuple(Line(number, cells) for number, cells in enumerate((headings, *rows), start=1))
    sheet, layout = find_layout(Book((Sheet("", lines),)), Kind.VOLUNTEERS)
    return plan_volunteers(sheet, VolunteerReader(layout=layout, today=TODAY, near="3440"), known)


def entry(*cells: Cell, headings: tuple[str, ...] = HEADINGS) -> VolunteerEntry:
    """What one row says."""
    return plan(cells, headings=headings).saves[0].entry


def said(row: RowPlan) -> str:
    """Everything that is said of a row."""
    return " | ".join([*([row.why.say("nb")] if row.why else []), *(warned.why.say("nb") for warned in row.warnings)])


def registered(found: Plan[VolunteerEntry], **more: object) -> tuple[KnownVolunteer, ...]:
    """The people of a plan as they are once it is carried out."""
    return tuple(
        replace(KnownVolunteer(id=100 + at, entry=save.entry, listed_as=save.listed_as), **more)  # type: ignore[arg-type]
        for at, save in enumerate(found.saves)
    )


KARI: tuple[Cell, ...] = (
    "Kari Kvam",
    "kari@a.example",
    "400 00 001",
    2636,
    "Øyer",
    "14.02.1960",
    "ski og strikking",
    "tirsdager",
    "norsk",
)


def test_a_whole_row_is_read() -> None:
    assert entry(*KARI) == VolunteerEntry(
        name="Kari Kvam",
        email="kari@a.example",
        phone="+4740000001",
        born=Born(1960, date(1960, 2, 14)),
        postcode="2636",
        resources=frozenset({"skiing", "knitting"}),
        languages=(("nb", 3),),
        free=Week.from_spans([(1440 + 480, 1440 + 1320)]),
    )


def test_a_name_may_stand_in_two_columns() -> None:
    assert entry("Kari", "Kvam", headings=("Fornavn", "Etternavn")).name == "Kari Kvam"
    assert entry("Kari", "Kvam", headings=("Navn", "Etternavn")).name == "Kari Kvam"


def test_a_surname_first_is_turned_and_told_of() -> None:
    found = plan(("Kvam, Kari", "kari@a.example"))
    assert found.saves[0].entry.name == "Kari Kvam"
    assert "lest som Kari Kvam" in said(found.rows[0])


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("Sum", 118), "sumlinje"),
        (("Totalt:", None, "118"), "sumlinje"),
        ((None, "Sum", 118), "sumlinje"),
        ((None, "kari@a.example"), "Navnet mangler"),
        (("-", "kari@a.example"), "Navnet mangler"),
        (("kari@a.example",), "ikke et navn"),
        (("12345", "kari@a.example"), "ikke et navn"),
        (("Kari og Ola Kvam", "kari@a.example"), "to personer"),
        (("K\ufffdri", "kari@a.example"), "Navnet mangler"),
        (("x" * 121, "kari@a.example"), "ikke et navn"),
        (HEADINGS, "overskriftene en gang til"),
        (("Kari", "k@a.example", None, None, None, 2012), "Under 18 år (født 2012)"),
        (("Kari", "k@a.example", None, None, None, "19.05.12"), "Under 18 år"),
        (("Kari", "k@a.example", None, None, None, "25.11.2008"), "Under 18 år"),
        ((Unread(Sentence(FORMULA)), "k@a.example"), "Navnet mangler"),
    ],
)
def test_rows_that_are_no_volunteer_are_not_imported_and_say_why(row: tuple[Cell, ...], why: str) -> None:
    found = plan(row)
    assert [one.outcome for one in found.rows] == [Outcome.UNREADABLE]
    assert why in said(found.rows[0])
    assert found.saves == ()


def test_a_person_called_sum_with_an_address_is_a_person() -> None:
    assert entry("Sum Wan", "sum@a.example").name == "Sum Wan"


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        (1, "kari(at)a.example", "Lest som kari@a.example."),
        (1, "ingen adresse", "ikke en e-postadresse"),
        (2, "4007684", "7 siffer"),
        (3, "263", "stedet Øyer er brukt"),
        (5, "ca 1960", "bare 1960"),
        (5, "20.05.91", "lest som 1991"),
        (5, 2008, "kan være 17 eller 18"),
        (7, "etter avtale", "ikke kjent"),
        (7, "lørdag 6. juni", "Datoer leses ikke her"),
        (7, "når snøen går", "Forsto ikke"),
        (8, "klingonsk", "Kjenner ikke «klingonsk»"),
        (6, "kjenner noen med demens", "helse- eller kontaktopplysninger"),
        (6, "ring 400 00 009", "helse- eller kontaktopplysninger"),
        (6, "x" * 121, "rommer 120"),
        (4, "\u202eØyer", "tegn som er gått tapt"),
        (6, Unread(Sentence(FORMULA)), "formel"),
    ],
)
def test_a_cell_that_cannot_be_read_is_empty_with_a_warning(column: int, cell: Cell, why: str) -> None:
    row = [*KARI[:3], None, "Øyer" if column != 4 else None, *KARI[5:]]
    row[column] = cell
    found = plan(tuple(row))
    warned = found.rows[0].warnings
    assert [one.row for one in warned] == [2] * len(warned)
    assert why in said(found.rows[0])
    assert found.rows[0].outcome is Outcome.NEW
    assert HEADINGS[column] in {one.column for one in warned}


@pytest.mark.parametrize("nothing", ["-", "–", "?", "ukjent", "ingen", "", " "])
def test_a_cell_that_says_nothing_gives_no_warning(nothing: str) -> None:
    found = plan(("Kari Kvam", "kari@a.example", nothing, nothing, nothing, nothing, nothing, nothing, nothing))
    assert found.rows[0].warnings == ()


def test_a_police_certificate_leaves_no_trace() -> None:
    with_it, without = (plan((*KARI, cell, None)) for cell in ("vist 12.03.2026", None))
    assert with_it.saves[0].entry == without.saves[0].entry
    assert with_it.saves[0].listed_as == without.saves[0].listed_as
    assert with_it.rows == without.rows


@pytest.mark.parametrize(
    ("remark", "standing"),
    [
        ("sluttet 2024", Standing.LEFT),
        ("Slutta i vår", Standing.LEFT),
        ("har sluttet, flyttet til Oslo", Standing.LEFT),
        ("pause til jul", Standing.PAUSED),
        ("tar en pause", Standing.PAUSED),
        ("pause. sluttet", Standing.PAUSED),
        ("har ikke sluttet", None),
        ("ferdig med pausen", None),
        ("begynt igjen etter pause", None),
        ("kan ikke gå i trapp", None),
        ("har MS og er sliten", None),
        ("slutter tidlig på dagen", None),
        (None, None),
    ],
)
def test_of_a_remark_only_left_and_paused_are_read(remark: str | None, standing: Standing | None) -> None:
    found = plan((*KARI, None, remark))
    assert found.saves[0].entry == replace(entry(*KARI), standing=standing)
    assert found.rows[0].warnings == ()


def test_a_remark_is_not_in_the_fingerprint() -> None:
    assert plan((*KARI, None, "kan ikke gå i trapp")).saves[0].listed_as == plan(KARI).saves[0].listed_as


def test_what_the_vocabulary_has_no_word_for_is_kept_in_own_words() -> None:
    assert entry("Kari", "k@a.example", None, None, None, None, "ski, slå med ljå").own_words == ("slå med ljå",)


# rows of one person


def test_rows_of_one_person_are_read_together_and_the_later_word_counts() -> None:
    found = plan(
        KARI,
        ("Ola Odden", "ola@a.example", "400 00 002"),
        ("Kari Kvam", "KARI@a.example", "400 00 003", None, None, None, "baking"),
        ("Kari Kvam", None, "40000003", 2635, None, None, None, "onsdager"),
    )
    assert [row.outcome for row in found.rows] == [Outcome.NEW, Outcome.NEW, Outcome.SAME, Outcome.SAME]
    kari = found.saves[0]
    assert kari.rows == (2, 4, 5)
    assert (kari.entry.phone, kari.entry.postcode) == ("+4740000003", "2635")
    assert kari.entry.resources == {"skiing", "knitting", "baking"}
    assert kari.entry.free == Week.from_spans([(2 * 1440 + 480, 2 * 1440 + 1320)])
    assert "Samme som rad 2" in said(found.rows[2])


def test_a_row_joins_two_that_were_apart() -> None:
    found = plan(("Kari", "k@a.example"), ("Kari", None, "40000001"), ("Kari", "k@a.example", "40000001"))
    assert [save.rows for save in found.saves] == [(2, 3, 4)]


def test_the_same_name_and_birth_date_is_the_same_person_and_a_year_is_not_enough() -> None:
    same = plan(
        ("Kari Kvam", None, None, None, None, "14.02.1960"), ("KARI  KVAM", None, None, None, None, "14/2-1960")
    )
    assert len(same.saves) == 1
    year = plan(("Kari Kvam", None, None, None, None, 1960), ("Kari Kvam", None, None, None, None, 1960))
    assert len(year.saves) == 2
    assert all("Bare navn" in said(row) for row in year.rows)


def test_two_names_with_one_phone_are_one_person_with_a_warning() -> None:
    found = plan(("Kari Kvam", None, "40000001"), ("Ola Kvam", None, "40000001"))
    assert len(found.saves) == 1
    assert "annet navn" in said(found.rows[1])


def test_a_name_alone_is_new_with_a_warning() -> None:
    found = plan(("Kari Kvam",))
    assert found.rows[0].outcome is Outcome.NEW
    assert "Bare navn" in said(found.rows[0])


# a second time


ROWS: tuple[tuple[Cell, ...], ...] = (
    KARI,
    ("Ola Odden",),
    ("Ola Odden",),
    ("Siri", None, None, None, None, 1960, None, "etter avtale"),
    ("Kari Kvam", "kari@a.example", "400 00 003"),
    ("Per", None, "40000005", None, None, None, None, None, None, "ja", "sluttet"),
)


def test_a_second_import_changes_nothing() -> None:
    first = plan(*ROWS)
    assert [row.outcome for row in first.rows] == [Outcome.NEW] * 4 + [Outcome.SAME, Outcome.NEW]
    second = plan(*ROWS, known=registered(first))
    assert {row.outcome for row in second.rows} == {Outcome.SAME}
    assert second.saves == ()


def test_a_second_import_undoes_nothing_that_was_changed_here_since() -> None:
    first = plan(KARI)
    moved = replace(registered(first)[0], entry=replace(first.saves[0].entry, phone="+4740000009", postcode="2609"))
    assert plan(KARI, known=(moved,)).rows[0].outcome is Outcome.SAME


def test_what_the_list_says_anew_is_a_change_and_what_it_leaves_out_is_not() -> None:
    known = registered(plan(KARI))
    found = plan(("Kari Kvam", "kari@a.example", "400 00 007", None, None, None, "baking", "onsdager"), known=known)
    assert found.rows[0].outcome is Outcome.CHANGED
    assert {
        change.what: (change.before, change.after) for change in found.rows[0].changes if change.what != "free"
    } == {
        "phone": ("+4740000001", "+4740000007"),
        "resources": ((), ("baking",)),
    }
    assert "free" in {change.what for change in found.rows[0].changes}


def test_someone_found_by_phone_gets_a_new_address() -> None:
    found = plan(("Kari Kvam", "ny@a.example", "400 00 001"), known=registered(plan(KARI)))
    assert [(change.what, change.after) for change in found.rows[0].changes] == [("email", "ny@a.example")]


def test_a_year_says_nothing_against_a_date() -> None:
    found = plan(("Kari Kvam", "kari@a.example", None, None, None, 1960), known=registered(plan(KARI)))
    assert found.rows[0].outcome is Outcome.SAME


def test_what_people_have_answered_themselves_stands() -> None:
    theirs = replace(registered(plan(KARI))[0], own_answers=True, listed_as=None)
    known = (replace(theirs, entry=replace(theirs.entry, postcode=None)),)
    row: tuple[Cell, ...] = (
        "Kari Kvam",
        "kari@a.example",
        "400 00 007",
        2635,
        None,
        None,
        "baking",
        "onsdager",
        None,
        None,
        "sluttet",
    )
    found = plan(row, known=known)
    assert [(change.what, change.after) for change in found.rows[0].changes] == [("postcode", "2635")]
    assert said(found.rows[0]).count("Personen har selv svart") == 2


def test_a_colleague_who_is_registered_here_becomes_a_volunteer() -> None:
    known = KnownVolunteer(
        id=7, entry=VolunteerEntry(name="Kari Kvam", email="kari@a.example"), volunteer=False, own_answers=True
    )
    found = plan(KARI, known=(known,))
    assert found.rows[0].outcome is Outcome.CHANGED
    assert {change.what for change in found.rows[0].changes} == {
        "volunteer",
        "phone",
        "born",
        "postcode",
        "resources",
        "languages",
        "free",
    }


def test_a_row_that_points_to_two_people_is_not_imported() -> None:
    kari, ola = registered(plan(("Kari", "k@a.example"), ("Ola", None, "40000002")))
    found = plan(("Kari", "k@a.example", "40000002"), known=(kari, ola))
    assert found.rows[0].outcome is Outcome.UNREADABLE
    assert "Kari, Ola" in said(found.rows[0])


def test_someone_who_has_left_stays_so_and_comes_back_only_by_themselves() -> None:
    left = registered(plan((*KARI, None, "sluttet")))
    assert plan((*KARI[:2], "400 00 001", *KARI[3:], None, "pause"), known=left).rows[0].outcome is Outcome.SAME
    paused = registered(plan((*KARI, None, "pause")))
    later = plan((*KARI[:6], "baking", *KARI[7:], None, "sluttet"), known=paused)
    assert ("standing", Standing.LEFT) in [(change.what, change.after) for change in later.rows[0].changes]


def test_a_number_of_ours_counts_only_beside_its_name() -> None:
    known = (KnownVolunteer(id=7, entry=VolunteerEntry(name="Kari Kvam")),)
    headings = ("Nummer i Samskap", "Navn")
    assert plan((7, "Kari Kvam"), known=known, headings=headings).rows[0].outcome is Outcome.SAME
    assert plan((7, "Ola Odden"), known=known, headings=headings).rows[0].outcome is Outcome.NEW
    assert plan((8, "Kari Kvam"), known=known, headings=headings).rows[0].outcome is Outcome.NEW


def test_every_row_counts_once() -> None:
    found = plan(*ROWS, ("Sum", 5), (None, None, "40000001")).as_json("nb")
    assert found["rows"] == 8
    assert found["rows"] == found["new"] + found["same"] + found["changed"] + len(found["unreadable"])
    assert set(found) == {"rows", "new", "same", "changed", "unreadable", "warnings"}
    assert all(set(one) == {"row", "why"} for one in found["unreadable"])
    assert all(set(one) == {"row", "column", "why"} for one in found["warnings"])
