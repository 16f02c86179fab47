"""Turns data into rectangles, shares and lengths, so that a template draws without computing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from samskap.text import MINUTES_A_DAY, Locale, Span, short_weekday_name

# ---------------------------------------------------------------- the week as a picture

Kind = Literal["free", "taken", "hit", "asked"]

LEFT: Final = 17
COLUMN: Final = 23
LANE: Final = 21
TOP: Final = 15
HEIGHT: Final = 72
FRAME: Final = 0.75
"""Half the line of a frame: it is drawn inside its rectangle."""
NORMAL_HOURS: Final = (8, 16)


@dataclass(frozen=True)
class Rect:
    """A rectangle in the picture's own units."""

    kind: Kind
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class DayColumn:
    """One day: its two letters, where they stand, and whether anything is asked for on it."""

    label: str
    centre: float
    x: float
    asked: bool


@dataclass(frozen=True)
class HourMark:
    """A number at the left edge; `y` is the foot of the figures."""

    hour: int
    y: float


@dataclass(frozen=True)
class WeekPicture:
    """A week to draw: filled is free, hatched is taken, dark is asked and free, a frame is asked."""

    days: tuple[DayColumn, ...]
    marks: tuple[HourMark, ...]
    rects: tuple[Rect, ...]
    top: int = TOP
    lane: int = LANE
    height: int = HEIGHT


def week_picture(
    *, free: Iterable[Span], asked: Iterable[Span] = (), taken: Iterable[Span] = (), locale: Locale
) -> WeekPicture:
    """Draws spans (minutes since Monday 00:00, half-open), cropped to the hours that matter, at least 8 to 16."""
    pieces = {"free": by_day(free), "taken": by_day(taken), "asked": by_day(asked)}
    hit = [piece for f in pieces["free"] for a in pieces["asked"] if (piece := overlap(f, a)) is not None]
    everything = [*pieces["free"], *pieces["taken"], *pieces["asked"]]
    first, last = hours_shown(pieces["asked"] or everything)
    kinds: tuple[tuple[Kind, Sequence[Piece]], ...] = (
        ("free", pieces["free"]),
        ("taken", pieces["taken"]),
        ("hit", hit),
        ("asked", pieces["asked"]),
    )
    rects = [rect for kind, some in kinds for piece in some if (rect := rect_of(kind, piece, first, last)) is not None]
    asked_days = {day for day, _, _ in pieces["asked"]}
    days = tuple(
        DayColumn(
            short_weekday_name(day, locale=locale), LEFT + COLUMN * day + 11, LEFT + COLUMN * day, day in asked_days
        )
        for day in range(7)
    )
    return WeekPicture(days=days, marks=hour_marks(first, last), rects=tuple(rects))


Piece = tuple[int, int, int]
"""A day (Monday is 0) and two minutes of it, half-open."""


def by_day(spans: Iterable[Span]) -> list[Piece]:
    """The spans cut at every midnight."""
    pieces = []
    for start, end in spans:
        for day in range(start // MINUTES_A_DAY, (end - 1) // MINUTES_A_DAY + 1):
            midnight = day * MINUTES_A_DAY
            pieces.append((day, max(start - midnight, 0), min(end - midnight, MINUTES_A_DAY)))
    return pieces


def overlap(one: Piece, other: Piece) -> Piece | None:
    """What two pieces share, or None."""
    start, end = max(one[1], other[1]), min(one[2], other[2])
    return (one[0], start, end) if one[0] == other[0] and start < end else None


def hours_shown(pieces: Iterable[Piece]) -> tuple[int, int]:
    """The first and last hour to draw: those of the pieces, widened to hold 8 to 16 when they lie near it."""
    starts, ends = [NORMAL_HOURS[0]], [NORMAL_HOURS[1]]
    for _, start, end in pieces:
        starts.append(start // 60)
        ends.append(math.ceil(end / 60))
    return min(starts), max(ends)


def rect_of(kind: Kind, piece: Piece, first: int, last: int) -> Rect | None:
    """Where a piece is drawn between two hours, or None when it lies outside them."""
    day, start, end = piece
    start, end = max(start, first * 60), min(end, last * 60)
    if start >= end:
        return None
    inset = FRAME if kind == "asked" else 0
    a_minute = HEIGHT / ((last - first) * 60)
    return Rect(
        kind,
        x=LEFT + COLUMN * day + inset,
        y=round(TOP + (start - first * 60) * a_minute + inset, 2),
        width=LANE - 2 * inset,
        height=round((end - start) * a_minute - 2 * inset, 2),
    )


def hour_marks(first: int, last: int) -> tuple[HourMark, ...]:
    """The first hour, the middle one and the last."""
    middle = (first + last) // 2
    return (
        HourMark(first, TOP + 8),
        HourMark(middle, round(TOP + 4 + HEIGHT * (middle - first) / (last - first), 1)),
        HourMark(last, TOP + HEIGHT),
    )


# ---------------------------------------------------------------- points as a bar

GAP: Final = 0.6
"""Per cent of the bar left empty after each part."""
LETTER: Final = 5.2
"""Pixels of a letter of the theme's font at 11 px, on average."""
PHONE_BAR: Final = 286
"""Pixels of a candidate's bar on a screen of 22 rem; narrower screens get words alone."""
DESK_BAR: Final = 490
"""Pixels of the same bar beside the need, on a screen of 60 rem."""


@dataclass(frozen=True)
class PointsPart:
    """One part of the points, and why; `label` has at most ten letters."""

    label: str
    got: int
    most: int
    why: str = ""


@dataclass(frozen=True)
class DrawnPart:
    """A part with its place in the bar; x, width and filled in per cent of the bar.

    Whether its label fits under its track is told for the narrowest bar of each kind of screen.
    """

    part: PointsPart
    x: float
    width: float
    filled: float
    fits_phone: bool
    fits_desk: bool


def points_bar(parts: Sequence[PointsPart]) -> tuple[DrawnPart, ...]:
    """Gives each part a track as wide as its most, filled by what it got; ValueError when nothing can be got."""
    total = sum(part.most for part in parts)
    if total <= 0:
        raise ValueError("a points bar needs parts that can give points")
    drawn, x = [], 0.0
    for part in parts:
        whole = 100 * part.most / total
        width = max(whole - GAP, 0)
        share = min(max(part.got / part.most, 0), 1) if part.most else 0
        on_phone, on_desk = wide(part.label, str(part.got)), wide(part.label, f"{part.got} av {part.most}")
        fits = (on_phone <= PHONE_BAR * whole / 100, on_desk <= DESK_BAR * whole / 100)
        drawn.append(DrawnPart(part, round(x, 2), round(width, 2), round(width * share, 2), *fits))
        x += whole
    return tuple(drawn)


def wide(*lines: str) -> float:
    """About how many pixels the widest line takes at 11 px, with the air after it."""
    return max(map(len, lines)) * LETTER + LETTER


# ---------------------------------------------------------------- a clock as a ring

RADIUS: Final = 15
Haste = Literal["", "soon", "late"]


@dataclass(frozen=True)
class Ring:
    """How much of a time is used: lengths of the dash and of the whole ring; `haste` colours it."""

    dash: float
    around: float
    haste: Haste


def ring(*, used: float, haste: Haste = "") -> Ring:
    """Draws the share of a time that is used; less than 0 is drawn as 0 and more than 1 as 1."""
    around = 2 * math.pi * RADIUS
    return Ring(round(around * min(max(used, 0), 1), 1), round(around, 1), haste)
