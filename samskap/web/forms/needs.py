"""Forms of needs: the professional's, the citizen's own, and the small ones that close or send back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField
from wtforms.validators import Optional, ValidationError

from matching.times import Dated, Weekly, Window
from matching.week import Week
from samskap.integrations.places import Settlement, municipality, place_of_name, place_of_postcode
from samskap.models import Audience, ConsentGiven, Mode, Need, Times, Unit, WordKind
from samskap.services import kinds, scanner
from samskap.services.needs import ConsentWords, NeedWords
from samskap.text import OSLO, today
from samskap.web.forms.base import Between, Filled, Form, TickField, WholeNumberField, line, number, paragraph, tidy
from samskap.web.week_form import WeekForm, WeekRead, read_week, show_week
from samskap.web.words import say
from samskap.workflows.need import Outcome

SESSIONS = 3
"""How many dated times the form has room for."""
CLOCK = re.compile(r"^(\d{1,2})(?:[.:](\d{2}))?$")
ELSEWHERE = "other"


@dataclass(frozen=True)
class SessionRow:
    """One dated time as it was typed, and what is wrong with it."""

    number: int
    day: str
    start: str
    end: str
    error: str = ""


class Unreadable(ValueError):
    """A time that cannot be read; the message is a sentence for the one who typed it."""


def read_sessions() -> tuple[list[SessionRow], list[Dated]]:
    """The dated times of the posted form: as typed, and those that could be read."""
    rows, sessions = [], []
    for at in range(SESSIONS):
        day, start, end = (tidy(request.form.get(f"{part}-{at}", "")) for part in ("dato", "fra", "til"))
        try:
            if day or start or end:
                sessions.append(read_session(day, start, end))
            rows.append(SessionRow(at, day, start, end))
        except Unreadable as why:
            rows.append(SessionRow(at, day, start, end, str(why)))
    return rows, sessions


def read_session(day: str, start: str, end: str) -> Dated:
    """A dated time from what was typed in three fields; Unreadable with a sentence when it is none."""
    on = _day(day)
    begins, ends = _instant(on, _clock(start)), _instant(on, _clock(end))
    if ends <= begins:
        raise Unreadable(_("Tiden må slutte etter at den begynner."))
    return Dated(begins, ends)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(_("Datoen må være en dag som finnes, for eksempel 2027-03-14.")) from None


def _clock(text: str) -> time:
    found = CLOCK.match(text)
    try:
        return time(int(found[1]), int(found[2] or 0)) if found else time(99)
    except ValueError:
        raise Unreadable(_("Klokkeslettet må skrives som 17 eller 17.30.")) from None


def _instant(day: date, clock: time) -> datetime:
    """The instant of a wall clock in Norway; a time that the spring change skips does not exist."""
    local = datetime.combine(day, clock, tzinfo=OSLO)
    if datetime.fromtimestamp(local.timestamp(), OSLO).time() != clock:
        raise Unreadable(_("Klokka stilles den natta, så dette klokkeslettet finnes ikke."))
    return local


def session_rows(windows: Sequence[Window]) -> list[SessionRow]:
    """Dated times as the form shows them, with empty rows to the end."""
    dated = [window for window in windows if isinstance(window, Dated)][:SESSIONS]
    rows = []
    for at, one in enumerate(dated):
        start, end = one.begins.astimezone(OSLO), one.ends.astimezone(OSLO)
        rows.append(SessionRow(at, start.date().isoformat(), f"{start:%H.%M}", f"{end:%H.%M}"))
    return rows + [SessionRow(at, "", "", "") for at in range(len(rows), SESSIONS)]


class NotBefore:
    """A date that does not lie before another field's."""

    def __init__(self, other: str) -> None:
        self.other = other

    def __call__(self, form: Form, field: DateField) -> None:
        first = form[self.other].data
        if field.data and first and field.data < first:
            raise ValidationError(
                _(
                    "%(label)s kan ikke være før %(other)s.",
                    label=field.label.text,
                    other=form[self.other].label.text.lower(),
                )
            )


def _date(label: str, *checks: object) -> DateField:
    return DateField(label, [Optional(), *checks])


class TimesMixin:
    """Reading and showing the wanted times: a week of half hours, and dated sessions."""

    week_read: WeekRead | None = None
    rows: list[SessionRow]
    sessions: list[Dated]

    def read_times(self) -> bool:
        """Read what was posted; False when something could not be read, or a quick button asks for the page again."""
        self.week_read = read_week(request.form, locale=g.locale)
        self.rows, self.sessions = read_sessions()
        return not (self.week_read.errors or self.week_read.quick or any(row.error for row in self.rows))

    def windows(self) -> tuple[Window, ...]:
        """The times that were read, weekly ones first."""
        week = self.week_read.week if self.week_read else Week()
        return (*(Weekly(start, end) for start, end in week.spans()), *self.sessions)


def week_to_show(windows: Sequence[Window], read: WeekRead | None) -> WeekForm:
    """The week form: as typed if it was posted, else as the need has it."""
    if read is not None:
        return show_week(read.week, locale=g.locale, read=read)
    spans = [(window.start, window.end) for window in windows if isinstance(window, Weekly)]
    return show_week(Week.touching(spans), locale=g.locale)


def places_here() -> tuple[Settlement, ...]:
    """The settlements of this municipality."""
    known = municipality(g.municipality.code)
    return known.settlements if known else ()


class PlaceMixin:
    """Where: a settlement of the municipality, or a postcode elsewhere."""

    place: SelectField
    postcode: StringField

    def fill_places(self) -> None:
        """The settlements as choices."""
        self.place.choices = [
            ("", _("Velg sted")),
            *((one.name, one.name) for one in places_here()),
            (ELSEWHERE, _("Et annet sted")),
        ]

    def where(self) -> tuple[str, str | None]:
        """The name of the place and its postcode."""
        if self.place.data == ELSEWHERE:
            town = place_of_postcode(self.postcode.data or "")
            return (town.town if town else "", town.code if town else None)
        found = place_of_name(self.place.data, near=g.municipality.code)
        return (self.place.data, found.postcode if found else None)

    def validate_postcode(self, field: StringField) -> None:
        """A postcode is asked for only where the place is another."""
        if self.place.data == ELSEWHERE and place_of_postcode(field.data or "") is None:
            raise ValidationError(_("Postnummer må ha fire siffer og være et som finnes, for eksempel 2635."))


class NeedForm(TimesMixin, PlaceMixin, Form):
    """What a professional or a coordinator writes; most of it has a sensible answer from the kind of task."""

    title = line(_l("Overskrift"), most=120, required=True)
    goal = line(_l("Hva er viktig for den det gjelder?"), most=300)
    task = paragraph(_l("Hva skal gjøres?"), most=4_000, required=True)
    audience = RadioField(_l("Hvem er det for?"), [Filled()])
    mode = RadioField(_l("Hvordan?"), [Filled()])
    place = SelectField(_l("Sted"))
    postcode = line(_l("Postnummer"), most=4)
    times = RadioField(_l("Når?"), [Filled()])
    how_often = line(_l("Hvor ofte"), most=120)
    wanted = number(_l("Hvor mange trengs?"), low=1, high=200, required=True)
    minimum = number(_l("Hvor mange må det minst være?"), low=1, high=200)
    urgency = RadioField(_l("Haster det?"), [Filled()])
    starts_on = _date(_l("Første dag"))
    ends_on = _date(_l("Siste dag"), NotBefore("starts_on"))
    preferred = TickField(_l("Gjerne"), coerce=int)
    required = TickField(_l("Må kunne"), coerce=int)
    languages = TickField(_l("Språk"), coerce=int)
    age_min = WholeNumberField(_l("Alder fra"), [Between(18, 110)])
    age_max = WholeNumberField(_l("Alder til"), [Between(18, 110)])
    wish_gender = RadioField(_l("Har mottakeren et ønske?"))
    wish_reason = line(_l("Hvorfor"), most=300)
    cross_border = BooleanField(_l("Folk fra nabokommunene kan også spørres"))
    unit_id = SelectField(_l("Virksomhet"), coerce=int)
    settled = TickField(_l("Politiattest"))
    given = RadioField(_l("Hvordan ble samtykket gitt?"))
    given_on = _date(_l("Når ble samtykket gitt?"))
    covers_publication = BooleanField(_l("Samtykket gjelder også å vise behovet åpent på nett"))

    def fill(
        self, kind: kinds.KindOfTask, *, units: Sequence[Unit], terms: Mapping[WordKind, Sequence[tuple[int, str]]]
    ) -> None:
        """Put in the choices of this municipality and this kind of task."""
        self.fill_places()
        self.audience.choices = [
            (Audience.PERSON, _("Én person")),
            (Audience.GROUP, _("En gruppe")),
            (Audience.INSTITUTION, _("En institusjon eller et sted")),
        ]
        self.mode.choices = mode_names()
        self.times.choices = [
            (Times.NONE, _("Vi avtaler tiden senere")),
            (Times.ANY, _("Én av tidene under er nok")),
            (Times.ALL, _("Alle tidene under")),
        ]
        self.urgency.choices = [("2", _("Kan vente")), ("3", _("Vanlig")), ("5", _("Haster"))]
        self.wish_gender.choices = [
            ("", _("Nei, alle passer")),
            ("f", _("Vil helst møte en kvinne")),
            ("m", _("Vil helst møte en mann")),
        ]
        self.given.choices = [
            (ConsentGiven.SPOKEN, _("Muntlig")),
            (ConsentGiven.WRITTEN, _("Skriftlig")),
            ("", _("Ikke ennå")),
        ]
        self.unit_id.choices = [(0, _("Ingen")), *((unit.id, unit.name) for unit in units)]
        self.preferred.choices = self.required.choices = terms[WordKind.RESOURCE]
        self.languages.choices = terms[WordKind.LANGUAGE]
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

    def validate_given_on(self, field: DateField) -> None:
        """A consent has a day, and not one to come."""
        if self.given.data and not field.data:
            raise ValidationError(_("Skriv hvilken dag samtykket ble gitt."))
        if field.data and field.data > today(g.now):
            raise ValidationError(_("Samtykket kan ikke være gitt fram i tid."))

    def validate_times(self, field: RadioField) -> None:
        """Times are written where they are asked for."""
        if field.data in (Times.ANY, Times.ALL) and not self.windows() and not any(row.error for row in self.rows):
            raise ValidationError(_("Når: skriv minst én tid, eller velg å avtale tiden senere."))

    def validate_task(self, field: StringField) -> None:
        """A national id is never saved."""
        refuse_ids(field)

    validate_goal = validate_title = validate_task

    def words(self, kind: kinds.KindOfTask) -> NeedWords:
        """The form as the service takes it."""
        place, postcode = self.where()
        windows = self.windows() if self.times.data != Times.NONE else ()
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
            windows=windows,
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
            required=frozenset(self.required.data or ()) | frozenset(self.languages.data or ()),
            preferred=frozenset(self.preferred.data or ()),
            settled=frozenset(self.settled.data or ()),
            consent=self._consent(),
        )

    def _consent(self) -> ConsentWords | None:
        if not self.given.data or self.given_on.data is None:
            return None
        return ConsentWords(
            given=ConsentGiven(self.given.data),
            given_on=self.given_on.data,
            covers_publication=self.covers_publication.data,
        )


class OwnNeedForm(TimesMixin, PlaceMixin, Form):
    """What a citizen writes for themselves: short, in their own words."""

    kind = RadioField(_l("Hva trenger du noen til?"), [Filled(_l("Velg det som ligner mest."))])
    goal = line(_l("Hva er viktig for deg?"), most=300)
    task = paragraph(_l("Fortell litt mer"), most=2_000, required=True)
    place = SelectField(_l("Sted"), [Filled(_l("Sted må velges."))])
    postcode = line(_l("Postnummer"), most=4)
    how_often = line(_l("Hvor ofte"), most=120)
    wish_gender = RadioField(_l("Vil du helst møte en kvinne eller en mann?"), default="")
    wish_reason = line(_l("Hvorfor"), most=300)
    agrees = BooleanField(
        _l("Jeg vil at kommunen leter etter noen for meg. Ingen får vite hvem jeg er før begge har sagt ja."),
        [Filled(_l("Kryss av for at kommunen kan lete etter noen for deg."))],
    )
    covers_publication = BooleanField(_l("Behovet kan vises åpent på nett, uten navn"))

    def fill(self) -> None:
        """Put in the choices of this municipality."""
        self.fill_places()
        self.kind.choices = [(kind.key, say(kind.label)) for kind in kinds_for_oneself()]
        self.wish_gender.choices = [
            ("", _("Det spiller ingen rolle")),
            ("f", _("Helst en kvinne")),
            ("m", _("Helst en mann")),
        ]

    def validate_task(self, field: StringField) -> None:
        """A national id is never saved."""
        refuse_ids(field)

    validate_goal = validate_task

    def validate_wish_reason(self, field: StringField) -> None:
        """A wish has a reason."""
        if self.wish_gender.data and not field.data:
            raise ValidationError(_("Skriv hvorfor. Det kan være kort."))

    def words(self) -> NeedWords:
        """The form as the service takes it; the defaults come with the kind of task."""
        kind = kinds.kind(self.kind.data)
        place, postcode = self.where()
        windows = self.windows()
        return NeedWords(
            kind=kind.key,
            title=say(kind.label),
            goal=self.goal.data or "",
            task=self.task.data or "",
            mode=kind.mode,
            place=place,
            postcode=postcode,
            times=Times.ANY if windows else Times.NONE,
            windows=windows,
            how_often=self.how_often.data or "",
            wish_gender=self.wish_gender.data or None,
            wish_reason=self.wish_reason.data or "",
            consent=ConsentWords(
                given=ConsentGiven.SELF, given_on=today(g.now), covers_publication=self.covers_publication.data
            ),
        )


class WhyForm(Form):
    """A reason that is kept with the decision."""

    why = paragraph(_l("Begrunnelse"), most=500, required=True)


class CloseForm(Form):
    """How a need came out."""

    outcome = RadioField(_l("Hvordan gikk det?"), [Filled(_l("Velg hvordan det gikk."))])

    def fill(self) -> None:
        """The outcomes in words; a withdrawal is a press of its own."""
        self.outcome.choices = [
            (Outcome.FULFILLED, _("Behovet ble dekket")),
            (Outcome.PARTLY, _("Behovet ble delvis dekket")),
            (Outcome.NOT_COVERED, _("Vi fant ingen")),
            (Outcome.NO_LONGER_RELEVANT, _("Det er ikke aktuelt lenger")),
        ]


def mode_names() -> list[tuple[Mode, str]]:
    """Where and how, in words."""
    return [
        (Mode.HOME, _("Hjemme hos noen")),
        (Mode.OUTDOORS, _("Ute")),
        (Mode.INSTITUTION, _("På et sted for flere, som bibliotek eller bosenter")),
        (Mode.PHONE, _("På telefon")),
        (Mode.ONLINE, _("På nett")),
    ]


def kinds_for_oneself() -> list[kinds.KindOfTask]:
    """Kinds of task that one person may ask for."""
    return [kind for kind in kinds.kinds() if kind.audience is Audience.PERSON]


def refuse_ids(field: StringField) -> None:
    """ValueError with the scanner's sentence where the text must not be saved as it stands."""
    if sentence := scanner.blocks(field.data or ""):
        raise ValidationError(say(sentence))


def findings_in(need: Need) -> Iterator[str]:
    """What the scanner asks the writer to say otherwise; it never blocks."""
    seen = set()
    for text in (need.title, need.goal, need.task):
        for finding in scanner.scan(text):
            said = say(finding.sentence)
            if said not in seen:
                seen.add(said)
                yield said
