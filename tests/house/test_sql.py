"""Every statement goes through mapped classes, where the session narrows it to one municipality."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAST_THE_SESSION = frozenset(
    {"text", "literal_column", "exec_driver_sql", "connection", "driver_connection", "connect"}
)
"""Calls that reach the database without the session, or put plain SQL into a statement of it."""
CORE = frozenset({"__table__", "tables", "local_table"})
"""Attributes that give a table instead of a class; what is asked of a table is not narrowed."""
MAY = {
    "samskap/models/session.py": PAST_THE_SESSION | CORE,
    "samskap/services/health.py": {"connect"},
    "samskap/cli/serve.py": {"connect"},
    "samskap/privacy.py": {"tables"},
    "samskap/services/own_data.py": CORE,  # which tables and columns there are; what is in them is asked of classes
    "samskap/tasks/worker.py": {"connect"},  # one advisory lock, of no table
}
MAY_DECLARE = {"text"}
"""In samskap/models, where an index says which rows it holds."""


def past_the_session(root: Path) -> list[str]:
    """Places in the service that go past the session, as "file:line name"."""
    found = []
    for path in sorted((root / "samskap").rglob("*.py")):
        file = str(path.relative_to(root))
        allowed = MAY.get(file, set()) | (MAY_DECLARE if file.startswith("samskap/models/") else set())
        tree = ast.parse(path.read_text("utf-8"))
        found += [f"{file}:{line} {name}" for line, name in suspects(tree) if name not in allowed]
    return found


def suspects(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every call and attribute that could lead past the session; a name counts where it comes from SQLAlchemy."""
    ours = {alias.asname or alias.name for alias in names_from_sqlalchemy(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PAST_THE_SESSION & ours:
            yield node.lineno, node.func.id
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and sql_call(node.func):
            yield node.lineno, node.func.attr
        if isinstance(node, ast.Attribute) and node.attr in CORE and not isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def sql_call(called: ast.Attribute) -> bool:
    """A method that hands out a connection; smtplib, sockets and the like are told apart by what stands before it."""
    before = ast.unparse(called.value)
    if called.attr == "connect":
        return "engine" in before
    return called.attr in PAST_THE_SESSION - {"text"} or (called.attr == "text" and before in ("sa", "sqlalchemy"))


def names_from_sqlalchemy(tree: ast.Module) -> Iterator[ast.alias]:
    """Names that a file imports from SQLAlchemy."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            yield from node.names


def test_nothing_goes_past_the_session() -> None:
    assert past_the_session(ROOT) == []


PLANTED = {
    "from sqlalchemy import text\ndb.execute(text('SELECT title FROM need'))": "text",
    "from sqlalchemy import literal_column as lc, literal_column\nselect(literal_column('1'))": "literal_column",
    "db.connection().exec_driver_sql('SELECT 1')": "exec_driver_sql",
    "import sqlalchemy as sa\ndb.execute(sa.text('x'))": "text",
    "db.execute(select(Need.__table__))": "__table__",
    "db.execute(select(Base.metadata.tables['need']))": "tables",
    "engine.connect()": "connect",
}


@pytest.mark.parametrize("code", PLANTED)
def test_a_way_past_the_session_is_found(code: str, tmp_path: Path) -> None:
    (tmp_path / "samskap").mkdir()
    (tmp_path / "samskap" / "needs.py").write_text(code, "utf-8")
    assert f" {PLANTED[code]}" in " ".join(past_the_session(tmp_path))
