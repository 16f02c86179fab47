"""The words that times in lists are made of, in bokmål, nynorsk and some English: one pattern with a name for each."""

from __future__ import annotations

import re
from typing import Final

MONTHS: Final = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")

_DAY: Final = (
    r"(?:m[aå]n(?:dag)?|ma|tirsdag|tirs?|ti|tysdag|tys|ty|onsdag|ons?|torsdag|tors?|to|fredag|fred?|fr"
    r"|l[øo]rdag|l[øo]r|l[øo]|laurdag|lau|s[øo]ndag|s[øo]n|s[øo]|sundag|sun"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
)
_DAYS: Final = _DAY + r"(?:ene|ane|er|ar|en|s)?\.?(?![a-zæøå])"
_MONTH: Final = rf"(?:{'|'.join(MONTHS)})[a-zæøå]*"
_CLOCK: Final = r"(?:kl\.?\s*|klokk[ae]n?\s*)?(?:[01]?\d|2[0-4])(?:[.:]?[0-5]\d)?(?![\d])"
_TO: Final = r"\s*(?:-|til|to)\s*"
_NUMBER: Final = (
    r"(?:\d{1,2}(?:\s*-\s*\d{1,2})?|en|én|ei|ein|éin|et|ett|to|tre|fire|fem|seks|et par|eit par|noen|nokre)"
)
_TIMES: Final = r"(?:x|gang(?:er)?|gong(?:er|ar)?|g\.?|dag(?:er|ar)?)"
_EACH: Final = r"(?:i|pr\.?|per|/|hver|kvar)"
_PERIOD: Final = r"(?:uk[ea]n?|vek[ea]|måneden|måned|månaden|månad|mnd|år(?:et)?)"

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "open": (
        r"etter (?:nærmere |nærare )?avtale", r"avtal(?:es|ast)", r"varier\w*", r"veksl\w*", "turnus",
        r"skift\w*",
        "ukjent", "usikker", "vet ikke", "veit ikkje", "komm?er an på", "kjem an på", "(?:ved|etter) behov",
        r"fleksib\w*",
        "by agreement", "varies",
    ),
    "anytime": (
        "(?:når|kva tid|hvilken tid) som helst", "alltid", "hele tid(?:a|en)", "heile tida", "alle tider",
        "hele uk[ae]n?", "heile veka", "any ?time", "always",
    ),
    "often": (
        rf"{_NUMBER}\s*{_TIMES}\s*{_EACH}\s*{_PERIOD}", rf"(?:hver|kvar)(?:t)? {_PERIOD}", "ukentlig",
        "vekentleg", "månedlig", "månadleg", rf"(?:annenhver|anna(?:n)? ?kvar) {_PERIOD}",
        r"(?:hver|kvar) (?:14\.?|fjort[ea]nde) dag",
        "weekly", "monthly",
    ),
    "once": (
        r"[ée]n ?gangs\w*", r"[ée]n gang\b", r"eingongs\w*", r"ein gong\b", r"enkelt(?:oppdrag|gang)\w*", "once",
    ),
    "week": (r"(?:uk[ea]n?|vek[ea])\.? ?\d{1,2}(?:\s*-\s*\d{1,2})?",),
    "iso": (r"\d{4}-\d{2}-\d{2}(?!\d)",),
    "dmy": (
        r"\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{4}|\d{2})(?![\d.:])", r"\d{1,2}/\d{1,2}[-/](?:\d{4}|\d{2})(?!\d)",
        r"\d{1,2}-\d{1,2}-\d{4}(?!\d)",
    ),
    "named": (rf"\d{{1,2}}\.?\s*{_MONTH}\.?(?:\s+\d{{4}}(?!\d))?",),
    "dm": (r"\d{1,2}/\d{1,2}(?!\d)",),
    "all": (
        "alle dag(?:er|ar)", "(?:hver|kvar) (?:eneste |einaste )?dag(?!tid)", "daglig", "dagleg", "every day", "daily",
    ),
    "weekdays": (
        "(?:hver|kvar)dag(?:er|ene|ar|ane)?", "(?:uke|veke|virke|arbeids)dag(?:er|ene|ar|ane)?", "weekdays?",
    ),
    "weekend": (r"helg(?:er|ene|ar|ane|en|a)?\b", "weekends?"),
    "run": (rf"{_DAYS}\s*(?:-|til|t\.?o\.?m\.?)\s*{_DAYS}",),
    "day": (_DAYS,),
    "forenoon": (r"f[øo]r(?:e)?middag\w*", r"formiddag\w*", r"\bfm\b\.?"),
    "afternoon": (r"ettermiddag\w*", r"\bem\b\.?", "afternoons?"),
    "evening": (r"kveld\w*", r"aften\w*", "evenings?"),
    "morning": (r"morgen\w*", r"morgon\w*", r"morn(?:ing)?s?\b"),
    "daytime": ("dagtid", "på dagen", "om dagen", "midt på dagen", "daytime"),
    "between": (rf"mellom {_CLOCK}\s*(?:og|-)\s*{_CLOCK}",),
    "span": (rf"(?:fra |frå |from )?{_CLOCK}{_TO}{_CLOCK}",),
    "after": (rf"(?:etter|fra|frå|after|from)(?: og med)? {_CLOCK}",),
    "before": (rf"(?:før|innen|til|before|until) {_CLOCK}",),
    "clock": (_CLOCK,),
    "without": (
        "unntatt", "untatt", "unnateke", "utenom", "utanom", "bortsett fra", "bortsett frå", "men ikke", "men ikkje",
        "ikke", "ikkje", "except", "not",
    ),
    "wish": ("helst", "gjerne", "fortrinnsvis", "aller helst", "preferably"),
    "both": (r"og\b", r"\+", "&", r"samt\b", r"and\b"),
    "either": (r"eller\b", ",", ";", "/", r"\n", r"or\b"),
    "noise": (
        r"(?:dugnad|kl|ca|på|i|om|den|det|de|dei|fra|frå|bare|berre|også|men|tid|dag|dager|timer?|a|at|on|in|the)\b\.?",
        r"[-.()!:]", r"\s+",
    ),
    "word": (r"[^\s,;/+&()]+",),
}  # fmt: skip
"""Alternatives by name; the first name that fits, in this order, is what a piece of text is."""
TOKENS: Final = re.compile("|".join(f"(?P<{name}>{'|'.join(patterns)})" for name, patterns in WORDS.items()))

_DAY_STARTS: Final = {
    "man": 0, "mån": 0, "mon": 0, "ma": 0, "tue": 1, "ti": 1, "ty": 1, "wed": 2, "on": 2, "thu": 3, "to": 3, "fr": 4,
    "lø": 5, "lo": 5, "la": 5, "sat": 5, "sø": 6, "so": 6, "su": 6,
}  # fmt: skip


def weekday(text: str) -> int:
    """The number of the weekday (Monday is 0) that a word of the name "day" means."""
    return next(day for start, day in _DAY_STARTS.items() if text.startswith(start))
