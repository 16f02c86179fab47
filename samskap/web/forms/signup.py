"""Forms of the volunteer: the steps of signing up, and the same answers changed later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, StringField
from wtforms.validators import ValidationError

from samskap.integrations.phones import PhoneRefusedError, read_phone
from samskap.models import Mode, Travel, WordKind
from samskap.services import kinds
from samskap.services.resources import About, Where, Wishes
from samskap.services.volunteers import GROWN_UP
from samskap.text import LOCALE_NAMES, age_on, today
from samskap.web.fields import DayMonthYearField
from samskap.web.forms.accounts import Address
from samskap.web.forms.base import Filled, Form, TickField, day, line, number, paragraph, radios, tidy
from samskap.web.forms.places import must_be_postcode
from samskap.web.shown import mode_names
from samskap.web.words import say

OLDEST = 120
MOST_OWN_WORDS = 10


def travel_choices() -> list[tuple[Travel, str]]:
    """How one gets about."""
    return [
        (Travel.FOOT, _("Til fots")),
        (Travel.BICYCLE, _("Sykkel")),
        (Travel.TRANSIT, _("Buss eller tog")),
        (Travel.CAR, _("Bil")),
    ]


def gender_names() -> dict[str, str]:
    """Genders on screen."""
    return {"f": _("Kvinne"), "m": _("Mann"), "x": _("Annet")}


def phone_typed(field: Field) -> str | None:
    """A phone number as it is dialled from anywhere, None for no answer; ValidationError for what cannot be rung."""
    if not field.data:
        return None
    try:
        return read_phone(field.data)
    except PhoneRefusedError as why:
        raise ValidationError(say(why.sentence)) from None


class FilledUnless(Filled):
    """The field must be filled in, unless a box is ticked."""

    def __init__(self, box: str) -> None:
        super().__init__()
        self.box = box

    def __call__(self, form: Form, field: Field) -> None:
        if not form[self.box].data:
            super().__call__(form, field)


class WhereForm(Form):
    """Step 1: where."""

    postcode = line(_l("Postnummer"), most=4, checks=[FilledUnless("protected")])
    address = line(_l("Gateadresse"), most=200)
    travel = radios(_l("Hvordan kommer du deg fram?"), Filled(_l("Velg hvordan du kommer deg fram.")))
    protected = BooleanField(_l("Adressen min er hemmelig (kode 6 eller 7)"))

    def fill(self) -> None:
        """The ways of getting about."""
        self.travel.choices = travel_choices()

    def validate_postcode(self, field: Field) -> None:
        """A postcode that exists; whoever has a protected address says none."""
        if field.data and not self.protected.data:
            must_be_postcode(field)

    def where(self) -> Where:
        """The answers as the service takes them."""
        return Where(
            postcode=self.postcode.data or "", address=self.address.data or "", protected=self.protected.data,
            travel=Travel(self.travel.data),
        )  # fmt: skip


class OwnWordsForm(Form):
    """Step 2: what one can give; the list itself is components/choose.html."""

    own = line(_l("Noe annet, med egne ord"), most=400)

    def validate_own(self, field: StringField) -> None:
        """A few words."""
        if len(self.words()) > MOST_OWN_WORDS:
            raise ValidationError(_("Noe annet: skriv høyst ti ting, skilt med komma."))
        if any(len(word) > 120 for word in self.words()):
            raise ValidationError(_("Noe annet: skriv kortere, og skill tingene med komma."))

    def words(self) -> list[str]:
        """The words, one by one."""
        return [word for part in (self.own.data or "").replace(";", ",").split(",") if (word := tidy(part))]


class AboutForm(Form):
    """Step 4: about oneself."""

    born = DayMonthYearField(_l("Fødselsdato"), [Filled()])
    phone = line(_l("Telefon"), most=30)
    languages = TickField(_l("Hvilke språk snakker du?"), coerce=int)

    def fill(self, languages: Sequence[tuple[int, str]]) -> None:
        """The languages of the vocabulary."""
        self.languages.choices = languages

    def validate_born(self, field: DayMonthYearField) -> None:
        """Somebody alive, and 18."""
        day = today(g.now)
        if field.data is None:
            return
        if field.data > day or age_on(field.data, on=day) > OLDEST:
            raise ValidationError(_("Fødselsdato må være en dag som har vært, for eksempel 5 3 1961."))
        if age_on(field.data, on=day) < GROWN_UP:
            raise ValidationError(_("Foreløpig må du være 18 år for å melde deg. Velkommen tilbake da."))

    def validate_phone(self, field: Field) -> None:
        """A number that can be rung."""
        self.e164 = phone_typed(field)

    e164: str | None = None

    def about(self, levels: Mapping[int, int]) -> About:
        """The answers as the service takes them; a language keeps the level it had, else it is spoken fluently."""
        chosen = {ident: levels.get(ident, 3) for ident in self.languages.data or ()}
        return About(birth_date=self.born.data, phone=self.e164, languages=chosen)


class WishesForm(Form):
    """How much, how far, with whom, and what not; every answer has a default."""

    capacity = number(_l("Hvor mange avtaler vil du ha samtidig?"), low=1, high=20, required=True)
    hours = number(_l("Hvor mange timer i uka, høyst?"), low=1, high=40)
    reach_km = number(_l("Hvor langt vil du reise, i kilometer?"), low=0, high=500, required=True)
    interests = TickField(_l("Hva liker du?"), coerce=int)
    wants = TickField(_l("Noe du gjerne vil lære eller gjøre"), coerce=int)
    gender = radios(_l("Kjønn"))
    experience = TickField(_l("Erfaringer du vil dele"), coerce=int)
    experience_shared = BooleanField(
        _l("Erfaringene kan brukes når noen med den samme erfaringen ønsker å møte en som meg")
    )
    meet_gender = radios(_l("Vil du helst møte en kvinne eller en mann?"))
    not_modes = TickField(_l("Steder eller måter du ikke vil hjelpe på"))
    not_kinds = TickField(_l("Oppgaver du ikke vil ha"))
    wishes = paragraph(_l("Andre ønsker"), most=500)

    def fill(self, terms: Mapping[WordKind, Sequence[tuple[int, str]]]) -> None:
        """The words of the vocabulary, and the kinds of task."""
        self.interests.choices = list(terms.get(WordKind.INTEREST, ()))
        self.experience.choices = list(terms.get(WordKind.EXPERIENCE, ()))
        self.wants.choices = list(terms.get(WordKind.RESOURCE, ()))
        self.gender.choices = [("", _("Vil ikke si")), *gender_names().items()]
        self.meet_gender.choices = [
            ("", _("Det spiller ingen rolle")),
            ("f", _("Helst en kvinne")),
            ("m", _("Helst en mann")),
        ]
        self.not_modes.choices = [(mode.value, name) for mode, name in mode_names().items()]
        self.not_kinds.choices = [(kind.key, say(kind.label)) for kind in kinds.kinds()]

    def answers(self) -> Wishes:
        """The answers as the service takes them."""
        return Wishes(
            gender=self.gender.data or None,
            capacity=self.capacity.data or 1,
            weekly_minutes=self.hours.data * 60 if self.hours.data else None,
            reach_km=self.reach_km.data if self.reach_km.data is not None else 0,
            meet_gender=self.meet_gender.data or None,
            wishes=self.wishes.data or "",
            not_kinds=tuple(self.not_kinds.data or ()),
            not_modes=tuple(Mode(word).value for word in self.not_modes.data or ()),
            experience_shared=self.experience_shared.data,
        )


class PauseForm(Form):
    """Until when; empty is for as long as one likes."""

    until = day(_l("Til og med"))

    def validate_until(self, field: DateField) -> None:
        """A day to come."""
        if field.data and field.data < today(g.now):
            raise ValidationError(_("Til og med må være i dag eller senere."))


class AwayForm(Form):
    """Days on which nobody should ask."""

    first = day(_l("Fra og med"), required=True)
    last = day(_l("Til og med"), required=True)

    def validate_last(self, field: DateField) -> None:
        """Not before the first."""
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(_("Til og med kan ikke være før fra og med."))
        if field.data and field.data < today(g.now):
            raise ValidationError(_("Til og med må være i dag eller senere."))

    def days(self) -> tuple[date, date]:
        """The first and the last, once the form is found to be whole."""
        assert self.first.data is not None
        assert self.last.data is not None
        return self.first.data, self.last.data


class CorrectForm(Form):
    """How somebody is called and rung, and in which language they are written to."""

    name = line(_l("Navn"), most=120, required=True)
    phone = line(_l("Telefon"), most=30)
    locale = radios(_l("Språk"), Filled())
    e164: str | None = None

    def validate_phone(self, field: Field) -> None:
        """A number that can be rung."""
        self.e164 = phone_typed(field)

    def fill(self) -> None:
        """The languages of the service."""
        self.locale.choices = list(LOCALE_NAMES.items())


class AssistForm(CorrectForm):
    """Who somebody is whom a coordinator registers."""

    email = line(_l("E-post"), most=254)
    agreed = BooleanField(
        _l("Personen har selv sagt ja til å bli registrert"),
        [Filled(_l("Spør personen først, og kryss av når svaret er ja."))],
    )

    def validate_email(self, field: Field) -> None:
        """One address, or none."""
        if field.data:
            Address()(self, field)


NO_ID = 0
"""Stands for a choice that was no number; no row has it."""


def chosen_ids(name: str) -> set[int]:
    """Ticked boxes of a choose list, as numbers."""
    words = request.form.getlist(name)
    return {int(word) if word.isascii() and word.isdigit() and len(word) < 10 else NO_ID for word in words}
