"""What a browser is sent beside the pages: hashed files that never change, and pages compressed on their way out."""

from __future__ import annotations

import gzip
import json
import re
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from wsgiref.headers import Headers

import brotli
from flask import Flask, Response, request
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

DIST: Final = Path(__file__).resolve().parents[2] / "static" / "dist"
PREFIX: Final = "/static/"
SMALLEST: Final = 500
"""Bytes below which a response is sent as it is: the headers would cost more than is won."""
PADDING: Final = 32
"""The most random bytes added to a compressed page, so that its length tells nobody what it says."""
COMPRESSIBLE: Final = re.compile(r"text/|application/(json|[\w.-]+\+json|xml|[\w.-]+\+xml|javascript)|image/svg\+xml")
BROTLI_QUALITY: Final = 5
"""Measured on pages of 20 kB: within one per cent of quality 9, in 0.3 ms where that takes 8."""


class AssetsMissing(RuntimeError):
    """static/dist has not been built; the message says how."""


def init_assets(app: Flask, *, dist: Path = DIST) -> None:
    """Serves the built files at /static/, compresses responses and gives templates `asset(name)`.

    Call it before anything else registers `after_request`, so that packing comes last. AssetsMissing when script/assets
    has not run; KeyError at `asset(name)` for a file that was not built.
    """
    manifest = read_manifest(dist)
    app.jinja_env.globals["asset"] = partial(url_of, manifest)
    app.wsgi_app = files_of(manifest, dist, app.wsgi_app)  # type: ignore[method-assign]
    app.after_request(compress)


def files_of(manifest: Mapping[str, str], dist: Path, app: WSGIApplication) -> WhiteNoise:
    """Answers for the built files, packed as the browser can take them; hands every other request to the app."""
    files = WhiteNoise(
        app,
        allow_all_origins=False,
        add_headers_function=harden,
        immutable_file_test=lambda path, url: True,
    )
    for name in manifest.values():
        files.add_file_to_dictionary(PREFIX + name, str(dist / name))
    return files


def read_manifest(dist: Path) -> Mapping[str, str]:
    """The hashed name of each built file; AssetsMissing when there are none."""
    try:
        names: dict[str, str] = json.loads((dist / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise AssetsMissing("The pages' style and scripts have not been built. Run script/assets first.") from None
    return names


def themes(dist: Path = DIST) -> list[str]:
    """The names of the themes that were built, in the order of the alphabet."""
    return sorted(name[len("theme-") : -len(".css")] for name in read_manifest(dist) if name.startswith("theme-"))


def url_of(manifest: Mapping[str, str], name: str) -> str:
    """The address of a built file; KeyError, with the names there are, when it was not built."""
    if name not in manifest:
        raise KeyError(f"{name} was not built; there are {', '.join(sorted(manifest))}")
    return PREFIX + manifest[name]


def harden(headers: Headers, path: str, url: str) -> None:
    """Puts on a static file the headers that Flask's own responses get elsewhere."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"


# ---------------------------------------------------------------- compression

ENCODERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "br": partial(brotli.compress, quality=BROTLI_QUALITY),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}


def compress(response: Response) -> Response:
    """Packs what may be packed in the browser's best encoding; marks it with `Vary` either way."""
    if not may_be_packed(response):
        return response
    response.vary.add("Accept-Encoding")
    encoding = request.accept_encodings.best_match(ENCODERS)
    content = response.get_data()
    if encoding is None or len(content) < SMALLEST:
        return response
    response.set_data(ENCODERS[encoding](content + padding(response.mimetype)))
    response.headers["Content-Encoding"] = encoding
    tag, weak = response.get_etag()
    if tag and not weak:
        response.set_etag(tag, weak=True)
    return response


def may_be_packed(response: Response) -> bool:
    """False for streams, parts, pictures, what is packed already, and under `Cache-Control: no-transform`."""
    return (
        response.status_code not in {204, 206, 304}
        and not response.direct_passthrough
        and not response.is_streamed
        and "Content-Encoding" not in response.headers
        and not response.cache_control.no_transform
        and COMPRESSIBLE.match(response.mimetype or "") is not None
    )


def padding(mimetype: str | None) -> bytes:
    """A comment of random length for a page, nothing for the rest: compressed lengths must not give secrets away."""
    if mimetype != "text/html":
        return b""
    return b"<!--" + secrets.token_hex(1 + secrets.randbelow(PADDING)).encode() + b"-->"
