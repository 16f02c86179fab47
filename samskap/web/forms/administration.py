"""Forms of administration: who is invited, the units, and how the municipality appears."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField
from wtforms.validators import Optional, StopValidation

from samskap.integrations.phones import PhoneRefusedError, read_phone
from samskap.integrations.places import municipality
from samskap.models import Unit
from samskap.permissions import STAFF, Role
from samskap.services import kinds
from samskap.services.administration import Settings
from samskap.text import LOCALE_NAMES, phone
from samskap.web.forms.accounts import Address, address
from samskap.web.forms.base import Filled, Form, Readable, line, number, pick, tidy
from samskap.web.menu import ORDER, role_name
from samskap.web.words import say

LONGEST_OFFER = 30
"""Days that anybody may be given to answer."""


class Phone:
    """A phone number that can be rung, kept in one form; empty is allowed."""

    def __call__(self, form: Any, field: Field) -> None:
        if not field.data:
            return
        try:
            field.data = read_phone(field.data)
        except PhoneRefusedError as error:
            raise StopValidation(say(error.sentence)) from None


def staff_roles() -> list[tuple[Role, str]]:
    """The roles that an administrator gives, with their names."""
    return [(role, role_name(role)) for role in ORDER if role in STAFF]


class InviteForm(Form):
    """Whom to invite, to what, and where."""

    email = address(_l("E-postadresse"))
    role = pick(_l("Rolle"), Filled(_l("Rolle må velges.")))
    unit = pick(_l("Virksomhet"))

    def fill(self, units: list[Unit]) -> None:
        """The roles and the units there are."""
        self.role.choices = [("", _("Velg en rolle")), *staff_roles()]
        self.unit.choices = [("", _("Ingen")), *((str(unit.id), unit.name) for unit in units)]

    def validate_unit(self, field: Field) -> None:
        """Somewhere to work, for a professional."""
        if self.role.data == Role.PROFESSIONAL and not field.data:
            raise StopValidation(_("Virksomhet må velges for en fagperson."))

    @property
    def unit_id(self) -> int | None:
        """The unit's id; only professionals belong to one."""
        return int(self.unit.data) if self.unit.data and self.role.data == Role.PROFESSIONAL else None


class UnitForm(Form):
    """A unit: its name, its sector, its phone."""

    name = line(_l("Navn"), required=True)
    sector = pick(_l("Sektor"))
    phone = line(_l("Telefon"), most=40, checks=[Phone()])

    def fill(self) -> None:
        """The sectors."""
        self.sector.choices = [(sector.key, say(sector.label)) for sector in kinds.sectors()]

    def show(self, unit: Unit) -> None:
        """The unit as it is."""
        self.name.data, self.sector.data, self.phone.data = unit.name, unit.sector, phone(unit.phone)


class SettingsForm(Form):
    """What a municipality decides about itself."""

    name = line(_l("Navn"), most=80, required=True)
    phone = line(_l("Telefon"), most=40, checks=[Phone()])
    email = StringField(_l("E-postadresse"), [Optional(), Readable(254), Address()], filters=[tidy])
    locale = pick(_l("Språk for nye innbyggere"))
    theme = pick(_l("Farger"))
    offer_days = number(_l("Dager til å svare på en forespørsel"), low=1, high=LONGEST_OFFER, required=True)
    quiet_from = number(_l("Varsler går ut fra klokka"), low=0, high=23, required=True)
    quiet_to = number(_l("Varsler går ut til klokka"), low=1, high=24, required=True)
    neighbours = line(_l("Nabokommuner"), most=200)

    def fill(self, themes: list[str]) -> None:
        """The languages and the themes there are."""
        self.locale.choices = list(LOCALE_NAMES.items())
        self.theme.choices = [(theme, theme.capitalize()) for theme in themes]

    def show(self, settings: Settings) -> None:
        """The settings as they are."""
        for name in ("name", "email", "locale", "theme", "offer_days", "quiet_from", "quiet_to"):
            self[name].data = getattr(settings, name)
        self.phone.data = phone(settings.phone)
        self.neighbours.data = ", ".join(settings.neighbours)

    def validate_quiet_to(self, field: Field) -> None:
        """Later than the hour from which notices go out."""
        if field.data is not None and self.quiet_from.data is not None and field.data <= self.quiet_from.data:
            raise StopValidation(_("Varsler må gå ut til en senere time enn de går ut fra."))

    def validate_neighbours(self, field: Field) -> None:
        """Kommunenumre, four digits each."""
        if any(not re.fullmatch(r"[0-9]{4}", code) for code in self.codes):
            raise StopValidation(
                _("Nabokommuner må være kommunenumre med fire siffer og komma mellom, for eksempel 3405, 3439.")
            )

    @property
    def codes(self) -> tuple[str, ...]:
        """The neighbours that were written, each once."""
        return tuple(dict.fromkeys(code for code in re.split(r"[\s,;]+", self.neighbours.data or "") if code))

    def settings(self) -> Settings:
        """What was chosen."""
        return Settings(
            name=self.name.data,
            phone=self.phone.data or "",
            email=self.email.data or "",
            locale=self.locale.data,
            theme=self.theme.data,
            offer_days=self.offer_days.data,
            quiet_from=self.quiet_from.data,
            quiet_to=self.quiet_to.data,
            neighbours=self.codes,
        )


def town_names(codes: list[str]) -> list[str]:
    """The names of municipalities that the service knows, else their numbers."""
    return [known.nb if (known := municipality(code)) else code for code in codes]
