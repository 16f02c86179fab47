"""The same lists the other way: everyone registered, and every need, as rows of text that can be read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import select

from samskap.integrations.places import place_of_postcode
from samskap.integrations.spreadsheets import write_excel
from samskap.models import Need, Person, Term, Unit, Volunteer, WordKind
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, require, visible
from samskap.services import kinds
from samskap.services.imports.birth import Born
from samskap.services.imports.columns import HEADINGS, Field, Kind
from samskap.services.imports.compare_people import KnownVolunteer
from samskap.services.imports.needs import NeedEntry, Session
from samskap.services.imports.people import Standing
from samskap.services.imports.registered import known_needs, known_volunteers
from samskap.text import MINUTES_A_DAY, Locale, Span, Text, phone, weekday_name
from samskap.workflows.volunteer import VolunteerState

VOLUNTEER_COLUMNS: Final = (
    Field.NUMBER,
    Field.NAME,
    Field.EMAIL,
    Field.PHONE,
    Field.POSTCODE,
    Field.PLACE,
    Field.BORN,
    Field.GIVES,
    Field.INTERESTS,
    Field.WHEN,
    Field.LANGUAGES,
    Field.REMARK,
)
NEED_COLUMNS: Final = (
    Field.NUMBER,
    Field.AREA,
    Field.TITLE,
    Field.TASK,
    Field.POSTCODE,
    Field.PLACE,
    Field.WHEN,
    Field.HOW_OFTEN,
    Field.COUNT,
    Field.UNIT,
)
SHEETS: Final[Mapping[Kind, Text]] = {
    Kind.VOLUNTEERS: Text(nb="Frivillige", nn="Frivillige", en="Volunteers"),
    Kind.NEEDS: Text(nb="Behov", nn="Behov", en="Needs"),
}
STANDINGS: Final[Mapping[Standing, Text]] = {
    Standing.LEFT: Text(nb="sluttet", nn="slutta", en="has left"),
    Standing.PAUSED: Text(nb="pause", nn="pause", en="on a break"),
}
LEVELS: Final[Mapping[int, Text]] = {
    1: Text(nb="litt {language}", nn="litt {language}", en="a little {language}"),
    2: Text(nb="godt {language}", nn="godt {language}", en="good {language}"),
}
WISHED: Final = Text(nb="helst {times}", nn="helst {times}", en="preferably {times}")
AND: Final = Text(nb=" og ", nn=" og ", en=" and ")
Labels = Mapping[tuple[WordKind, str], Text]


def exported(db: TenantSession, actor: Actor, kind: Kind, locale: Locale) -> bytes:
    """Every volunteer or need that the actor may export, as the bytes of an .xlsx file in which every cell is text."""
    require(actor, Can.EXPORT_LISTS)
    columns = VOLUNTEER_COLUMNS if kind is Kind.VOLUNTEERS else NEED_COLUMNS
    labels = {heading.field: heading.label for heading in HEADINGS[kind]}
    rows = _volunteers(db, actor, locale) if kind is Kind.VOLUNTEERS else _needs(db, actor, locale)
    return write_excel(SHEETS[kind].say(locale), [labels[field].say(locale) for field in columns], rows)


# ---------------------------------------------------------------- volunteers


def _volunteers(db: TenantSession, actor: Actor, locale: Locale) -> Iterator[list[str]]:
    query = select(Volunteer.id, Person.address_protected).join(Person, Person.id == Volunteer.id)
    seen = visible(actor, Can.SEE_VOLUNTEERS, Volunteer), Volunteer.state != VolunteerState.SIGNING_UP
    protected = {row.id: row.address_protected for row in db.execute(query.where(*seen))}
    labels = _labels(db)
    for known in known_volunteers(db):
        if known.id in protected:
            yield _volunteer(known, labels, locale, protected=protected[known.id])


def _labels(db: TenantSession) -> Labels:
    return {(term.kind, term.key): Text(nb=term.nb, nn=term.nn, en=term.en) for term in db.scalars(select(Term))}


def _volunteer(known: KnownVolunteer, labels: Labels, locale: Locale, *, protected: bool) -> list[str]:
    """One row. Where somebody with a protected address lives is never exported, not even the postcode."""
    entry = known.entry
    code = "" if protected else entry.postcode or ""
    resources = [labels[WordKind.RESOURCE, key].say(locale) for key in sorted(entry.resources)]
    interests = [labels[WordKind.INTEREST, key].say(locale) for key in sorted(entry.interests)]
    languages = [_language(labels[WordKind.LANGUAGE, key].say(locale), level, locale) for key, level in entry.languages]
    free = weekly_in_list(entry.free.spans() if entry.free else (), locale)
    wished = weekly_in_list(entry.preferred.spans() if entry.preferred else (), locale)
    when = [free, WISHED.say(locale, times=wished) if wished else ""]
    return [
        str(known.id),
        entry.name,
        entry.email or "",
        phone(entry.phone) if entry.phone else "",
        code,
        _town(code),
        born_in_list(entry.born),
        "; ".join([*resources, *entry.own_words]),
        "; ".join(interests),
        "; ".join(filter(None, when)),
        ", ".join(languages),
        STANDINGS[entry.standing].say(locale) if entry.standing else "",
    ]


def _language(label: str, level: int, locale: Locale) -> str:
    return LEVELS[level].say(locale, language=label) if level in LEVELS else label


def _town(code: str) -> str:
    known = place_of_postcode(code)
    return known.town if known else ""


def born_in_list(born: Born | None) -> str:
    """A birth date as lists have it: "14.02.1960", or the year alone."""
    if born is None:
        return ""
    return f"{born.day:%d.%m.%Y}" if born.day else str(born.year)


# ---------------------------------------------------------------- needs


def _needs(db: TenantSession, actor: Actor, locale: Locale) -> Iterator[list[str]]:
    mine = set(db.scalars(select(Need.id).where(visible(actor, Can.SEE_NEED, Need))))
    units = {unit.id: unit.name for unit in db.execute(select(Unit.id, Unit.name))}
    for known in known_needs(db):
        if known.id in mine:
            yield _need(known.id, known.entry, units, locale)


def _need(ident: int, entry: NeedEntry, units: Mapping[int, str], locale: Locale) -> list[str]:
    sector = kinds.sector(kinds.kind(entry.kind).sector)
    code = entry.postcode or ""
    count = f"{entry.minimum}-{entry.wanted}" if entry.minimum > 1 else str(entry.wanted)
    return [
        str(ident),
        sector.label.say(locale),
        entry.title,
        entry.task,
        code,
        _town(code),
        windows_in_list(entry, locale),
        entry.how_often,
        count,
        units.get(entry.unit_id or 0, ""),
    ]


def windows_in_list(entry: NeedEntry, locale: Locale) -> str:
    """The wanted times as a list has them: each for itself, joined by “og” where all of them are wanted."""
    weekly = [weekly_in_list([span], locale) for span in entry.weekly]
    sessions = [session_in_list(session) for session in entry.sessions if session.end <= MINUTES_A_DAY]
    return (AND.say(locale) if entry.all_of_them else "; ").join(filter(None, [*weekly, *sessions]))


def session_in_list(session: Session) -> str:
    """A dated session as a list has it: "14.12.2026 17–21"."""
    return f"{session.day:%d.%m.%Y} {_hours(session.start, session.end)}"


# ---------------------------------------------------------------- times


def weekly_in_list(spans: Iterable[Span], locale: Locale) -> str:
    """Spans of the week as times.py reads them, to the minute: "mandag, onsdag 9–12, 17–19; lørdag 0–24"."""
    by_day: dict[int, list[str]] = defaultdict(list)
    for start, end in spans:
        for day in range(start // MINUTES_A_DAY, (end - 1) // MINUTES_A_DAY + 1):
            midnight = day * MINUTES_A_DAY
            by_day[day].append(_hours(max(start - midnight, 0), min(end - midnight, MINUTES_A_DAY)))
    lines: dict[str, list[int]] = defaultdict(list)
    for day in sorted(by_day):
        lines[", ".join(by_day[day])].append(day)
    return "; ".join(f"{_days(days, locale)} {hours}" for hours, days in lines.items())


def _days(days: Sequence[int], locale: Locale) -> str:
    return ", ".join(weekday_name(day, locale=locale) for day in days)


def _hours(start: int, end: int) -> str:
    return f"{_clock(start)}–{_clock(end)}"


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour}.{minute:02}" if minute else str(hour)
