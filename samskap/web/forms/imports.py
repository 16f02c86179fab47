"""Forms of imports: the list that is uploaded, and which column holds what."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField

from samskap.services.imports.columns import Kind
from samskap.web.forms.base import Filled, Form


class UploadForm(Form):
    """What the list is a list of, and the list."""

    kind = RadioField(
        _l("Hva er det en liste over?"),
        [Filled(_l("Velg hva det er en liste over."))],
        choices=[(Kind.VOLUNTEERS.value, _l("Frivillige")), (Kind.NEEDS.value, _l("Behov"))],
        validate_choice=True,
    )
    file = FileField(_l("Lista"), [FileRequired(_l("Velg fila med lista."))])
