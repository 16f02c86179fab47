"""What a rule is: one class that answers one question over whole columns, and carries its words, source and bounds."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, cast, get_args, get_type_hints
from zoneinfo import ZoneInfo

import numpy as np

from matching.pairs import Bools, Ints, Pairs
from matching.records import NeedFacts, VolunteerFacts

Lang = Literal["nb", "nn", "en"]
LANGS: tuple[Lang, ...] = ("nb", "nn", "en")
LABEL_LETTERS = 10
FARTHEST = 1000
"""The greatest shortfall: as far from being allowed as anyone can be."""


class Who(StrEnum):
    """Who can change what a rule asks about."""

    VOLUNTEER = "volunteer"
    RECIPIENT = "recipient"
    PROFESSIONAL = "professional"
    COORDINATOR = "coordinator"
    CLEARANCE_OFFICER = "clearance_officer"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Text:
    """One sentence in three languages, with the same {blanks} in each."""

    nb: str
    nn: str
    en: str

    def __post_init__(self) -> None:
        if not len({frozenset(self.blanks(lang)) for lang in LANGS}) == 1:
            raise ValueError(f"{self.nb!r} does not have the same blanks in nb, nn and en")

    def in_(self, lang: Lang) -> str:
        """The sentence in `lang`, its blanks not filled."""
        return cast(str, getattr(self, lang))

    def blanks(self, lang: Lang = "nb") -> set[str]:
        """The names of the blanks."""
        return {name for _, name, _, _ in string.Formatter().parse(self.in_(lang)) if name}


@dataclass(frozen=True)
class Terms:
    """Terms of one vocabulary (skill, language, …) for a blank; the screen gives them their names."""

    vocabulary: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Times:
    """Spans of the week in minutes, for a blank."""

    spans: tuple[tuple[int, int], ...]


Value = bool | int | float | str | date | Terms | Times
Numbers = Mapping[str, Value]


@dataclass(frozen=True)
class Bound:
    """The range of one number of a rule, its unit and its name on the settings page."""

    unit: str
    low: float
    high: float
    label: Text

    def check(self, name: str, value: object) -> None:
        """ValueError with a sentence when `value` is no number, or outside the range."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{name} is {value!r}; it must be a number")
        if not self.low <= value <= self.high:
            raise ValueError(f"{name} is {value:g} {self.unit}; it may be {self.low:g} to {self.high:g}")


@dataclass(frozen=True)
class Source:
    """Why a rule is there: what kind of ground it stands on, in words, and since when; a law goes by its own name."""

    kind: Literal["law", "guidance", "study", "choice", "reference"]
    what: str
    since: date
    url: str = ""

    def __post_init__(self) -> None:
        if self.kind not in ("law", "guidance", "study", "choice", "reference"):
            raise ValueError(f"{self.kind!r} is no kind of source")
        if not self.what:
            raise ValueError("A source must say what it is")
        if self.kind == "law" and not self.url.startswith("https://"):
            raise ValueError(f"A source in law needs a url; {self.what!r} has none")


@dataclass(frozen=True)
class Said:
    """A sentence and the numbers it was made with; text is made when it is shown."""

    text: Text
    numbers: Numbers


@dataclass(frozen=True)
class Case:
    """One volunteer, one need and a day: what a remedy is tried on."""

    volunteer: VolunteerFacts
    need: NeedFacts
    today: date
    tz: ZoneInfo


class Numbered:
    """Numbers that a municipality may set, each with its Bound; ValueError with a sentence for one out of range."""

    def __post_init__(self) -> None:
        bounds = self.bounds()
        for each in fields(cast(Any, self)):
            if each.name not in bounds:
                raise TypeError(f"{type(self).__name__}.{each.name} has no Bound")
            bounds[each.name].check(f"{type(self).__name__}.{each.name}", getattr(self, each.name))
            _check_whole(self, each)

    @classmethod
    def bounds(cls) -> Mapping[str, Bound]:
        """The bound of each number that a municipality may set."""
        return _bounds(cls)

    def own_numbers(self) -> Numbers:
        """The numbers as they are set."""
        return dict(vars(self))


class Rule(Numbered):
    """What hard and soft rules share. A subclass without its words, source and reads cannot be imported."""

    must_say: ClassVar[tuple[str, ...]] = ("label", "says", "because", "source", "reads")

    label: ClassVar[Text]
    """At most ten letters, for a chip or a bar."""
    says: ClassVar[Text]
    """The rule itself, for settings and handbook; its blanks are the rule's own numbers."""
    because: ClassVar[Text]
    """Why it refuses, or what the points are for, with the numbers used."""
    source: ClassVar[Source]
    reads: ClassVar[frozenset[str]]
    """The facts it may look at: volunteer.x, need.x, or a name of Pairs or Facts."""

    def __init_subclass__(cls, *, kind: bool = False) -> None:
        super().__init_subclass__()
        if kind:
            return
        for name in cls.must_say:
            if not hasattr(cls, name):
                raise TypeError(f"{cls.__name__} lacks {name}")
        for lang in LANGS:
            if len(cls.label.in_(lang)) > LABEL_LETTERS:
                raise TypeError(f"{cls.__name__}.label is {cls.label.in_(lang)!r}; it may have {LABEL_LETTERS} letters")

    def numbers(self, pair: Pairs) -> Numbers:
        """What the sentences about one pair are filled with, beside the rule's own numbers."""
        return {}

    def said(self, text: Text, pair: Pairs) -> Said:
        """A sentence with everything this rule knows of one pair."""
        return Said(text, {**self.own_numbers(), **self.numbers(pair)})

    def why(self, pair: Pairs) -> Said:
        """Why it refuses, or what the points are for."""
        return self.said(self.because, pair)


def _bounds(rule: type[Any]) -> Mapping[str, Bound]:
    hints = get_type_hints(rule, include_extras=True)
    return {name: bound for name, hint in hints.items() for bound in get_args(hint)[1:] if isinstance(bound, Bound)}


def _check_whole(rule: Numbered, number: Field[Any]) -> None:
    hint = get_type_hints(type(rule))[number.name]
    if hint is int and not isinstance(value := getattr(rule, number.name), int):
        raise ValueError(f"{type(rule).__name__}.{number.name} is {value:g}; it must be a whole number")


class HardRule(Rule, kind=True):
    """A rule that refuses. `allows` answers for whole columns; an array of one element answers for all pairs."""

    must_say = (*Rule.must_say, "fits", "remedy", "who")

    fits: ClassVar[Text]
    """What speaks for, with the numbers used."""
    remedy: ClassVar[Text]
    """What would have to change, and who can change it."""
    who: ClassVar[Who]
    overrulable: ClassVar[bool] = False
    """Whether a coordinator may choose someone whom it refuses."""

    def allows(self, pairs: Pairs) -> Bools:
        """Who is allowed."""
        raise NotImplementedError

    def asks(self, pair: Pairs) -> bool:
        """Whether it asks anything of one pair; where not, a page may leave it out."""
        return True

    def shortfall(self, pairs: Pairs) -> Ints:
        """For those refused: how far from being allowed, 1 (nearly there) to 1000."""
        return np.full(1, FARTHEST)

    def fits_said(self, pair: Pairs) -> Said:
        """What speaks for."""
        return self.said(self.fits, pair)

    def remedy_said(self, pair: Pairs) -> Said:
        """What would have to change."""
        return self.said(self.remedy, pair)

    def leaves_open(self, pairs: Pairs) -> Bools | None:
        """With one need: which alternatives of time it leaves, a row each; None where it does not look at time."""
        return None

    def room(self, pairs: Pairs) -> Ints | None:
        """How many new assignments, or offers of one, it leaves each volunteer room for; None without a limit."""
        return None

    def remedied(self, case: Case) -> Case | None:
        """The case after the remedy, which this rule then allows; None where nobody can change it."""
        return None

    def changeable(self, pairs: Pairs) -> Bools:
        """For those refused: whether anyone can change what it refuses for."""
        return np.array([self.who is not Who.NOBODY])


WEIGHT = Bound("points", 0, 1000, Text(nb="Vekt", nn="Vekt", en="Weight"))
Weight = Annotated[int, WEIGHT]


@dataclass(frozen=True)
class SoftRule(Rule, kind=True):
    """A rule that gives points: whole numbers from 0 to its weight, by integer division."""

    weight: Weight = 100

    def points(self, pairs: Pairs) -> Ints:
        """The points of each pair."""
        raise NotImplementedError

    def speaks_for(self, pair: Pairs) -> Said | None:
        """What speaks for one pair, worth saying to the one who decides; None when nothing does."""
        return self.why(pair) if self.given(pair) else None

    def speaks_against(self, pair: Pairs) -> Said | None:
        """What speaks against one pair, worth saying; None when nothing does. No points alone is nothing to say."""
        return None

    def given(self, pair: Pairs) -> int:
        """The points of one pair."""
        return int(np.broadcast_to(self.points(pair), 1)[0])

    def tie(self, pairs: Pairs) -> Ints | None:
        """What orders candidates of equal points, more first; None when it does not matter."""
        return None
