"""The import floors hold, and a new part cannot be added without choosing one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECK = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True, cache_dir=None))"


def verdict(root: Path) -> tuple[int, str]:
    """What import-linter says of the packages under this root."""
    asked = subprocess.run([sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(root)!r}); {CHECK}"],
                           cwd=root, capture_output=True, text=True, check=False)  # fmt: skip
    return asked.returncode, asked.stdout + asked.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in ("samskap", "matching"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_everyone_imports_downwards(copy: Path) -> None:
    code, said = verdict(copy)
    assert code == 0, said


def test_a_part_without_a_floor_is_found(copy: Path) -> None:
    (copy / "samskap" / "attic.py").write_text("", "utf-8")
    code, said = verdict(copy)
    assert code == 1
    assert "attic" in said


def test_an_import_upwards_is_found(copy: Path) -> None:
    (copy / "samskap" / "models" / "reaches_up.py").write_text("import samskap.services\n", "utf-8")
    code, said = verdict(copy)
    assert code == 1
    assert "samskap.models.reaches_up -> samskap.services" in said


def test_flask_in_a_service_is_found(copy: Path) -> None:
    (copy / "samskap" / "services" / "sees_requests.py").write_text("from flask import request\n", "utf-8")
    code, said = verdict(copy)
    assert code == 1
    assert "samskap.services.sees_requests -> flask" in said


def test_an_engine_that_knows_the_service_is_found(copy: Path) -> None:
    (copy / "matching" / "knows_people.py").write_text("import samskap.text\n", "utf-8")
    code, said = verdict(copy)
    assert code == 1
    assert "matching.knows_people -> samskap.text" in said
