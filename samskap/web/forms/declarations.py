"""Forms of the confidentiality declaration: signing it, and registering a signature on paper."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import ValidationError

from samskap.web.fields import DayMonthYearField
from samskap.web.forms.base import Filled, Form


class SignForm(Form):
    """The promise; its words are the declaration's own."""

    promise = BooleanField(_l("Løftet"), [Filled(_l("Kryss av for at du lover dette, så kan du signere."))])


class PaperForm(Form):
    """When it was signed on paper."""

    signed_on = DayMonthYearField(_l("Dagen den ble signert"))
    seen = BooleanField(
        _l("Jeg har sett signaturen på papiret"), [Filled(_l("Kryss av for at du har sett signaturen på papiret."))]
    )

    def validate_signed_on(self, field: DayMonthYearField) -> None:
        """A day must be given."""
        if field.data is None and not field.process_errors:
            raise ValidationError(_("Dagen den ble signert, må fylles ut."))
