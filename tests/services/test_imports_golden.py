"""The two lists that coordinators gave: every row accounted for, word for word."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from samskap.integrations.spreadsheets import content_of, read
from samskap.services.imports.columns import Kind, find_layout
from samskap.services.imports.compare_needs import KnownNeed, plan_needs
from samskap.services.imports.compare_people import KnownVolunteer, plan_volunteers
from samskap.services.imports.needs import NeedEntry, NeedReader, UnitName
from samskap.services.imports.people import VolunteerEntry, VolunteerReader
from samskap.services.imports.plan import Plan
from samskap.text import LOCALES

DATA = Path(__file__).parents[1] / "data"
TODAY = date(2026, 11, 24)
UNITS = tuple(
    UnitName(number, name)
    for number, name in enumerate(["Øyer frivilligsentral", "NAV Øyer", "Hjemmetjenesten", "Tretten skule"], start=1)
)


def volunteers(known: tuple[KnownVolunteer, ...] = ()) -> Plan[VolunteerEntry]:
    """What importing the list of volunteers would do."""
    sheet, layout = find_layout(read(content_of(DATA / "frivilligliste.xlsx")), Kind.VOLUNTEERS)
    return plan_volunteers(sheet, VolunteerReader(layout=layout, today=TODAY, near="3440"), known)


def needs(known: tuple[KnownNeed, ...] = ()) -> Plan[NeedEntry]:
    """What importing the list of needs would do."""
    sheet, layout = find_layout(read(content_of(DATA / "behov.csv")), Kind.NEEDS)
    return plan_needs(sheet, NeedReader(layout=layout, today=TODAY, near="3440", units=UNITS), known)


def told(plan: Plan[Any]) -> dict[str, Any]:
    """What the plan says, and what it read; of the scanner's sentences only that there is one."""
    said = plan.as_json("nb")
    for warning in said["warnings"]:
        if warning["why"].startswith("Kommer inn som utkast: «"):
            warning["why"] = "Kommer inn som utkast: …"
    read = [
        [list(save.rows), str(replace(save.entry, draft_because=()) if hasattr(save.entry, "task") else save.entry)]
        for save in plan.saves
    ]
    return {**said, "read": sorted(_plain(words) for words in read)}


def _plain(words: list[Any]) -> list[Any]:
    """Sets in the order of the alphabet."""
    return [
        words[0],
        re.sub(r"frozenset\(\{(.*?)\}\)", lambda found: "{" + ", ".join(sorted(found[1].split(", "))) + "}", words[1]),
    ]


@pytest.mark.parametrize("name", ["frivilligliste", "behov"])
def test_every_row_and_every_warning_is_as_it_was(name: str) -> None:
    golden = json.loads((DATA / f"{name}.golden.json").read_text("utf-8"))
    assert told(volunteers() if name == "frivilligliste" else needs()) == golden


def test_the_volunteers_add_up() -> None:
    found = volunteers().as_json("nb")
    assert (found["rows"], found["new"], found["same"], found["changed"], len(found["unreadable"])) == (
        125,
        109,
        6,
        0,
        10,
    )
    why = Counter(one["why"].split()[0] for one in found["unreadable"])
    assert why == {"Under": 9, "Dette": 1}


def test_the_needs_add_up() -> None:
    found = needs()
    assert [found.as_json("nb")[name] for name in ("rows", "new", "same", "changed", "unreadable")] == [
        10,
        10,
        0,
        0,
        [],
    ]
    assert [save.rows[0] for save in found.saves if not save.entry.draft_because] == [3, 4, 5, 8]


def test_nothing_of_certificates_remarks_or_the_sum_is_kept() -> None:
    kept = " ".join(str(save.entry) for save in volunteers().saves)
    for never in ("vist", "attest", "12.03.2026", "trapp", "hund.", "ring etter", "stk", "eldre"):
        assert never not in kept


def test_a_second_import_changes_nothing() -> None:
    first = volunteers()
    known = tuple(
        KnownVolunteer(id=at, entry=save.entry, listed_as=save.listed_as)
        for at, save in enumerate(first.saves, start=1)
    )
    again = volunteers(known)
    assert (again.as_json("nb")["same"], again.saves) == (115, ())
    asked = needs()
    here = tuple(
        KnownNeed(id=at, entry=save.entry, listed_as=save.listed_as or "", changeable=True)
        for at, save in enumerate(asked.saves, start=1)
    )
    assert (needs(here).as_json("nb")["same"], needs(here).saves) == (10, ())


def test_everything_that_is_said_is_said_in_all_three_languages() -> None:
    for plan in (volunteers(), needs()):
        for locale in LOCALES:
            told = plan.as_json(locale)
            assert all(one["why"].strip() for one in (*told["warnings"], *told["unreadable"]))
            assert not any("{" in one["why"] for one in told["warnings"])
