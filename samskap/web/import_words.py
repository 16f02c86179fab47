"""What a list said, in words on screen: keys by their labels, weeks and dates as people write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from samskap.models import Term, Unit, WordKind
from samskap.models.session import TenantSession
from samskap.services import kinds
from samskap.services.imports.exports import STANDINGS, born_in_list, session_in_list
from samskap.services.imports.lists import AnyPlan
from samskap.services.imports.needs import NeedEntry
from samskap.services.imports.people import Standing, VolunteerEntry
from samskap.services.imports.plan import RowPlan
from samskap.services.vocabulary import UnknownWordError, inside, word
from samskap.text import Locale, name_list, phone, week_in_words
from samskap.web.words import postal

OF_A_PERSON = (
    "email", "phone", "born", "postcode", "resources", "interests", "own_words", "languages", "free", "standing",
)  # fmt: skip
"""What is shown of a person in one line, in this order."""
KINDS = {"resources": WordKind.RESOURCE, "interests": WordKind.INTEREST, "languages": WordKind.LANGUAGE}


@dataclass(frozen=True)
class Words:
    """Everything that is needed to write the values of one plan."""

    locale: Locale
    own: Mapping[tuple[WordKind, str], str]
    units: Mapping[int, str]
    entries: Mapping[int, VolunteerEntry | NeedEntry]
    """By the first row of each."""

    def write(self, what: str, value: Any) -> str:
        """One value in words; empty for none."""
        if value in (None, (), "", False):
            return ""
        write = self._writers().get(what)
        if write is not None:
            return write(value)
        if what in KINDS:
            return self._labels(KINDS[what], (key if isinstance(key, str) else key[0] for key in value))
        return ", ".join(value) if isinstance(value, tuple) else str(value)

    def _writers(self) -> Mapping[str, Callable[[Any], str]]:
        return {
            "phone": phone,
            "born": born_in_list,
            "postcode": postal,
            "free": lambda week: week_in_words(week.spans(), locale=self.locale),
            "preferred": lambda week: week_in_words(week.spans(), locale=self.locale),
            "weekly": lambda spans: week_in_words(spans, locale=self.locale),
            "sessions": lambda sessions: ", ".join(session_in_list(one) for one in sessions),
            "unit_id": lambda ident: self.units.get(ident, ""),
            "standing": self._standing,
            "volunteer": lambda _yes: _("ja"),
        }

    def _standing(self, standing: Standing) -> str:
        return STANDINGS[standing].say(self.locale)

    def _labels(self, kind: WordKind, keys: Iterable[str]) -> str:
        names = sorted(self._label(kind, key) for key in keys)
        return name_list([inside(name, kind, self.locale) for name in names], locale=self.locale)

    def _label(self, kind: WordKind, key: str) -> str:
        try:
            return word(kind, key).label.say(self.locale)
        except UnknownWordError:
            return self.own.get((kind, key), key)

    def read_as(self, row: RowPlan) -> str:
        """What the row was read as, in one line."""
        entry = self.entries.get(row.row)
        if isinstance(entry, VolunteerEntry):
            return self._person(entry)
        return self._need(entry) if entry else ""

    def becomes(self, row: RowPlan) -> str:
        """What a new need becomes; empty for a person."""
        entry = self.entries.get(row.row)
        if not isinstance(entry, NeedEntry):
            return ""
        return _("Utkast") if entry.draft_because else _("Publiseres")

    def _person(self, entry: VolunteerEntry) -> str:
        return " · ".join(filter(None, (self.write(what, getattr(entry, what)) for what in OF_A_PERSON)))

    def _need(self, entry: NeedEntry) -> str:
        kind = kinds.kind(entry.kind).label.say(self.locale)
        count = ngettext("én person", "%(num)d personer", entry.wanted)
        times = (self.write("weekly", entry.weekly), self.write("sessions", entry.sessions), entry.how_often)
        told = (kind, self.write("postcode", entry.postcode), *times, count)
        return " · ".join(filter(None, (*told, self.write("unit_id", entry.unit_id))))


def words_of(db: TenantSession, plan: AnyPlan, *, locale: Locale) -> Words:
    """The words for one plan: the municipality's own additions and its units, two statements."""
    own = {(term.kind, term.key): str(getattr(term, locale)) for term in db.scalars(select(Term).where(Term.own))}
    units = {unit.id: unit.name for unit in db.execute(select(Unit.id, Unit.name))}
    return Words(locale, own, units, {save.rows[0]: save.entry for save in plan.saves})
