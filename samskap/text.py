"""Sentences, dates, distances and names as people write them, in nb, nn and en; nothing here reads the clock."""

from __future__ import annotations

import math
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final, Literal, Self, get_args
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale as BabelLocale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

Locale = Literal["nb", "nn", "en"]
Gender = Literal["masculine", "feminine", "neuter"]
Link = Literal["and", "or"]

LOCALES: Final[tuple[Locale, ...]] = get_args(Locale)
LOCALE_NAMES: Final[Mapping[Locale, str]] = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
OSLO: Final = ZoneInfo("Europe/Oslo")
MINUTES_A_DAY: Final = 24 * 60
MINUTES_A_WEEK: Final = 7 * MINUTES_A_DAY

_BABEL: Final[Mapping[Locale, BabelLocale]] = {
    "nb": BabelLocale.parse("nb"),
    "nn": BabelLocale.parse("nn"),
    "en": BabelLocale.parse("en_GB"),
}


def as_locale(code: str | None, *, default: Locale = "nb") -> Locale:
    """Give the locale that a code such as "nn", "nn-NO" or "en_GB" stands for, or the default."""
    short = (code or "").replace("_", "-").split("-")[0].lower()
    return next((locale for locale in LOCALES if locale == short), "nb" if short == "no" else default)


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in the three languages; ValueError when one is empty or names other values than the rest."""

    nb: str
    nn: str
    en: str

    def __post_init__(self) -> None:
        for locale in LOCALES:
            if not getattr(self, locale).strip():
                raise ValueError(f"Text without {locale}: {self.nb!r}")
        if len({_fields(getattr(self, locale)) for locale in LOCALES}) > 1:
            raise ValueError(f"Text whose languages name different values: {self.nb!r}, {self.nn!r}, {self.en!r}")

    @classmethod
    def of(cls, table: Mapping[str, str]) -> Self:
        """Read the keys nb, nn and en of a table from a data file; KeyError when one is missing."""
        return cls(nb=table["nb"], nn=table["nn"], en=table["en"])

    def say(self, locale: Locale, /, **values: object) -> str:
        """Give the sentence in one language, with its values filled in; KeyError when a value is missing."""
        sentence: str = getattr(self, locale)
        return sentence.format(**values) if values or "{" in sentence else sentence


def _fields(sentence: str) -> frozenset[str]:
    return frozenset(name.split(".")[0] for _, name, _, _ in string.Formatter().parse(sentence) if name)


# ---------------------------------------------------------------- dates and times


def oslo(moment: datetime) -> datetime:
    """Give the same instant on the wall clock in Oslo; ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(OSLO)


def today(now: datetime) -> date:
    """Give the date in Oslo at the instant `now`."""
    return oslo(now).date()


def weekday_name(day: date | int, *, locale: Locale) -> str:
    """Write the name of a weekday ("tirsdag", "tysdag", "Tuesday"); a number counts from Monday = 0."""
    number = day if isinstance(day, int) else day.weekday()
    return str(_BABEL[locale].days["format"]["wide"][number])


def short_weekday_name(day: date | int, *, locale: Locale) -> str:
    """Write the two first letters of a weekday with a capital ("Ti", "Ty", "Tu")."""
    return weekday_name(day, locale=locale)[:2].capitalize()


def date_with_year(day: date, *, locale: Locale) -> str:
    """Write "2. mars 2027" or "2 March 2027"."""
    return format_date(day, "d MMMM y" if locale == "en" else "d. MMMM y", locale=_BABEL[locale])


def date_without_year(day: date, *, locale: Locale) -> str:
    """Write "2. mars" or "2 March"."""
    return format_date(day, "d MMMM" if locale == "en" else "d. MMMM", locale=_BABEL[locale])


def plain_date(day: date, *, now: datetime, locale: Locale) -> str:
    """Write "2. mars", with the year when it is not the year that `now` is in."""
    write = date_without_year if day.year == today(now).year else date_with_year
    return write(day, locale=locale)


def full_date(day: date, *, locale: Locale) -> str:
    """Write "tirsdag 2. mars 2027" or "Tuesday 2 March 2027"."""
    return f"{weekday_name(day, locale=locale)} {date_with_year(day, locale=locale)}"


def weekday_date(day: date, *, now: datetime, locale: Locale) -> str:
    """Write "tirsdag 2. mars", with the year when it is not the year that `now` is in."""
    return f"{weekday_name(day, locale=locale)} {plain_date(day, now=now, locale=locale)}"


_NEAR_DAYS: Final[Mapping[int, Text]] = {
    -1: Text(nb="i går, {weekday}", nn="i går, {weekday}", en="yesterday, {weekday}"),
    0: Text(nb="i dag, {weekday}", nn="i dag, {weekday}", en="today, {weekday}"),
    1: Text(nb="i morgen, {weekday}", nn="i morgon, {weekday}", en="tomorrow, {weekday}"),
}


def relative_day(day: date, *, now: datetime, locale: Locale) -> str:
    """Write "i morgen, fredag" for yesterday, today and tomorrow, and "tirsdag 2. mars" for other days."""
    near = _NEAR_DAYS.get((day - today(now)).days)
    if near is None:
        return weekday_date(day, now=now, locale=locale)
    return near.say(locale, weekday=weekday_name(day, locale=locale))


_FROM_TO: Final = Text(nb="fra {first} til {last}", nn="frå {first} til {last}", en="from {first} to {last}")
_FROM: Final = Text(nb="fra {first}", nn="frå {first}", en="from {first}")
_UNTIL: Final = Text(nb="til {last}", nn="til {last}", en="until {last}")


def period(first: date | None, last: date | None, *, now: datetime, locale: Locale) -> str:
    """Write "fra 1. desember til 31. mai 2027"; an end that is None is left out; the empty string for none at all."""
    says = {name: plain_date(day, now=now, locale=locale) for name, day in (("first", first), ("last", last)) if day}
    text = {2: _FROM_TO, 1: _FROM if first else _UNTIL}.get(len(says))
    return text.say(locale, **says) if text else ""


def clock(moment: time, *, locale: Locale) -> str:
    """Write a time of day: "kl. 17.05" and "kl. 17" in Norwegian, "17:05" and "17:00" in English."""
    return f"kl. {_bare_time(moment)}" if locale != "en" else format_time(moment, "HH:mm", locale=_BABEL[locale])


def clock_span(start: time, end: time, *, locale: Locale) -> str:
    """Write "kl. 17–19" or "17:00–19:00"; an end at midnight is written 24."""
    span = _span(_minutes(start), _minutes(end) or MINUTES_A_DAY, locale=locale)
    return span if locale == "en" else f"kl. {span}"


def moment_in_words(moment: datetime, *, now: datetime, locale: Locale) -> str:
    """Write an instant as "tirsdag 2. mars kl. 17.05", or "i morgen, fredag, kl. 12", on the clock in Oslo."""
    local = oslo(moment)
    day = relative_day(local.date(), now=now, locale=locale)
    comma = "," if ", " in day or locale == "en" else ""
    return f"{day}{comma} {clock(local.time(), locale=locale)}"


def session_in_words(start: datetime, end: datetime, *, now: datetime, locale: Locale) -> str:
    """Write one dated session: "tirsdag 2. mars kl. 17–19"; over midnight both ends are written in full."""
    first, last = oslo(start), oslo(end)
    if (last - timedelta(microseconds=1)).date() != first.date():
        until = moment_in_words(end, now=now, locale=locale)
        return f"{moment_in_words(start, now=now, locale=locale)} – {until}"
    day = relative_day(first.date(), now=now, locale=locale)
    comma = "," if ", " in day or locale == "en" else ""
    return f"{day}{comma} {clock_span(first.time(), last.time(), locale=locale)}"


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _bare_time(moment: time) -> str:
    return f"{moment.hour}.{moment.minute:02}" if moment.minute else f"{moment.hour}"


def _span(start: int, end: int, *, locale: Locale) -> str:
    return f"{_minute_of_day(start, locale=locale)}–{_minute_of_day(end, locale=locale)}"


def _minute_of_day(minutes: int, *, locale: Locale) -> str:
    hour, minute = divmod(minutes, 60)
    if locale == "en":
        return f"{hour:02}:{minute:02}"
    return f"{hour}.{minute:02}" if minute else f"{hour}"


# ---------------------------------------------------------------- the week

Span = tuple[int, int]
"""A stretch of the week: minutes since Monday 00:00, half-open."""

_WEEKDAYS: Final = Text(nb="hverdager", nn="kvardagar", en="weekdays")
_WEEKEND: Final = Text(nb="lørdag og søndag", nn="laurdag og søndag", en="Saturday and Sunday")
_EVERY_DAY: Final = Text(nb="alle dager", nn="alle dagar", en="every day")
_ALL_DAY: Final = Text(nb="hele dagen", nn="heile dagen", en="all day")
_ANY_TIME: Final = Text(nb="hele uka", nn="heile veka", en="the whole week")
_NO_TIME: Final = Text(nb="ingen tider", nn="ingen tider", en="no times")
_DAY_TO_DAY: Final = Text(nb="{first} til {last}", nn="{first} til {last}", en="{first} to {last}")


def week_in_words(spans: Iterable[Span], *, locale: Locale) -> str:
    """Write a week of spans: "mandag 9–12 og tirsdag 9–13", "hverdager 9–12", "tirsdag og torsdag 8–12; lørdag 10–14".

    Spans are minutes since Monday 00:00, half-open; they may touch and overlap, and are split at midnight.
    ValueError for a span outside the week or one that ends before it starts.
    """
    merged = _merge(spans)
    if not merged:
        return _NO_TIME.say(locale)
    if merged == [(0, MINUTES_A_WEEK)]:
        return _ANY_TIME.say(locale)
    lines = _lines_of_days(_by_day(merged))
    phrases = [f"{_days(days, locale=locale)} {_hours_of(hours, locale=locale)}" for days, hours in lines]
    simple = all(len(days) == 1 and len(hours) == 1 for days, hours in lines)
    return name_list(phrases, locale=locale) if simple else "; ".join(phrases)


def week_vocabulary(*, locale: Locale) -> dict[str, str]:
    """The words that week_in_words joins, for the script that must write the same sentence while somebody strokes."""
    words = {
        "weekdays": _WEEKDAYS,
        "weekend": _WEEKEND,
        "every": _EVERY_DAY,
        "all": _ALL_DAY,
        "any": _ANY_TIME,
        "none": _NO_TIME,
        "and": _AND,
    }
    said = {name: text.say(locale) for name, text in words.items()}
    return {**said, "to": _DAY_TO_DAY.say(locale, first="", last="").strip()}


def day_in_words(spans: Iterable[Span], *, day: int, locale: Locale) -> str:
    """Write one day's hours ("9–12, 17–19"); the empty string when there are none; day counts from Monday = 0."""
    return _hours_of(_by_day(_merge(spans)).get(day, ()), locale=locale)


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if not 0 <= start < end <= MINUTES_A_WEEK:
            raise ValueError(f"the span {start}–{end} is not inside the week of {MINUTES_A_WEEK} minutes")
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _by_day(merged: Iterable[Span]) -> dict[int, tuple[Span, ...]]:
    days: dict[int, tuple[Span, ...]] = {}
    for start, end in merged:
        for day in range(start // MINUTES_A_DAY, (end - 1) // MINUTES_A_DAY + 1):
            midnight = day * MINUTES_A_DAY
            piece = (max(start - midnight, 0), min(end - midnight, MINUTES_A_DAY))
            days[day] = (*days.get(day, ()), piece)
    return days


def _lines_of_days(by_day: Mapping[int, tuple[Span, ...]]) -> list[tuple[tuple[int, ...], tuple[Span, ...]]]:
    lines: dict[tuple[Span, ...], tuple[int, ...]] = {}
    for day in sorted(by_day):
        lines[by_day[day]] = (*lines.get(by_day[day], ()), day)
    return [(days, hours) for hours, days in lines.items()]


def _days(days: Sequence[int], *, locale: Locale) -> str:
    if tuple(days) == tuple(range(7)):
        return _EVERY_DAY.say(locale)
    words: list[str] = []
    if set(range(5)) <= set(days):
        words, days = [_WEEKDAYS.say(locale)], [day for day in days if day > 4]
    for _, group in groupby(enumerate(days), lambda pair: pair[1] - pair[0]):
        words += _run([day for _, day in group], locale=locale)
    return name_list(words, locale=locale)


def _run(days: Sequence[int], *, locale: Locale) -> list[str]:
    names = [weekday_name(day, locale=locale) for day in days]
    return names if len(names) < 3 else [_DAY_TO_DAY.say(locale, first=names[0], last=names[-1])]


def _hours_of(spans: Sequence[Span], *, locale: Locale) -> str:
    if tuple(spans) == ((0, MINUTES_A_DAY),):
        return _ALL_DAY.say(locale)
    return ", ".join(_span(start, end, locale=locale) for start, end in spans)


# ---------------------------------------------------------------- numbers, names, distances, ages

_WORDS: Final[Mapping[Locale, Sequence[str]]] = {
    "nb": ["null", "én", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv"],
    "nn": ["null", "éin", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv"],
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
}
_ONE: Final[Mapping[tuple[Locale, Gender], str]] = {
    ("nb", "feminine"): "én",
    ("nb", "neuter"): "ett",
    ("nn", "feminine"): "ei",
    ("nn", "neuter"): "eitt",
}


def number(value: float, *, locale: Locale) -> str:
    """Write a number in figures: "12 345,6" with a hard space, "12,345.6" in English; at most one decimal."""
    return format_decimal(round(value, 1), format="#,##0.#", locale=_BABEL[locale])


def number_word(value: int, *, locale: Locale, gender: Gender = "masculine") -> str:
    """Write zero to twelve in letters and the rest in figures; one bends by gender (én, ett; éin, ei, eitt)."""
    if not 0 <= value <= 12:
        return number(value, locale=locale)
    return _ONE.get((locale, gender), _WORDS[locale][1]) if value == 1 else _WORDS[locale][value]


_AND: Final = Text(nb="og", nn="og", en="and")
_OR: Final = Text(nb="eller", nn="eller", en="or")


def name_list(names: Sequence[str], *, locale: Locale, link: Link = "and") -> str:
    """Write "Kari", "Kari og Ola" or "Kari, Ola og Per"; the empty string for none."""
    word = (_AND if link == "and" else _OR).say(locale)
    return f"{', '.join(names[:-1])} {word} {names[-1]}" if len(names) > 1 else "".join(names)


def within(name: str) -> str:
    """Give a name as it stands inside a sentence: "gå tur sammen"; "BankID og nettbank" keeps its capitals."""
    first = name.partition(" ")[0]
    return name if any(letter.isupper() for letter in first[1:]) else name[:1].lower() + name[1:]


_NEARBY: Final = Text(nb="under 1 km", nn="under 1 km", en="under 1 km")
_ABOUT_KM: Final = Text(nb="omtrent {km} km", nn="omtrent {km} km", en="about {km} km")


def distance(km: float, *, locale: Locale) -> str:
    """Write a distance in whole kilometres: "under 1 km", "omtrent 8 km" (halves go up)."""
    if km < 1:
        return _NEARBY.say(locale)
    return _ABOUT_KM.say(locale, km=number(math.floor(km + 0.5), locale=locale))


_COUNTED: Final[Mapping[str, tuple[Text, Text, Gender]]] = {
    "day": (
        Text(nb="{n} dag", nn="{n} dag", en="{n} day"),
        Text(nb="{n} dager", nn="{n} dagar", en="{n} days"),
        "masculine",
    ),
    "week": (
        Text(nb="{n} uke", nn="{n} veke", en="{n} week"),
        Text(nb="{n} uker", nn="{n} veker", en="{n} weeks"),
        "feminine",
    ),
    "month": (
        Text(nb="{n} måned", nn="{n} månad", en="{n} month"),
        Text(nb="{n} måneder", nn="{n} månader", en="{n} months"),
        "masculine",
    ),
    "year": (Text(nb="{n} år", nn="{n} år", en="{n} year"), Text(nb="{n} år", nn="{n} år", en="{n} years"), "neuter"),
    "hour": (
        Text(nb="{n} time", nn="{n} time", en="{n} hour"),
        Text(nb="{n} timer", nn="{n} timar", en="{n} hours"),
        "masculine",
    ),
    "minute": (
        Text(nb="{n} minutt", nn="{n} minutt", en="{n} minute"),
        Text(nb="{n} minutter", nn="{n} minutt", en="{n} minutes"),
        "neuter",
    ),
    "working day": (
        Text(nb="{n} virkedag", nn="{n} verkedag", en="{n} working day"),
        Text(nb="{n} virkedager", nn="{n} verkedagar", en="{n} working days"),
        "masculine",
    ),
}
Unit = Literal["day", "week", "month", "year", "hour", "minute", "working day"]


def counted(count: int, unit: Unit, *, locale: Locale) -> str:
    """Write a count with its unit: "én dag", "tre uker", "41 dager"; in letters up to twelve."""
    one, many, gender = _COUNTED[unit]
    return (one if count == 1 else many).say(locale, n=number_word(count, locale=locale, gender=gender))


def duration(minutes: int, *, locale: Locale) -> str:
    """Write a length of time: "45 minutter", "én time", "1,5 timer"."""
    if minutes < 60 or minutes % 6:
        hours, rest = divmod(minutes, 60)
        parts = [counted(hours, "hour", locale=locale)] if hours else []
        return name_list([*parts, counted(rest, "minute", locale=locale)], locale=locale)
    if minutes % 60 == 0:
        return counted(minutes // 60, "hour", locale=locale)
    return _COUNTED["hour"][1].say(locale, n=number(minutes / 60, locale=locale))


_DAYS_AGO: Final = Text(nb="for {days} siden", nn="for {days} sidan", en="{days} ago")


def days_ago(day: date, *, now: datetime, locale: Locale) -> str:
    """Write "i dag", "i går" or "for 41 dager siden"; ValueError for a day after today."""
    count = (today(now) - day).days
    if count < 0:
        raise ValueError(f"{day} is after {today(now)}")
    if count < 2:
        return relative_day(day, now=now, locale=locale).split(",")[0]
    return _DAYS_AGO.say(locale, days=counted(count, "day", locale=locale))


def age_on(birth_date: date, *, on: date) -> int:
    """Count whole years; whoever is born on 29 February grows older on 1 March."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


_UNDER_20: Final = Text(nb="under 20 år", nn="under 20 år", en="under 20")
_IN_DECADE: Final = Text(nb="i {decade}-årene", nn="i {decade}-åra", en="in their {decade}s")
_OVER_90: Final = Text(nb="over 90 år", nn="over 90 år", en="over 90")


def age_band(birth_date: date, *, now: datetime, locale: Locale) -> str:
    """Write an age no finer than ten years: "under 20 år", "i 60-årene", "over 90 år"."""
    age = age_on(birth_date, on=today(now))
    if age < 20:
        return _UNDER_20.say(locale)
    return _OVER_90.say(locale) if age >= 90 else _IN_DECADE.say(locale, decade=age // 10 * 10)


def phone(e164: str) -> str:
    """Write a stored number as people do: "400 00 000" (mobile), "61 26 81 00" (fixed), "+46 70 123 45 67" (abroad)."""
    digits = e164.removeprefix("+47")
    if e164.startswith("+47") and len(digits) == 8 and digits.isascii() and digits.isdigit():
        return " ".join(_chop(digits, (3, 2, 3) if digits[0] in "489" else (2, 2, 2, 2)))
    try:
        known = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(known, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _chop(digits: str, sizes: Iterable[int]) -> list[str]:
    pieces: list[str] = []
    rest = digits
    for size in sizes:
        pieces, rest = [*pieces, rest[:size]], rest[size:]
    return pieces


def sentence(phrase: str) -> str:
    """Give the phrase a capital first letter and a full stop, unless it ends a sentence already."""
    phrase = phrase.strip()
    if not phrase:
        return ""
    return phrase[0].upper() + phrase[1:] + ("" if phrase[-1] in ".?:" else ".")


def utc(moment: datetime) -> datetime:
    """Give the same instant in UTC; ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC)
