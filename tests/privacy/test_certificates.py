"""A police certificate is shown, never kept: there is no room for it, and that it was shown goes with the role."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, select

from samskap.models import Base, Clearance, ClearanceKind
from samskap.models.base import Json
from samskap.models.session import TenantSession
from samskap.services import clearances, volunteers
from samskap.tasks import clock
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import does

ROOT = Path(__file__).resolve().parents[2]
RECORDED = {
    "id", "municipality_id", "person_id", "kind", "key", "issued_on", "seen_on", "seen_by_id", "language", "on_paper",
    "made_at", "ended_at",
}  # fmt: skip
"""That it was shown, of which date, seen when, by whom, for which role and basis; and until when that counts."""
FILES = {"staged_file.content"}
"""Lists on their way in, for an hour."""
ROOM_FOR_MORE = re.compile("file|scan|image|photo|picture|attach|document|remark|note$|comment|convict|national|pid$")


def room_for_a_paper(metadata: MetaData) -> list[str]:
    """Columns in which a paper could be kept, or what stands on one, by their type or their name."""
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    return [
        f"{column.table.name}.{column.name}"
        for column in columns
        if isinstance(column.type, LargeBinary) or ROOM_FOR_MORE.search(column.name)
    ]


def test_of_a_certificate_nothing_is_recorded_but_that_it_was_shown() -> None:
    table = Base.metadata.tables["clearance"]
    assert set(table.columns.keys()) == RECORDED
    assert [column.name for column in table.columns if (getattr(column.type, "length", 0) or 0) > 60] == []
    assert [column.name for column in table.columns if isinstance(column.type, type(Json))] == []


def test_no_table_has_room_for_a_paper_or_a_remark() -> None:
    assert set(room_for_a_paper(Base.metadata)) == FILES


def test_room_that_is_made_for_one_is_found() -> None:
    metadata = MetaData()
    Table("clearance", metadata, Column("id", Integer), Column("remark", String), Column("scan_of_it", LargeBinary))
    assert room_for_a_paper(metadata) == ["clearance.remark", "clearance.scan_of_it"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_page_takes_a_file_but_the_one_for_lists(app: Flask) -> None:
    assert {name for name, view in app.view_functions.items() if getattr(view, "uploads", False)} == {"imports.start"}
    forms = (ROOT / "samskap" / "web" / "forms").glob("*.py")
    assert [path.name for path in forms if "FileField" in path.read_text("utf-8")] == ["imports.py"]


def test_that_it_was_shown_is_forgotten_when_the_role_is_over(
    kari: Someone, ola: Someone, ida: Someone, builders: Builders, db: TenantSession
) -> None:
    promised = builders.a_clearance(kari, "2026-1", ClearanceKind.DECLARATION)
    shown = builders.a_clearance(kari, "police_certificate:health_and_care")
    builders.a_clearance(ola, "police_certificate:health_and_care")
    builders.a_clearance(ola, "police_certificate:school")
    does(ida, clearances.end, shown.id)
    does(ola, volunteers.leave, ola.id)
    stays = builders.a_clearance(kari, "police_certificate:school")
    clock.hour(db.get_bind().engine, now=builders.now)
    db.rollback()
    assert set(db.scalars(select(Clearance.id))) == {promised.id, stays.id}
