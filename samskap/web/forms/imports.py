"""The form of an import: what the list is a list of, and the list."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField

from samskap.services.imports.columns import Kind
from samskap.web.forms.base import Filled, Form


class UploadForm(Form):
    """A list, and what it is a list of."""

    kind = RadioField(_l("Hva er det en liste over?"), [Filled(_l("Velg hva det er en liste over."))])
    file = FileField(_l("Lista"), [FileRequired(_l("Velg fila med lista."))])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.kind.choices = [(Kind.VOLUNTEERS.value, _("Frivillige")), (Kind.NEEDS.value, _("Behov"))]
