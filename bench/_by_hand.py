"""The standard book written out by hand twice: as bare NumPy, and as a loop over plain objects. Only for comparison."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import Facts, NeedFacts, VolunteerFacts, Weekly
from matching.loading import day_number, ymd
from matching.place import chord_m, earth_centred_cm

SPEEDS = {"foot": 4, "bicycle": 12, "transit": 20, "car": 40}


@dataclass(frozen=True)
class Answer:
    """Which rules refuse whom, one bit per rule, and the eligible in order with their points."""

    refused: NDArray[np.uint32]
    order: NDArray[np.int64]
    points: NDArray[np.int64]


def arrays(facts: Facts) -> dict[str, NDArray[Any]]:
    """The same columns that the engine reads, as bare arrays."""
    bare = {name: facts.volunteers.read(name) for name in facts.volunteers.columns() if name in facts.volunteers}
    held = {f"held_{name}": facts.held.read(name) for name in ("owner", "start", "end", "earth_cm", "placed")}
    return {
        **bare,
        **held,
        "speed": np.array(list(SPEEDS.values()), dtype=np.float64),
        "preferred_owner": facts.preferred.owner,
        "preferred_week": facts.preferred.week,
        "wants_owner": facts.volunteer_wants.owner,
        "wants_words": facts.volunteer_wants.words,
        "blocks_owner": facts.volunteer_blocks.owner,
        "blocks_other": facts.volunteer_blocks.other,
        "declined_owner": facts.declined.owner,
        "declined_other": facts.declined.other,
    }


def question(facts: Facts, need: NeedFacts, today: Any) -> dict[str, Any]:
    """One need as bare numbers."""
    row, words = facts.needs.row(need.id), facts.words
    view = facts.needs.shown(slice(row, row + 1))
    place = earth_centred_cm([need.place.lat], [need.place.lon]) if need.place else np.zeros((3, 1), dtype=np.int32)
    names = (
        "skills_required",
        "skills_preferred",
        "interests",
        "languages",
        "experience",
        "clearances",
        "gives",
        "wants",
    )
    return {
        **{name: view.read(name)[:, 0] for name in (*names, "kind_word", "mode_word")},
        "id": need.id,
        "human": need.human,
        "owner": need.owner,
        "codes": [words.municipality.bit[each] for each in sorted({need.municipality, *need.neighbours})],
        "own": words.municipality.bit[need.municipality],
        "remote": need.mode in ("phone", "online"),
        "calls_for_ready": (need.one_to_one and need.mode == "home") or bool(need.clearances),
        "place": place,
        "minutes": need.minutes_per_week,
        "age_min": need.age_min,
        "wish": None if need.gender_wish is None else words.gender.bit[need.gender_wish],
        "recipient": -1 if need.recipient_gender is None else words.gender.bit[need.recipient_gender],
        "windows": [(each.start, each.end) for each in need.windows if isinstance(each, Weekly)],
        "consent": need.consent,
        "today": day_number(today),
        "ymd": ymd(today),
    }


def _some(words: NDArray[Any], asked: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray((words & asked[:, None]).any(axis=0) if len(asked) > 1 else (words[0] & asked[0]) != 0)


def with_numpy(v: Mapping[str, NDArray[Any]], q: Mapping[str, Any]) -> Answer:  # noqa: C901 - written out on purpose
    """Rules in the standard book's order, each a line or three."""
    n = len(v["id"])
    refused = np.zeros(n, dtype=np.uint32)

    def refuse(rule: int, who: Any) -> None:
        np.bitwise_or(refused, who * np.uint32(1 << rule), out=refused)

    def refuse_rows(rule: int, rows: Any) -> None:
        refused[rows] |= np.uint32(1 << rule)

    refuse(0, v["paused"] | ~v["active"])
    refuse(1, v["capacity"] <= 0)
    refuse(2, (v["minutes_left"] < q["minutes"]) & (v["minutes_left"] >= 0))
    refuse(3, v["human"] == q["human"])
    refuse_rows(4, np.searchsorted(v["id"], v["blocks_owner"][v["blocks_other"] == q["human"]]))
    if q["owner"]:
        refuse(6, v["human"] == q["owner"])
    welcome = v["municipality"] == q["codes"][0]
    for code in q["codes"][1:]:
        welcome |= v["municipality"] == code
    refuse(7, ~welcome)
    metres = chord_m(v["earth_cm"], q["place"])
    if not q["remote"]:
        near = (metres <= v["reach_m"]) & (metres <= 60_000)
        refuse(8, ~np.where(v["placed"], near, v["municipality"] == q["own"]))
    if q["skills_required"].any():
        refuse(9, (v["skills"][0] & q["skills_required"][0]) != q["skills_required"][0])
    if q["languages"].any():
        refuse(10, ~_some(v["languages"], q["languages"]))
    if q["clearances"].any():
        refuse(11, (v["clearances"][0] & q["clearances"][0]) != q["clearances"][0])
    if q["calls_for_ready"]:
        refuse(12, ~v["ready"])
    known = v["birth_ymd"] >= 0
    age = (q["ymd"] - v["birth_ymd"]) // 10_000
    refuse(13, known & (age < 18))
    if q["age_min"] is not None:
        refuse(14, ~known | (age < q["age_min"]))
    if q["wish"] is not None:
        refuse(15, v["gender"] != q["wish"])
    refuse(16, (v["meets"] >= 0) & (v["meets"] != q["recipient"]))
    refuse(17, _some(v["kinds_declined"], q["kind_word"]) | _some(v["modes_declined"], q["mode_word"]))
    free = np.ones((len(q["windows"]), n), dtype=np.bool_)
    weeks = [_week(start, end) for start, end in q["windows"]]
    for option, week in enumerate(weeks):
        for word in np.flatnonzero(week):
            free[option] &= (v["week"][word] & week[word]) == week[word]
    any_free = free.any(axis=0)
    refuse(18, ~any_free)
    clash, late = _meetings(v, q, free, any_free)
    refuse_rows(19, clash)
    refuse_rows(20, late)
    refuse(21, v["open_offers"] >= 2)
    refuse(22, v["asked_day"][2] > q["today"] - 30)
    if not q["consent"]:
        refuse_rows(23, slice(None))
    refuse_rows(24, np.searchsorted(v["id"], v["declined_owner"][v["declined_other"] == q["id"]]))
    rows = np.flatnonzero(refused == 0)
    points, tie = _points(v, q, rows, metres[rows], free[:, rows], weeks)
    order = np.lexsort((-tie, -points))
    return Answer(refused, rows[order], points[order])


def _week(start: int, end: int) -> NDArray[np.uint16]:
    bits = ((1 << (-(-end // 30) - start // 30)) - 1) << start // 30
    return np.frombuffer(bits.to_bytes(42, "little"), dtype="<u2")


def _meetings(v: Mapping[str, Any], q: Mapping[str, Any], free: Any, any_free: Any) -> tuple[Any, Any]:
    """Who is left without an alternative by an overlap, and who by too little time to travel."""
    overlap, tight = np.zeros_like(free), np.zeros_like(free)
    for option, (start, end) in enumerate(q["windows"]):
        for shift in (-10_080, 0, 10_080):
            if start + shift >= 10_380 or end + shift <= -300:
                continue
            h = np.flatnonzero((v["held_start"] < end + shift + 300) & (v["held_end"] > start + shift - 300))
            if not len(h):
                continue
            gap = np.maximum(start + shift - v["held_end"][h], v["held_start"][h] - end - shift)
            row = np.searchsorted(v["id"], v["held_owner"][h])
            overlap[option, row[gap < 0]] = True
            if q["remote"]:
                continue
            metres = chord_m(v["held_earth_cm"][:, h], q["place"])
            needed = np.minimum(np.ceil(metres * 60 / (v["speed"][v["travel"][row]] * 1000)) + 10, 240)
            short = v["held_placed"][h] & (metres > 0) & (gap >= 0) & (gap < needed)
            tight[option, row[short]] = True
    rows = np.flatnonzero(overlap.any(axis=0) | tight.any(axis=0))
    left = (free[:, rows] | ~any_free[rows]) & ~overlap[:, rows]
    clash = ~left.any(axis=0)
    return rows[clash], rows[~(left & ~tight[:, rows]).any(axis=0) & ~clash]


def _points(v: Mapping[str, Any], q: Mapping[str, Any], rows: Any, metres: Any, free: Any, weeks: Any) -> Any:
    count = np.bitwise_count
    ids = v["id"][rows]
    asked = int(count(q["skills_preferred"]).sum())
    skills = v["skills"][:, rows]
    points = 220 * count(skills & q["skills_preferred"][:, None]).sum(axis=0, dtype=np.int64) // max(asked, 1)
    if not q["remote"]:
        nearness = 200 * np.clip(20_000 - metres.astype(np.int64), 0, 20_000) // 20_000
        points += np.where(v["placed"][rows], nearness, 0)
    common = count(v["interests"][:, rows] & q["interests"][:, None]).sum(axis=0, dtype=np.int64)
    points += 140 * np.minimum(common, 3) // 3
    points += 100 * _some(v["experience"][:, rows], q["experience"])
    if len(v["wants_owner"]) and len(rows):
        at = np.minimum(np.searchsorted(v["wants_owner"], ids), len(v["wants_owner"]) - 1)
        gets = (v["wants_owner"][at] == ids) & _some(v["wants_words"][:, at], q["gives"])
        points += 60 * (gets & _some(skills, q["wants"]))
    idle = np.maximum(q["today"] - v["idle_since_day"][rows].astype(np.int64), 0)
    never = v["never_asked"][rows]
    points += 45 * never + 45 * idle // (idle + 60)
    points += 40 * (4 - np.minimum(v["running"][rows].astype(np.int64), 4)) // 4
    if len(v["preferred_owner"]) and len(rows):
        at = np.minimum(np.searchsorted(v["preferred_owner"], ids), len(v["preferred_owner"]) - 1)
        best = np.zeros(len(rows), dtype=np.bool_)
        for option, week in enumerate(weeks):
            inside = np.ones(len(rows), dtype=np.bool_)
            for word in np.flatnonzero(week):
                inside &= (v["preferred_week"][word, at] & week[word]) == week[word]
            best |= inside & free[option]
        points += 50 * (best & (v["preferred_owner"][at] == ids))
    return points, idle + (never.astype(np.int64) << 20)


def with_objects(volunteers: list[VolunteerFacts], need: NeedFacts, today: Any) -> list[tuple[int, int, list[int]]]:
    """(-points, id, rules that refuse) of every volunteer, the eligible first and in order."""
    answers = [(volunteer, _refusals(volunteer, need, today)) for volunteer in volunteers]
    eligible = [
        (_object_points(volunteer, need, today), volunteer, refusals) for volunteer, refusals in answers if not refusals
    ]
    eligible.sort(key=lambda each: (-each[0][0], -each[0][1], each[1].id))
    ordered = [(-points, volunteer.id, refusals) for (points, _), volunteer, refusals in eligible]
    return ordered + [(0, volunteer.id, refusals) for volunteer, refusals in answers if refusals]


def _metres(a: Any, b: Any) -> int | None:
    """A haversine, as such loops have it: one line, near enough for comparing time."""
    if a is None or b is None:
        return None
    p, q = math.radians(a.lat), math.radians(b.lat)
    h = math.sin((q - p) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return int(2 * 6_371_008.8 * math.asin(math.sqrt(h)) + 0.5)


def _refusals(v: VolunteerFacts, need: NeedFacts, today: Any) -> list[int]:  # noqa: C901 - it is what is compared with
    refused = []
    if not v.active or v.paused:
        refused.append(0)
    if v.capacity <= 0:
        refused.append(1)
    if v.minutes_left is not None and v.minutes_left < need.minutes_per_week:
        refused.append(2)
    if need.human and v.human == need.human:
        refused.append(3)
    if need.human in v.blocks or v.human in need.blocks:
        refused.append(4)
    if need.human in v.ended_badly:
        refused.append(5)
    if need.owner and v.human == need.owner:
        refused.append(6)
    if v.municipality != need.municipality and v.municipality not in need.neighbours:
        refused.append(7)
    if need.mode not in ("phone", "online"):
        metres = _metres(v.place, need.place)
        if metres is None:
            if v.municipality != need.municipality:
                refused.append(8)
        elif metres > v.reach_m or metres > 60_000:
            refused.append(8)
    if not need.skills_required <= v.skills:
        refused.append(9)
    if need.languages and not any(v.languages.get(code, 0) >= level for code, level in need.languages.items()):
        refused.append(10)
    if not need.clearances <= v.clearances:
        refused.append(11)
    if not v.ready and ((need.one_to_one and need.mode == "home") or need.clearances):
        refused.append(12)
    born = v.birth_date
    age = None if born is None else today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age is not None and age < 18:
        refused.append(13)
    if (need.age_min is not None and (age is None or age < need.age_min)) or (
        need.age_max is not None and (age is None or age > need.age_max)
    ):
        refused.append(14)
    if need.gender_wish is not None and v.gender != need.gender_wish:
        refused.append(15)
    if v.meets is not None and v.meets != need.recipient_gender:
        refused.append(16)
    if need.kind in v.kinds_declined or need.mode in v.modes_declined:
        refused.append(17)
    refused += _time_refusals(v, need)
    if v.open_offers >= 2:
        refused.append(21)
    if sum((today - day).days < 30 for day in v.asked) >= 3:
        refused.append(22)
    if need.human and not need.consent:
        refused.append(23)
    if need.id in v.needs_declined:
        refused.append(24)
    return refused


def _time_refusals(v: VolunteerFacts, need: NeedFacts) -> list[int]:
    free = [window for window in need.windows if v.available.has(window.start, window.end)]  # type: ignore[union-attr]
    refused = [] if free else [18]
    states = [_state(v, need, window) for window in free or need.windows]
    if "free" in states:
        return refused
    return [*refused, 20 if "tight" in states else 19]


def _state(v: VolunteerFacts, need: NeedFacts, window: Any) -> str:
    state = "free"
    for hold in v.holds:
        for shift in (-10_080, 0, 10_080):
            gap = max(window.start + shift - hold.window.end, hold.window.start - window.end - shift)  # type: ignore[union-attr]
            if gap < 0:
                return "taken"
            metres = None if need.mode in ("phone", "online") else _metres(hold.place, need.place)
            if metres and gap < min(math.ceil(metres * 60 / (SPEEDS[v.travel] * 1000)) + 10, 240):
                state = "tight"
    return state


def _object_points(v: VolunteerFacts, need: NeedFacts, today: Any) -> tuple[int, int]:
    points = 220 * len(v.skills & need.skills_preferred) // max(len(need.skills_preferred), 1)
    metres = None if need.mode in ("phone", "online") else _metres(v.place, need.place)
    if metres is not None:
        points += 200 * max(20_000 - metres, 0) // 20_000
    points += 140 * min(len(v.interests & need.interests), 3) // 3
    if v.experience_shared and need.experience_shared and v.experience & need.experience:
        points += 100
    if v.skills & need.wants and v.wants & need.gives:
        points += 60
    idle = (today - v.idle_since).days if v.idle_since else 0
    points += 45 * v.never_asked + 45 * idle // (idle + 60)
    points += 40 * (4 - min(v.running, 4)) // 4
    if any(v.preferred.has(each.start, each.end) and v.available.has(each.start, each.end) for each in need.windows):  # type: ignore[union-attr]
        points += 50
    return points, idle + (v.never_asked << 20)
