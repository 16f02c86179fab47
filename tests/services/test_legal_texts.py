"""What people sign and say yes to."""

from __future__ import annotations

import hashlib
from importlib.resources import files

import pytest

from samskap.services import legal_texts
from samskap.services.legal_texts import UnknownTextError
from samskap.text import LOCALES

PUBLISHED = {
    "declaration/2026-1.toml": "ba38694d706186b05f81395e37d22ad879d45495451ef646be7935daf85ad474",
    "consent/2026-1.toml": "115f03eeeb34ccc00714410555821e2a7ce0e95b032cfb80efe1a34a2542679a",
}
"""The fingerprint of every published file. Changed one? Put it back, and write a new version instead."""


@pytest.mark.parametrize(("name", "fingerprint"), PUBLISHED.items())
def test_a_published_text_never_changes(name: str, fingerprint: str) -> None:
    assert hashlib.sha256((files("samskap") / "data" / name).read_bytes()).hexdigest() == fingerprint


def test_every_version_is_published_here() -> None:
    assert {f"declaration/{version}.toml" for version in legal_texts.versions()} <= set(PUBLISHED)
    assert legal_texts.CURRENT in legal_texts.versions()


def test_the_declaration_names_its_law_and_leaves_room_to_save_a_life() -> None:
    told = legal_texts.declaration()
    assert told.citation == "forvaltningsloven § 13"
    assert any("113" in paragraph.nb for paragraph in told.paragraphs)
    assert len(told.paragraphs) >= 5


@pytest.mark.parametrize("key", ["share_need", "own_need", "publish_need", "volunteer", "assisted"])
def test_every_consent_says_how_it_is_taken_back(key: str) -> None:
    told = legal_texts.consent(key)
    assert told.version == legal_texts.CURRENT
    assert all(told.withdraw.say(locale) for locale in LOCALES)


@pytest.mark.parametrize("version", ["2025-9", "", "../../secret", "2026-1/../2026-1"])
def test_a_version_that_was_never_published_is_refused(version: str) -> None:
    with pytest.raises(UnknownTextError):
        legal_texts.declaration(version)
    with pytest.raises(UnknownTextError):
        legal_texts.consent("share_need", version)


@pytest.mark.parametrize("key", ["no_such", "version"])
def test_a_consent_without_words_is_refused(key: str) -> None:
    with pytest.raises(UnknownTextError, match=key):
        legal_texts.consent(key)


def test_the_privacy_page_names_the_municipality_the_authority_and_the_sources() -> None:
    for locale in LOCALES:
        told = " ".join(one.text.say(locale, municipality="Øyer") for one in legal_texts.privacy_sections())
        assert all(name in told for name in ("Øyer", "Datatilsynet", "GeoNames", "Kartverket"))
        assert "{" not in told
