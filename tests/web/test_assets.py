"""What a browser is sent: built from what the templates use, packed, kept for ever, and small."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from fontTools.ttLib import TTFont

from samskap.web.assets import DIST, AssetsMissing, init_assets, read_manifest
from script import assets as builder
from tests.browser import DESK, PHONE, Visit, Visitor
from tests.web.showcase import showcase_app

MOST_BYTES = 60_000
PAGES = ("/", "/uka", "/velg", "/feil/404")
MANIFEST = read_manifest(DIST)
LONG = "Folk som vil bidra, og folk som trenger noen. " * 40


@pytest.fixture
def web() -> FlaskClient:
    """A client of an application with one page of each sort."""
    app = Flask(__name__, static_folder=None)
    init_assets(app)
    replies: dict[str, Callable[[], Any]] = {
        "lang": lambda: LONG,
        "kort": lambda: "Kort.",
        "data": lambda: {"folk": [LONG]},
        "bilde": lambda: Response(b"\x89PNG" * 500, mimetype="image/png"),
        "hemmelig": lambda: Response(LONG, headers={"Cache-Control": "no-store, no-transform"}),
        "strøm": lambda: Response(piecemeal(), mimetype="text/csv"),
    }
    for name, reply in replies.items():
        app.add_url_rule(f"/{name}", endpoint=name, view_func=reply)
    return app.test_client()


def piecemeal() -> Iterator[str]:
    """Lines that are made while they are sent."""
    for _ in range(100):
        yield LONG


# ---------------------------------------------------------------- pages on their way out


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("br, gzip", "br"), ("gzip", "gzip"), ("gzip;q=1, br;q=0.5", "gzip")]
)
def test_a_page_is_packed_in_the_best_encoding_that_the_browser_takes(
    web: FlaskClient, accepted: str, encoding: str
) -> None:
    reply = web.get("/lang", headers={"Accept-Encoding": accepted})
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[encoding]
    assert reply.headers["Content-Encoding"] == encoding
    assert re.fullmatch(re.escape(LONG) + r"<!--[0-9a-f]{2,64}-->", unpack(reply.data).decode())
    assert int(reply.headers["Content-Length"]) == len(reply.data) < len(LONG) / 4
    assert "Accept-Encoding" in reply.vary


@pytest.mark.parametrize("accepted", ["", "identity", "br;q=0, gzip;q=0", "zstd"])
def test_a_browser_that_takes_no_packing_gets_the_page_as_it_is(web: FlaskClient, accepted: str) -> None:
    reply = web.get("/lang", headers={"Accept-Encoding": accepted})
    assert (reply.text, reply.headers.get("Content-Encoding")) == (LONG, None)
    assert "Accept-Encoding" in reply.vary


@pytest.mark.parametrize("path", ["/kort", "/bilde", "/hemmelig", "/strøm"])
def test_short_replies_pictures_streams_and_what_must_not_be_changed_are_left_alone(
    web: FlaskClient, path: str
) -> None:
    assert "Content-Encoding" not in web.get(path, headers={"Accept-Encoding": "br, gzip"}).headers


def test_data_is_packed_without_a_comment_that_would_break_it(web: FlaskClient) -> None:
    reply = web.get("/data", headers={"Accept-Encoding": "br"})
    assert json.loads(brotli.decompress(reply.data)) == {"folk": [LONG]}


def test_the_packed_length_of_one_and_the_same_page_varies_so_that_it_gives_nothing_away(web: FlaskClient) -> None:
    sizes = {len(web.get("/lang", headers={"Accept-Encoding": "br"}).data) for _ in range(40)}
    assert len(sizes) > 5


# ---------------------------------------------------------------- built files


@pytest.mark.parametrize("name", [name for name in MANIFEST if not name.endswith("woff2")])
def test_a_built_file_is_sent_packed_kept_for_ever_and_only_to_our_own_pages(web: FlaskClient, name: str) -> None:
    address = f"/static/{MANIFEST[name]}"
    plain = web.get(address, headers={"Accept-Encoding": ""}, buffered=True)
    packed = {
        encoding: web.get(address, headers={"Accept-Encoding": encoding}, buffered=True) for encoding in ("br", "gzip")
    }
    assert brotli.decompress(packed["br"].data) == gzip.decompress(packed["gzip"].data) == plain.data
    for reply in (plain, *packed.values()):
        assert "immutable" in reply.headers["Cache-Control"]
        assert reply.headers["Vary"] == "Accept-Encoding"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in reply.headers


def test_nothing_but_the_built_files_is_served(web: FlaskClient) -> None:
    for path in ("manifest.json", "stamp", "samskap.css", "js/uke.js", "../script/assets.py", "..%2fsamskap.css"):
        assert web.get(f"/static/{path}").status_code == 404


def test_an_application_without_built_files_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing, match="Run script/assets first"):
        init_assets(Flask(__name__, static_folder=None), dist=tmp_path)


def test_asking_for_a_file_that_was_not_built_names_those_that_were() -> None:
    app = Flask(__name__, static_folder=None)
    init_assets(app)
    with pytest.raises(KeyError, match=r"uka\.js was not built; there are .*uke\.js"):
        app.jinja_env.globals["asset"]("uka.js")  # type: ignore[operator]


# ---------------------------------------------------------------- the first view


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("visitor", [PHONE, DESK], ids=str)
def test_a_first_view_is_at_most_60_kilobytes_over_the_wire_from_one_host(
    showcase: str, visit: Visit, path: str, visitor: Visitor
) -> None:
    page = visit("about:blank", visitor)
    session = page.context.new_cdp_session(page)
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.send("Network.enable")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(showcase + path, wait_until="networkidle")
    assert {address.split("/")[2] for address in asked} == {showcase.split("/")[2]}
    assert len(received) >= 4
    assert sum(received) <= MOST_BYTES


def test_a_picked_font_has_every_letter_of_our_languages() -> None:
    main, sami = (TTFont(DIST / MANIFEST[name]).getBestCmap() for name in ("samskap.woff2", "sami.woff2"))
    assert not [letter for letter in "abcæøåÆØÅéòôüäö–«»’…0123456789€" if ord(letter) not in main]
    assert not [letter for letter in "čđŋšŧžČĐŊŠŦŽ" if ord(letter) not in sami]


# ---------------------------------------------------------------- the build


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with templates and static of its own to build from."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "static/theme").mkdir(parents=True)
    (tmp_path / "static/js").mkdir()
    (tmp_path / "package-lock.json").write_text("{}", "utf-8")
    (tmp_path / "static/samskap.css").write_text("p{color:red}", "utf-8")
    for name, folder in (("ROOT", "."), ("STATIC", "static"), ("DIST", "static/dist"), ("THEMES", "static/theme")):
        monkeypatch.setattr(builder, name, tmp_path / folder)
    return tmp_path


def built_style(folder: Path) -> str:
    """The style that the build made."""
    return (folder / "static/dist" / read_manifest(folder / "static/dist")["samskap.css"]).read_text("utf-8")


def test_only_the_components_that_the_templates_use_are_bundled(bench: Path) -> None:
    (bench / "templates/a.html").write_text('<p class="ds-paragraph"><a class="ds-button" href="/">Ja</a></p>', "utf-8")
    assert builder.build(force=False)
    style = built_style(bench)
    assert style.startswith("@layer ds.theme,ds.base,ds.components;")
    assert ".ds-button{" in style
    assert ".ds-dialog" not in style
    assert ".ds-card" not in style
    assert style.rstrip().endswith("p{color:red}")


def test_the_build_does_nothing_when_nothing_changed_and_starts_again_when_a_component_is_taken_into_use(
    bench: Path,
) -> None:
    assert builder.build(force=False)
    assert not builder.build(force=False)
    (bench / "templates/b.html").write_text('<div class="ds-card"></div>', "utf-8")
    assert builder.build(force=False)
    assert ".ds-card" in built_style(bench)


def test_two_builds_of_the_same_give_the_same_files_so_that_browsers_keep_what_they_have(bench: Path) -> None:
    builder.build(force=True)
    first = read_manifest(bench / "static/dist")
    time.sleep(1.1)  # a second that a timestamp in a file would tell of
    builder.build(force=True)
    assert read_manifest(bench / "static/dist") == first


def test_a_page_that_is_open_while_assets_are_built_anew_still_finds_its_files(bench: Path) -> None:
    builder.build(force=False)
    old = bench / "static/dist" / read_manifest(bench / "static/dist")["samskap.css"]
    (bench / "static/samskap.css").write_text("p{color:#00f}", "utf-8")
    builder.build(force=False)
    assert read_manifest(bench / "static/dist")["samskap.css"] != old.name
    assert old.exists()
    two_days_ago = time.time() - 2 * builder.A_DAY
    os.utime(old, (two_days_ago, two_days_ago))
    builder.build(force=True)
    assert not old.exists()


def test_a_class_that_no_component_styles_stops_the_build(bench: Path) -> None:
    (bench / "templates/c.html").write_text('<div class="ds-cart"></div>', "utf-8")
    with pytest.raises(builder.BuildError, match="uses the class ds-cart, and no component"):
        builder.build(force=False)
    assert not (bench / "static/dist").exists()


def test_a_style_that_asks_another_host_stops_the_build(bench: Path) -> None:
    (bench / "static/samskap.css").write_text(
        '@font-face{font-family:X;src:url("https://fonts.example/x.woff2")}', "utf-8"
    )
    with pytest.raises(builder.BuildError, match="asks another host"):
        builder.build(force=False)


def test_a_municipality_adds_its_colours_in_the_configuration_and_a_stale_theme_is_told_of(bench: Path) -> None:
    config = json.loads((DIST.parents[1] / "designsystemet.config.json").read_text("utf-8"))
    config["themes"] = {"fjord": {**config["themes"]["dalen"], "borderRadius": 2}}
    (bench / "designsystemet.config.json").write_text(json.dumps(config), "utf-8")
    builder.write_themes()
    with (bench / "static/theme/fjord.css").open("a") as theme:
        theme.write("/* by hand */")
    assert builder.stale_themes() == ["fjord"]
    builder.build(force=False)
    assert "theme-fjord.css" in read_manifest(bench / "static/dist")


def test_the_lock_file_of_the_front_end_holds_hashes_and_names_no_host() -> None:
    lock = json.loads((DIST.parents[1] / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert not [name for name, entry in packages.items() if "integrity" not in entry and not entry.get("link")]


def test_the_showcase_is_made_of_nothing_but_what_is_built() -> None:
    page = showcase_app().test_client().get("/").text
    linked = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page))
    assert linked <= set(MANIFEST.values())
    assert io.StringIO(page).readline() == "<!doctype html>\n"
