"""Sectors and kinds of task with their defaults, and what the law lets anyone ask for each of them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final, TypeVar

from samskap.models import Audience, Mode, WordKind
from samskap.services import vocabulary
from samskap.services.vocabulary import fold
from samskap.text import LOCALES, Text


class Certificate(StrEnum):
    """Kinds of police certificate."""

    ORDINARY = "ordinary"
    LIMITED = "limited"
    EXHAUSTIVE = "exhaustive"
    CHILDREN = "children"


class Required(StrEnum):
    """What the law says of a certificate where there is a basis."""

    YES = "yes"
    NO = "no"
    TO_BE_SETTLED = "to_be_settled"
    """The law allows asking; the municipality or the association has to decide for this task."""


class Confirms(StrEnum):
    """Who confirms the purpose, so that a person can apply for the certificate."""

    MUNICIPALITY = "municipality"
    ASSOCIATION = "association"
    SCHOOL = "school"
    KINDERGARTEN = "kindergarten"
    CULTURAL_INSTITUTION = "cultural_institution"


@dataclass(frozen=True, slots=True)
class Sector:
    """One of the six sectors that share the list of needs."""

    key: str
    label: Text
    describes: Text
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """One row of the table of police certificates: the law that lets a role be asked."""

    key: str
    role: Text
    law: str
    section: str
    url: str
    certificate: Certificate
    confirms: Confirms
    required: Required
    last_checked: date
    check: bool
    """True when the row was seen only in a secondary source and someone has to look at the law itself."""

    @property
    def citation(self) -> str:
        """The law and its section, as written in a letter."""
        return f"{self.law} {self.section}"


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that must be met before a person can be given the task, and the law that lets us ask."""

    key: str
    basis: LegalBasis
    required: Required
    """YES: asked of everyone; TO_BE_SETTLED: asked only where the municipality has settled it for this need."""


@dataclass(frozen=True, slots=True)
class Insurance:
    """The plain line on cover that is shown and acknowledged before the yes."""

    key: str
    line: Text


@dataclass(frozen=True, slots=True)
class Safety:
    """What a volunteer must know where a professional owns goal and plan: a note, and the signs to stop."""

    key: str
    note: Text
    stop: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class KindOfTask:
    """One kind of task with the defaults that make a need in three minutes possible."""

    key: str
    sector: str
    label: Text
    expects: Text
    """What is expected, said to the volunteer."""
    mode: Mode
    hours: float
    """Length of one session in hours."""
    people: int
    audience: Audience
    skills: tuple[str, ...]
    """Keys of resources in the vocabulary that fit the task."""
    insurance: Insurance
    icnpo: str
    requirements: tuple[Requirement, ...]
    safety: Safety | None
    also: tuple[str, ...]

    @property
    def ready_only(self) -> bool:
        """One-to-one at home: shown only to volunteers who are ready."""
        return self.audience is Audience.PERSON and self.mode is Mode.HOME


@dataclass(frozen=True, slots=True)
class Icnpo:
    """One category of associations in the international classification (ICNPO)."""

    code: str
    label: Text
    sector: str


class UnknownKindError(LookupError):
    """There is no sector, kind of task, basis or category with that key."""


# ---------------------------------------------------------------- reading


@cache
def sectors() -> tuple[Sector, ...]:
    """Give the six sectors in the order they are shown."""
    return tuple(
        Sector(row["key"], Text.of(row), Text.of(row["describes"]), _also(row))
        for row in _table("sectors.toml")["sector"]
    )


@cache
def kinds() -> tuple[KindOfTask, ...]:
    """Give every kind of task in the order it is shown."""
    return tuple(_read_kind(row) for row in _table("kinds_of_task.toml")["kind"])


@cache
def legal_bases() -> tuple[LegalBasis, ...]:
    """Give every row of the table of police certificates."""
    return tuple(_read_basis(row) for row in _table("legal_basis.toml")["basis"])


@cache
def icnpo() -> tuple[Icnpo, ...]:
    """Give the categories of associations, by code."""
    return tuple(Icnpo(row["code"], Text.of(row), row["sector"]) for row in _table("icnpo.toml")["category"])


@cache
def never_asked() -> tuple[Text, ...]:
    """Give what a volunteer is never asked to do, whatever the task."""
    return tuple(Text.of(row) for row in _table("kinds_of_task.toml")["never_asked"])


def sector(key: str) -> Sector:
    """Give the sector with this key; UnknownKindError when there is none."""
    return _pick(sectors(), lambda one: one.key == key, key)


def kind(key: str) -> KindOfTask:
    """Give the kind of task with this key; UnknownKindError when there is none."""
    return _pick(kinds(), lambda one: one.key == key, key)


def legal_basis(key: str) -> LegalBasis:
    """Give the row with this key; UnknownKindError when there is none."""
    return _pick(legal_bases(), lambda one: one.key == key, key)


def icnpo_category(code: str) -> Icnpo:
    """Give the category with this code; UnknownKindError when there is none."""
    return _pick(icnpo(), lambda one: one.code == code, code)


def kinds_in(sector_key: str) -> tuple[KindOfTask, ...]:
    """Give the kinds of task in one sector."""
    return tuple(one for one in kinds() if one.sector == sector_key)


def requirements_of(task: KindOfTask) -> tuple[Requirement, ...]:
    """Give what may be asked of whoever does this kind of task; nothing where no law gives a basis."""
    return task.requirements


Row = TypeVar("Row")


def _pick(rows: tuple[Row, ...], fits: Callable[[Row], bool], key: str) -> Row:
    for row in rows:
        if fits(row):
            return row
    raise UnknownKindError(f"nothing has the key {key!r}")


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files("samskap") / "data" / name).read_text("utf-8"))


def _also(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(said for locale in LOCALES for said in row.get("also", {}).get(locale, ()))


@cache
def _insurances() -> dict[str, Insurance]:
    table = _table("kinds_of_task.toml")["insurance"]
    return {key: Insurance(key, Text.of(row)) for key, row in table.items()}


@cache
def _safeties() -> dict[str, Safety]:
    table = _table("kinds_of_task.toml")["safety"]
    return {
        key: Safety(key, Text.of(row["note"]), tuple(Text.of(sign) for sign in row["stop"]))
        for key, row in table.items()
    }


def _read_kind(row: dict[str, Any]) -> KindOfTask:
    skills = tuple(vocabulary.word(WordKind.RESOURCE, key).key for key in row["skills"])
    return KindOfTask(
        key=row["key"],
        sector=sector(row["sector"]).key,
        label=Text.of(row),
        expects=Text.of(row["expects"]),
        mode=Mode(row["mode"]),
        hours=float(row["hours"]),
        people=int(row["people"]),
        audience=Audience(row["audience"]),
        skills=skills,
        insurance=_insurances()[row["insurance"]],
        icnpo=icnpo_category(row["icnpo"]).code,
        requirements=_read_requirements(row),
        safety=_safeties()[row["safety"]] if "safety" in row else None,
        also=_also(row),
    )


def _read_requirements(row: dict[str, Any]) -> tuple[Requirement, ...]:
    if "basis" not in row:
        return ()
    basis = legal_basis(row["basis"])
    return (Requirement(f"police_certificate:{basis.key}", basis, Required(row.get("required", basis.required))),)


def _read_basis(row: dict[str, Any]) -> LegalBasis:
    return LegalBasis(
        key=row["key"],
        role=Text.of(row["role"]),
        law=row["law"],
        section=row["section"],
        url=row["url"],
        certificate=Certificate(row["certificate"]),
        confirms=Confirms(row["confirms"]),
        required=Required(row["required"]),
        last_checked=row["last_checked"],
        check=bool(row["check"]),
    )


# ---------------------------------------------------------------- reading what people write


def sector_of(text: str) -> Sector | None:
    """Give the sector that a column such as "Hverdagsrehab" or "Oppvekst" names; None when it names none."""
    typed = fold(text)
    for one in sectors():
        names = [fold(said) for said in (one.key, *_labels(one.label), *one.also)]
        if typed and any(typed == name or (len(typed) >= 5 and name.startswith(typed)) for name in names):
            return one
    return None


def suggest(text: str, *, area: str = "") -> KindOfTask | None:
    """Give the kind of task that a description speaks of: the longest of its words, the sector first; None for none."""
    inside = sector_of(area)
    read = f" {fold(text)} "
    scored = [(_score(one, read, inside), -place, one) for place, one in enumerate(kinds())]
    (longest, _), _, best = max(scored, key=lambda entry: entry[:2])
    return best if longest else None


IN_THE_SECTOR: Final = 4
"""Letters that the right sector is worth when two kinds of task are weighed."""


def _score(one: KindOfTask, read: str, inside: Sector | None) -> tuple[int, int]:
    """Give the length of the longest word that hit, with what the sector adds, and the number of hits."""
    said = {fold(word) for word in (*_labels(one.label), *one.also)}
    hits = [word for word in said if (f" {word} " if len(word) < SHORT else f" {word}") in read]
    if not hits:
        return 0, 0
    return max(map(len, hits)) + (IN_THE_SECTOR if inside and inside.key == one.sector else 0), len(hits)


SHORT: Final = 5
"""Letters: a shorter word must stand alone, a longer one may begin another ("lekse" in "leksehjelp")."""


def _labels(text: Text) -> tuple[str, ...]:
    return tuple(text.say(locale) for locale in LOCALES)
