"""A rule book is data: which rules hold, where, with which numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, cast

import numpy as np

from matching.facts import Facts, Needs
from matching.pairs import Bools
from matching.rule import HardRule, Rule, SoftRule
from matching.terms import Vocabulary
from matching.weight import PlanNumbers

MOST_HARD_RULES = 64


class BookError(ValueError):
    """A rule book cannot be used; the sentence names the field and the value."""


@dataclass(frozen=True)
class Scope:
    """Where a rule holds: in these sectors, kinds of task and modes; everywhere where a set is empty."""

    sectors: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset()

    @property
    def limited(self) -> bool:
        """Whether it leaves any need out."""
        return bool(self.sectors or self.kinds or self.modes)

    def covers(self, facts: Facts, need: Needs) -> Bools:
        """Which of the needs the rule holds for."""
        covered = np.ones(len(need), dtype=np.bool_)
        for terms, codes, words in (
            (self.sectors, need.sector, facts.words.sector),
            (self.kinds, need.kind, facts.words.kind),
            (self.modes, need.mode, facts.words.mode),
        ):
            if terms:
                covered &= np.isin(codes, _codes(terms, words))
        return covered


EVERYWHERE = Scope()


def _codes(terms: Iterable[str], words: Vocabulary) -> list[int]:
    return [words.bit[term] for term in terms if term in words.bit]


@dataclass(frozen=True)
class Entry:
    """One rule in a book, under a key of its own, so that several of one class may stand side by side."""

    key: str
    rule: Rule
    scope: Scope = EVERYWHERE


@dataclass(frozen=True)
class RuleBook:
    """One municipality's rules, in order. A published book never changes: a new version is a new book."""

    name: str
    version: int
    author: str
    reason: str
    entries: tuple[Entry, ...]
    plan: PlanNumbers = PlanNumbers()

    def __post_init__(self) -> None:
        keys = [entry.key for entry in self.entries]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                raise BookError(f"rules[{number}].key is {key!r}; another rule has that key")
        if len(self.hard) > MOST_HARD_RULES:
            raise BookError(f"rules has {len(self.hard)} hard rules; it may have {MOST_HARD_RULES}")

    @cached_property
    def hard(self) -> tuple[Entry, ...]:
        """The entries that refuse."""
        return tuple(entry for entry in self.entries if isinstance(entry.rule, HardRule))

    @cached_property
    def hard_keys(self) -> tuple[str, ...]:
        """The keys of the entries that refuse; rule i is bit i of a verdict."""
        return tuple(entry.key for entry in self.hard)

    @cached_property
    def soft(self) -> tuple[Entry, ...]:
        """The entries that give points."""
        return tuple(entry for entry in self.entries if isinstance(entry.rule, SoftRule))

    @property
    def most_points(self) -> int:
        """The sum of all weights."""
        return sum(cast(SoftRule, entry.rule).weight for entry in self.soft)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the rules with all their numbers: two books that judge alike have the same."""
        rules = json.dumps(self.as_data()["rules"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(rules.encode()).hexdigest()

    def as_data(self) -> dict[str, Any]:
        """The book as plain JSON values; `read` makes the same book of them."""
        return {
            "name": self.name,
            "version": self.version,
            "author": self.author,
            "reason": self.reason,
            "rules": [_entry_data(entry) for entry in self.entries],
            "plan": dict(self.plan.own_numbers()),
        }


def _entry_data(entry: Entry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "rule": type(entry.rule).__name__,
        "numbers": dict(entry.rule.own_numbers()),
        "scope": {each.name: sorted(getattr(entry.scope, each.name)) for each in fields(Scope)},
    }


def read(data: object, rules: Mapping[str, type[Rule]]) -> RuleBook:
    """The book that the plain values describe, from the classes in `rules`; BookError names the field and the value."""
    book = _object(data, "the book")
    _only(book, ("name", "version", "author", "reason", "rules", "plan"), "the book")
    return RuleBook(
        name=_text(book, "name"),
        version=_number(book, "version"),
        author=_text(book, "author"),
        reason=_text(book, "reason"),
        entries=tuple(
            _entry(f"rules[{number}]", each, rules) for number, each in enumerate(_list(book.get("rules"), "rules"))
        ),
        plan=_plan(book.get("plan", {})),
    )


def _plan(data: object) -> PlanNumbers:
    numbers = _object(data, "plan")
    _only(numbers, tuple(PlanNumbers.bounds()), "plan")
    try:
        return PlanNumbers(**numbers)
    except ValueError as error:
        raise BookError(f"plan: {error}") from error


def _entry(at: str, data: object, rules: Mapping[str, type[Rule]]) -> Entry:
    entry = _object(data, at)
    _only(entry, ("key", "rule", "numbers", "scope"), at)
    key, name = _text(entry, "key", at + "."), _text(entry, "rule", at + ".")
    if name not in rules:
        raise BookError(f"{at}.rule is {name!r}; there is no such rule")
    numbers = _object(entry.get("numbers", {}), f"{at}.numbers")
    _only(numbers, tuple(rules[name].bounds()), f"{at}.numbers")
    try:
        rule = cast(Any, rules[name])(**numbers)
    except ValueError as error:
        raise BookError(f"{at}: {error}") from error
    return Entry(key, rule, _scope(f"{at}.scope", entry.get("scope", {})))


def _scope(at: str, data: object) -> Scope:
    given = _object(data, at)
    names = tuple(each.name for each in fields(Scope))
    _only(given, names, at)
    return Scope(**{name: frozenset(_texts(given.get(name, []), f"{at}.{name}")) for name in names})


def _object(value: object, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BookError(f"{at} is {_short(value)}; it must be an object")
    return value


def _list(value: object, at: str) -> list[Any]:
    if not isinstance(value, list):
        raise BookError(f"{at} is {_short(value)}; it must be a list")
    return value


def _only(value: Mapping[str, Any], names: Sequence[str], at: str) -> None:
    for name in value:
        if name not in names:
            raise BookError(f"{at} has {name!r}; it may have {', '.join(names) or 'nothing'}")


def _text(value: Mapping[str, Any], name: str, at: str = "") -> str:
    if not isinstance(text := value.get(name), str) or not text.strip():
        raise BookError(f"{at}{name} is {_short(text)}; it must be text")
    return text


def _texts(value: object, at: str) -> list[str]:
    for number, each in enumerate(texts := _list(value, at)):
        if not isinstance(each, str):
            raise BookError(f"{at}[{number}] is {_short(each)}; it must be text")
    return texts


def _number(value: Mapping[str, Any], name: str) -> int:
    if isinstance(number := value.get(name), bool) or not isinstance(number, int) or number < 1:
        raise BookError(f"{name} is {_short(number)}; it must be a whole number from 1")
    return number


def _short(value: object) -> str:
    text = "missing" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


@dataclass(frozen=True)
class Difference:
    """One thing that differs between two books: `what` is rule, scope or the name of a number."""

    key: str
    what: str
    before: Any
    after: Any


def compare(before: RuleBook, after: RuleBook) -> tuple[Difference, ...]:
    """What a change of book changes, in the order of the older book and then of what is new."""
    old = {entry["key"]: entry for entry in before.as_data()["rules"]}
    new = {entry["key"]: entry for entry in after.as_data()["rules"]}
    numbers = zip(before.plan.own_numbers().items(), after.plan.own_numbers().values(), strict=True)
    found = [Difference("plan", name, was, is_) for (name, was), is_ in numbers if was != is_]
    return (*found, *(
        difference for key in (*old, *(key for key in new if key not in old))
        for difference in _differences(key, old.get(key), new.get(key))
    ))  # fmt: skip


def _differences(key: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[Difference]:
    if old is None or new is None or old["rule"] != new["rule"]:
        return [Difference(key, "rule", old and old["rule"], new and new["rule"])]
    found = [
        Difference(key, name, number, new["numbers"][name])
        for name, number in old["numbers"].items()
        if new["numbers"][name] != number
    ]
    return found + ([Difference(key, "scope", old["scope"], new["scope"])] if old["scope"] != new["scope"] else [])
