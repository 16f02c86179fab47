"""What stands around every page."""

from __future__ import annotations

from sqlalchemy import Engine, select

from samskap.models import LoginSession
from samskap.models.session import TenantSession
from samskap.services import sessions
from tests.cast import Someone
from tests.town import Town


def test_a_stranger_is_shown_the_front_page(stranger: Someone) -> None:
    page = stranger.opens("/")
    assert page.status == 200
    assert page.language == "nb"


def test_somebody_who_is_logged_in_is_named_and_can_log_out(kari: Someone) -> None:
    page = kari.opens("/")
    assert "Kari Kvam" in page.html
    page.press("Logg ut")
    assert "Kari Kvam" not in page.html
    assert kari.town.db.scalars(select(LoginSession)).all() == []


def test_a_log_in_lives_in_its_own_municipality(per: Someone) -> None:
    assert "Gausdal kommune" in per.opens("/").html


def test_the_language_is_chosen_once(stranger: Someone) -> None:
    stranger.opens("/", lang="en")
    assert stranger.opens("/").language == "en"


def test_a_page_that_is_not_there_helps(stranger: Someone) -> None:
    page = stranger.opens("/finnes-ikke")
    assert page.status == 404
    assert page.heading == "Siden finnes ikke"


def test_the_cast_is_known_to_services_as_the_log_in_knows_them(ane: Someone, oyer: Town, engine: Engine) -> None:
    token = ane.logs_in(ane.browser)
    with TenantSession(engine) as session:
        login = sessions.resume(session, token, now=oyer.clock())
    assert login is not None
    assert login.actor == ane.actor
