"""samskap import, as a process of its own: what it prints, what it saves, and with which number it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, func, select

from samskap.models import Municipality, Need, Person, Volunteer
from samskap.models.session import TenantSession
from tests.databases import Database, empty

COMMAND = Path(sysconfig.get_path("scripts"), "samskap")
DATA = Path(__file__).parents[1] / "data"
BARE = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def runs(*arguments: str | Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The command with its arguments, in an environment that holds nothing else."""
    command = [str(one) for one in (COMMAND, "import", *arguments)]
    return subprocess.run(command, capture_output=True, text=True, env={**BARE, **env}, check=False, timeout=120)


def prints(*arguments: str | Path, env: Mapping[str, str]) -> dict[str, Any]:
    """The one JSON object that the command prints when all is well."""
    done = runs(*arguments, "--municipality", "3440", "--json", env=env)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def counts(told: Mapping[str, Any]) -> tuple[int, int, int, int]:
    """New, same, changed and unreadable; the sum is the number of rows."""
    found = told["new"], told["same"], told["changed"], len(told["unreadable"])
    assert told["rows"] == sum(found)
    return found


def rows_of(url: str, model: type[Any]) -> int:
    """How many rows there are in the one municipality."""
    engine = create_engine(url, poolclass=NullPool)
    with TenantSession(engine) as db:
        here = db.scalars(select(Municipality)).one_or_none()
        if here is None:
            return 0
        db.stand_in(here.id)
        return db.scalar(select(func.count(model.id))) or 0


def test_a_bare_machine_needs_a_folder_and_nothing_else(tmp_path: Path) -> None:
    env = {"SAMSKAP_INSTANCE_DIR": str(tmp_path / "instance")}
    url = f"sqlite:///{tmp_path / 'instance' / 'samskap.db'}"
    assert counts(prints("volunteers", DATA / "frivilligliste.xlsx", env=env)) == (109, 6, 0, 10)
    assert rows_of(url, Person) == 0
    assert counts(prints("volunteers", DATA / "frivilligliste.xlsx", "--apply", env=env)) == (109, 6, 0, 10)
    assert (rows_of(url, Volunteer), rows_of(url, Person)) == (109, 109)
    assert counts(prints("volunteers", DATA / "frivilligliste.xlsx", "--apply", env=env)) == (0, 115, 0, 10)
    assert counts(prints("needs", DATA / "behov.csv", "--apply", env=env)) == (10, 0, 0, 0)
    assert counts(prints("needs", DATA / "behov.csv", "--apply", env=env)) == (0, 10, 0, 0)
    assert (rows_of(url, Volunteer), rows_of(url, Need)) == (109, 10)


def test_the_object_has_the_keys_that_were_agreed(sqlite_database: Database) -> None:
    told = prints("volunteers", DATA / "frivilligliste.xlsx", env={"SAMSKAP_DATABASE_URL": sqlite_database.url})
    assert list(told) == ["rows", "new", "same", "changed", "unreadable", "warnings"]
    assert {tuple(one) for one in told["unreadable"]} == {("row", "why")}
    assert {tuple(one) for one in told["warnings"]} == {("row", "column", "why")}
    assert {type(one["row"]) for one in told["warnings"]} == {int}


def test_postgresql_is_worked_on_like_any_other(postgresql_database: Database, tmp_path: Path) -> None:
    env = {
        "SAMSKAP_DATABASE_URL": postgresql_database.url,
        "SAMSKAP_OWNER_DATABASE_URL": postgresql_database.owner_url,
        "SAMSKAP_INSTANCE_DIR": str(tmp_path),
    }
    assert counts(prints("volunteers", DATA / "frivilligliste.xlsx", "--apply", env=env)) == (109, 6, 0, 10)
    assert counts(prints("volunteers", DATA / "frivilligliste.xlsx", "--apply", env=env)) == (0, 115, 0, 10)
    assert rows_of(postgresql_database.url, Volunteer) == 109


def test_without_json_people_can_read_it_and_are_told_that_nothing_was_saved(sqlite_database: Database) -> None:
    env = {"SAMSKAP_DATABASE_URL": sqlite_database.url}
    done = runs("volunteers", DATA / "frivilligliste.xlsx", "--municipality", "3440", env=env)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "125 rader: 109 nye, 6 som før, 0 endret, 10 kan ikke leses."
    assert "Rad 27: Under 18 år" in done.stdout
    assert "Rad 5, Mobil: Nummeret har 7 siffer" in done.stdout
    assert lines[-1].startswith("Dette var en prøve; ingenting er lagret.")
    assert rows_of(sqlite_database.url, Person) == 0


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("liste.pdf", b"%PDF-1.7", "PDF"),
        ("tom.csv", b"", "tom"),
        ("uten.csv", b"Hva;Tid\nx;y\n", "overskrifter"),
        ("apen.csv", b'Navn;Hva\n"Kari;ski\n', "rad 2"),
        ("stor.csv", b"x" * 10_000_001, "10 MB"),
        ("lang.csv", b"Navn\n" + b"Kari\n" * 20_001, "20\u00a0000"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_two_and_a_sentence(
    name: str, content: bytes, says: str, sqlite_database: Database, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    env = {"SAMSKAP_DATABASE_URL": sqlite_database.url}
    done = runs("volunteers", file, "--municipality", "3440", "--apply", "--json", env=env)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.startswith(f"{name}: ")
    assert "Traceback" not in done.stderr
    assert rows_of(sqlite_database.url, Municipality) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["volunteers", "finnes-ikke.xlsx", "--municipality", "3440"],
        ["volunteers", DATA / "behov.csv", "--municipality", "9999"],
        ["volunteers", DATA / "behov.csv"],
        ["groups", DATA / "behov.csv", "--municipality", "3440"],
        ["volunteers", DATA / "frivilligliste.xlsx", "--municipality", "3440", "--sheet", "Finnes ikke"],
    ],
)
def test_what_cannot_be_done_ends_with_two(arguments: list[str | Path], sqlite_database: Database) -> None:
    done = runs(*arguments, env={"SAMSKAP_DATABASE_URL": sqlite_database.url})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_sheet_can_be_chosen(sqlite_database: Database) -> None:
    env = {"SAMSKAP_DATABASE_URL": sqlite_database.url}
    assert prints("volunteers", DATA / "frivilligliste.xlsx", "--sheet", "Frivillige", env=env)["rows"] == 125


def test_a_database_without_tables_is_told_of_and_left_alone(tmp_path: Path) -> None:
    with empty("postgresql") as nothing:
        env = {"SAMSKAP_DATABASE_URL": nothing.owner_url, "SAMSKAP_INSTANCE_DIR": str(tmp_path)}
        done = runs("needs", DATA / "behov.csv", "--municipality", "3440", env=env)
    assert done.returncode == 1
    assert "samskap database upgrade" in done.stderr
    assert "Traceback" not in done.stderr
