"""Contact details, birth dates and places as lists have them, one line for each shape."""

from __future__ import annotations

from datetime import date

import pytest

from samskap.integrations.spreadsheets import Line
from samskap.services.imports.birth import Adult, Born, read_born
from samskap.services.imports.columns import Column, Field, Kind, Layout
from samskap.services.imports.contact import read_email, read_phone
from samskap.services.imports.place import read_place
from samskap.services.imports.row import Row

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "email", "says"),
    [
        ("Kari.Kvam@eksempel.example", "kari.kvam@eksempel.example", None),
        (" KARI@EKSEMPEL.EXAMPLE ", "kari@eksempel.example", None),
        ("Nils.Mahlum(at)eksempel.example", "nils.mahlum@eksempel.example", "Lest som nils.mahlum@eksempel.example."),
        ("nils [at] eksempel (dot) example", "nils@eksempel.example", "Lest som"),
        ("nils at eksempel.example", "nils@eksempel.example", "Lest som"),
        ("mailto:kari@eksempel.example", "kari@eksempel.example", "Lest som"),
        ("Kari Kvam <kari@eksempel.example>", "kari@eksempel.example", "Lest som"),
        ("kari@eksempel.example.", "kari@eksempel.example", "Lest som"),
        ("kari@a.example, ola@b.example", "kari@a.example", "bare den første"),
        ("a@b.no\r\nBcc: x@y.no", "a@b.no", "bare den første"),
        ("<a@b.no> <c@d.no>", "a@b.no", "bare den første"),
        ("æøå@b.no", "æøå@b.no", None),
        ("a@blåbær.no", "a@blåbær.no", None),
        ("a@[127.0.0.1]", None, "ikke en e-postadresse"),
        ("kari.eksempel.example", None, "ikke en e-postadresse"),
        ("@", None, "ikke en e-postadresse"),
        ("a" * 65 + "@b.no", None, "ikke en e-postadresse"),
        ("a@" + "b" * 250 + ".no", None, "ikke en e-postadresse"),
        ("spør Kari", None, "ikke en e-postadresse"),
    ],
)
def test_addresses_are_read(text: str, email: str | None, says: str | None) -> None:
    read, why = read_email(text)
    assert read == email
    assert (why.say("nb") if why else None) == says or (why and says and says in why.say("nb"))


@pytest.mark.parametrize(
    ("text", "phone", "says"),
    [
        ("400 50 752", "+4740050752", None),
        ("40 00 79 24", "+4740007924", None),
        ("40096245", "+4740096245", None),
        ("+47 40003137", "+4740003137", None),
        ("004740047280", "+4740047280", None),
        ("61 26 81 00", "+4761268100", None),
        ("+46 70 123 45 67", "+46701234567", None),
        ("40050752 (mobil)", "+4740050752", "Bare nummeret"),
        ("mob: 40050752", "+4740050752", "Bare nummeret"),
        ("40050752 / 61268100", "+4740050752", "bare det første"),
        ("4007684 / 40050752", "+4740050752", "Bare nummeret"),
        ("4007684", None, "har 7 siffer"),
        ("400768", None, "har 6 siffer"),
        ("12345678", None, "ikke et telefonnummer"),
        ("+47 4007684", None, "ikke et telefonnummer"),
        ("ring kona", None, "ikke et telefonnummer"),
        ("400507521", None, "ikke et telefonnummer"),
    ],
)
def test_numbers_are_read(text: str, phone: str | None, says: str | None) -> None:
    read, why = read_phone(text)
    assert read == phone
    assert (why.say("nb") if why else None) == says or (why and says and says in why.say("nb"))


def day(year: int, month: int, number: int) -> Born:
    return Born(year, date(year, month, number))


@pytest.mark.parametrize(
    ("cell", "born", "says"),
    [
        (date(1984, 3, 23), day(1984, 3, 23), None),
        ("1984-03-23", day(1984, 3, 23), None),
        ("1984-03-23 00:00:00", day(1984, 3, 23), None),
        ("02.10.1981", day(1981, 10, 2), None),
        ("14/12-1973", day(1973, 12, 14), None),
        ("18/7-1956", day(1956, 7, 18), None),
        ("3-4-2001", day(2001, 4, 3), None),
        ("3. mars 1975", day(1975, 3, 3), None),
        ("23031984", day(1984, 3, 23), None),
        ("20.05.91", day(1991, 5, 20), "lest som 1991"),
        ("19.05.12", day(2012, 5, 19), "lest som 2012"),
        ("08.12.26", None, "finnes ikke"),
        ("08.12.27", day(1927, 12, 8), "lest som 1927"),
        ("230384", day(1984, 3, 23), "lest som 1984"),
        ("1945", Born(1945), None),
        ("f. 1945", Born(1945), None),
        ("ca 1960", Born(1960), "bare 1960"),
        ("ca. 1960", Born(1960), "bare 1960"),
        ("1960?", Born(1960), "bare 1960"),
        ("31.02.1975", None, "finnes ikke"),
        ("29.02.1975", None, "finnes ikke"),
        ("12/25/1975", None, "finnes ikke"),
        ("24.11.2027", None, "finnes ikke"),
        ("1890", None, "finnes ikke"),
        ("0000-00-00", None, "finnes ikke"),
        ("63 år", None, "ikke en fødselsdato"),
        ("60-åra", None, "ikke en fødselsdato"),
        ("01019012345", None, "fødselsnummer"),
        ("010190 12345", None, "fødselsnummer"),
        ("vet ikke helt", None, "ikke en fødselsdato"),
    ],
)
def test_birth_dates_are_read(cell: str | date, born: Born | None, says: str | None) -> None:
    read, why = read_born(cell, today=TODAY)
    assert read == born
    assert (why.say("nb") if why else None) == says or (why and says and says in why.say("nb"))


@pytest.mark.parametrize(
    ("born", "adult"),
    [
        (day(2008, 11, 24), Adult.YES),
        (day(2008, 11, 25), Adult.NO),
        (Born(2007), Adult.YES),
        (Born(2008), Adult.MAYBE),
        (Born(2009), Adult.NO),
    ],
)
def test_eighteen_is_told_as_far_as_it_can_be(born: Born, adult: Adult) -> None:
    assert born.adult(TODAY) is adult


LAYOUT = Layout(
    Kind.VOLUNTEERS,
    "",
    (1,),
    (Column(0, "Postnr", Field.POSTCODE), Column(1, "Sted", Field.PLACE)),
)


@pytest.mark.parametrize(
    ("postcode", "place", "code", "says"),
    [
        ("2636", "Øyer", "2636", None),
        (2636, "ØYER", "2636", None),
        ("2635", "Tretten", "2635", None),
        ("263", "Tretten", "2635", "stedet Tretten er brukt (2635)"),
        ("263", "Øyer", "2636", "stedet Øyer er brukt (2636)"),
        ("265", "Østre Gausdal", "2651", "(2651)"),
        ("260", "Lillehammer", "2609", "(2609)"),
        ("263", "Fåvang", "2634", "(2634)"),
        ("263", "Oslo", "0263", "nullen"),
        ("263", None, None, "ikke et postnummer"),
        ("263", "Hjemme", None, "ikke et postnummer"),
        ("99999", "Tretten", "2635", "(2635)"),
        ("0000", "Tretten", "2635", "(2635)"),
        ("2635 Tretten", None, "2635", None),
        ("N-2635", None, "2635", None),
        ("Kongsvegen 1234, 2635 Tretten", None, "2635", None),
        ("Tretten", None, "2635", "(2635)"),
        (None, "Tretten", "2635", None),
        (None, "Musdal", "2635", None),
        (None, "2635 Tretten", "2635", None),
        (None, "Langtvekkistan", None, "ikke kjent"),
        ("2636", "Tretten", "2636", "2636 er Øyer, ikke Tretten"),
        ("2635", "Musdal", "2635", None),
        ("2609", "heime", "2609", None),
        (None, None, None, None),
    ],
)
def test_places_are_read(postcode: object, place: str | None, code: str | None, says: str | None) -> None:
    row = Row(Line(2, (postcode, place)), LAYOUT)  # type: ignore[arg-type]
    assert read_place(row, near="3440") == code
    said = [warned.why.say("nb") for warned in row.warnings]
    assert said == [] if says is None else says in " ".join(said)
