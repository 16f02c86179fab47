"""From records to arrays: each function here turns one kind of value into one kind of column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from matching.place import Place, earth_centred_cm
from matching.records import ASKED, LEVELS, REMOTE, TRAVEL, NeedFacts, VolunteerFacts
from matching.terms import Vocabulary, Words, words_of
from matching.times import Dated, Window, instants_min, local_days, week_spans
from matching.week import HALF_HOURS, Span, Week, merged

Fields = Mapping[str, Sequence[Any]]
Columns = dict[str, NDArray[Any]]

UNKNOWN = -1
NO_LIMIT = -1
LOWEST_AGE, HIGHEST_AGE = -32768, 32767
_WEEK_BYTES = HALF_HOURS // 8
_EPOCH = date(1970, 1, 1).toordinal()
_WIDEST = 2**53
_OLDEST = 9_999
_LAST_ID = 2**31 - 1


@dataclass(frozen=True)
class Vocabularies:
    """The terms of one municipality's facts; each kind of set has its own."""

    skill: Vocabulary = Vocabulary()
    interest: Vocabulary = Vocabulary()
    language: Vocabulary = Vocabulary()
    experience: Vocabulary = Vocabulary()
    clearance: Vocabulary = Vocabulary()
    kind: Vocabulary = Vocabulary()
    mode: Vocabulary = Vocabulary()
    sector: Vocabulary = Vocabulary()
    municipality: Vocabulary = Vocabulary()
    gender: Vocabulary = Vocabulary()

    def grown(self, volunteers: Fields, needs: Fields) -> Vocabularies:
        """These with every term of the records added; a known term keeps its bit."""
        v, n = volunteers, needs
        return Vocabularies(
            skill=self.skill.grown(
                _sets(v["skills"], v["wants"], n["skills_required"], n["skills_preferred"], n["gives"], n["wants"])
            ),
            interest=self.interest.grown(_sets(v["interests"], n["interests"])),
            language=self.language.grown(
                (f"{code}/{level}" for level in range(1, LEVELS + 1)) for code in _languages(v, n)
            ),
            experience=self.experience.grown(_sets(v["experience"], n["experience"])),
            clearance=self.clearance.grown(
                _sets(v["clearances"], n["clearances"], ([term for term, _ in ends] for ends in v["clearance_ends"]))
            ),
            kind=self.kind.grown(_sets(v["kinds_declined"], [n["kind"]])),
            mode=self.mode.grown(_sets(v["modes_declined"], [n["mode"]])),
            sector=self.sector.grown([n["sector"]]),
            municipality=self.municipality.grown(_sets(n["neighbours"], [v["municipality"], n["municipality"]])),
            gender=self.gender.grown(
                [filter(None, each) for each in (v["gender"], v["meets"], n["gender_wish"], n["recipient_gender"])]
            ),
        )


def _sets(*many: Iterable[Iterable[str]]) -> Iterator[Iterable[str]]:
    for sets in many:
        yield from sets


def _languages(volunteers: Fields, needs: Fields) -> set[str]:
    return {code for levels in (*volunteers["languages"], *needs["languages"]) for code in levels}


def transposed(record: type[VolunteerFacts] | type[NeedFacts], records: Iterable[Any]) -> Fields:
    """One list per field of the records."""
    rows = list(records)
    return {each.name: [getattr(row, each.name) for row in rows] for each in fields(record)}


def complete(record: type[VolunteerFacts] | type[NeedFacts], given: Fields) -> Fields:
    """Every field, sorted by id: those not given have their default. ValueError for what cannot be loaded."""
    known = {each.name: each for each in fields(record)}
    if unknown := sorted(set(given) - set(known)):
        raise ValueError(f"{record.__name__} has no field {unknown[0]}")
    ids = np.array(given["id"], dtype=np.int64)
    order = np.argsort(ids, kind="stable").tolist()
    _check_ids(record.__name__, ids[order])
    _check_humans(record, given["human"])
    whole = {}
    for name, each in known.items():
        values = given.get(name)
        if values is None:
            whole[name] = [_default(record.__name__, each)] * len(ids)
        elif len(values) != len(ids):
            raise ValueError(f"{record.__name__}.{name} has {len(values)} values for {len(ids)} ids")
        else:
            whole[name] = [values[row] for row in order]
    return whole


def _check_ids(of: str, ids: NDArray[np.int64]) -> None:
    if len(ids) and not 0 <= ids[0] <= ids[-1] <= _LAST_ID:
        raise ValueError(f"{of}.id is {ids[0] if ids[0] < 0 else ids[-1]}; it may be 0 to {_LAST_ID}")
    if len(twice := ids[1:][ids[1:] == ids[:-1]]):
        raise ValueError(f"{of}.id {twice[0]} stands twice")


def _check_humans(record: type[VolunteerFacts] | type[NeedFacts], humans: Sequence[int]) -> None:
    """No volunteer is nobody, so that a need of nobody (0) is nobody's own."""
    low = 1 if record is VolunteerFacts else 0
    for human in humans:
        if not low <= human <= _LAST_ID:
            raise ValueError(f"{record.__name__}.human is {human}; it may be {low} to {_LAST_ID}")


def _default(of: str, each: Any) -> Any:
    if each.default is not MISSING:
        return each.default
    if each.default_factory is not MISSING:
        return each.default_factory()
    raise ValueError(f"{of}.{each.name} is missing")


def volunteer_columns(given: Fields, words: Vocabularies, *, degrees: bool) -> Columns:
    """The columns of `Volunteers`."""
    columns = {
        "id": _exactly(given["id"], "<i4"),
        "human": _exactly(given["human"], "<i4"),
        "municipality": _codes(given["municipality"], words.municipality, "<i2"),
        **{name: _flags(given[name]) for name in ("active", "paused", "ready", "never_asked")},
        "reach_m": _whole(given["reach_m"], "<i4"),
        "travel": _exactly([_way(travel) for travel in given["travel"]], "u1"),
        "capacity": _whole(given["capacity"], "<i2"),
        "running": _whole(given["running"], "u1"),
        "minutes_left": _whole([NO_LIMIT if m is None else max(m, 0) for m in given["minutes_left"]], "<i2"),
        "week": weeks([_touched(free) for free in given["available"]]),
        "uneven": _flags([_is_uneven(free) for free in given["available"]]),
        "skills": _words(given["skills"], words.skill),
        "interests": _words(given["interests"], words.interest),
        "languages": _words([_levels(known) for known in given["languages"]], words.language),
        "experience": _words(_shared(given), words.experience),
        "clearances": _words(given["clearances"], words.clearance),
        "kinds_declined": _words(given["kinds_declined"], words.kind),
        "modes_declined": _words(given["modes_declined"], words.mode),
        "gender": _codes(given["gender"], words.gender, "i1"),
        "meets": _codes(given["meets"], words.gender, "i1"),
        "birth_ymd": _exactly([UNKNOWN if day is None else ymd(day) for day in given["birth_date"]], "<i4"),
        "open_offers": _whole(given["open_offers"], "u1"),
        "asked_day": _asked(given["asked"]),
        "idle_since_day": _whole([0 if day is None else day_number(day) for day in given["idle_since"]], "<u2"),
    }
    return columns | _places(given["place"], degrees=degrees)


def need_columns(given: Fields, words: Vocabularies, tz: ZoneInfo, *, degrees: bool) -> Columns:
    """The columns of `Needs`."""
    areas = [{home, *more} for home, more in zip(given["municipality"], given["neighbours"], strict=True)]
    asked = zip(given["times"], given["windows"], strict=True)
    columns = {
        "id": _exactly(given["id"], "<i4"),
        "human": _exactly(given["human"], "<i4"),
        "owner": _exactly(given["owner"], "<i4"),
        "municipality": _codes(given["municipality"], words.municipality, "<i2"),
        "kind": _codes(given["kind"], words.kind, "<i2"),
        "sector": _codes(given["sector"], words.sector, "<i2"),
        "mode": _codes(given["mode"], words.mode, "<i2"),
        "kind_word": _words([[kind] for kind in given["kind"]], words.kind),
        "mode_word": _words([[mode] for mode in given["mode"]], words.mode),
        "remote": _flags([mode in REMOTE for mode in given["mode"]]),
        "at_home": _flags([mode == "home" for mode in given["mode"]]),
        "area": _words(areas, words.municipality),
        **{name: _flags(given[name]) for name in ("one_to_one", "anywhere", "duplicate")},
        "consent": _flags([yes or not human for yes, human in zip(given["consent"], given["human"], strict=True)]),
        **{
            name: _words(given[name], words.skill) for name in ("skills_required", "skills_preferred", "gives", "wants")
        },
        "interests": _words(given["interests"], words.interest),
        "languages": _words([_lowest(asked) for asked in given["languages"]], words.language),
        "experience": _words(_shared(given), words.experience),
        "clearances": _words(given["clearances"], words.clearance),
        "gender_wish": _codes(given["gender_wish"], words.gender, "i1"),
        "recipient_gender": _codes(given["recipient_gender"], words.gender, "i1"),
        "age_min": _ages(given["age_min"], LOWEST_AGE),
        "age_max": _ages(given["age_max"], HIGHEST_AGE),
        "option_count": _exactly([len(options_of(times, windows)) for times, windows in asked], "<i4"),
        "minutes_per_week": _whole(given["minutes_per_week"], "<i4"),
        "wanted": _whole(given["wanted"], "<i2"),
        "minimum": _whole(given["minimum"], "<i2"),
        "urgency": _whole(given["urgency"], "u1"),
        "waiting_since_day": _whole([0 if day is None else day_number(day) for day in given["waiting_since"]], "<u2"),
        "last_day": _exactly([_last_day(windows, tz) for windows in given["windows"]], "<i4"),
    }
    return columns | _places(given["place"], degrees=degrees)


def options_of(times: str, windows: Sequence[Window]) -> tuple[tuple[Window, ...], ...]:
    """The alternatives of a need: one per window, all in one, or none."""
    if times == "none" or not windows:
        return ()
    if times == "all":
        return (tuple(windows),)
    return tuple((window,) for window in windows)


VOLUNTEER_SIDES = (
    "held", "away", "free_minutes", "preferred", "volunteer_wants", "clearance_ends",
    "volunteer_blocks", "volunteer_meets_again", "ended_badly", "declined",
)  # fmt: skip
NEED_SIDES = ("options", "sessions", "need_blocks", "need_meets_again")


def volunteer_sides(given: Fields, words: Vocabularies, tz: ZoneInfo) -> dict[str, Columns]:
    """The side tables that belong to volunteers."""
    ids = given["id"]
    return {
        "held": _held(ids, given["holds"], tz),
        "away": _rows(
            ("owner", "first_day", "last_day"), ("<i4", "<i4", "<i4"),
            ((key, day_number(first), day_number(last)) for key, away in zip(ids, given["away"], strict=True)
             for first, last in away),
        ),
        "free_minutes": _rows(
            ("owner", "start", "end"), ("<i4", "<i2", "<i2"),
            ((key, *span) for key, free in zip(ids, given["available"], strict=True) if _is_uneven(free)
             for span in merged(free)),
        ),
        "preferred": _some(ids, given["preferred"], "week", weeks),
        "volunteer_wants": _some(ids, given["wants"], "words", lambda sets: _words(sets, words.skill)),
        "clearance_ends": _rows(
            ("owner", "term", "last_day"), ("<i4", "<i2", "<i4"),
            ((key, words.clearance.bit[term], day_number(last))
             for key, ends in zip(ids, given["clearance_ends"], strict=True) for term, last in ends),
        ),
        "volunteer_blocks": _links(ids, given["blocks"]),
        "volunteer_meets_again": _links(ids, given["meet_again"]),
        "ended_badly": _links(ids, given["ended_badly"]),
        "declined": _links(ids, given["needs_declined"]),
    }  # fmt: skip


def need_sides(given: Fields, tz: ZoneInfo) -> dict[str, Columns]:
    """The side tables that belong to needs."""
    options, sessions = _options(given, tz)
    return {
        "options": options,
        "sessions": sessions,
        "need_blocks": _links(given["id"], given["blocks"]),
        "need_meets_again": _links(given["id"], given["meet_again"]),
    }


def day_number(day: date) -> int:
    """Days since 1970."""
    return day.toordinal() - _EPOCH


def ymd(day: date) -> int:
    """A date as yyyymmdd: the difference of two, divided by 10000, is the age in whole years."""
    return day.year * 10_000 + day.month * 100 + day.day


def weeks(all_weeks: Sequence[Week]) -> NDArray[Any]:
    """21 words of 16 half hours per week: three words a day."""
    flat = np.frombuffer(b"".join(week.bits.to_bytes(_WEEK_BYTES, "little") for week in all_weeks), dtype="<u2")
    return np.ascontiguousarray(flat.reshape(len(all_weeks), _WEEK_BYTES // 2).T)


def _exactly(values: Iterable[int], dtype: str) -> NDArray[Any]:
    return np.array(list(values), dtype=dtype)


def _flags(values: Iterable[bool]) -> NDArray[np.bool_]:
    return np.array(list(values), dtype=np.bool_)


def _whole(values: Iterable[int], dtype: str) -> NDArray[Any]:
    """Whole numbers in `dtype`, or in 64 bits when one does not fit: wider rather than wrong."""
    wide = np.array([min(max(value, -_WIDEST), _WIDEST) for value in values], dtype=np.int64)
    limits = np.iinfo(dtype)
    fits = not len(wide) or limits.min <= wide.min() <= wide.max() <= limits.max
    return wide.astype(dtype) if fits else wide


def _ages(ages: Iterable[int | None], none: int) -> NDArray[Any]:
    """Whole years; nobody is older than 9999, nor that much younger than nothing."""
    return _exactly([none if age is None else min(max(age, -_OLDEST), _OLDEST) for age in ages], "<i2")


def _codes(values: Iterable[str | None], words: Vocabulary, dtype: str) -> NDArray[Any]:
    return _whole([UNKNOWN if value is None else words.bit[value] for value in values], dtype)


def _words(sets: Sequence[Iterable[str]], words: Vocabulary) -> Words:
    seen: dict[frozenset[str], int] = {}
    masks = []
    for terms in map(frozenset, sets):
        mask = seen.get(terms)
        if mask is None:
            mask = seen[terms] = words.mask(terms)
        masks.append(mask)
    return words_of(masks, len(words))


def _levels(known: Mapping[str, int]) -> list[str]:
    return [f"{code}/{level}" for code, best in known.items() for level in range(1, _level(code, best) + 1)]


def _lowest(asked: Mapping[str, int]) -> list[str]:
    return [f"{code}/{_level(code, level)}" for code, level in asked.items()]


def _level(code: str, level: int) -> int:
    if not 1 <= level <= LEVELS:
        raise ValueError(f"The level of language {code} is {level}; it may be 1 to {LEVELS}")
    return level


def _way(travel: str) -> int:
    if travel not in TRAVEL:
        raise ValueError(f"VolunteerFacts.travel is {travel!r}; it may be {', '.join(TRAVEL[:-1])} or {TRAVEL[-1]}")
    return TRAVEL.index(travel)


def _shared(given: Fields) -> list[frozenset[str]]:
    """Experience of those who consent; nobody else's is loaded."""
    return [
        terms if yes else frozenset()
        for terms, yes in zip(given["experience"], given["experience_shared"], strict=True)
    ]


def _touched(free: Week | tuple[Span, ...]) -> Week:
    return free if isinstance(free, Week) else Week.touching(free)


def _is_uneven(free: Week | tuple[Span, ...]) -> bool:
    return not isinstance(free, Week) and any(minute % 30 for span in merged(free) for minute in span)


def _asked(asked: Sequence[Sequence[date]]) -> NDArray[Any]:
    days = np.zeros((ASKED, len(asked)), dtype="<u2")
    for row, latest in enumerate(asked):
        for number, day in enumerate(sorted(latest, reverse=True)[:ASKED]):
            days[number, row] = day_number(day)
    return days


def _places(places: Sequence[Place | None], *, degrees: bool) -> Columns:
    nowhere = (float("nan"), float("nan"))
    both = np.array([nowhere if at is None else (at.lat, at.lon) for at in places], dtype=np.float64).reshape(-1, 2).T
    columns: Columns = {"placed": ~np.isnan(both[0]), "earth_cm": earth_centred_cm(both[0], both[1])}
    return columns | {"degrees": np.ascontiguousarray(both)} if degrees else columns


def _rows(names: Sequence[str], dtypes: Sequence[str], rows: Iterable[tuple[int, ...]]) -> Columns:
    turned = list(zip(*rows, strict=True)) or [()] * len(names)
    return {name: np.array(values, dtype=dtype) for name, dtype, values in zip(names, dtypes, turned, strict=True)}


def _links(ids: Sequence[int], others: Sequence[Iterable[int]]) -> Columns:
    pairs = ((key, other) for key, many in zip(ids, others, strict=True) for other in sorted(many))
    return _rows(("owner", "other"), ("<i4", "<i4"), pairs)


def _some(ids: Sequence[int], values: Sequence[Any], name: str, columns: Any) -> Columns:
    """A side table of those whose value is not empty."""
    owners = [key for key, value in zip(ids, values, strict=True) if value]
    return {"owner": _exactly(owners, "<i4"), name: columns([value for value in values if value])}


def _moment(window: Window) -> tuple[int, int, int]:
    return (1, *instants_min(window)) if isinstance(window, Dated) else (0, 0, 0)


def _held(ids: Sequence[int], holds: Sequence[Iterable[Any]], tz: ZoneInfo) -> Columns:
    each = [
        (key, span, _moment(hold.window), hold.place)
        for key, many in zip(ids, holds, strict=True)
        for hold in many
        for span in week_spans(hold.window, tz)
    ]
    columns = _rows(
        ("owner", "start", "end", "dated", "begins_min", "ends_min"), ("<i4", "<i2", "<i2", "?", "<i4", "<i4"),
        ((key, *span, *moment) for key, span, moment, _ in each),
    )  # fmt: skip
    return columns | _places([place for *_, place in each], degrees=False)


def _options(given: Fields, tz: ZoneInfo) -> tuple[Columns, Columns]:
    owners, numbers, touched, sessions = [], [], [], []
    for key, times, windows in zip(given["id"], given["times"], given["windows"], strict=True):
        for number, option in enumerate(options_of(times, windows)):
            spans = [(window, span) for window in option for span in week_spans(window, tz)]
            owners.append(key)
            numbers.append(number)
            touched.append(Week.touching(span for _, span in spans))
            sessions += [(key, number, *span, *_moment(window), *_days(window, tz)) for window, span in spans]
    return (
        {"owner": _exactly(owners, "<i4"), "option": _exactly(numbers, "<i2"), "week": weeks(touched)},
        _rows(
            ("owner", "option", "start", "end", "dated", "begins_min", "ends_min", "first_day", "last_day"),
            ("<i4", "<i2", "<i2", "<i2", "?", "<i8", "<i8", "<i4", "<i4"),
            sessions,
        ),
    )


def _days(window: Window, tz: ZoneInfo) -> tuple[int, int]:
    if not isinstance(window, Dated):
        return UNKNOWN, UNKNOWN
    first, last = local_days(window, tz)
    return day_number(first), day_number(last)


def _last_day(windows: Iterable[Window], tz: ZoneInfo) -> int:
    return max((_days(window, tz)[1] for window in windows), default=UNKNOWN)
