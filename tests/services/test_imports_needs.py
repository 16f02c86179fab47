"""Rows of needs: what is asked for, when, how many, by whom; and what keeps a need a draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from samskap.integrations.spreadsheets import Book, Cell, Line, Sheet
from samskap.services.imports.columns import Kind, find_layout
from samskap.services.imports.compare_needs import KnownNeed, plan_needs
from samskap.services.imports.needs import NeedEntry, NeedReader, Session, UnitName, unit_named
from samskap.services.imports.plan import Outcome, Plan

TODAY = date(2026, 11, 24)
AT_FIVE = datetime(2026, 12, 14, 17, 0)  # noqa: DTZ001  # spreadsheets know no zones
HEADINGS = ("Område", "Beskrivelse", "Postnr", "Tid", "Antall", "Meldt av")
UNITS = (
    UnitName(1, "Øyer frivilligsentral"),
    UnitName(2, "NAV Øyer"),
    UnitName(3, "Hjemmetjenesten"),
    UnitName(4, "Tretten skule"),
    UnitName(5, "Øyer ungdomsskole"),
)


def plan(
    *rows: tuple[Cell, ...], known: tuple[KnownNeed, ...] = (), headings: tuple[str, ...] = HEADINGS
) -> Plan[NeedEntry]:
    """What importing these rows would do; the first of them stands in row 2."""
    lines = tuple(Line(number, cells) for number, cells in enumerate((headings, *rows), start=1))
    sheet, layout = find_layout(Book((Sheet("", lines),)), Kind.NEEDS)
    return plan_needs(sheet, NeedReader(layout=layout, today=TODAY, near="3440", units=UNITS), known)


def said(found: Plan[NeedEntry], at: int = 0) -> str:
    """Everything that is said of a row."""
    row = found.rows[at]
    return " | ".join([*([row.why.say("nb")] if row.why else []), *(warned.why.say("nb") for warned in row.warnings)])


def need(
    time: Cell = "torsdag 18-20", count: Cell = 6, unit: Cell = "NAV", task: Cell = "Språkkafé, ukrainsk og norsk"
) -> tuple[Cell, ...]:
    """A need of a group, of which one cell matters."""
    return ("Integrering", task, 2636, time, count, unit)


def entry(*cells: Cell) -> NeedEntry:
    """What one row says."""
    return plan(cells).saves[0].entry


def registered(found: Plan[NeedEntry], *, changeable: bool = True) -> tuple[KnownNeed, ...]:
    """The needs of a plan as they are once it is carried out."""
    return tuple(
        KnownNeed(id=100 + at, entry=save.entry, listed_as=save.listed_as or "", changeable=changeable)
        for at, save in enumerate(found.saves)
    )


def test_a_whole_row_is_read_and_nothing_holds_it_back() -> None:
    assert entry(*need()) == NeedEntry(
        title="Språkkafé, ukrainsk og norsk",
        task="Språkkafé, ukrainsk og norsk",
        kind="language_cafe",
        postcode="2636",
        weekly=((3 * 1440 + 1080, 3 * 1440 + 1200),),
        wanted=6,
        unit_id=2,
    )


@pytest.mark.parametrize(
    ("time", "weekly", "sessions", "how_often", "together"),
    [
        ("tirsdag 11-12", ((2100, 2160),), (), "", False),
        ("man+tor 15-17", ((900, 1020), (5220, 5340)), (), "", True),
        ("man, tor 15-17", ((900, 1020), (5220, 5340)), (), "", False),
        ("2 ganger i uka, helst formiddag", (), (), "2 ganger i uka, helst formiddag", False),
        ("2 ganger i uka, tirsdag 10-11", ((2040, 2100),), (), "2 ganger i uka, tirsdag 10-11", False),
        ("14.12.2026 kl. 17-21", (), (Session(date(2026, 12, 14), 1020, 1260),), "", False),
        (AT_FIVE, (), (Session(date(2026, 12, 14), 1020, 1080),), "", False),
        (date(2026, 12, 14), (), (), "14.12.2026", False),
        ("torsdager", (), (), "torsdager", False),
        ("etter avtale", (), (), "etter avtale", False),
        ("engangs", (), (), "", False),
        (None, (), (), "", False),
        ("fredager 10", ((6360, 6480),), (), "", False),
    ],
)
def test_times_become_windows_or_words(
    time: Cell,
    weekly: tuple[tuple[int, int], ...],
    sessions: tuple[Session, ...],
    how_often: str,
    together: bool,
) -> None:
    read = entry(*need(time=time))
    assert (read.weekly, read.sessions, read.how_often, read.all_of_them) == (weekly, sessions, how_often, together)


def test_a_date_in_the_description_is_used_when_the_cell_has_none() -> None:
    read = entry(*need(time="engangs", task="Vaffelsteiking på kulturkveld 14.12.2026 kl. 17-21"))
    assert read.sessions == (Session(date(2026, 12, 14), 1020, 1260),)
    assert read.on == date(2026, 12, 14)


def test_numbers_in_a_description_are_not_taken_for_times() -> None:
    assert entry(*need(time=None, task="Språkkafé for to damer på 8 og 10 år, ti minutter")).weekly == ()


def test_a_date_and_its_hours_may_stand_in_two_columns() -> None:
    found = plan(
        ("Språkkafé, ukrainsk og norsk", date(2026, 12, 14), "17-19", 2),
        headings=("Behov", "Dato", "Tid", "Antall"),
    )
    assert found.saves[0].entry.sessions == (Session(date(2026, 12, 14), 1020, 1140),)
    assert found.rows[0].warnings == ()


@pytest.mark.parametrize(
    ("count", "wanted", "minimum", "says"),
    [
        (3, 3, 1, None),
        ("3", 3, 1, None),
        ("2-3", 3, 2, "«2-3» er lest som 3"),
        ("ca 5", 5, 1, "lest som 5"),
        ("5 stk", 5, 1, "lest som 5"),
        ("to", 2, 1, "lest som 2"),
        ("mange", 4, 1, "«mange» er ikke et antall"),
        (0, 4, 1, "ikke et antall"),
        (-1, 4, 1, "ikke et antall"),
        (1000, 4, 1, "ikke et antall"),
        (None, 4, 1, "Antallet mangler; satt til 4"),
    ],
)
def test_the_number_of_people_is_read(count: Cell, wanted: int, minimum: int, says: str | None) -> None:
    found = plan(need(count=count))
    read = found.saves[0].entry
    assert (read.wanted, read.minimum) == (wanted, minimum)
    assert said(found) == "" if says is None else says in said(found)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("NAV", 2),
        ("nav øyer", 2),
        ("frivilligsentralen", 1),
        ("hjemmetjenesten", 3),
        ("Hjemmetjeneste", 3),
        ("Tretten skule", 4),
        ("kultursjef", None),
        ("Øyer", None),
        ("", None),
        ("skule", 4),
    ],
)
def test_units_are_known_by_name(name: str, unit: int | None) -> None:
    found = unit_named(name, UNITS)
    assert (found.id if found else None) == unit


def test_an_unknown_unit_is_a_warning() -> None:
    found = plan(need(unit="kultursjef"))
    assert found.saves[0].entry.unit_id is None
    assert "«kultursjef» er ikke registrert" in said(found)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("Omsorg", "Kjøre til dagsenter, diagnosen er demens", 2635, "hver dag 9", 2), "helse"),
        (("Kultur", "Vaffelsteiking 14.03.2026 kl. 17-21", 2636, "engangs", 5), "14.03.2026 er passert"),
        (("Omsorg", "Besøksvenn for dame, 85 år", 2635, "tirsdag 10-11", 1), "samtykket er ikke skrevet inn"),
        (("Kultur", "Noe helt annet enn alt vi kjenner", 2635, "tirsdag 10-11", 1), "hva slags oppgave"),
        (("Kultur", "Språkkafé for Kari Nordmannsen", 2635, "tirsdag 10-11", 1), "navnet på en person"),
    ],
)
def test_a_need_comes_in_as_a_draft_and_says_why(row: tuple[Cell, ...], why: str) -> None:
    found = plan(row)
    assert found.rows[0].outcome is Outcome.NEW
    assert found.saves[0].entry.draft_because
    assert "Kommer inn som utkast" in said(found)
    assert why in said(found)


def test_a_title_never_carries_what_the_description_must_not() -> None:
    read = entry("Omsorg", "Demente som trenger skyss til dagsenter", 2635, "tirsdag 9-10", 2)
    assert "ement" not in read.title
    assert "Demente" in read.task


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("Sum", None, None, None, 37), "sumlinje"),
        (("Kultur", None, 2636), "Beskrivelsen mangler"),
        (("Kultur", "Pasient 01010112377 trenger følge", 2636), "fødselsnummer"),
        (HEADINGS, "overskriftene en gang til"),
        (("Kultur", "x" * 4_001), "Beskrivelsen mangler"),
    ],
)
def test_rows_that_are_no_need_are_not_imported_and_say_why(row: tuple[Cell, ...], why: str) -> None:
    found = plan(row)
    assert [one.outcome for one in found.rows] == [Outcome.UNREADABLE]
    assert why in said(found)


def test_a_title_is_the_beginning_of_the_description_cut_between_words() -> None:
    read = entry(*need(task="Språkkafé " + "og mange flere ord " * 20))
    assert len(read.title) <= 80
    assert read.title.endswith("…")
    assert read.task.startswith(read.title[:-1])


def test_an_unknown_area_is_told_of_and_the_kind_found_anyway() -> None:
    found = plan(("Diverse greier", "Språkkafé", 2636, "torsdag 18-20", 2))
    assert found.saves[0].entry.kind == "language_cafe"
    assert "«Diverse greier»" in said(found)


# a second time


def test_a_second_import_changes_nothing() -> None:
    rows = (need(), need(), need(time="mandag 10-11"), need(task="Leksehjelp for ungdommer"))
    first = plan(*rows)
    assert [row.outcome for row in first.rows] == [Outcome.NEW, Outcome.SAME, Outcome.NEW, Outcome.NEW]
    second = plan(*rows, known=registered(first))
    assert {row.outcome for row in second.rows} == {Outcome.SAME}
    assert second.saves == ()


def test_a_new_time_is_a_change_of_the_same_need() -> None:
    found = plan(need(time="fredag 10-12", count=8), known=registered(plan(need())))
    assert found.rows[0].outcome is Outcome.CHANGED
    assert {change.what: change.after for change in found.rows[0].changes} == {"weekly": ((6360, 6480),), "wanted": 8}
    assert found.saves[0].known_id == 100


def test_an_empty_cell_takes_nothing_away() -> None:
    found = plan(need(time=None, unit=None), known=registered(plan(need())))
    assert found.rows[0].outcome is Outcome.SAME


def test_a_list_changes_nothing_that_is_under_way() -> None:
    found = plan(need(count=8), known=registered(plan(need()), changeable=False))
    assert found.rows[0].outcome is Outcome.SAME
    assert found.saves == ()
    assert "i gang" in said(found)


def test_what_was_changed_here_since_stands() -> None:
    here = registered(plan(need()))[0]
    edited = replace(here, entry=replace(here.entry, title="Språkkafé på Tretten", wanted=9))
    assert plan(need(), known=(edited,)).rows[0].outcome is Outcome.SAME


def test_a_number_of_ours_counts_only_beside_its_words() -> None:
    known = (KnownNeed(id=7, entry=entry(*need()), listed_as="", changeable=True),)
    headings = ("Nummer i Samskap", "Beskrivelse", "Antall")
    same = plan((7, "Språkkafé, ukrainsk og norsk", 6), known=known, headings=headings)
    other = plan((7, "Rydde stien til Nordhue", 6), known=known, headings=headings)
    assert same.rows[0].outcome is Outcome.SAME
    assert other.rows[0].outcome is Outcome.NEW
