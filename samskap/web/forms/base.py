"""What every form shares: text that is checked and never changed in silence, and sentences that name the field."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

INVISIBLE = {"\u200b", "\u200c", "\u200d", "\ufeff", "\u00a0", "\u2060"}
"""Characters that make an empty field look filled."""
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


class Filled:
    """The field must hold something that can be seen."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, sentence: Any = None) -> None:
        self.sentence = sentence

    def __call__(self, form: Any, field: Field) -> None:
        if field.data is False or (not field.data and field.data != 0):
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
        if len(text) > self.most:
            raise StopValidation(
                _(
                    "%(label)s er for lang: %(count)s tegn. Den kan ha %(most)s.",
                    label=field.label.text,
                    count=len(text),
                    most=self.most,
                ),
            )
        if any(
            (unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") and char not in self.allowed) or char in OVERRIDES
            for char in text
        ):
            raise StopValidation(
                _("%(label)s har et tegn som ikke kan vises. Skriv teksten på nytt.", label=field.label.text)
            )


def line(
    label: Any, *, most: int = 120, required: bool = False, checks: Sequence[Callable[..., None]] = (), **options: Any
) -> Any:
    """A field of one line."""
    first = [Filled()] if required else []
    return StringField(label, [*first, Readable(most), *checks], filters=[tidy], **options)


def paragraph(
    label: Any, *, most: int = 4_000, required: bool = False, checks: Sequence[Callable[..., None]] = (), **options: Any
) -> Any:
    """A field of several lines."""
    first = [Filled()] if required else []
    return TextAreaField(label, [*first, Readable(most, lines=True), *checks], filters=[tidy], **options)


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


class TickField(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget()
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        known = {str(value) for value, *_rest in self.iter_choices()}
        if any(str(value) not in known for value in self.data or ()):
            raise StopValidation(_("%(label)s: velg blant det som står i lista.", label=self.label.text))


NOT_A_CHOICE = _l("Velg ett av svarene i lista.")
"""For RadioField and SelectField: `validate_choice=True` with this as the message."""
