"""A week of free half hours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HALF_HOURS = 336
MINUTES = HALF_HOURS * 30
HEX_DIGITS = HALF_HOURS // 4

Span = tuple[int, int]


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same minutes as `spans`, in order, where those that overlap or touch have become one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _bits(first: int, last: int) -> int:
    """Bits `first` to before `last`."""
    return ((1 << (last - first)) - 1) << first if last > first else 0


def _checked(start: int, end: int) -> Span:
    if not 0 <= start < end <= MINUTES:
        raise ValueError(f"A span of a week is {start} to {end}; it may be 0 to {MINUTES} minutes, start before end")
    return start, end


@dataclass(frozen=True, slots=True)
class Week:
    """336 half hours from Monday 00:00 local time; bit i of `bits` is the half hour from minute 30·i."""

    bits: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.bits < 1 << HALF_HOURS:
            raise ValueError(f"A week has {HALF_HOURS} half hours; {self.bits:#x} does not fit in it")

    @classmethod
    def from_spans(cls, spans: Iterable[Span]) -> Week:
        """The week of `spans` in minutes since Monday 00:00, half-open; ValueError when one is not on the half hour."""
        bits = 0
        for start, end in spans:
            _checked(start, end)
            if start % 30 or end % 30:
                raise ValueError(f"A span of a week is {start} to {end}; it must begin and end on a half hour")
            bits |= _bits(start // 30, end // 30)
        return cls(bits)

    @classmethod
    def touching(cls, spans: Iterable[Span]) -> Week:
        """Every half hour that has at least one minute of `spans`."""
        bits = 0
        for start, end in spans:
            _checked(start, end)
            bits |= _bits(start // 30, -(-end // 30))
        return cls(bits)

    @classmethod
    def from_hex(cls, digits: str) -> Week:
        """The week that `to_hex` wrote; ValueError when it is not 84 hex digits."""
        if len(digits) != HEX_DIGITS or set(digits) - set("0123456789abcdef"):
            raise ValueError(f"A week is written with {HEX_DIGITS} hex digits (0–9, a–f), not {digits!r}")
        return cls(int(digits, 16))

    def to_hex(self) -> str:
        """84 hex digits, the last half hour of Sunday first."""
        return f"{self.bits:0{HEX_DIGITS}x}"

    def spans(self) -> tuple[Span, ...]:
        """The free minutes as merged half-open spans, in order."""
        found: list[Span] = []
        bits, at = self.bits, 0
        while bits:
            gap = (bits & -bits).bit_length() - 1
            bits >>= gap
            run = (~bits & (bits + 1)).bit_length() - 1
            bits >>= run
            found.append(((at + gap) * 30, (at + gap + run) * 30))
            at += gap + run
        return tuple(found)

    def has(self, start: int, end: int) -> bool:
        """Whether every minute from `start` to before `end` is free."""
        touched = Week.touching([(start, end)]).bits
        return self.bits & touched == touched

    @property
    def half_hours(self) -> int:
        """How many half hours are free."""
        return self.bits.bit_count()

    def __or__(self, other: Week) -> Week:
        return Week(self.bits | other.bits)

    def __and__(self, other: Week) -> Week:
        return Week(self.bits & other.bits)

    def __bool__(self) -> bool:
        return self.bits != 0
