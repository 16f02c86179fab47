"""The words for what people can give, like, speak and know: found in any spelling, in any of the three languages."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from samskap.models import WordKind
from samskap.text import LOCALES, Locale, Text, within


class Level(IntEnum):
    """How well a language is spoken; a higher level holds the lower ones."""

    SOME = 1
    """A little (about A1–A2)."""
    WELL = 2
    """Well enough to talk together (about B1–B2)."""
    FLUENT = 3
    """Fluent, or one's own language (about C1 and up)."""


LEVEL_NAMES: Final[dict[Level, Text]] = {
    Level.SOME: Text(nb="Litt", nn="Litt", en="A little"),
    Level.WELL: Text(
        nb="Godt nok til å prate sammen", nn="Godt nok til å prate saman", en="Well enough to talk together"
    ),
    Level.FLUENT: Text(
        nb="Flytende, eller morsmålet mitt", nn="Flytande, eller morsmålet mitt", en="Fluently, or my first language"
    ),
}


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of the vocabulary: a key for the database, a label for people, and the other ways to say it."""

    kind: WordKind
    key: str
    label: Text
    also: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Words that stand together on the sign-up page."""

    key: str
    label: Text
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A word that a search found: the lower the rank the better (0 = the word itself), and the spelling that hit."""

    word: Word
    rank: int
    by: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was read out of a cell: the words in order, each once, and the pieces that no word stands for."""

    words: tuple[Word, ...]
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language and how well it is spoken."""

    word: Word
    level: Level


class UnknownWordError(LookupError):
    """The vocabulary has no word with that kind and key."""


# ---------------------------------------------------------------- reading


@cache
def words(kind: WordKind) -> tuple[Word, ...]:
    """Give every word of one kind, in the order of the data file."""
    return tuple(_read_word(kind, row) for row in _data()[kind.value])


@cache
def groups(kind: WordKind) -> tuple[Group, ...]:
    """Give the words of one kind in the groups they are shown in; empty groups are left out."""
    told = [Group(row["key"], Text.of(row), _words_of_group(kind, row["key"])) for row in _data()["group"]]
    return tuple(group for group in told if group.words)


def inside(name: str, kind: WordKind, locale: Locale) -> str:
    """A word as it stands inside a sentence; English writes its languages with a capital there too."""
    return name if kind is WordKind.LANGUAGE and locale == "en" else within(name)


def word(kind: WordKind, key: str, *, own: Sequence[Word] = ()) -> Word:
    """Give the word with this key; `own` are the municipality's additions; UnknownWordError when there is none."""
    for one in (*words(kind), *own):
        if one.kind is kind and one.key == key:
            return one
    raise UnknownWordError(f"no {kind} with the key {key!r}")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("samskap") / "data" / "vocabulary.toml").read_text("utf-8"))


def _words_of_group(kind: WordKind, group: str) -> tuple[Word, ...]:
    return tuple(one for one in words(kind) if one.group == group)


def _read_word(kind: WordKind, row: dict[str, Any]) -> Word:
    also = tuple(said for locale in LOCALES for said in row.get("also", {}).get(locale, ()))
    return Word(kind, row["key"], Text.of(row), also=also, group=row.get("group", ""))


# ---------------------------------------------------------------- finding

_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ð": "d", "đ": "d", "ŧ": "t", "ŋ": "n", "ł": "l"})
_APART: Final = re.compile(r"[^0-9a-z]+")


def fold(text: str) -> str:
    """Give the form in which spellings are compared: no case, no accents, no hyphens, one space between words."""
    bare = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    marks_off = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return _APART.sub(" ", marks_off.translate(_LETTERS)).strip()


def find(text: str, *, kind: WordKind, own: Sequence[Word] = ()) -> Word | None:
    """Give the word whose label, synonym or key the text is, in any of the languages; None when there is none."""
    known = _index(kind, tuple(own))
    folded = fold(text)
    return known.get(folded) or known.get(folded.replace(" ", "")) if folded else None


def find_all(text: str, *, kind: WordKind, own: Sequence[Word] = ()) -> Found:
    """Read a cell that names several things ("leksehjelp og strikking/hund; kaffe og prat"), longest phrase first."""
    found: dict[str, Word] = {}
    rest: list[str] = []
    for piece in _HARD_BREAK.split(text):
        for part in _parts(piece, kind=kind, own=own):
            one = find(part, kind=kind, own=own)
            if one is None:
                rest.append(part)
            else:
                found.setdefault(one.key, one)
    return Found(tuple(found.values()), tuple(rest))


_HARD_BREAK: Final = re.compile(r"[,;/|+\n\t•·&]+")
_SOFT_BREAK: Final = re.compile(r"\s+(?:og|and|samt|eller|or)\s+", re.IGNORECASE)


def _parts(piece: str, *, kind: WordKind, own: Sequence[Word]) -> list[str]:
    """Split at "og", but keep together what is a word only as a whole ("kaffe og prat")."""
    pieces = [part.strip() for part in _SOFT_BREAK.split(piece.strip()) if part.strip()]
    parts: list[str] = []
    while pieces:
        size = next((n for n in range(len(pieces), 1, -1) if find(" og ".join(pieces[:n]), kind=kind, own=own)), 1)
        parts.append(" og ".join(pieces[:size]))
        pieces = pieces[size:]
    return parts


_LITTLE: Final = frozenset({"litt", "noe", "noko", "some", "little", "basic", "nybegynner", "nybyrjar"})
_GOOD: Final = frozenset({"godt", "bra", "ganske", "well", "good", "middels"})


def find_languages(text: str) -> tuple[Spoken, ...]:
    """Read "ukrainsk og litt norsk" as languages with a level; a language without a word on level counts as fluent."""
    spoken: dict[str, Spoken] = {}
    for piece in _HARD_BREAK.split(text):
        for part in _SOFT_BREAK.split(piece):
            told = fold(part).split()
            name = " ".join(one for one in told if one not in _LITTLE | _GOOD | {"a", "snakker", "snakkar", "speak"})
            one = find(name, kind=WordKind.LANGUAGE)
            if one is not None:
                spoken.setdefault(one.key, Spoken(one, _level(told)))
    return tuple(spoken.values())


def _level(told: Iterable[str]) -> Level:
    if _LITTLE & set(told):
        return Level.SOME
    return Level.WELL if _GOOD & set(told) else Level.FLUENT


def search(
    text: str, *, locale: Locale, kind: WordKind | None = None, own: Sequence[Word] = (), most: int = 8
) -> tuple[Hit, ...]:
    """Give the words that fit what someone types, best first: the word itself, its start, a part, a near spelling."""
    typed = fold(text)
    if not typed:
        return ()
    chosen = tuple(WordKind) if kind is None else (kind,)
    pool = [one for each in chosen for one in (*words(each), *(mine for mine in own if mine.kind is each))]
    hits = [hit for one in pool if (hit := _hit(one, typed, locale=locale)) is not None]
    return tuple(sorted(hits, key=lambda hit: (hit.rank, len(hit.by), hit.word.label.say(locale)))[:most])


def _hit(one: Word, typed: str, *, locale: Locale) -> Hit | None:
    said = enumerate(_spellings(one, locale))
    ranked = [(rank, place, by) for place, (by, folded) in said if (rank := _rank(folded, typed)) is not None]
    if not ranked:
        return None
    rank, _, by = min(ranked)
    return Hit(one, rank, by)


@lru_cache(maxsize=2048)
def _spellings(one: Word, locale: Locale) -> tuple[tuple[str, str], ...]:
    """Give every way to say a word beside its folded form, the label in the language of the page first."""
    return tuple((said, fold(said)) for said in (one.label.say(locale), *_labels(one), *one.also))


def _labels(one: Word) -> tuple[str, ...]:
    return tuple(one.label.say(locale) for locale in LOCALES)


def _rank(said: str, typed: str) -> int | None:
    closed, bare = said.replace(" ", ""), typed.replace(" ", "")
    if closed == bare:
        return 0
    if closed.startswith(bare):
        return 1
    if any(part.startswith(typed) for part in said.split()):
        return 2
    if len(bare) >= 3 and bare in closed:
        return 3
    if len(closed) >= 4 and closed in bare:
        return 4
    if _same_stems(said, typed):
        return 5
    return 6 if len(bare) >= 5 and _one_letter_off(closed, bare) else None


def _same_stems(said: str, typed: str) -> bool:
    """Tell whether every longer word typed begins as some word of the spelling does ("vedhogger", "vedhogst")."""
    long = [one for one in typed.split() if len(one) >= 4]
    return bool(long) and all(any(part.startswith(one[:5]) for part in said.split()) for one in long)


def _one_letter_off(left: str, right: str) -> bool:
    """Tell whether one letter added, lost, changed or swapped with its neighbour turns one spelling into the other."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = next((n for n, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return True
    a, b = left[start:], right[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


@cache
def _index(kind: WordKind, own: tuple[Word, ...]) -> dict[str, Word]:
    known: dict[str, Word] = {}
    for one in (*words(kind), *(mine for mine in own if mine.kind is kind)):
        for said in (*_labels(one), *one.also, one.key):
            folded = fold(said)
            known.setdefault(folded, one)
            known.setdefault(folded.replace(" ", ""), one)
    return known
