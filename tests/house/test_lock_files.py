"""What is installed is what was chosen: every package by its hash, and no lock file says from where."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"^([a-z0-9][a-z0-9._-]*)(\[[^\]]*\])?", re.IGNORECASE)


def plain(requirement: str) -> str:
    """The package's name as all tools write it."""
    found = NAME.match(requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[1]).lower()


def locked(text: str) -> dict[str, str]:
    """Each package of a lock file with its lines."""
    entries = re.split(r"\n(?=\S)", text.strip())
    return {plain(entry): entry for entry in entries if not entry.startswith(("#", "-"))}


def faults_in_python_lock(text: str) -> list[str]:
    """Addresses, and packages without an exact version or a hash."""
    faults = [f"names an address: {line}" for line in text.splitlines() if "://" in line or "index-url" in line]
    for name, entry in locked(text).items():
        if "==" not in entry or "--hash=sha256:" not in entry:
            faults.append(f"{name} has no version or no hash")
    return faults


def faults_in_npm_lock(text: str) -> list[str]:
    """Packages with a download address or without a hash."""
    faults = []
    for name, entry in json.loads(text)["packages"].items():
        if "resolved" in entry:
            faults.append(f"{name} names an address")
        if name and not entry.get("link") and "integrity" not in entry:
            faults.append(f"{name} has no hash")
    return faults


def missing(wanted: list[str], lock: str) -> list[str]:
    """The packages that pyproject.toml wants and the lock file lacks."""
    return sorted({plain(requirement) for requirement in wanted} - set(locked(lock)))


@pytest.fixture
def project() -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return found


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_python_packages_are_locked_by_hash_and_name_no_registry(name: str) -> None:
    assert faults_in_python_lock((ROOT / name).read_text("utf-8")) == []


def test_an_address_or_a_missing_hash_in_a_python_lock_is_found() -> None:
    planted = "--index-url https://packages.example/simple\nflask==3.1.3\nnumpy>=2 --hash=sha256:00\n"
    assert faults_in_python_lock(planted) == [
        "names an address: --index-url https://packages.example/simple",
        "flask has no version or no hash",
        "numpy has no version or no hash",
    ]


def test_front_end_packages_are_locked_by_hash_and_name_no_registry() -> None:
    assert faults_in_npm_lock((ROOT / "package-lock.json").read_text("utf-8")) == []


def test_an_address_or_a_missing_hash_in_an_npm_lock_is_found() -> None:
    planted = {"packages": {"": {}, "node_modules/a": {"resolved": "https://packages.example/a.tgz"}}}
    assert faults_in_npm_lock(json.dumps(planted)) == [
        "node_modules/a names an address",
        "node_modules/a has no hash",
    ]


def test_the_lock_files_hold_what_the_project_wants(project: dict[str, list[str]]) -> None:
    running = (ROOT / "requirements.lock").read_text("utf-8")
    testing = (ROOT / "requirements-dev.lock").read_text("utf-8")
    extras: dict[str, list[str]] = project["optional-dependencies"]  # type: ignore[assignment]
    assert missing(project["dependencies"], running) == []
    assert missing(project["dependencies"] + extras["dev"], testing) == []


def test_a_dependency_that_was_not_locked_is_found() -> None:
    assert missing(["Flask>=3", "zope.interface"], "flask==3.1.3 \\\n    --hash=sha256:00\n") == ["zope-interface"]


def test_what_runs_is_tested_in_the_same_versions_and_without_the_tools() -> None:
    running = locked((ROOT / "requirements.lock").read_text("utf-8"))
    testing = locked((ROOT / "requirements-dev.lock").read_text("utf-8"))
    assert {name: testing.get(name) for name in running} == running
    assert {"pytest", "mypy", "ruff"}.isdisjoint(running)
