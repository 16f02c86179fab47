"""Forms of needs: what a professional or a coordinator writes, and the small ones that close or send back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField
from wtforms.validators import ValidationError

from samskap.models import Audience, Consent, ConsentGiven, Mode, Need, Times, Unit, WordKind
from samskap.services import kinds, scanner
from samskap.services.needs import ConsentWords, NeedWords
from samskap.text import duration, today
from samskap.web.forms.base import (
    Between,
    Filled,
    Form,
    TickField,
    WholeNumberField,
    day,
    line,
    number,
    paragraph,
    pick,
    radios,
)
from samskap.web.forms.places import ELSEWHERE, PlaceMixin, place_typed
from samskap.web.forms.times import LENGTHS, TimesMixin, lasting
from samskap.web.shown import mode_names
from samskap.web.words import say
from samskap.workflows.need import Outcome


class NotBefore:
    """A date that does not lie before another field's."""

    def __init__(self, other: str) -> None:
        self.other = other

    def __call__(self, form: Form, field: DateField) -> None:
        first = form[self.other].data
        if field.data and first and field.data < first:
            other = form[self.other].label.text.lower()
            raise ValidationError(_("%(label)s kan ikke være før %(other)s.", label=field.label.text, other=other))


Words = Mapping[WordKind, Sequence[tuple[int, str]]]
"""The vocabulary as choices, by kind."""


class NeedForm(TimesMixin, PlaceMixin, Form):
    """What a professional or a coordinator writes; most of it has a sensible answer from the kind of task."""

    title = line(_l("Overskrift"), most=120, required=True)
    goal = line(_l("Hva er viktig for den det gjelder?"), most=300)
    task = paragraph(_l("Hva skal gjøres?"), most=4_000, required=True)
    audience = radios(_l("Hvem er det for?"), Filled())
    mode = radios(_l("Hvordan?"), Filled())
    place = pick(_l("Sted"))
    postcode = line(_l("Postnummer"), most=4)
    times = radios(_l("Når?"), Filled())
    lasts = pick(_l("Hvor lenge hver gang?"), coerce=int)
    how_often = line(_l("Hvor ofte"), most=120)
    wanted = number(_l("Hvor mange trengs?"), low=1, high=200, required=True)
    minimum = number(_l("Hvor mange må det minst være?"), low=1, high=200)
    urgency = radios(_l("Haster det?"), Filled())
    starts_on = day(_l("Første dag"))
    ends_on = day(_l("Siste dag"), NotBefore("starts_on"))
    preferred = TickField(_l("Gjerne"), coerce=int)
    required = TickField(_l("Må kunne"), coerce=int)
    interests = TickField(_l("Noe å være sammen om"), coerce=int)
    languages = TickField(_l("Språk"), coerce=int)
    age_min = WholeNumberField(_l("Alder fra"), [Between(18, 110)])
    age_max = WholeNumberField(_l("Alder til"), [Between(18, 110)])
    wish_gender = radios(_l("Har mottakeren et ønske?"))
    wish_reason = line(_l("Hvorfor"), most=300)
    cross_border = BooleanField(_l("Folk fra nabokommunene kan også spørres"))
    unit_id = pick(_l("Virksomhet"), coerce=int)
    settled = TickField(_l("Politiattest"))
    given = radios(_l("Hvordan ble samtykket gitt?"))
    given_on = day(_l("Når ble samtykket gitt?"))
    covers_publication = BooleanField(_l("Samtykket gjelder også å vise behovet åpent på nett"))

    was: NeedWords | None = None
    """The need that is changed: what the form does not offer stays as it was."""

    def fill(self, kind: kinds.KindOfTask, *, units: Sequence[Unit], terms: Words) -> None:
        """Put in the choices of this municipality and this kind of task."""
        self.fill_places()
        self._fill_words(kind, terms)
        self.unit_id.choices = [(0, _("Ingen")), *((unit.id, unit.name) for unit in units)]
        self.audience.choices = [
            (Audience.PERSON, _("Én person")),
            (Audience.GROUP, _("En gruppe")),
            (Audience.INSTITUTION, _("En institusjon eller et sted")),
        ]
        self.mode.choices = list(mode_names().items())
        self.times.choices = [
            (Times.NONE, _("Vi avtaler tiden senere")),
            (Times.ANY, _("Én av tidene under er nok")),
            (Times.ALL, _("Alle tidene under")),
        ]
        self.lasts.choices = [
            (0, _("Hele tiden som er merket")),
            *((minutes, duration(minutes, locale=g.locale)) for minutes in LENGTHS),
        ]
        self.urgency.choices = [(key, name) for key, name in urgency_names().items() if key in self._urgencies()]
        self.wish_gender.choices = [
            ("", _("Nei, alle passer")),
            ("f", _("Vil helst møte en kvinne")),
            ("m", _("Vil helst møte en mann")),
        ]
        self.given.choices = self._ways_to_consent()

    def _ways_to_consent(self) -> list[tuple[str, str]]:
        """By word or in writing, and the way it was given that is on file."""
        offered = {ConsentGiven.SPOKEN, ConsentGiven.WRITTEN, self.given.data}
        ways = [(way.value, name) for way, name in consent_names().items() if way in offered]
        return [*ways, ("", _("Ikke ennå"))]

    def has_consent(self) -> None:
        """One is on file: it is withdrawn on the need's own page, never by a form that happens to say "not yet"."""
        self.given.choices = [choice for choice in self._ways_to_consent() if choice[0]]

    def _urgencies(self) -> set[str]:
        """The three that are offered, and the one that the need has."""
        return {"2", "3", "5", *([str(self.was.urgency)] if self.was else [])}

    def _fill_words(self, kind: kinds.KindOfTask, terms: Words) -> None:
        self.preferred.choices = self.required.choices = terms.get(WordKind.RESOURCE, ())
        self.interests.choices = terms.get(WordKind.INTEREST, ())
        self.languages.choices = terms.get(WordKind.LANGUAGE, ())
        self.settled.choices = [
            (one.key, say(one.basis.role)) for one in kind.requirements if one.required is kinds.Required.TO_BE_SETTLED
        ]

    def validate_minimum(self, field: WholeNumberField) -> None:
        """Never more than are wanted."""
        if field.data and self.wanted.data and field.data > self.wanted.data:
            raise ValidationError(_("Det minste antallet kan ikke være større enn hvor mange som trengs."))

    def validate_age_max(self, field: WholeNumberField) -> None:
        """Not below the lowest age."""
        if field.data and self.age_min.data and field.data < self.age_min.data:
            raise ValidationError(_("Alder til kan ikke være lavere enn alder fra."))

    def validate_place(self, field: SelectField) -> None:
        """Somewhere, unless it happens on the phone or online."""
        if not field.data and self.mode.data not in (Mode.PHONE, Mode.ONLINE):
            raise ValidationError(_("Sted må velges når noen skal møtes."))

    def validate_wish_reason(self, field: StringField) -> None:
        """A wish is the recipient's own, and has a reason."""
        if self.wish_gender.data and not field.data:
            raise ValidationError(_("Skriv hvorfor mottakeren har dette ønsket. Det kan være kort."))

    def validate_given(self, field: RadioField) -> None:
        """Whoever writes a day, or that it may be published, also says how the consent was given."""
        if not field.data and (self.given_on.data or self.covers_publication.data):
            raise ValidationError(_("Velg hvordan samtykket ble gitt."))

    def validate_given_on(self, field: DateField) -> None:
        """A consent has a day, and not one to come."""
        if self.given.data and not field.data:
            raise ValidationError(_("Skriv hvilken dag samtykket ble gitt."))
        if field.data and field.data > today(g.now):
            raise ValidationError(_("Samtykket kan ikke være gitt fram i tid."))

    def validate_times(self, field: RadioField) -> None:
        """Times are written where they are asked for."""
        written = bool(self.windows(lasts=0) or self.time_faults())
        if field.data == Times.NONE and written:
            raise ValidationError(_("Når: du har skrevet tider. Velg om én er nok eller alle trengs, eller tøm dem."))
        if field.data in (Times.ANY, Times.ALL) and not written:
            raise ValidationError(_("Når: skriv minst én tid, eller velg å avtale tiden senere."))

    def words(self, kind: kinds.KindOfTask) -> NeedWords:
        """The form as the service takes it."""
        place, postcode = self.where()
        lasts = self.lasts.data if self.times.data == Times.ANY else 0
        return NeedWords(
            kind=kind.key,
            title=self.title.data or "",
            goal=self.goal.data or "",
            task=self.task.data or "",
            audience=Audience(self.audience.data),
            mode=Mode(self.mode.data),
            place=place,
            postcode=postcode,
            cross_border=self.cross_border.data,
            times=Times(self.times.data),
            windows=self.windows(lasts=lasts),
            how_often=self.how_often.data or "",
            wanted=self.wanted.data or 1,
            minimum=self.minimum.data or 1,
            urgency=int(self.urgency.data),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            age_min=self.age_min.data,
            age_max=self.age_max.data,
            wish_gender=self.wish_gender.data or None,
            wish_reason=self.wish_reason.data or "",
            unit_id=self.unit_id.data or None,
            required=self._chosen(self.required, self.languages) | self._kept("required"),
            preferred=self._chosen(self.preferred, self.interests) | self._kept("preferred"),
            settled=frozenset(self.settled.data or ()),
            consent=self._consent(),
        )

    def _chosen(self, *fields: TickField) -> frozenset[int]:
        return frozenset(ident for field in fields for ident in field.data or ())

    def _kept(self, which: str) -> frozenset[int]:
        """Words of the need that are not among the choices, and so cannot have been taken away here."""
        fields = (self.required, self.languages) if which == "required" else (self.preferred, self.interests)
        offered = {value for field in fields for value, *_rest in field.iter_choices()}
        held: frozenset[int] = getattr(self.was, which) if self.was else frozenset()
        return held - offered

    def _consent(self) -> ConsentWords | None:
        if not self.given.data or self.given_on.data is None:
            return None
        return ConsentWords(
            given=ConsentGiven(self.given.data),
            given_on=self.given_on.data,
            covers_publication=self.covers_publication.data,
        )


def usual(kind: kinds.KindOfTask, *, skills: Collection[int], unit_id: int) -> dict[str, Any]:
    """What is usual for a kind of task, as the form's fields."""
    minutes = round(kind.hours * 60)
    return {
        "title": say(kind.label),
        "audience": kind.audience,
        "mode": kind.mode,
        "times": Times.ANY,
        "lasts": next((length for length in LENGTHS if length >= minutes), LENGTHS[-1]),
        "wanted": kind.people,
        "urgency": "3",
        "preferred": sorted(skills),
        "unit_id": unit_id,
    }


PLAIN = (
    "title", "goal", "task", "audience", "mode", "times", "how_often", "wanted", "minimum", "starts_on", "ends_on",
    "age_min", "age_max", "wish_reason", "cross_border",
)  # fmt: skip
"""Fields that hold the need's own words as they are."""


def as_typed(words: NeedWords, consent: Consent | None, *, languages: Collection[int]) -> dict[str, Any]:
    """A need that is there, as the form's fields. `languages`: the terms that are languages."""
    return {
        **{name: getattr(words, name) for name in PLAIN},
        "place": place_typed(words.place, words.postcode),
        "postcode": words.postcode if place_typed(words.place, words.postcode) == ELSEWHERE else "",
        "lasts": lasting(words.windows),
        "urgency": str(words.urgency),
        "wish_gender": words.wish_gender or "",
        "unit_id": words.unit_id or 0,
        "required": sorted(words.required - set(languages)),
        "languages": sorted(words.required & set(languages)),
        "preferred": sorted(words.preferred),
        "interests": sorted(words.preferred),
        "settled": sorted(words.settled),
        "given": consent.given if consent else "",
        "given_on": consent.given_on if consent else None,
        "covers_publication": bool(consent and consent.covers_publication),
    }


def consent_names() -> Mapping[ConsentGiven, str]:
    """How a consent was given."""
    return {
        ConsentGiven.SELF: _("Selv, på nett"),
        ConsentGiven.SPOKEN: _("Muntlig"),
        ConsentGiven.WRITTEN: _("Skriftlig"),
        ConsentGiven.GUARDIAN: _("Av en verge"),
    }


def urgency_names() -> Mapping[str, str]:
    """How much it hurries."""
    return {
        "1": _("Kan vente lenge"),
        "2": _("Kan vente"),
        "3": _("Vanlig"),
        "4": _("Bør gå fort"),
        "5": _("Haster"),
    }


class WhyForm(Form):
    """A reason that is kept with the decision."""

    why = paragraph(_l("Begrunnelse"), most=500, required=True)


class CloseForm(Form):
    """How a need came out."""

    outcome = radios(_l("Hvordan gikk det?"), Filled(_l("Velg hvordan det gikk.")))

    def fill(self) -> None:
        """The outcomes in words; a withdrawal is a press of its own."""
        self.outcome.choices = [
            (Outcome.FULFILLED, _("Behovet ble dekket")),
            (Outcome.PARTLY, _("Behovet ble delvis dekket")),
            (Outcome.NOT_COVERED, _("Vi fant ingen")),
            (Outcome.NO_LONGER_RELEVANT, _("Det er ikke aktuelt lenger")),
        ]


def findings_in(need: Need) -> Iterator[str]:
    """What the scanner asks the writer to say otherwise; it never blocks."""
    seen = set()
    for text in (need.title, need.goal, need.task, need.how_often, need.wish_reason):
        for finding in scanner.scan(text):
            said = say(finding.sentence)
            if said not in seen:
                seen.add(said)
                yield said
