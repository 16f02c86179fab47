"""Kinds of form field that WTForms lacks; templates/components/fields.html draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from wtforms import Field
from wtforms.utils import unset_value

from samskap.web.forms.base import printable

PARTS: Final = ("dag", "maned", "ar")


@dataclass(frozen=True)
class DatePart:
    """One of the three text fields of a date, with what was typed in it."""

    id: str
    value: str


class DayMonthYearField(Field):
    """A date that one knows, typed in three parts; `data` is None when nothing or nonsense was typed."""

    data: date | None

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None) -> None:
        """Reads the three parts where they were posted; a sentence in `errors` when they are not a date."""
        super().process(None, data, extra_filters)
        if formdata is not None and f"{self.name}-{PARTS[0]}" in formdata:
            typed = [printable(formdata.get(f"{self.name}-{part}", "")).strip() for part in PARTS]
            self.raw_data = typed if any(typed) else []
            self.data = self.read(typed)

    def read(self, typed: Sequence[str]) -> date | None:
        """The date, or None with a sentence in `process_errors`; three empty parts are no date and no error."""
        if not any(typed):
            return None
        try:
            day, month, year = (int(part) for part in typed)
            if year < 1000:
                raise ValueError(year)
            return date(year, month, day)
        except ValueError:
            self.process_errors = [
                _("%(label)s må være en dato med dag, måned og år, for eksempel 5 3 1961.", label=self.label.text)
            ]
            return None

    def part(self, number: int) -> DatePart:
        """One part with what was typed, or what `data` holds when nothing was posted."""
        if self.raw_data:
            value = str(self.raw_data[number])
        else:
            value = str((self.data.day, self.data.month, self.data.year)[number]) if self.data else ""
        return DatePart(f"{self.name}-{PARTS[number]}", value)

    @property
    def day(self) -> DatePart:
        """The day as typed."""
        return self.part(0)

    @property
    def month(self) -> DatePart:
        """The month as typed, in figures."""
        return self.part(1)

    @property
    def year(self) -> DatePart:
        """The year as typed, in four figures."""
        return self.part(2)

    @property
    def first_id(self) -> str:
        """The id that an error summary leads to."""
        return self.day.id
