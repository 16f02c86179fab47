"""Finds the programs that the tests need and no Python package carries: a browser and PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

OLDEST_POSTGRESQL = 15
"""Views with security_invoker, and row-level security as the migrations write it."""
POSTGRESQL_PLACES = (
    "/usr/lib/postgresql",  # Debian and Ubuntu: one folder per version
    "/opt/homebrew/opt",
    "/usr/local/opt",
    "/usr/libexec",  # Alpine: postgresql16
)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chromium-headless-shell")
CHROMIUM_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


class ProgramMissing(RuntimeError):
    """A program that the tests need is not on this machine; the message says what to install."""


@cache
def postgresql() -> Path:
    """The folder with initdb and pg_ctl of the newest PostgreSQL here; ProgramMissing when none is new enough."""
    found = sorted((version, folder) for folder in _postgresql_folders() if (version := _version(folder)))
    if not found or found[-1][0] < OLDEST_POSTGRESQL:
        raise ProgramMissing(
            f"PostgreSQL {OLDEST_POSTGRESQL} or newer is not on this machine. Install its server: "
            "apt-get install postgresql, dnf install postgresql-server, apk add postgresql, brew install postgresql. "
            "If it stands in an unusual place, name its bin folder in SAMSKAP_POSTGRESQL."
        )
    return found[-1][1]


@cache
def chromium() -> Path:
    """The browser for the journeys; ProgramMissing when there is none that runs."""
    named = [os.environ.get("SAMSKAP_CHROMIUM"), *(shutil.which(name) for name in CHROMIUM_NAMES), *CHROMIUM_PLACES]
    downloaded = sorted(Path.home().glob(".cache/ms-playwright/chromium*/chrome-*/*chrom*"), reverse=True)
    for path in [Path(name) for name in named if name] + downloaded:
        if os.access(path, os.X_OK) and _says("--version", path):
            return path
    raise ProgramMissing(
        "Chromium is not on this machine. Install it: apt-get install chromium, dnf install chromium, "
        "apk add chromium, brew install --cask chromium, or .venv/bin/playwright install chromium. "
        "If it stands in an unusual place, name the program in SAMSKAP_CHROMIUM."
    )


def _postgresql_folders() -> list[Path]:
    named = os.environ.get("SAMSKAP_POSTGRESQL")
    on_path = shutil.which("pg_ctl")
    folders = [Path(named)] if named else [Path(on_path).resolve().parent] if on_path else []
    for place in map(Path, POSTGRESQL_PLACES):
        folders += [*place.glob("[0-9]*/bin"), *place.glob("postgresql*/bin"), *place.glob("postgresql[0-9]*")]
    return [folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()]


def _version(folder: Path) -> int | None:
    """The major version, asked of the program itself: `initdb (PostgreSQL) 15.18 (Debian …)`."""
    words = _says("--version", folder / "initdb").split()
    return int(words[2].split(".")[0]) if len(words) > 2 else None


def _says(question: str, program: Path) -> str:
    """What a program answers; nothing when it cannot be run, as with a name that only points to a shop."""
    asked = subprocess.run([program, question], capture_output=True, text=True, check=False)
    return asked.stdout if asked.returncode == 0 else ""


if __name__ == "__main__":
    try:
        print({"postgresql": postgresql, "chromium": chromium}[sys.argv[1]]())
    except ProgramMissing as missing:
        sys.exit(str(missing))
