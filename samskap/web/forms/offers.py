"""Forms of an offer: the yes with its insurance line, and the no or not now with a reason if one likes."""

from __future__ import annotations

from datetime import date, timedelta

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.validators import StopValidation

from samskap.text import plain_date, today
from samskap.web.forms.base import NOT_A_CHOICE, Filled, Form, paragraph

WEEKS = (2, 4, 12)
"""After how many weeks one may ask to be asked again."""


class YesForm(Form):
    """The yes."""

    insurance = BooleanField(
        _l("Jeg har lest om forsikring"), [Filled(_l("Kryss av for at du har lest om forsikring før du sier ja."))]
    )


class NoForm(Form):
    """The no, and the not now."""

    reason = paragraph(_l("Grunn"), most=300)
    again = SelectField(_l("Når kan vi spørre igjen?"), coerce=int, validate_choice=False)

    def fill(self) -> None:
        """Some weeks from now, with the day said."""
        self.again.choices = [
            (weeks, _("Om %(weeks)s uker, %(day)s", weeks=weeks, day=self._day(weeks))) for weeks in WEEKS
        ]

    @staticmethod
    def _day(weeks: int) -> str:
        return plain_date(today(g.now) + timedelta(weeks=weeks), now=g.now, locale=g.locale)

    def validate_again(self, field: SelectField) -> None:
        """One of those in the list."""
        if field.data not in WEEKS:
            field.process_errors = []
            raise StopValidation(str(NOT_A_CHOICE))

    @property
    def ask_again_on(self) -> date:
        """The first day on which one may be asked."""
        return today(g.now) + timedelta(weeks=self.again.data)
