"""The demo's mail page: there in demo mode, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from app import create_app
from config import Config
from samskap.integrations.mail import FolderMailer, Mail
from tests.cast import Someone

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def post(config: Config, number: int) -> None:
    mailer = FolderMailer(config.mail_folder, sender=config.mail_from)
    body = f"Hei.\n\nLogg inn på samskap.example.\n\n{config.base_url}/bekreft?lenke=x{number}\n"
    mailer.send(Mail(name=f"outbox-{number}", to="kari@oyer.example", subject=f"Beskjed {number}", body=body, at=AT))


class TestInDemoMode:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return replace(config, demo=True)

    def test_the_newest_comes_first_on_several_pages(self, stranger: Someone, config: Config) -> None:
        assert stranger.opens("/demo/post").says("Ingen post ennå")
        for number in range(1, 13):
            post(config, number)
        page = stranger.opens("/demo/post")
        assert page.text.index("Beskjed 12") < page.text.index("Beskjed 11")
        assert not page.says("Beskjed 2")
        assert page.says("Til kari@oyer.example, i dag, tirsdag, kl. 10")
        assert "https://samskap.example/bekreft?lenke=x12" in page.links()
        assert stranger.opens("/demo/post", side="2").says("Beskjed 2")


def test_there_is_no_such_page_for_real_people(stranger: Someone, config: Config) -> None:
    post(config, 1)
    assert stranger.opens("/demo/post").status == 404


def test_outside_demo_nothing_is_put_into_a_folder_unasked(app: Flask, config: Config) -> None:
    assert app.extensions["worker"].mailer is None
    assert create_app(replace(config, mail="file:///tmp/samskap-nowhere")).extensions["worker"].mailer is not None
