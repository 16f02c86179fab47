"""Forms of accounts: logging in, signing up, choosing a password, and giving it again."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, PasswordField, StringField
from wtforms.validators import StopValidation
from wtforms.widgets import PasswordInput

from samskap.services import passwords
from samskap.web.forms.base import Filled, Form, Readable, line, tidy
from samskap.web.words import say

LONGEST_ADDRESS = 254


class Address:
    """One e-mail address, of a kind that every mail server takes."""

    def __call__(self, form: Any, field: Field) -> None:
        try:
            found = validate_email(field.data, check_deliverability=False, allow_smtputf8=False, strict=True)
        except EmailNotValidError:
            raise StopValidation(
                _("E-postadressen ser ikke riktig ut. Skriv én adresse, for eksempel kari@epost.example.")
            ) from None
        field.data = found.normalized


def address(label: Any) -> Any:
    """A field for one e-mail address."""
    return StringField(label, [Filled(), Readable(LONGEST_ADDRESS), Address()], filters=[tidy])


class Chosen:
    """A password that may be chosen by the one whose name and address are in the form, or are given by `about`."""

    def __call__(self, form: Any, field: Field) -> None:
        found = passwords.fault(field.data, about=[g.municipality.name, *form.about()])
        if found is not None:
            sentence, values = found
            raise StopValidation(say(sentence, **values))


class ChosenPasswordField(PasswordField):
    """A password being chosen: kept on a page that is shown again, so that it can be mended."""

    widget = PasswordInput(hide_value=False)


def chosen_password(label: Any) -> Any:
    """A field for a password that is being chosen."""
    return ChosenPasswordField(label, [Filled(), Chosen()])


def given_password(label: Any) -> Any:
    """A field for a password that exists."""
    return PasswordField(label, [Filled()])


class LogInForm(Form):
    """E-mail and password."""

    email: Any = StringField(_l("E-postadresse"), [Filled(), Readable(LONGEST_ADDRESS)], filters=[tidy])
    password = given_password(_l("Passord"))
    next = HiddenField()


class SignUpForm(Form):
    """A name, an address and a password: what an account needs."""

    name = line(_l("Navn"), required=True)
    email = address(_l("E-postadresse"))
    password = chosen_password(_l("Passord"))
    next = HiddenField()

    def about(self) -> list[str]:
        """What others know about the one who chooses."""
        return [self.name.data or "", self.email.data or ""]


class JoinForm(Form):
    """The name of somebody who has an account elsewhere."""

    name = line(_l("Navn"), required=True)


class ForgottenForm(Form):
    """The address to which a link is sent."""

    email = address(_l("E-postadresse"))


class NewPasswordForm(Form):
    """Another password; `known` are the names and addresses of its owner."""

    password = chosen_password(_l("Nytt passord"))

    def __init__(self, *args: Any, known: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = known

    def about(self) -> list[str]:
        """What others know about the one who chooses."""
        return list(self.known)


class ChangePasswordForm(NewPasswordForm):
    """The password that is, and the one that is to be."""

    old = given_password(_l("Passordet du har nå"))


class InviteeForm(NewPasswordForm):
    """What somebody who is invited and has no account must tell."""

    name = line(_l("Navn"), required=True)
    password = chosen_password(_l("Passord"))

    def about(self) -> list[str]:
        """What others know about the one who chooses."""
        return [*self.known, self.name.data or ""]


class ProveForm(Form):
    """The password, given again."""

    password = given_password(_l("Passord"))
    next = HiddenField()
