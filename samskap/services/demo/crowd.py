"""Made-up people: common names, numbers and addresses that belong to nobody, and weeks as people have them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from matching.week import Week
from samskap.models import Travel

DAY = 24 * 60
HABITS: tuple[tuple[str, int, tuple[tuple[range, int, int], ...]], ...] = (
    ("pensioner", 5, ((range(5), 9, 15),)),
    ("evening", 4, ((range(4), 17, 20),)),
    ("some_mornings", 4, ((range(1, 4), 9, 13),)),
    ("weekend", 3, ((range(5, 7), 10, 16),)),
    ("farmer", 2, ((range(7), 11, 14),)),
    ("shift", 2, ((range(0, 7, 2), 12, 18),)),
    ("anytime", 1, ((range(7), 8, 21),)),
)
"""Habit, how common it is, and its hours."""


@cache
def words() -> dict[str, Any]:
    """The data file of the demo municipality."""
    return tomllib.loads((files("samskap") / "data" / "demo.toml").read_text("utf-8"))


@dataclass(frozen=True, kw_only=True)
class Made:
    """One made-up person."""

    name: str
    gender: str
    birth_date: date
    email: str
    phone: str
    travel: Travel
    free: Week | None


def crowd(dice: Random, count: int, *, today: date) -> Iterator[Made]:
    """So many people, no two with one name or number."""
    names: set[str] = set()
    while len(names) < count:
        gender = dice.choice("fm")
        given = dice.choice(words()["given_f" if gender == "f" else "given_m"])
        name = f"{given} {dice.choice(words()['family'])}"
        if name in names:
            continue
        names.add(name)
        yield Made(
            name=name,
            gender=gender,
            birth_date=today - timedelta(days=365 * 18 + 30 + int(dice.betavariate(2.2, 1.6) * 365 * 66)),
            email=f"{_plain(name)}@innbygger.example",
            phone=f"+47400{len(names):05d}",
            travel=dice.choices([Travel.CAR, Travel.FOOT, Travel.BICYCLE, Travel.TRANSIT], [6, 2, 1, 1])[0],
            free=None if dice.random() < 0.06 else _week(dice),
        )


IN_AN_ADDRESS = str.maketrans("øåó", "oao")


def _plain(name: str) -> str:
    plain = name.lower().replace("æ", "ae").translate(IN_AN_ADDRESS)
    return plain.replace(" ", ".")


def _week(dice: Random) -> Week:
    """A habit, with some half hours taken off its ends."""
    parts: Sequence[tuple[range, int, int]] = dice.choices(
        [habit[2] for habit in HABITS], [habit[1] for habit in HABITS]
    )[0]
    spans = []
    for days, start, end in parts:
        for day in days:
            if dice.random() < 0.85:
                first = day * DAY + start * 60 + 30 * dice.randrange(3)
                spans.append((first, max(first + 60, day * DAY + end * 60 - 30 * dice.randrange(3))))
    return Week.from_spans(spans)
