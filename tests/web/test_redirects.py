"""Where one may be led after a form: only to paths of our own."""

from __future__ import annotations

import pytest

from samskap.web.redirects import own_path


@pytest.mark.parametrize(
    "wanted",
    [
        None, "", "//evil.no", "///evil.no", "/\\evil.no", "\\/evil.no", "https:evil.no", "https://evil.no/", "evil.no",
        "konto", "javascript:alert(1)", "/\t/evil.no", "/\n/evil.no", "/%09/evil.no", "/%5cevil.no", "/%2fevil.no",
        "/ok%0d%0aSet-Cookie:a=b", "/ok\r\nSet-Cookie:a=b", " /konto", "/konto\x00", "/konto\u2028", "/" + "x" * 400,
        "//[", "/\xa0/evil.no",
    ],
)  # fmt: skip
def test_what_a_browser_could_take_for_another_site_is_no_path_of_ours(wanted: str | None) -> None:
    assert own_path(wanted) is None


@pytest.mark.parametrize(
    "wanted", ["/", "/konto", "/behov/1?side=2&rolle=leder", "/behov?ord=%C3%B8y%20er", "/a//b", "/a:b"]
)
def test_our_own_paths_are_kept_as_they_are(wanted: str) -> None:
    assert own_path(wanted) == wanted
