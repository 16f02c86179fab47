"""A file is called by what is in it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAYS_NOTHING = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"})


def files_of_the_project(root: Path = ROOT) -> list[Path]:
    """What git keeps or would keep, relative to the root."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.split("\0") if name]


def vague(files: Iterable[Path]) -> list[str]:
    """The files and folders whose name says nothing."""
    return [str(file) for file in files if SAYS_NOTHING & {Path(part).stem.lower() for part in file.parts}]


def without_a_door(root: Path, packages: Iterable[str] = ("samskap", "matching")) -> list[str]:
    """Folders with Python files and no __init__.py, which the import floors would not see."""
    folders = {file.parent for package in packages for file in (root / package).rglob("*.py")}
    return sorted(str(folder.relative_to(root)) for folder in folders if not (folder / "__init__.py").exists())


def test_no_file_is_called_utils_or_the_like() -> None:
    assert vague(files_of_the_project()) == []


def test_a_vague_name_is_found() -> None:
    assert vague([Path("samskap/services/needs.py"), Path("samskap/web/Helpers.py"), Path("tests/common/x.py")]) == [
        "samskap/web/Helpers.py",
        "tests/common/x.py",
    ]


def test_every_folder_of_code_is_a_package() -> None:
    assert without_a_door(ROOT) == []


def test_a_folder_that_the_floors_would_not_see_is_found(tmp_path: Path) -> None:
    (tmp_path / "samskap" / "shed").mkdir(parents=True)
    (tmp_path / "samskap" / "__init__.py").touch()
    (tmp_path / "samskap" / "shed" / "tool.py").touch()
    assert without_a_door(tmp_path) == ["samskap/shed"]
