"""Forms of an assignment: the second yes, a reason if one likes, the end, and a time to meet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import ValidationError

from samskap.integrations.phones import PhoneRefusedError, read_phone
from samskap.services.assignments import Contact
from samskap.web.forms.base import NOT_A_CHOICE, Filled, Form, Unreadable, line
from samskap.web.forms.times import read_session
from samskap.web.words import say
from samskap.workflows.assignment import Ending

NOTHING_SAID = "vet-ikke"


class ConfirmForm(Form):
    """The second yes, where the recipient is registered: where they meet."""

    place = line(_l("Hvor kan dere møtes?"), most=200)

    @property
    def contact(self) -> Contact | None:
        """Nobody needs to be named."""
        return None


class ContactForm(ConfirmForm):
    """The second yes on behalf of somebody who is not registered: also whom to meet."""

    themselves = BooleanField(_l("Det er meg den frivillige skal møte"))
    name = line(_l("Navnet på den som skal møtes"))
    phone = line(_l("Telefon til den som skal møtes"), most=30)
    e164: str = ""

    def validate_name(self, field: StringField) -> None:
        """A name, unless one is to be met oneself."""
        if not self.themselves.data and not field.data:
            raise ValidationError(_("Navnet på den som skal møtes, må fylles ut."))

    def validate_phone(self, field: StringField) -> None:
        """A phone number that can be rung, unless one is to be met oneself."""
        if self.themselves.data:
            return
        try:
            self.e164 = read_phone(field.data or "")
        except PhoneRefusedError as error:
            raise ValidationError(say(error.sentence)) from error

    @property
    def contact(self) -> Contact:
        """Whom the volunteer will meet."""
        if self.themselves.data:
            return Contact(themselves=True)
        return Contact(name=self.name.data or "", phone=self.e164)


class WhyForm(Form):
    """A reason, if one likes."""

    why = line(_l("Grunn"), most=300)


class EndForm(Form):
    """Why it ends, and whether one would like to meet again."""

    ending = RadioField(
        _l("Hvorfor slutter dere?"), [Filled(_l("Velg hvorfor avtalen slutter."))], validate_choice=False
    )
    again = RadioField(_l("Vil du gjerne møte samme person igjen?"), validate_choice=False, default=NOTHING_SAID)
    look_on = BooleanField(_l("Let etter en ny frivillig"))
    why = line(_l("Mer om hvorfor"), most=300)

    def fill(self, endings: Collection[Ending]) -> None:
        """The reasons that this person may give."""
        names = ending_names()
        self.ending.choices = [(ending.value, names[ending]) for ending in endings]
        self.again.choices = [("ja", _("Ja")), ("nei", _("Nei")), (NOTHING_SAID, _("Vet ikke, eller vil ikke si"))]

    def validate_ending(self, field: RadioField) -> None:
        """One of those in the list."""
        if field.data not in {value for value, *_rest in field.iter_choices()}:
            raise ValidationError(NOT_A_CHOICE)

    def validate_again(self, field: RadioField) -> None:
        """Yes, no, or nothing said."""
        if field.data not in ("ja", "nei", NOTHING_SAID):
            raise ValidationError(NOT_A_CHOICE)

    @property
    def meet_again(self) -> bool | None:
        """None when nothing was said."""
        return {"ja": True, "nei": False}.get(self.again.data or "")


def ending_names() -> Mapping[Ending, str]:
    """The ways an assignment ends, on screen."""
    return {
        Ending.PLANNED: _("Vi er ferdige, som planlagt"),
        Ending.VOLUNTEER: _("Den frivillige kan ikke lenger"),
        Ending.RECIPIENT: _("Mottakeren vil eller kan ikke lenger"),
        Ending.NEVER_STARTED: _("Det kom aldri i gang"),
    }


class MeetingForm(Form):
    """A day, from when to when, and where."""

    day = line(_l("Dato"), most=20, required=True)
    start = line(_l("Fra kl."), most=10, required=True)
    end = line(_l("Til kl."), most=10, required=True)
    place = line(_l("Sted"), most=200)
    starts_at: datetime
    ends_at: datetime

    def validate_end(self, field: StringField) -> None:
        """The three together are a time that exists."""
        if self.day.errors or self.start.errors:
            return
        try:
            session = read_session(self.day.data or "", self.start.data or "", field.data or "")
        except Unreadable as error:
            raise ValidationError(str(error)) from error
        self.starts_at, self.ends_at = session.begins, session.ends
