"""The plain records that facts are loaded from: what one row of a volunteer and of a need says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from matching.place import Place
from matching.times import Window
from matching.week import Span, Week

TRAVEL = ("foot", "bicycle", "transit", "car")
"""Ways of travelling; a column holds the number in this order."""
REMOTE = frozenset({"phone", "online"})
"""Modes of a need that take no travel."""
LEVELS = 3
"""Languages are known a little (1), well enough to talk together (2) or well (3)."""
ASKED = 4
"""How many of the latest asks are kept per volunteer."""
_NOTHING: frozenset[str] = frozenset()
_NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Hold:
    """Time that a running assignment takes, and where; `place` None when it is unknown, on the phone or online."""

    window: Window
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class VolunteerFacts:
    """What one volunteer's row says. `human` is 1 to 2³¹-1; two records with one `human` are one person."""

    id: int
    human: int
    municipality: str
    reach_m: int
    capacity: int
    """New assignments that he or she can take on today."""
    active: bool = True
    paused: bool = False
    ready: bool = False
    """Made ready by a coordinator (state ready or active); from registration on False."""
    place: Place | None = None
    travel: str = "car"
    running: int = 0
    minutes_left: int | None = None
    """Minutes a week still free for new assignments; None when no limit was given."""
    available: Week | tuple[Span, ...] = Week()
    preferred: Week = Week()
    away: tuple[tuple[date, date], ...] = ()
    """First and last date of each absence; keeps dated sessions away, not weekly windows."""
    holds: tuple[Hold, ...] = ()
    skills: frozenset[str] = _NOTHING
    wants: frozenset[str] = _NOTHING
    """Skills that he or she would like to learn or do."""
    interests: frozenset[str] = _NOTHING
    languages: Mapping[str, int] = field(default_factory=dict)
    """Language to level, 1 to 3."""
    experience: frozenset[str] = _NOTHING
    experience_shared: bool = False
    """Consent to use like experience in matching; without it the experience is never loaded."""
    clearances: frozenset[str] = _NOTHING
    """Requirements met; a key stands for person × role, so it has no expiry clock."""
    clearance_ends: tuple[tuple[str, date], ...] = ()
    """Only for `reference/1`: last day that each certificate holds."""
    gender: str | None = None
    meets: str | None = None
    """Own wish: only a recipient of this gender."""
    birth_date: date | None = None
    kinds_declined: frozenset[str] = _NOTHING
    modes_declined: frozenset[str] = _NOTHING
    blocks: frozenset[int] = _NOBODY
    """Humans that this volunteer will not meet."""
    meet_again: frozenset[int] = _NOBODY
    """Humans met before whom this volunteer wishes to meet again."""
    ended_badly: frozenset[int] = _NOBODY
    """Recipients (humans) with whom an assignment ended badly."""
    needs_declined: frozenset[int] = _NOBODY
    """Ids of needs already said no to."""
    open_offers: int = 0
    asked: tuple[date, ...] = ()
    """Days of the latest asks; the four newest are kept."""
    idle_since: date | None = None
    """Last day of an ask or a meeting, else the day of registration."""
    never_asked: bool = False


@dataclass(frozen=True, kw_only=True)
class NeedFacts:
    """What one need's row says. `human` is the recipient, 0 for a group or an institution."""

    id: int
    human: int
    municipality: str
    kind: str
    sector: str = ""
    mode: str = "home"
    """home, outdoors, institution, phone or online; phone and online need no travel."""
    one_to_one: bool = True
    neighbours: frozenset[str] = _NOTHING
    """Municipalities whose volunteers are agreed to be welcome."""
    anywhere: bool = False
    """Only for `reference/1`: volunteers of any municipality are welcome."""
    place: Place | None = None
    skills_required: frozenset[str] = _NOTHING
    skills_preferred: frozenset[str] = _NOTHING
    interests: frozenset[str] = _NOTHING
    languages: Mapping[str, int] = field(default_factory=dict)
    """Language to lowest level; one of them is enough, none asked when empty."""
    experience: frozenset[str] = _NOTHING
    experience_shared: bool = False
    clearances: frozenset[str] = _NOTHING
    """Requirements that the legal basis of the task calls for."""
    gender_wish: str | None = None
    """The recipient's recorded wish for the volunteer's gender."""
    recipient_gender: str | None = None
    age_min: int | None = None
    age_max: int | None = None
    times: Literal["none", "any", "all"] = "none"
    """Whether one window is enough, all are needed, or the time is agreed later."""
    windows: tuple[Window, ...] = ()
    minutes_per_week: int = 0
    wanted: int = 1
    """Seats still to fill; 0 where nobody is sought now."""
    minimum: int = 1
    """Fewer than this is no cover: nobody is sent; 1 or more."""
    urgency: int = 3
    """1 to 5."""
    waiting_since: date | None = None
    """The day it was published; None where waiting does not count."""
    consent: bool = False
    """The recipient's consent is on file; not asked when `human` is 0."""
    owner: int = 0
    """The human whose case this is (the professional who posted it); 0 for nobody."""
    blocks: frozenset[int] = _NOBODY
    meet_again: frozenset[int] = _NOBODY
    gives: frozenset[str] = _NOTHING
    """Skills of the recipient that others may learn from or enjoy."""
    wants: frozenset[str] = _NOTHING
    """Skills that the recipient would like to learn or do."""
    duplicate: bool = False
    """Only for `reference/1`: the same need stands elsewhere."""
