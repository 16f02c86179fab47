"""Demo: the e-mails that would have been sent. Only in demo mode; anywhere else there is no such page."""

from __future__ import annotations

from flask import current_app, render_template
from werkzeug.exceptions import NotFound

from config import Config
from samskap.integrations import mail
from samskap.permissions import Can
from samskap.web.blueprint import Pages
from samskap.web.paging import page_of

pages = Pages("mailbox", __name__)


@pages.shows("/demo/post", needs=Can.VISIT)
def show() -> str:
    """Every message in the mail folder, the newest first."""
    config: Config = current_app.extensions["config"]
    if not config.demo:
        raise NotFound
    page = page_of(mail.names_in(config.mail_folder), size=10)
    messages = [mail.read_kept(config.mail_folder, name) for name in page.items]
    return render_template("notices/mailbox.html", page=page, messages=messages, base_url=config.base_url)
