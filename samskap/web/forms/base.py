"""What every form shares: text that is checked and never changed in silence, and sentences that name the field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from samskap.services import scanner
from samskap.web.words import say

INVISIBLE = {"\u200b", "\u200c", "\u200d", "\ufeff", "\u00a0", "\u2060"}
"""Characters that make an empty field look filled."""
FILLERS = {"\u3164", "\u115f", "\u1160", "\u2800"}
"""Characters that are letters by name and empty to the eye."""
LOST = "\ufffd"
"""Stands where bytes came that are no text."""
OVERRIDES = {"\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068"}
"""Characters that turn the direction of what follows and can make text lie."""


class Form(FlaskForm):
    """A form whose faults are shown with what was typed. Write csrf_token and form_key with fields.hidden()."""

    def fault(self, field: Field, sentence: str) -> None:
        """Put a sentence on a field after the form's own checks, as services do."""
        field.errors = [*field.errors, sentence]


def tidy(value: str | None) -> str:
    """The text without blanks around it, in one Unicode form, with one kind of line end; nothing visible changes."""
    text = unicodedata.normalize("NFC", (value or "").replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip().strip("".join(INVISIBLE)).strip()


def printable(text: str, *, lines: bool = False) -> str:
    """The text without the characters that no page can show as they were written; `lines` keeps the ends of lines."""
    return "".join(char for char in text if (lines and char in "\n\t") or _can_be_shown(char))


def _can_be_shown(char: str) -> bool:
    return char not in OVERRIDES and char != LOST and unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp")


def is_seen(value: object) -> bool:
    """Whether an answer holds something; text must hold a character that can be seen."""
    if isinstance(value, str):
        return any(unicodedata.category(char)[0] not in "ZC" and char not in FILLERS for char in value)
    return value is not False and (bool(value) or value == 0)


class Filled:
    """The field must hold something that can be seen."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, sentence: Any = None) -> None:
        self.sentence = sentence

    def __call__(self, form: Any, field: Field) -> None:
        if not is_seen(field.data):
            if field.process_errors:
                raise StopValidation
            field.errors = []
            raise StopValidation(str(self.sentence or _("%(label)s må fylles ut.", label=field.label.text)))


class Readable:
    """No control characters and nothing that turns the direction of text; at most `most` characters."""

    def __init__(self, most: int, *, lines: bool = False) -> None:
        self.most = most
        self.allowed = "\n\t" if lines else ""

    def __call__(self, form: Any, field: Field) -> None:
        text = field.data or ""
        field.data = printable(text, lines="\n" in self.allowed)
        words = {"label": field.label.text, "count": len(text), "most": self.most}
        if len(text) > self.most:
            raise StopValidation(_("%(label)s er for lang: %(count)s tegn. Den kan ha %(most)s.", **words))
        if field.data != text:
            raise StopValidation(
                _(
                    "%(label)s hadde et tegn som ikke kan vises. Vi tok det bort. Se over teksten og send igjen.",
                    **words,
                )
            )


class NoNationalId:
    """A national identity number is never saved, in whatever field it is typed."""

    def __call__(self, form: Any, field: Field) -> None:
        if sentence := scanner.blocks(field.data or ""):
            raise StopValidation(say(sentence))


def line(
    label: Any, *, most: int = 120, required: bool = False, checks: Sequence[Callable[..., None]] = (), **options: Any
) -> Any:
    """A field of one line."""
    first = [Filled()] if required else []
    return StringField(label, [*first, Readable(most), NoNationalId(), *checks], filters=[tidy], **options)


def paragraph(
    label: Any, *, most: int = 4_000, required: bool = False, checks: Sequence[Callable[..., None]] = (), **options: Any
) -> Any:
    """A field of several lines."""
    first = [Filled()] if required else []
    return TextAreaField(
        label, [*first, Readable(most, lines=True), NoNationalId(), *checks], filters=[tidy], **options
    )


class WholeNumberField(IntegerField):
    """A whole number in plain figures; what else was typed is kept and said."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not text:
            return
        if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 9):
            raise ValueError(_("%(label)s må være et helt tall, for eksempel 3.", label=self.label.text))
        self.data = int(text)

    def _value(self) -> str:
        """What was typed, as far as it can be shown."""
        shown: str = super()._value()  # type: ignore[misc]  # not in the stubs
        return printable(shown)


class Between:
    """A number from `low` to `high`, both included."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def __call__(self, form: Any, field: Field) -> None:
        if field.data is not None and not self.low <= field.data <= self.high:
            raise StopValidation(
                _("%(label)s må være fra %(low)s til %(high)s.", label=field.label.text, low=self.low, high=self.high),
            )


def number(label: Any, *, low: int, high: int, required: bool = False, **options: Any) -> Any:
    """A field for a whole number in a range."""
    first = [Filled()] if required else []
    return WholeNumberField(label, [*first, Between(low, high)], **options)


NOT_A_CHOICE = _l("Velg ett av svarene i lista.")
"""What is said of an answer that is none of those to choose among."""


def radios(label: Any, *checks: Callable[..., None], **options: Any) -> RadioField:
    """One of several, all of them in sight; an empty value stands for no answer."""
    return RadioField(label, checks, default="", **{**_CHOOSING, **options})


def pick(label: Any, *checks: Callable[..., None], **options: Any) -> SelectField:
    """One of several in a list that opens."""
    return SelectField(label, checks, **{**_CHOOSING, **options})


_CHOOSING = {"invalid_choice_message": NOT_A_CHOICE, "invalid_value_message": NOT_A_CHOICE}


class TickField(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget()
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            self.data = [self.coerce(value) for value in valuelist]
        except (ValueError, TypeError):
            self.data = []
            raise ValueError(self._unknown()) from None

    def pre_validate(self, form: Any) -> None:
        known = {str(value) for value, *_rest in self.iter_choices()}
        if any(str(value) not in known for value in self.data or ()):
            raise StopValidation(self._unknown())

    def _unknown(self) -> str:
        return _("%(label)s: velg blant det som står i lista.", label=self.label.text)


ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
PLAIN_DAY = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2100


class Unreadable(ValueError):
    """Something typed that cannot be read; the message is a sentence for the one who typed it."""


def read_day(text: str, *, label: str) -> date:
    """A date as a browser sends it or as people write it (14.3.2027); Unreadable with a sentence when it is none."""
    iso, plain = ISO_DAY.fullmatch(text), PLAIN_DAY.fullmatch(text)
    parts = iso.groups() if iso else plain.groups()[::-1] if plain else ()
    try:
        day = date(*(int(part) for part in parts))
    except (ValueError, TypeError):
        raise Unreadable(_("%(label)s må være en dag som finnes, for eksempel 14.3.2027.", label=label)) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unreadable(
            _("%(label)s må være fra %(first)s til %(last)s.", label=label, first=FIRST_YEAR, last=LAST_YEAR)
        )
    return day


class DayField(DateField):
    """A date; what was typed is kept when it is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if text:
            self.data = read_day(text, label=self.label.text)

    def _value(self) -> str:
        """What was typed, as far as it can be shown."""
        shown: str = super()._value()  # type: ignore[misc]  # not in the stubs
        return printable(shown)


def day(label: Any, *checks: Callable[..., None], required: bool = False) -> DayField:
    """A field for a date."""
    return DayField(label, [Filled() if required else Optional(), *checks])
