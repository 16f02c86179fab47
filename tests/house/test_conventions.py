"""Conventions that can be read off the code: now is an argument, services never commit, functions are short."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READS_THE_CLOCK = frozenset({"now", "utcnow", "today", "time", "time_ns", "monotonic", "localtime", "gmtime"})
CLOCKS = frozenset({"datetime", "date", "time", "dt"})
SESSIONS = frozenset({"db", "session"})
BELOW_THE_EDGE = ("matching", *(f"samskap/{name}" for name in ("services", "models", "workflows")))
LONGEST_OF_NINE_IN_TEN = 35
"""Lines."""
LONGEST_OF_HALF = 10


def code_below(root: Path, folders: tuple[str, ...]) -> Iterator[tuple[str, ast.Module]]:
    """Every Python file of these folders, read."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            yield str(path.relative_to(root)), ast.parse(path.read_text("utf-8"))


def calls(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    """Each call of a method: what stands before the dot, the method, the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr, node.lineno


def clock_readers(root: Path) -> list[str]:
    """Places below the edge that ask what time it is instead of being told."""
    return [
        f"{file}:{line}"
        for file, tree in code_below(root, BELOW_THE_EDGE)
        for before, method, line in calls(tree)
        if method in READS_THE_CLOCK and before.split(".")[-1] in CLOCKS
    ]


def committers(root: Path) -> list[str]:
    """Places below the edge that commit or roll back, so that they cannot be part of a larger whole.

    A savepoint may: it is a part itself.
    """
    return [
        f"{file}:{line}"
        for file, tree in code_below(root, BELOW_THE_EDGE)
        for before, method, line in calls(tree)
        if method in {"commit", "rollback"} and before.split(".")[-1] in SESSIONS
    ]


def lengths(root: Path) -> list[int]:
    """The number of lines of every function, shortest first."""
    return sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for _file, tree in code_below(root, ("samskap", "matching"))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    )


def test_nobody_below_the_edge_reads_the_clock() -> None:
    assert clock_readers(ROOT) == []


def test_nobody_below_the_edge_commits() -> None:
    assert committers(ROOT) == []


def test_functions_are_short() -> None:
    found = lengths(ROOT)
    assert found[len(found) // 2] <= LONGEST_OF_HALF
    assert found[len(found) * 9 // 10] <= LONGEST_OF_NINE_IN_TEN


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    folder = tmp_path / "samskap" / "services"
    folder.mkdir(parents=True)
    body = "\n".join(f"    x = {n}" for n in range(40))
    (folder / "needs.py").write_text(f"def close(db):\n    at = datetime.now(UTC)\n    db.commit()\n{body}\n", "utf-8")
    return tmp_path


def test_a_clock_a_commit_and_a_long_function_are_found(planted: Path) -> None:
    assert clock_readers(planted) == ["samskap/services/needs.py:2"]
    assert committers(planted) == ["samskap/services/needs.py:3"]
    assert lengths(planted) == [43]
