"""Files as they come: encodings, separators, merged cells, formulas, and everything that is no spreadsheet."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samskap.integrations.spreadsheets import (
    Line,
    SpreadsheetError,
    Unread,
    content_of,
    read,
    write_excel,
)
from samskap.integrations.spreadsheets.book import LARGEST_FILE, MOST_LINES, lost_letters, tidy
from samskap.integrations.spreadsheets.delimited import find_separator

LETTERS = "Navn;Sted\r\nÅse Bjørnstad;Østre Gausdal\r\nTorbjørn Mæhlum;Fåvang\r\n"


def cells(data: bytes) -> list[tuple[object, ...]]:
    """The cells of the first sheet, line by line."""
    return [line.cells for line in read(data).sheets[0].lines]


def excel(
    *rows: tuple[Any, ...], merge: tuple[str, ...] = (), more: dict[str, list[tuple[Any, ...]]] | None = None
) -> bytes:
    """An .xlsx file with these rows, merged cells and further sheets."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    for name, lines in (more or {}).items():
        other = book.create_sheet(name)
        for line in lines:
            other.append(line)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


# encodings


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("latin-1", "cp1252"),
        ("cp1252", "cp1252"),
        ("mac_roman", "mac_roman"),
        ("cp865", "cp865"),
    ],
)
def test_norwegian_letters_are_read_however_they_were_written(encoding: str, found: str) -> None:
    book = read(LETTERS.encode(encoding))
    assert book.encoding == found
    assert [line.cells for line in book.sheets[0].lines[1:]] == [
        ("Åse Bjørnstad", "Østre Gausdal"),
        ("Torbjørn Mæhlum", "Fåvang"),
    ]


def test_an_en_dash_of_windows_is_a_dash() -> None:
    assert cells("Navn;Når\nÅse;ti 17–19\n".encode("cp1252"))[1] == ("Åse", "ti 17–19")


def test_another_alphabet_is_recognised() -> None:
    text = "Имя;Город\nОлександра Коваленко;Третен\nДмитро Шевченко;Лиллехаммер и окрестности города\n" * 20
    assert cells(text.encode("cp1251"))[1][0] == "Олександра Коваленко"


def test_windows_lines_pasted_into_a_utf8_file_are_read_and_told_of() -> None:
    book = read("Navn;Sted\nÅse;Øyer\n".encode() + "Bjørg;Fåvang\n".encode("cp1252"))
    lines = book.sheets[0].lines
    assert [line.cells for line in lines[1:]] == [("Åse", "Øyer"), ("Bjørg", "Fåvang")]
    assert [len(line.notes) for line in lines] == [0, 0, 1]


def test_letters_broken_by_an_earlier_save_are_mended_and_told_of() -> None:
    lines = read("Navn;Sted\nBjÃ¸rg;Ã\x98yer\nOla;Tretten\n".encode()).sheets[0].lines
    assert lines[1].cells == ("Bjørg", "Øyer")
    assert "Ã¸" in lines[1].notes[0].say("nb")
    assert lines[2].notes == ()


# separators and lines


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found(separator: str) -> None:
    text = "Frivillige 2026\n\nNavn;E-post;Når\nKari;kari@a.example;ti\nOla;ola@a.example;on\n".replace(";", separator)
    assert read(text.encode()).separator == separator


def test_commas_inside_texts_do_not_win_over_the_separator() -> None:
    text = "Navn;Kan;Når\nKari;ski, data, hund;man, ons\nOla;tur, ski, data;ti, to\n"
    assert find_separator(text) == ";"


def test_quoted_commas_do_not_count() -> None:
    assert cells(b'Navn,Kan\nKari,"ski, data"\n')[1] == ("Kari", "ski, data")


def test_the_separator_that_the_file_names_is_used() -> None:
    book = read(b"sep=|\nNavn|Sted\nKari;Ola|Tretten\n")
    assert (book.separator, book.sheets[0].lines[1].cells) == ("|", ("Kari;Ola", "Tretten"))
    assert [line.number for line in book.sheets[0].lines] == [2, 3]


def test_lines_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    lines = read(b'Navn;Hva\n\n"Kari";"to\nlinjer"\nOla;ski\n').sheets[0].lines
    assert [(line.number, line.cells) for line in lines] == [
        (1, ("Navn", "Hva")),
        (3, ("Kari", "to\nlinjer")),
        (4, ("Ola", "ski")),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(end: str) -> None:
    assert len(cells(f"Navn;Sted{end}Kari;Øyer{end}Ola;Tretten{end}".encode())) == 3


def test_an_open_quotation_mark_is_told_of_with_its_row() -> None:
    with pytest.raises(SpreadsheetError) as refused:
        read(b'Navn;Hva\nKari;ski\nOla;"hund og katt\nPer;data\n')
    assert "rad 3" in refused.value.sentence.say("nb")


def test_one_column_is_a_list_too() -> None:
    assert cells(b"Navn\nKari\nOla\n") == [("Navn",), ("Kari",), ("Ola",)]


def test_a_text_that_a_program_would_compute_is_not_read_as_a_value() -> None:
    name, phone = cells(b'Navn;Tlf\n=1+1;="40000001"\n')[1]
    assert isinstance(name, Unread)
    assert phone == "40000001"


# excel


def test_stored_values_come_as_what_they_are() -> None:
    day, moment = datetime(1984, 3, 23), datetime(2026, 3, 14, 17, 0)  # noqa: DTZ001  # spreadsheets know no zones
    row = ("Kari", 2636, 40000001.0, 1.5, day, moment, True)
    assert cells(excel(row))[0] == ("Kari", 2636, 40000001, 1.5, date(1984, 3, 23), moment, True)


def test_every_sheet_is_read_and_empty_lines_are_left_out() -> None:
    book = read(excel(("Navn",), (None,), ("Kari",), more={"Notater": [("Husk",)]}))
    assert [(sheet.name, len(sheet.lines)) for sheet in book.sheets] == [("Sheet", 2), ("Notater", 1)]
    assert [line.number for line in book.sheets[0].lines] == [1, 3]


def test_a_formula_gives_its_stored_value_and_one_without_is_unread() -> None:
    computed = {
        "<f>1+1</f><v />": "<f>1+1</f><v>2</v>",
        '<c r="D2"><f>""</f><v />': '<c r="D2" t="str"><f>""</f><v></v>',
    }

    def compute(xml: str) -> str:
        for formula, value in computed.items():
            assert formula in xml
            xml = xml.replace(formula, value)
        return xml

    data = excel(("Navn", "Tlf", "Sum", "Tom"), ("Kari", "=A1", "=1+1", '=""'), ("Ola",))
    name, phone, total = cells(with_part(data, "xl/worksheets/sheet1.xml", compute))[1]
    assert (name, total) == ("Kari", 2)
    assert isinstance(phone, Unread)
    assert "formel" in phone.why.say("nb")


def test_an_error_value_is_unread_and_named() -> None:
    data = excel(("Navn", "Sted"), ("Kari", "#REF!"))
    cell = cells(data)[1][1]
    assert isinstance(cell, Unread)
    assert "#REF!" in cell.why.say("nb")


def test_cells_merged_downwards_give_every_row_their_value() -> None:
    data = excel(("Navn", "Sted"), ("Kari", "Tretten"), ("Ola", None), ("Per", "Øyer"), merge=("B2:B3",))
    assert cells(data)[1:] == [("Kari", "Tretten"), ("Ola", "Tretten"), ("Per", "Øyer")]


def test_cells_merged_across_are_told_of() -> None:
    sheet = read(excel(("Kontakt", None, "Navn"), ("Mobil", "E-post", ""), merge=("A1:B1",))).sheets[0]
    assert [(across.line, across.first, across.last) for across in sheet.across] == [(1, 0, 1)]


def test_a_dimension_that_lies_changes_nothing() -> None:
    data = excel(("Navn", "Sted"), ("Kari", "Øyer"))
    for lie in ("A1", "A1:XFD1048576"):
        assert cells(
            with_part(data, "xl/worksheets/sheet1.xml", lambda xml, lie=lie: xml.replace("A1:B2", lie))
        ) == cells(data)


def with_part(data: bytes, name: str, change: Any) -> bytes:
    """The same file with one part written otherwise."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, change(content.decode()).encode() if part.filename == name else content)
    return out.getvalue()


# what is no spreadsheet


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "tom"),
        (b"  \r\n ", "tom"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n...", "bilde"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", "passord"),
        (b"<html><table><tr><td>Navn</td></tr></table></html>", "nettside"),
        (b"Navn\x00\x01\x02\x03;Sted\x00\x07 og mer enn det\x00", "andre data enn tekst"),
        (bytes(range(1, 32)) * 40, "andre data enn tekst"),
        (b"\xff\xfeN\x00a\x00v\x00n\x00\n\x00\x00\xd8;\x00", "i rad 2"),
        (b"\xff\xfeN\x00a", "UTF-16"),
        (b"PK\x03\x04 not a zip at all", "skadet"),
    ],
)
def test_what_is_no_spreadsheet_is_named(data: bytes, says: str) -> None:
    with pytest.raises(SpreadsheetError) as refused:
        read(data)
    assert says in refused.value.sentence.say("nb")
    assert all(refused.value.sentence.say(locale) for locale in ("nn", "en"))


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("word/document.xml", "tekstdokument"),
        ("content.xml", "OpenDocument"),
        ("xl/workbook.bin", "xlsb"),
        ("a.txt", "zip-fil"),
    ],
)
def test_other_files_in_a_zip_are_named(part: str, says: str) -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(part, "x")
    with pytest.raises(SpreadsheetError) as refused:
        read(file.getvalue())
    assert says in refused.value.sentence.say("nb")


@pytest.mark.parametrize("at", range(0, 100, 7))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(at: int) -> None:
    whole = bytearray(excel(("Navn", "Sted"), ("Kari", "Øyer")))
    place = len(whole) * at // 100
    whole[place : place + 40] = b"\xaa" * 40
    with suppress(SpreadsheetError):
        read(bytes(whole))


def test_an_xml_bomb_is_refused() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    data = with_part(excel(("Navn",)), "xl/workbook.xml", lambda xml: bomb + xml)
    with pytest.raises(SpreadsheetError):
        read(data)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    file = BytesIO(excel(("Navn",)))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/media/big.bin", bytes(210_000_000))
    with pytest.raises(SpreadsheetError) as refused:
        read(file.getvalue())
    assert "210 MB" in refused.value.sentence.say("nb")


# limits


def test_fifty_megabytes_are_refused_with_the_size(tmp_path: Path) -> None:
    big = tmp_path / "liste.csv"
    with big.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(SpreadsheetError) as refused:
        content_of(big)
    assert "50 MB" in refused.value.sentence.say("nb")
    with pytest.raises(SpreadsheetError):
        read(b"x" * (LARGEST_FILE + 1))


def test_a_million_rows_are_refused_in_both_forms() -> None:
    with pytest.raises(SpreadsheetError) as refused:
        read(b"Navn;Tlf\n" + b"Kari;4\n" * 1_000_000)
    assert "20\u00a0000" in refused.value.sentence.say("nb")
    row = '<row><c t="inlineStr"><is><t>K</t></is></c></row>'
    data = with_part(
        excel(("Navn",)),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace("</sheetData>", f"{row * 1_000_000}</sheetData>"),
    )
    problem = read(data).sheets[0].problem
    assert problem is not None
    assert "20\u00a0000" in problem.say("nb")


def test_the_limit_itself_is_allowed() -> None:
    lines = read(b"Navn\n" + b"Kari\n" * MOST_LINES).sheets[0].lines
    assert len(lines) == MOST_LINES + 1
    with pytest.raises(SpreadsheetError):
        read(b"Navn\n" + b"Kari\n" * (MOST_LINES + 1))


def test_one_cell_of_ten_megabytes_is_refused_with_its_row() -> None:
    with pytest.raises(SpreadsheetError) as refused:
        read(b"Navn;Hva\nKari;" + b"x" * 9_900_000)
    assert "rad 1" in refused.value.sentence.say("nb")


# texts


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("  Kari  Kvam ", "Kari Kvam"),
        ("Kari\u00a0Kvam", "Kari Kvam"),
        ("\u200bKari\ufeff", "Kari"),
        ("a\u030ase", "åse"),
        ("to\r\nlinjer", "to\nlinjer"),
        (" \u00a0\u200b", None),
        ("\u200d", None),
        ("👩\u200d🌾 bonde", "👩\u200d🌾 bonde"),
    ],
)
def test_texts_are_tidied_without_losing_anything(text: str, tidied: str | None) -> None:
    assert tidy(text) == tidied


@pytest.mark.parametrize(
    ("text", "lost"), [("K\ufffdri", True), ("Ka\x07ri", True), ("txt\u202eexe", True), ("Kari 👩\u200d🌾\nÅ", False)]
)
def test_lost_letters_are_noticed(text: str, lost: bool) -> None:
    assert lost_letters(text) is lost


# writing


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20), min_size=2, max_size=2
        ),
        max_size=5,
    )
)
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    read_again = read(write_excel("Liste", ["A", "B"], rows)).sheets[0].lines
    wanted = [(at, tuple(tidy(cell) for cell in row)) for at, row in enumerate(rows, start=2)]
    assert [(line.number, _padded(line)) for line in read_again[1:]] == [(at, row) for at, row in wanted if any(row)]


def _padded(line: Line) -> tuple[object, ...]:
    return (*line.cells, None)[:2]


@pytest.mark.parametrize(
    "text", ["=1+1", "+4740000000", "-2", "@SUM(A1)", "\t=1", " =1", "＝1", '=HYPERLINK("x")', "#REF!"]
)
def test_every_cell_that_is_written_is_text(text: str) -> None:
    book = openpyxl.load_workbook(BytesIO(write_excel("Liste", ["Navn"], [[text]])))
    cell = book.worksheets[0]["A2"]
    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert cell.value == text
