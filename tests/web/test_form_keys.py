"""A form sent twice has its first effect alone: by a double press, a retry, a page left open, or all at once."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, abort, g, redirect, request
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from samskap.models import FormKey, Unit
from samskap.permissions import Can
from samskap.services import form_keys
from samskap.web import PAGES
from samskap.web.blueprint import Pages, commit_before_hashing
from tests.at_once import at_once
from tests.cast import Someone
from tests.page import BASE
from tests.town import Town, keep

made = Pages("made_for_tests", __name__)
slow = threading.Event()


@made.asks("/test/enhet", needs=Can.CHANGE_MUNICIPALITY, uploads=True)
def add() -> Any:
    """Adds a unit; slowly, badly or twice if it is told to."""
    if request.method == "GET":
        return "ok"
    if request.form.get("early"):
        commit_before_hashing()
    if request.form.get("wait"):
        slow.wait(timeout=20)
    if request.form.get("fail"):
        return "not good enough", 422
    if request.form.get("raise"):
        abort(409)
    g.db.add(Unit(name=request.form["name"], sector="digital_help"))
    g.db.flush()
    if request.form.get("page"):
        return "a page"
    return redirect(f"/led-hit?navn={request.form['name']}", 303)


@pytest.fixture(autouse=True)
def with_the_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The service has one page more while this file is tried."""
    slow.clear()
    monkeypatch.setattr("app.PAGES", (*PAGES, made))
    yield
    slow.set()


@pytest.fixture
def form(grete: Someone) -> dict[str, str]:
    """The hidden fields of a form that Grete has open."""
    html = grete.opens("/administrasjon/virksomheter").html
    return {name: re.findall(f'name="{name}" value="([^"]+)"', html)[-1] for name in ("csrf_token", "form_key")}


def sends(browser: FlaskClient, form: dict[str, str], **fields: Any) -> TestResponse:
    return browser.post("/test/enhet", data={"name": "Biblioteket", **form, **fields}, headers={"Referer": BASE})


def units(town: Town) -> list[str]:
    town.db.rollback()
    return list(town.db.scalars(select(Unit.name).order_by(Unit.id)))


def test_a_second_press_leads_where_the_first_did_and_does_nothing(
    grete: Someone, oyer: Town, form: dict[str, str]
) -> None:
    answers = [sends(grete.browser, form) for _ in range(3)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/led-hit?navn=Biblioteket")] * 3
    assert units(oyer) == ["Biblioteket"]


def test_other_answers_under_the_same_key_are_refused(grete: Someone, oyer: Town, form: dict[str, str]) -> None:
    sends(grete.browser, form)
    answer = sends(grete.browser, form, name="Kinoen")
    assert answer.status_code == 422
    assert "Skjemaet er allerede sendt, med andre svar." in answer.text
    assert units(oyer) == ["Biblioteket"]


def test_another_file_under_the_same_key_is_refused(grete: Someone, oyer: Town, form: dict[str, str]) -> None:
    statuses = [
        sends(grete.browser, form, file=(BytesIO(content), "liste.csv")).status_code for content in (b"a", b"a", b"b")
    ]
    assert statuses == [303, 303, 422]
    assert units(oyer) == ["Biblioteket"]


def test_the_same_key_at_another_address_is_refused(grete: Someone, oyer: Town, form: dict[str, str]) -> None:
    sends(grete.browser, form)
    data = {"name": "Biblioteket", **form}
    assert grete.browser.post("/test/enhet?x=1", data=data, headers={"Referer": BASE}).status_code == 422


@pytest.mark.parametrize("fault", ["fail", "raise"])
@pytest.mark.parametrize("early", ["", "1"])
def test_a_form_that_had_no_effect_may_be_sent_again(
    grete: Someone, oyer: Town, form: dict[str, str], fault: str, early: str
) -> None:
    for _ in range(2):
        assert sends(grete.browser, form, **{fault: "1", "early": early}).status_code in (409, 422)
    assert sends(grete.browser, form).status_code == 303
    assert units(oyer) == ["Biblioteket"]


def test_an_answer_that_leads_nowhere_is_not_remembered(grete: Someone, oyer: Town, form: dict[str, str]) -> None:
    assert sends(grete.browser, form, name="Kinoen", page="1").status_code == 200
    assert sends(grete.browser, form).status_code == 303
    assert units(oyer) == ["Kinoen", "Biblioteket"]


def test_without_a_key_every_press_counts(grete: Someone, oyer: Town, form: dict[str, str]) -> None:
    for name in ("Biblioteket", "Kinoen"):
        assert sends(grete.browser, {**form, "form_key": ""}, name=name).status_code == 303
    assert units(oyer) == ["Biblioteket", "Kinoen"]


@pytest.mark.parametrize("key", ["x" * 65, "x" * 10_000, "\x00", "æ", "-", "99999999999999999999-x"])
def test_a_key_that_is_none_of_ours_is_answered(grete: Someone, oyer: Town, form: dict[str, str], key: str) -> None:
    answer = sends(grete.browser, {**form, "form_key": key})
    assert answer.status_code in (303, 400, 409)


def test_one_persons_key_is_not_anothers(grete: Someone, mona: Someone, oyer: Town, form: dict[str, str]) -> None:
    with keep(oyer.db):
        told = form_keys.Form(who="somebody else", key=form["form_key"], route="x", body_hash="x")
        form_keys.claim(oyer.db, told, now=oyer.clock())
    assert sends(grete.browser, form).status_code == 303


def test_20_of_eight_at_once_one_has_an_effect(app: Flask, grete: Someone, oyer: Town, form: dict[str, str]) -> None:
    cookie = grete.browser.get_cookie("__Host-samskap", domain="samskap.example")
    assert cookie is not None

    def press(**fields: str) -> tuple[int, str | None]:
        browser = app.test_client()
        browser.set_cookie("__Host-samskap", cookie.value, domain="samskap.example", secure=True)
        answer = sends(browser, form, **fields)
        return answer.status_code, answer.location

    results = at_once([press] * 8)
    assert results == [(303, "/led-hit?navn=Biblioteket")] * 8
    assert units(oyer) == ["Biblioteket"]


def test_while_the_first_is_at_work_the_second_waits_or_is_told(
    app: Flask, grete: Someone, oyer: Town, form: dict[str, str]
) -> None:
    cookie = grete.browser.get_cookie("__Host-samskap", domain="samskap.example")
    assert cookie is not None

    def press() -> int:
        browser = app.test_client()
        browser.set_cookie("__Host-samskap", cookie.value, domain="samskap.example", secure=True)
        return sends(browser, form, wait="1", early="1").status_code

    first = threading.Thread(target=press)
    first.start()
    while not _claimed(oyer):
        pass
    assert press() == 409
    slow.set()
    first.join(timeout=30)
    assert press() == 303
    assert units(oyer) == ["Biblioteket"]


def test_on_postgresql_a_second_waits_no_longer_than_for_any_lock(
    app: Flask, grete: Someone, oyer: Town, form: dict[str, str]
) -> None:
    if oyer.db.get_bind().dialect.name == "sqlite":
        pytest.skip("on SQLite the second waits for the whole database")
    cookie = grete.browser.get_cookie("__Host-samskap", domain="samskap.example")
    assert cookie is not None
    results: list[int] = []

    def press() -> None:
        browser = app.test_client()
        browser.set_cookie("__Host-samskap", cookie.value, domain="samskap.example", secure=True)
        results.append(sends(browser, form, wait="1").status_code)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    while not results:
        threads[0].join(timeout=0.05)
    slow.set()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(results) == [303, 409]
    assert units(oyer) == ["Biblioteket"]


def test_keys_are_kept_for_a_day(grete: Someone, oyer: Town, form: dict[str, str]) -> None:
    sends(grete.browser, form)
    for hours, left in ((24, 1), (25, 0)):
        with keep(oyer.db):
            form_keys.forget_old(oyer.db, now=oyer.clock() + timedelta(hours=hours))
        assert oyer.db.scalar(select(func.count(FormKey.id))) == left


def _claimed(town: Town) -> int:
    town.db.rollback()
    return int(town.db.scalar(select(func.count(FormKey.id))) or 0)
