"""Reading many rows at once and laying them out by whom they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Select

from matching.place import Place
from samskap.models.session import TenantSession

Rows = Select[*tuple[Any, ...]]
"""A query for any columns."""
Only = Collection[int] | None
"""Ids to read; None for all."""


def some(query: Rows, column: Any, only: Only) -> Rows:
    """The query for these ids alone, or for all."""
    return query if only is None else query.where(column.in_(list(only)))


def grouped(db: TenantSession, query: Rows, column: Any, only: Only) -> Mapping[int, list[Any]]:
    """The rows of a query by their first column; no rows for an id that has none."""
    return by_first(db.execute(some(query, column, only)))


def by_first(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    """Rows by their first column."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def place_of(lat: float | None, lon: float | None) -> Place | None:
    """A place as the engine takes it."""
    return None if lat is None or lon is None else Place(lat, lon)
