"""Headings found under titles, in two lines and in merged cells, and matched to what they mean."""

from __future__ import annotations

import pytest

from samskap.integrations.spreadsheets import Across, Book, Cell, Line, Sheet
from samskap.services.imports.columns import (
    HEADINGS,
    Field,
    Kind,
    Layout,
    Never,
    find_layout,
    letter,
    match_headings,
    matched,
)
from samskap.services.imports.words import ImportRefused


def book(*lines: tuple[Cell, ...], across: tuple[Across, ...] = (), name: str = "Ark1") -> Book:
    """A book of one sheet."""
    return Book((Sheet(name, tuple(Line(number, cells) for number, cells in enumerate(lines, start=1)), across),))


def layout(*lines: tuple[Cell, ...], kind: Kind = Kind.VOLUNTEERS, across: tuple[Across, ...] = ()) -> Layout:
    """How those lines are laid out."""
    return find_layout(book(*lines, across=across), kind)[1]


def fields(found: Layout) -> list[str | None]:
    """The fields of the columns from the left."""
    return [column.field for column in found.columns]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Navn", Field.NAME),
        ("NAMN:", Field.NAME),
        ("Navn på frivillig", Field.NAME),
        ("Etternavn", Field.LAST_NAME),
        ("E-post", Field.EMAIL),
        ("epost *", Field.EMAIL),
        ("E-postadresse", Field.EMAIL),
        ("Mail", Field.EMAIL),
        ("Mobil", Field.PHONE),
        ("Tlf.", Field.PHONE),
        ("Tlf.nr.", Field.PHONE),
        ("Mobil (helst SMS)", Field.PHONE),
        ("Telefon 2", Field.PHONE),
        ("Postnr.", Field.POSTCODE),
        ("Postnr/sted", Field.POSTCODE),
        ("Poststed", Field.PLACE),
        ("Bosted", Field.PLACE),
        ("Født", Field.BORN),
        ("Fødselsår", Field.BORN),
        ("F.dato", Field.BORN),
        ("Fodselsdato", Field.BORN),
        ("Fødsesldato", Field.BORN),
        ("Kan bidra med", Field.GIVES),
        ("Hva kan du hjelpe med?", Field.GIVES),
        ("Kan hjelpe med", Field.GIVES),
        ("Interesser", Field.INTERESTS),
        ("Når", Field.WHEN),
        ("Når kan du?", Field.WHEN),
        ("Språk", Field.LANGUAGES),
        ("Merknad", Field.REMARK),
        ("Status", Field.REMARK),
        ("Medlem siden", None),
        ("Skostørrelse", None),
        ("Nummer i Samskap", Field.NUMBER),
    ],
)
def test_headings_of_volunteers_are_known(heading: str, field: Field | None) -> None:
    assert match_headings([(heading,)], Kind.VOLUNTEERS)[0].field is field


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Område", Field.AREA),
        ("Beskrivelse", Field.TASK),
        ("Hva trengs?", Field.TASK),
        ("Postnr", Field.POSTCODE),
        ("Tid", Field.WHEN),
        ("Dato", Field.WHEN),
        ("Hvor ofte", Field.HOW_OFTEN),
        ("Antall", Field.COUNT),
        ("Antall frivillige", Field.COUNT),
        ("Meldt av", Field.UNIT),
        ("Verksemd", Field.UNIT),
        ("Tittel", Field.TITLE),
        ("Hastegrad", None),
    ],
)
def test_headings_of_needs_are_known(heading: str, field: Field | None) -> None:
    assert match_headings([(heading,)], Kind.NEEDS)[0].field is field


@pytest.mark.parametrize(
    ("heading", "kind", "never"),
    [
        ("Politiattest", Kind.VOLUNTEERS, Never.POLICE),
        ("Attest vist", Kind.VOLUNTEERS, Never.POLICE),
        ("Pol.attest dato", Kind.VOLUNTEERS, Never.POLICE),
        ("Personnr", Kind.VOLUNTEERS, Never.NATIONAL_ID),
        ("Fødselsnummer (11 siffer)", Kind.VOLUNTEERS, Never.NATIONAL_ID),
        ("Fødselsdato/personnr", Kind.VOLUNTEERS, Never.NATIONAL_ID),
        ("Fnr", Kind.VOLUNTEERS, Never.NATIONAL_ID),
        ("Helse", Kind.VOLUNTEERS, Never.HEALTH),
        ("Diagnose", Kind.NEEDS, Never.HEALTH),
        ("Religion", Kind.VOLUNTEERS, Never.BELIEF),
        ("Navn", Kind.NEEDS, Never.RECIPIENT),
        ("Mottaker", Kind.NEEDS, Never.RECIPIENT),
        ("Pårørende", Kind.NEEDS, Never.RECIPIENT),
    ],
)
def test_some_columns_are_never_read_whoever_asks(heading: str, kind: Kind, never: Never) -> None:
    column = match_headings([(heading,)], kind)[0]
    assert (column.field, column.never) == (None, never)
    name = "Navn" if kind is Kind.VOLUNTEERS else "Behov"
    asked = matched(layout((name, heading), kind=kind), {"1": "gives", "0": "name"})
    assert asked.columns[1].field is None


def test_titles_above_the_headings_are_passed_over() -> None:
    found = layout(
        ("Frivilligliste Øyer, oppdatert 3. mars",),
        ("Ansvarlig: Mona", None, "2026"),
        ("Navn", "Mobil"),
        ("Kari", 40000001),
    )
    assert found.heading_lines == (3,)
    assert fields(found) == ["name", "phone"]


def test_two_lines_of_headings_are_read_together() -> None:
    found = layout(
        ("Navn", "Kontakt", None, "Født"), (None, "E-post", "Mobil", None), ("Kari", "k@a.example", "40000001", "1960")
    )
    assert found.heading_lines == (1, 2)
    assert fields(found) == ["name", "email", "phone", "born"]


def test_two_lines_of_headings_with_merged_cells_are_read_together() -> None:
    found = layout(
        ("Frivillig", None, "Kontakt", None),
        ("Fornavn", "Etternavn", "E-post", "Mobil"),
        ("Kari", "Kvam", "k@a.example", 4),
        across=(Across(1, 0, 1), Across(1, 2, 3)),
    )
    assert found.heading_lines == (2,)
    assert fields(found) == ["first_name", "last_name", "email", "phone"]


def test_a_first_row_of_words_is_not_taken_for_headings() -> None:
    found = layout(("Navn", "Kan", "Når"), ("Mobil Hansen", "data", "tirsdag"), ("Ola", "mobil", "onsdag"))
    assert found.heading_lines == (1,)


def test_the_sheet_whose_headings_fit_best_is_read() -> None:
    notes = Sheet("Notater", (Line(1, ("Husk: ringe de nye",)),))
    old = Sheet("2024", (Line(1, ("Navn",)), Line(2, ("Gamle Ole",))))
    new = Sheet("2026", (Line(1, ("Navn", "E-post")), Line(2, ("Kari", "k@a.example"))))
    assert find_layout(Book((notes, old, new)), Kind.VOLUNTEERS)[0].name == "2026"
    assert find_layout(Book((notes, old, new)), Kind.VOLUNTEERS, sheet="2024")[0].name == "2024"


def test_two_columns_of_one_field_are_both_kept_where_that_makes_sense() -> None:
    assert fields(layout(("Navn", "Mobil", "Telefon"))) == ["name", "phone", "phone"]
    assert fields(layout(("Navn", "Født", "Fødselsår"))) == ["name", "born", None]


def test_a_match_can_be_corrected() -> None:
    found = matched(layout(("Navn", "Hva", "Nr")), {"1": "", "2": "phone"})
    assert fields(found) == ["name", None, "phone"]
    assert fields(matched(found, {"2": "no such field"})) == ["name", None, None]
    assert fields(matched(found, {"2": Field.TASK})) == ["name", None, None]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (book(("Husk", "ringe")), "Navn"),
        (book(), "har innhold"),
        (Book((Sheet("A", ()), Sheet("B", ()))), "har innhold"),
    ],
)
def test_a_list_without_headings_is_refused_with_what_was_looked_for(asked: Book, says: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        find_layout(asked, Kind.VOLUNTEERS)
    assert says in refused.value.sentence.say("nb")


def test_a_sheet_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(ImportRefused) as refused:
        find_layout(book(("Navn",), name="Frivillige"), Kind.VOLUNTEERS, sheet="Frivilige")
    assert "«Frivilige»" in refused.value.sentence.say("nb")
    assert "Frivillige" in refused.value.sentence.say("nb")


def test_no_heading_means_two_things_in_one_kind_of_list() -> None:
    for kind, headings in HEADINGS.items():
        known = [word for heading in headings for word in heading.known]
        assert len(known) == len(set(known)), kind


@pytest.mark.parametrize(
    ("at", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_named_as_in_a_spreadsheet(at: int, name: str) -> None:
    assert letter(at) == name
