"""Sets of terms (skills, languages, …) as bit masks: a vocabulary gives each term a bit, a column holds whole words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[Any]
"""Unsigned words, shape (words, rows): bit b of a set stands in word b // word size."""

_SIZES: tuple[tuple[int, str], ...] = ((8, "u1"), (16, "<u2"), (32, "<u4"), (64, "<u8"))


@dataclass(frozen=True)
class Vocabulary:
    """Terms in the order they were first met; a term keeps its bit for ever."""

    terms: tuple[str, ...] = ()
    bit: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bit", {term: number for number, term in enumerate(self.terms)})

    def __len__(self) -> int:
        return len(self.terms)

    def grown(self, sets: Iterable[Iterable[str]]) -> Vocabulary:
        """This vocabulary with every unknown term of `sets` added in sorted order; itself when there is none."""
        known = self.bit
        unknown = {term for terms in set(map(frozenset, sets)) for term in terms if term not in known}
        return Vocabulary(self.terms + tuple(sorted(unknown))) if unknown else self

    def mask(self, terms: Iterable[str]) -> int:
        """The bits of `terms`; KeyError for a term that the vocabulary lacks."""
        bits = 0
        for term in terms:
            bits |= 1 << self.bit[term]
        return bits

    def terms_in(self, words: Words) -> tuple[str, ...]:
        """The terms of one set (shape (words,) or (words, 1)), sorted."""
        bits = int.from_bytes(np.ascontiguousarray(words).tobytes(), "little")
        return tuple(sorted(term for number, term in enumerate(self.terms) if bits >> number & 1))


def words_of(masks: Sequence[int], terms: int) -> Words:
    """Masks as words wide enough for `terms` bits: the narrowest single word, or several of 32 bits."""
    dtype, count = _shape(terms)
    size = dtype.itemsize * count
    flat = np.frombuffer(b"".join(mask.to_bytes(size, "little") for mask in masks), dtype=dtype)
    return np.ascontiguousarray(flat.reshape(len(masks), count).T)


def widened(words: Words, terms: int) -> Words:
    """The same sets in words wide enough for `terms` bits; `words` itself when they already are."""
    dtype, count = _shape(terms)
    if words.dtype == dtype and words.shape[0] == count:
        return words
    rows = words.shape[1]
    raw = np.zeros((rows, dtype.itemsize * count), dtype=np.uint8)
    narrow = np.ascontiguousarray(words.T).view(np.uint8).reshape(rows, words.itemsize * words.shape[0])
    raw[:, : narrow.shape[1]] = narrow
    return np.ascontiguousarray(raw.view(dtype).reshape(rows, count).T)


def _shape(terms: int) -> tuple[np.dtype[Any], int]:
    for size, name in _SIZES:
        if terms <= size:
            return np.dtype(name), 1
    return np.dtype("<u4"), -(-terms // 32)


def _any(words: Words) -> bool:
    """Whether a bit is set; a single word is looked at without a reduction."""
    return bool(words[0] if words.shape == (1,) else words.any())


def holds_all(have: Words, asked: Words) -> NDArray[np.bool_] | None:
    """Where every asked term is held; None when nothing is asked of anyone."""
    held: NDArray[np.bool_] | None = None
    for mine, theirs in zip(have, asked, strict=True):
        if _any(theirs):
            these = (mine & theirs) == theirs
            held = these if held is None else held & these
    return held


def holds_any(have: Words, asked: Words) -> NDArray[np.bool_] | None:
    """Where at least one asked term is held; None when nothing is asked of anyone."""
    held: NDArray[np.bool_] | None = None
    for mine, theirs in zip(have, asked, strict=True):
        if _any(theirs):
            these = (mine & theirs) != 0
            held = these if held is None else held | these
    return held


def in_common(have: Words, asked: Words) -> NDArray[np.int32]:
    """How many terms both hold, per pair."""
    return how_many(have & asked)


def how_many(words: Words) -> NDArray[np.int32]:
    """How many terms each set has."""
    return np.asarray(np.bitwise_count(words).sum(axis=0, dtype=np.int32))
