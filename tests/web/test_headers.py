"""The edge: what every answer says to the browser, and which requests are not even looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Config
from tests.cast import Someone
from tests.databases import Database, fresh
from tests.page import BASE
from tests.town import Town

PATHS = (
    "/", "/logg-inn", "/ny-konto", "/healthz", "/finnes-ikke", "/konto", "/administrasjon", "/logg-ut",
    "/bekreft?lenke=x", "/%00", "/static/finnes-ikke.css", "/..%2f..%2fetc/passwd",
    "//static//", "/behov/0", "/behov/99999999999999999999",
)  # fmt: skip
WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
POLICY = {
    "default-src": "'none'", "style-src": "'self'", "img-src": "'self' data:", "font-src": "'self'",
    "connect-src": "'self'",    "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip


@pytest.fixture
def database() -> Iterator[Database]:
    """The edge is the same on both databases: the quick one."""
    with fresh("sqlite") as found:
        yield found


def policy_of(answer: TestResponse) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";")]
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("who", ["stranger", "grete"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "TRACE", "PUT", "DELETE", "FOO"])
def test_every_answer_is_hardened_whatever_it_is(request: pytest.FixtureRequest, who: str, method: str) -> None:
    browser: FlaskClient = request.getfixturevalue(who).browser
    for path in PATHS:
        answer = browser.open(path, method=method)
        assert answer.status_code < 500 or path == "/healthz", (path, answer.status_code)
        assert {name: answer.headers.get(name) for name in WANTED} == WANTED, (path, answer.status_code)
        assert "Traceback" not in answer.text
        policy = policy_of(answer)
        assert {name: policy[name] for name in POLICY} == POLICY, path
        assert re.fullmatch(r"'nonce-[\w-]{22}' 'strict-dynamic'", policy["script-src"]), path
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_nonce_is_new_for_each_answer(stranger: Someone) -> None:
    assert len({policy_of(stranger.browser.get("/logg-inn"))["script-src"] for _ in range(100)}) == 100


@pytest.mark.parametrize("path", ["/", "/konto", "/administrasjon", "/finnes-ikke", "/logg-inn", "/healthz"])
def test_what_somebody_who_is_logged_in_sees_is_stored_nowhere(grete: Someone, path: str) -> None:
    assert grete.browser.get(path).headers["Cache-Control"] == "no-store"


def test_a_page_for_strangers_is_kept_by_nobody_in_between(stranger: Someone) -> None:
    assert stranger.browser.get("/").headers["Cache-Control"] == "private, no-cache"


# ---------------------------------------------------------------- hosts and methods


@pytest.mark.parametrize(
    "host", ["evil.no", "ok@evil.no", "samskap.example.evil.no", "evil.no:443", "samskap.example@evil.no", ""]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_host_that_is_not_ours_is_refused_before_anything_is_looked_up(
    app: Flask, oyer: Town, host: str, method: str
) -> None:
    answer = app.test_client().open("/logg-inn", method=method, headers={"Host": host, "Origin": f"https://{host}"})
    assert answer.status_code == 400
    assert "Traceback" not in answer.text
    assert "evil.no" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", ["samskap.example", "samskap.example:443"])
def test_our_own_host_is_answered(app: Flask, oyer: Town, host: str) -> None:
    assert app.test_client().get("/logg-inn", headers={"Host": host}).status_code == 200


def test_what_a_stranger_says_of_the_host_before_us_is_not_believed(stranger: Someone) -> None:
    answer = stranger.browser.get("/konto", headers={"X-Forwarded-Host": "evil.no", "X-Forwarded-Proto": "http"})
    assert "evil.no" not in answer.location + answer.text


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "FOO"])
def test_a_method_that_no_page_has_is_refused(grete: Someone, method: str) -> None:
    assert grete.browser.open("/administrasjon", method=method).status_code == 405


def test_a_header_does_not_turn_one_method_into_another(grete: Someone) -> None:
    answer = grete.browser.get("/logg-ut", headers={"X-HTTP-Method-Override": "POST"})
    assert answer.status_code == 405
    assert grete.opens("/konto").heading == "Kontoen din"


def test_head_has_the_headers_of_the_page_and_no_body(stranger: Someone) -> None:
    answer = stranger.browser.head("/logg-inn")
    assert (answer.status_code, answer.data) == (200, b"")


# ---------------------------------------------------------------- forms from elsewhere


@pytest.mark.parametrize(
    "origin", ["https://evil.no", "null", "http://[", "https://samskap.example.evil.no", "evil", "://"]
)
def test_a_form_from_another_site_is_refused(grete: Someone, origin: str) -> None:
    html = grete.opens("/konto").html
    token = html.split('csrf_token" value="')[1].split('"')[0]
    headers = {"Origin": origin, "Referer": BASE}
    answer = grete.browser.post("/konto/logg-ut-andre", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == 400


def test_a_form_without_the_token_or_with_anothers_is_refused(grete: Someone, kari: Someone) -> None:
    theirs = kari.opens("/konto").html.split('csrf_token" value="')[1].split('"')[0]
    grete.opens("/konto")
    for data in ({}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": theirs}):
        answer = grete.browser.post("/konto/logg-ut-andre", data=data, headers={"Referer": BASE})
        assert answer.status_code == 400


# ---------------------------------------------------------------- sizes


def test_a_body_larger_than_any_form_is_refused(stranger: Someone) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        answer = stranger.browser.post("/logg-inn", data=b"a=" + b"x" * 1_100_000, content_type=kind)
        assert answer.status_code in (400, 413), kind
    answer = stranger.browser.post(
        "/logg-inn", data=b"a=" + b"x" * 1_100_000, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413


def test_only_a_page_for_uploads_takes_more(app: Flask, mona: Someone, grete: Someone) -> None:
    uploads = [name for name, view in app.view_functions.items() if getattr(view, "uploads", False)]
    assert uploads, "no page takes a file"
    for name in uploads:
        assert name.startswith("imports."), name
    for who, path, size, status in (
        (grete, "/administrasjon/inviter", 1_100_000, 413),
        (mona, "/importer", 11_000_000, 413),
    ):
        data = {"file": (BytesIO(b"x" * size), "liste.csv")}
        answer = who.browser.post(path, data=data, content_type="multipart/form-data", headers={"Referer": BASE})
        assert answer.status_code == status, path


def test_a_thousand_fields_and_a_cookie_that_is_broken_are_answered(stranger: Someone, app: Flask) -> None:
    answer = stranger.browser.post("/logg-inn", data={f"x{number}": "1" for number in range(1_001)})
    assert answer.status_code in (400, 413)
    for value in ("x", "x" * 16_000, "eyJ.x.y", ".", '"'):
        browser = app.test_client(use_cookies=False)  # as it comes; a browser's own rules keep long ones from us
        answer = browser.get("/konto", headers={"Cookie": f"__Host-samskap={value}"})
        assert (answer.status_code, answer.location[:9]) == (302, "/logg-inn")


# ---------------------------------------------------------------- cookies yield only in demo mode over plain http


class TestDemoOverPlainHttp:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return replace(config, demo=True, base_url="http://127.0.0.1:8000", trusted_hosts=("127.0.0.1",))

    def test_the_cookie_is_plain_and_nothing_is_promised_of_https(self, app: Flask, oyer: Town) -> None:
        answer = app.test_client().get("/logg-inn", base_url="http://127.0.0.1:8000")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("samskap=")
        assert "Secure" not in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Strict-Transport-Security" not in answer.headers


def test_everywhere_else_the_cookie_is_locked_to_this_host_and_to_https(app: Flask, oyer: Town) -> None:
    cookie = app.test_client().get("/logg-inn").headers["Set-Cookie"]
    assert cookie.startswith("__Host-samskap=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
