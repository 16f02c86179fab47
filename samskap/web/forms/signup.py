"""Forms of the volunteer: the steps of signing up, and the same answers changed later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, RadioField, StringField
from wtforms.validators import Optional, ValidationError

from samskap.integrations.phones import PhoneRefusedError, read_phone
from samskap.integrations.places import place_of_postcode
from samskap.models import Mode, Travel, WordKind
from samskap.services import kinds
from samskap.services.volunteers import GROWN_UP, About, Where, Wishes
from samskap.text import age_on, today
from samskap.web.fields import DayMonthYearField
from samskap.web.forms.base import Filled, Form, TickField, line, number, paragraph, tidy
from samskap.web.forms.needs import mode_names, refuse_ids
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


class WhereForm(Form):
    """Step 1: where."""

    postcode = line(_l("Postnummer"), most=4, required=True)
    address = line(_l("Gateadresse"), most=200)
    travel = RadioField(_l("Hvordan kommer du deg fram?"), [Filled(_l("Velg hvordan du kommer deg fram."))])
    protected = BooleanField(_l("Adressen min er hemmelig (kode 6 eller 7)"))

    def fill(self) -> None:
        """The ways of getting about."""
        self.travel.choices = travel_choices()

    def validate_postcode(self, field: Field) -> None:
        """A postcode that exists."""
        if field.data and place_of_postcode(field.data) is None:
            raise ValidationError(_("Postnummer må ha fire siffer og være et som finnes, for eksempel 2635."))

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
        """A few words, none of them a national id."""
        refuse_ids(field)
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
        if not field.data:
            return
        try:
            self.e164 = read_phone(field.data)
        except PhoneRefusedError as why:
            raise ValidationError(say(why.sentence)) from None

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
    experience = TickField(_l("Erfaringer du vil dele"), coerce=int)
    experience_shared = BooleanField(
        _l("Erfaringene kan brukes når noen med den samme erfaringen ønsker å møte en som meg")
    )
    meet_gender = RadioField(_l("Vil du helst møte en kvinne eller en mann?"))
    not_modes = TickField(_l("Steder eller måter du ikke vil hjelpe på"))
    not_kinds = TickField(_l("Oppgaver du ikke vil ha"))
    wishes = paragraph(_l("Andre ønsker"), most=500)

    def fill(self, terms: Mapping[WordKind, Sequence[tuple[int, str]]]) -> None:
        """The words of the vocabulary, and the kinds of task."""
        self.interests.choices = list(terms.get(WordKind.INTEREST, ()))
        self.experience.choices = list(terms.get(WordKind.EXPERIENCE, ()))
        self.meet_gender.choices = [
            ("", _("Det spiller ingen rolle")),
            ("f", _("Helst en kvinne")),
            ("m", _("Helst en mann")),
        ]
        self.not_modes.choices = [(mode.value, name) for mode, name in mode_names()]
        self.not_kinds.choices = [(kind.key, say(kind.label)) for kind in kinds.kinds()]

    def validate_wishes(self, field: StringField) -> None:
        """A national id is never saved."""
        refuse_ids(field)

    def answers(self) -> Wishes:
        """The answers as the service takes them."""
        return Wishes(
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

    until = DateField(_l("Til og med"), [Optional()])

    def validate_until(self, field: DateField) -> None:
        """A day to come."""
        if field.data and field.data < today(g.now):
            raise ValidationError(_("Til og med må være i dag eller senere."))


class AwayForm(Form):
    """Days on which nobody should ask."""

    first = DateField(_l("Fra og med"), [Filled()])
    last = DateField(_l("Til og med"), [Filled()])

    def validate_last(self, field: DateField) -> None:
        """Not before the first."""
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(_("Til og med kan ikke være før fra og med."))
        if field.data and field.data < today(g.now):
            raise ValidationError(_("Til og med må være i dag eller senere."))


class AssistForm(Form):
    """Who somebody is whom a coordinator registers."""

    name = line(_l("Navn"), most=120, required=True)
    phone = line(_l("Telefon"), most=30)
    email = line(_l("E-post"), most=254)
    locale = RadioField(_l("Språk"), [Filled()])
    agreed = BooleanField(
        _l("Personen har selv sagt ja til å bli registrert"),
        [Filled(_l("Spør personen først, og kryss av når svaret er ja."))],
    )
    e164: str | None = None

    def validate_phone(self, field: Field) -> None:
        """A number that can be rung."""
        if not field.data:
            return
        try:
            self.e164 = read_phone(field.data)
        except PhoneRefusedError as why:
            raise ValidationError(say(why.sentence)) from None

    def fill(self) -> None:
        """The languages of the service."""
        self.locale.choices = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]


def chosen_ids(name: str) -> list[int]:
    """Ticked boxes of a choose list, as numbers; what is no number is left out."""
    return [int(word) for word in request.form.getlist(name) if word.isascii() and word.isdigit() and len(word) < 10]
