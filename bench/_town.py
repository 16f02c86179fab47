"""Made-up towns of any size for measuring the engine; the same seed gives the same town."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

from matching import Facts, Hold, NeedFacts, Place, VolunteerFacts, Week, Weekly

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = NOW.date()
SKILLS = [f"skill-{number}" for number in range(60)]
INTERESTS = [f"interest-{number}" for number in range(48)]
LANGUAGES = ["nb", "nn", "en", "uk", "pl", "ar", "so", "de"]
EXPERIENCE = [f"experience-{number}" for number in range(12)]
CLEARANCES = [f"clearance-{number}" for number in range(6)]
KINDS = [f"kind-{number}" for number in range(20)]
MODES = ["home", "home", "home", "outdoors", "institution", "phone"]
PER_MUNICIPALITY = 12_000
NEEDS = 20


@dataclass(frozen=True)
class Town:
    """Volunteers as one list per field, and needs as records."""

    volunteers: dict[str, list[Any]]
    needs: list[NeedFacts]

    def facts(self) -> Facts:
        """The town as the engine reads it."""
        needs = {each.name: [getattr(need, each.name) for need in self.needs] for each in fields(NeedFacts)}
        return Facts.of_columns(self.volunteers, needs)

    def records(self) -> list[VolunteerFacts]:
        """The volunteers as plain objects."""
        rows = zip(*self.volunteers.values(), strict=True)
        return [VolunteerFacts(**dict(zip(self.volunteers, row, strict=True))) for row in rows]


def town(size: int, *, needs: int = NEEDS, seed: int = 1) -> Town:
    """A town of `size` volunteers, and needs that want one and a half each."""
    dice = random.Random(seed)
    spread = math.sqrt(size / 5_000)
    rows = [_volunteer(dice, number, size, spread) for number in range(1, size + 1)]
    volunteers = {name: [row[name] for row in rows] for name in rows[0]}
    return Town(volunteers, [_need(dice, number, size, spread) for number in range(1, needs + 1)])


def _municipality(dice: random.Random, size: int) -> str:
    return f"{3400 + dice.randrange(max(4, size // PER_MUNICIPALITY))}"


def _place(dice: random.Random, spread: float) -> Place:
    """Half live in the middle of things."""
    around = min(4.0, (0.05 if dice.random() < 0.5 else 0.25) * spread)
    return Place(61.5 + dice.uniform(-around, around), 10.4 + dice.uniform(-around, around) * 2)


def _some(dice: random.Random, terms: Sequence[str], most: int) -> frozenset[str]:
    return frozenset(dice.sample(terms, dice.randrange(most + 1)))


def _window(dice: random.Random, hours: int) -> tuple[int, int]:
    start = dice.randrange(7) * 1440 + dice.randrange(16, 44 - 2 * hours) * 30
    return start, start + hours * 60


def _languages(dice: random.Random) -> dict[str, int]:
    return {"nb": 3} | {code: dice.randrange(1, 4) for code in dice.sample(LANGUAGES[1:], dice.randrange(3))}


def _holds(dice: random.Random, spread: float) -> tuple[Hold, ...]:
    return (Hold(Weekly(*_window(dice, 1)), _place(dice, spread)),) if dice.random() < 0.3 else ()


def _day(dice: random.Random, days: int) -> date:
    return TODAY - timedelta(days=dice.randrange(days))


def _volunteer(dice: random.Random, number: int, size: int, spread: float) -> dict[str, Any]:
    holds = _holds(dice, spread)
    return {
        "id": number,
        "human": number,
        "municipality": _municipality(dice, size),
        "reach_m": dice.choice((2_000, 5_000, 10_000, 20_000, 40_000)),
        "capacity": dice.choice((0, 1, 1, 2, 3)),
        "paused": dice.random() < 0.08,
        "ready": dice.random() < 0.8,
        "place": _place(dice, spread) if dice.random() < 0.97 else None,
        "travel": dice.choice(("foot", "bicycle", "transit", "car", "car")),
        "running": len(holds),
        "minutes_left": dice.choice((None, 60, 120, 240)),
        "available": Week.from_spans(_window(dice, dice.randrange(2, 6)) for _ in range(dice.randrange(2, 8))),
        "preferred": Week.from_spans([_window(dice, 3)]) if dice.random() < 0.15 else Week(),
        "holds": holds,
        "skills": _some(dice, SKILLS, 8),
        "wants": _some(dice, SKILLS, 3) if dice.random() < 0.15 else frozenset(),
        "interests": _some(dice, INTERESTS, 6),
        "languages": _languages(dice),
        "experience": _some(dice, EXPERIENCE, 2),
        "experience_shared": dice.random() < 0.5,
        "clearances": _some(dice, CLEARANCES, 3),
        "gender": dice.choice(("f", "m", None)),
        "meets": dice.choice((None, None, None, None, "f")),
        "birth_date": date(1940 + dice.randrange(65), 1 + dice.randrange(12), 1 + dice.randrange(28)),
        "kinds_declined": _some(dice, KINDS, 2),
        "modes_declined": frozenset({"phone"}) if dice.random() < 0.1 else frozenset(),
        "blocks": frozenset({size + dice.randrange(1, NEEDS)}) if dice.random() < 0.005 else frozenset(),
        "needs_declined": frozenset({dice.randrange(1, NEEDS + 1)}) if dice.random() < 0.01 else frozenset(),
        "open_offers": dice.choice((0, 0, 0, 1, 2)),
        "asked": tuple(_day(dice, 60) for _ in range(dice.randrange(4))),
        "idle_since": _day(dice, 700),
        "never_asked": dice.random() < 0.3,
    }


def _need(dice: random.Random, number: int, size: int, spread: float) -> NeedFacts:
    return NeedFacts(
        id=number,
        human=size + number,
        municipality=_municipality(dice, size),
        neighbours=frozenset({"3400", "3401"}),
        kind=dice.choice(KINDS),
        mode=dice.choice(MODES),
        place=_place(dice, spread / 2),
        skills_required=frozenset(dice.sample(SKILLS, dice.randrange(2))),
        skills_preferred=frozenset(dice.sample(SKILLS, dice.randrange(4))),
        interests=_some(dice, INTERESTS, 6),
        languages={"nb": 2, "en": 2} if dice.random() < 0.7 else {},
        experience=_some(dice, EXPERIENCE, 2),
        experience_shared=True,
        clearances=frozenset(dice.sample(CLEARANCES, 1)) if dice.random() < 0.3 else frozenset(),
        gender_wish="f" if dice.random() < 0.15 else None,
        recipient_gender=dice.choice(("f", "m")),
        age_min=18 if dice.random() < 0.3 else None,
        times="any",
        windows=tuple(Weekly(*_window(dice, 1)) for _ in range(3)),
        minutes_per_week=60,
        wanted=(wanted := dice.choice((1, 1, 1, 1, 2, 3))),
        minimum=dice.randrange(1, wanted + 1),
        urgency=dice.choice((1, 2, 3, 3, 3, 4, 5)),
        waiting_since=_day(dice, 90),
        consent=True,
        gives=_some(dice, SKILLS, 3),
        wants=_some(dice, SKILLS, 3),
    )
