"""The portable file samskap-instance/1: read, checked field by field, and turned into facts."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from matching.facts import Facts
from matching.place import Place
from matching.records import LEVELS, NeedFacts, VolunteerFacts
from matching.times import Dated, Weekly, Window
from matching.week import MINUTES, Span

SCHEMA = "samskap-instance/1"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SHORT = 60


class BadInstance(ValueError):
    """The file cannot be used; the sentence is one line and names the field and the value."""


@dataclass(frozen=True)
class Instance:
    """A plan file as facts. The engine knows volunteers and needs by the place of their id among the ids in order."""

    name: str
    now: datetime
    facts: Facts
    volunteers: tuple[str, ...]
    needs: tuple[str, ...]
    approved: tuple[tuple[int, int], ...]
    """Pairs of need and volunteer."""

    @cached_property
    def volunteer_of(self) -> Mapping[str, int]:
        """The engine's number of each volunteer id."""
        return {key: number for number, key in enumerate(self.volunteers)}

    @cached_property
    def need_of(self) -> Mapping[str, int]:
        """The engine's number of each need id."""
        return {key: number for number, key in enumerate(self.needs)}


def read(path: Path) -> Instance:
    """The plan instance in a file; BadInstance for anything that the format does not allow."""
    top = Field("", _parsed(path))
    top.one_of("schema", (SCHEMA,))
    if top.missing("volunteers") and not top.missing("peer"):
        raise BadInstance("peer is given and volunteers is missing; a file of peer groups has no needs to rank")
    tz = _zone(top)
    now = _instant(top, "now", tz)
    volunteers = [_volunteer(each, tz) for each in top.objects("volunteers")]
    needs = [_need(each, tz) for each in top.objects("needs")]
    return _instance(top, now, tz, volunteers, needs)


def _parsed(path: Path) -> object:
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadInstance(f"{_shown(str(path))} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInstance(f"{_shown(str(path))} is not UTF-8 text: byte {error.start} does not fit") from error
    except RecursionError as error:
        raise BadInstance(f"{_shown(str(path))} is not JSON that can be read: it is nested too deeply") from error
    except ValueError as error:
        raise BadInstance(f"{_shown(str(path))} is not JSON: {_one_line(str(error))}") from error


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _shown(value: object) -> str:
    """A value as JSON on one line, at most some 60 characters."""
    text = json.dumps(value) if not isinstance(value, float) or math.isfinite(value) else str(value)
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


@dataclass(frozen=True)
class Field:
    """One JSON value and where it stands in the file."""

    at: str
    value: object

    def wrong(self, must: str) -> BadInstance:
        """The error that names this field and its value."""
        return BadInstance(f"{self.at or 'the file'} is {_shown(self.value)}; it must be {must}")

    def __getitem__(self, name: str) -> Field:
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        at = f"{self.at}.{name}" if self.at else name
        if name not in self.value:
            raise BadInstance(f"{at} is missing")
        return Field(at, self.value[name])

    def missing(self, name: str) -> bool:
        """Whether the object lacks the field."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return name not in self.value

    def items(self, name: str) -> list[Field]:
        """The elements of the list `name`."""
        given = self[name]
        if not isinstance(given.value, list):
            raise given.wrong("a list")
        return [Field(f"{given.at}[{number}]", each) for number, each in enumerate(given.value)]

    def objects(self, name: str) -> list[Field]:
        """The records of the list `name`; each is known by its id in the sentences from then on."""
        records, seen = [], set()
        for each in self.items(name):
            key = each.text("id")
            if key in seen:
                raise BadInstance(f"{each.at}.id is {_shown(key)}; another of {name} has that id")
            seen.add(key)
            records.append(Field(f"{name}[{_shown(key)}]", each.value))
        return records

    def text(self, name: str) -> str:
        """A string."""
        given = self[name]
        if not isinstance(given.value, str):
            raise given.wrong("a string")
        return given.value

    def texts(self, name: str) -> frozenset[str]:
        """A list of strings, as a set."""
        for each in self.items(name):
            if not isinstance(each.value, str):
                raise each.wrong("a string")
        return frozenset(cast("list[str]", self[name].value))

    def yes(self, name: str) -> bool:
        """True or false."""
        given = self[name]
        if not isinstance(given.value, bool):
            raise given.wrong("true or false")
        return given.value

    def whole(self, name: str, *, low: int | None = None, high: int | None = None) -> int:
        """A whole number within the bounds, both included."""
        given = self[name]
        if isinstance(given.value, bool) or not isinstance(given.value, int):
            raise given.wrong("a whole number")
        if (low is not None and given.value < low) or (high is not None and given.value > high):
            raise given.wrong(f"at least {low}" if high is None else f"{low} to {high}")
        return given.value

    def whole_or_none(self, name: str) -> int | None:
        """A whole number, or null."""
        return None if self[name].value is None else self.whole(name)

    def degrees(self, name: str, most: int) -> float | None:
        """Degrees from -most to most, or null."""
        given = self[name]
        if given.value is None:
            return None
        if isinstance(given.value, bool) or not isinstance(given.value, int | float):
            raise given.wrong("a number or null")
        if not -most <= given.value <= most:
            raise given.wrong(f"{-most} to {most}")
        return float(given.value)

    def one_of(self, name: str, choices: tuple[str | None, ...]) -> Any:
        """One of the choices."""
        given = self[name]
        if not (given.value is None or isinstance(given.value, str)) or given.value not in choices:
            *most, last = (_shown(choice) for choice in choices)
            raise given.wrong(f"{', '.join(most)} or {last}" if most else last)
        return given.value

    def day(self, name: str) -> date:
        """A date, yyyy-mm-dd."""
        given = self[name]
        try:
            if isinstance(given.value, str) and _DATE.fullmatch(given.value):
                return date.fromisoformat(given.value)
        except ValueError:
            pass
        raise given.wrong("a date as yyyy-mm-dd")

    def day_or_none(self, name: str) -> date | None:
        """A date, or null."""
        return None if self[name].value is None else self.day(name)


_GENDERS = ("f", "m", "x", None)


def _zone(top: Field) -> ZoneInfo:
    key = top.text("tz")
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError) as error:
        raise top["tz"].wrong("a time zone such as Europe/Oslo") from error


def _instant(of: Field, name: str, tz: ZoneInfo) -> datetime:
    text = of.text(name)
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            at.astimezone(tz), at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise of[name].wrong("a time such as 2026-03-16T12:00:00+01:00") from error
    if at.tzinfo is None:
        raise of[name].wrong("a time with an offset from UTC")
    return at


def _place(of: Field) -> Place | None:
    lat, lon = of.degrees("lat", 90), of.degrees("lon", 180)
    return None if lat is None or lon is None else Place(lat, lon)


def _span(of: Field) -> Span:
    start, end = of.whole("start", low=0, high=MINUTES - 1), of.whole("end", low=1, high=MINUTES)
    if end <= start:
        raise of["end"].wrong(f"after start, which is {start}")
    return start, end


def _window(of: Field, tz: ZoneInfo) -> Window:
    if of.missing("from") and of.missing("to"):
        return Weekly(*_span(of))
    begins, ends = _instant(of, "from", tz), _instant(of, "to", tz)
    if ends <= begins:
        raise of["to"].wrong(f"after from, which is {_shown(of['from'].value)}")
    return Dated(begins, ends)


def _absence(of: Field) -> tuple[date, date]:
    first, last = of.day("first"), of.day("last")
    if last < first:
        raise of["last"].wrong(f"no earlier than first, which is {first}")
    return first, last


@dataclass(frozen=True)
class _Read:
    """A record whose ids of humans are still strings."""

    key: str
    human: str
    others: Mapping[str, frozenset[str]]
    facts: Mapping[str, Any]


def _volunteer(of: Field, tz: ZoneInfo) -> _Read:
    vetting = [(each.text("type"), each.day("expires")) for each in of.items("vetting")]
    facts = {
        "municipality": of.text("municipality"),
        "active": of.yes("active"),
        "place": _place(of),
        "reach_m": of.whole("radius_m", low=0),
        "capacity": of.whole("capacity", low=0),
        "skills": of.texts("skills"),
        "interests": of.texts("interests"),
        "languages": _spoken(of.texts("languages")),
        "experience": of.texts("experience"),
        "experience_shared": True,
        "gender": of.one_of("gender", _GENDERS),
        "birth_date": of.day_or_none("birth_date"),
        "clearance_ends": tuple(vetting),
        "meets": of.one_of("meet_gender", _GENDERS),
        "available": tuple(_span(each) for each in of.items("available")),
        "away": () if of.missing("away") else tuple(_absence(each) for each in of.items("away")),
    }
    others = {"blocks": of.texts("blocks"), "meet_again": of.texts("met")}
    return _Read(of.text("id"), of.text("person"), others, facts)


def _spoken(languages: Iterable[str]) -> dict[str, int]:
    """The format knows no levels: whoever has a language has it well, and any need is content with that."""
    return dict.fromkeys(languages, LEVELS)


def _need(of: Field, tz: ZoneInfo) -> _Read:
    wanted = of.whole("wanted", low=1)
    facts = {
        "wanted": wanted,
        "minimum": max(of.whole("min_volunteers", low=0, high=wanted), 1),
        "urgency": of.whole("urgency", low=1, high=5),
        "kind": of.text("category"),
        "municipality": of.text("municipality"),
        "anywhere": of.yes("cross_border"),
        "place": _place(of),
        "skills_required": of.texts("skills_required"),
        "skills_preferred": of.texts("skills_preferred"),
        "interests": of.texts("interests"),
        "experience": of.texts("experience"),
        "experience_shared": True,
        "languages": _spoken(of.texts("languages_any")),
        "clearances": of.texts("vetting_required"),
        "gender_wish": of.one_of("gender", _GENDERS),
        "age_min": of.whole_or_none("age_min"),
        "age_max": of.whole_or_none("age_max"),
        "recipient_gender": of.one_of("person_gender", _GENDERS),
        "times": cast(Literal["none", "any", "all"], of.one_of("mode", ("none", "any", "all"))),
        "windows": tuple(_window(each, tz) for each in of.items("windows")),
    }
    blocks: frozenset[str] = frozenset() if of.missing("blocks") else of.texts("blocks")
    twin = None if of.missing("duplicate_of") or of["duplicate_of"].value is None else of.text("duplicate_of")
    return _Read(of.text("id"), of.text("person"), {"blocks": blocks}, {**facts, "duplicate": twin})


def _instance(top: Field, now: datetime, tz: ZoneInfo, volunteers: list[_Read], needs: list[_Read]) -> Instance:
    volunteers, needs = (sorted(records, key=lambda each: each.key) for records in (volunteers, needs))
    humans = _Humans()
    need_ids = {need.key for need in needs}
    people = [VolunteerFacts(id=number, **humans.known(each), **each.facts) for number, each in enumerate(volunteers)]
    tasks = [
        NeedFacts(id=number, **humans.known(each), **{**each.facts, "duplicate": each.facts["duplicate"] in need_ids})
        for number, each in enumerate(needs)
    ]
    known = Instance(
        name=top.text("name"),
        now=now,
        facts=Facts.of(people, _met(people, tasks), tz=tz.key, degrees=True),
        volunteers=tuple(each.key for each in volunteers),
        needs=tuple(each.key for each in needs),
        approved=(),
    )
    return known if top.missing("approved") else replace(known, approved=_approved(top, known))


class _Humans:
    """Numbers for the humans of one file, from 1 in the order met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def known(self, record: _Read) -> dict[str, Any]:
        """The record's human and the humans it names, as numbers."""
        others = {name: frozenset(map(self._number, keys)) for name, keys in record.others.items()}
        return {"human": self._number(record.human), **others}

    def _number(self, key: str) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)


def _met(people: list[VolunteerFacts], tasks: list[NeedFacts]) -> list[NeedFacts]:
    """The format records a meeting on the volunteer's side only; here both sides know of it."""
    met: dict[int, set[int]] = {}
    for each in people:
        for other in each.meet_again:
            met.setdefault(other, set()).add(each.human)
    return [replace(task, meet_again=frozenset(met.get(task.human, ()))) for task in tasks]


def _approved(top: Field, known: Instance) -> tuple[tuple[int, int], ...]:
    return tuple(
        (_number(each, "need", known.need_of), _number(each, "volunteer", known.volunteer_of))
        for each in top.items("approved")
    )


def _number(of: Field, name: str, numbers: Mapping[str, int]) -> int:
    key = of.text(name)
    if key not in numbers:
        raise of[name].wrong(f"the id of a {name} in the file")
    return numbers[key]
