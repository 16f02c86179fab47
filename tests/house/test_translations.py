"""Every sentence of the pages is there in nb, nn and en, and speaks as we speak."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEVER = re.compile(r"\b(en bruker|brukere?n|brukere|brukerne|kunde\w*|klient\w*)\b|!", re.IGNORECASE)


@pytest.fixture(scope="module")
def translations() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "script" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def small(tmp_path: Path, translations: ModuleType) -> Path:
    (tmp_path / "samskap").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "samskap" / "pages.py").write_text('_("Hei %(name)s")\nngettext("Ett møte", "%(num)d møter", n)\n')
    (tmp_path / "templates" / "a.html").write_text("{% trans %}Logg inn{% endtrans %}{{ _('Meny') }}", "utf-8")
    translations.main([], root=tmp_path)
    return tmp_path


def fill(root: Path, language: str, words: dict[str, str]) -> None:
    """Writes translations as a person would, into the file."""
    path = root / "translations" / language / "LC_MESSAGES" / "messages.po"
    text = path.read_text("utf-8")
    for sentence, translation in words.items():
        text = text.replace(f'msgid "{sentence}"\nmsgstr ""', f'msgid "{sentence}"\nmsgstr "{translation}"')
    text = text.replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "One meeting"\nmsgstr[1] "%(num)d meetings"')
    path.write_text(text, "utf-8")


def faults(translations: ModuleType, root: Path, language: str) -> list[str]:
    found: Iterable[str] = translations.faults_in(translations.catalogue(root, language), translations.extracted(root))
    return [fault.removeprefix(f"{language}: ") for fault in found]


def test_a_filled_catalogue_has_no_faults(translations: ModuleType, small: Path) -> None:
    fill(small, "en", {"Hei %(name)s": "Hi %(name)s", "Logg inn": "Log in", "Meny": "Menu"})
    assert faults(translations, small, "en") == []


def test_a_missing_sentence_is_found(translations: ModuleType, small: Path) -> None:
    fill(small, "en", {"Hei %(name)s": "Hi %(name)s", "Logg inn": "Log in"})
    assert faults(translations, small, "en") == ["missing: 'Meny' (templates/a.html)"]
    assert translations.main(["--check"], root=small) == 1


def test_another_placeholder_is_found(translations: ModuleType, small: Path) -> None:
    fill(small, "en", {"Hei %(name)s": "Hi %(nam)s", "Logg inn": "Log in", "Meny": "Menu"})
    assert len(faults(translations, small, "en")) == 1


def test_a_sentence_that_nobody_says_any_more_is_found(translations: ModuleType, small: Path) -> None:
    fill(small, "en", {"Hei %(name)s": "Hi %(name)s", "Logg inn": "Log in", "Meny": "Menu"})
    (small / "templates" / "a.html").write_text("{{ _('Meny') }}", "utf-8")
    assert faults(translations, small, "en") == ["no longer used: 'Logg inn'; run script/translations"]


def test_a_second_update_changes_nothing(translations: ModuleType, small: Path) -> None:
    fill(small, "en", {"Meny": "Menu"})
    path = translations.po_file(small, "en")
    translations.main([], root=small)
    once = path.read_bytes()
    translations.main([], root=small)
    assert path.read_bytes() == once
    assert b'msgstr "Menu"' in once


def sentences_with_words_we_do_not_say(sentences: Iterable[str]) -> list[str]:
    """The source's words are innbygger, frivillig, person and du; and nobody is shouted at."""
    return [sentence for sentence in sentences if NEVER.search(sentence)]


def test_pages_say_neither_user_nor_customer_nor_client_and_never_shout(translations: ModuleType) -> None:
    spoken = [form for message in translations.extracted(ROOT) for form in ids(message.id) if form]
    assert len(spoken) > 100
    assert sentences_with_words_we_do_not_say(spoken) == []


def test_such_a_word_is_found() -> None:
    said = ["Vi bruker opplysningene til å finne noen", "Brukeren er lagret", "Ny kunde", "Velkommen!"]
    assert sentences_with_words_we_do_not_say(said) == said[1:]


def ids(found: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """All forms of one sentence."""
    return (found,) if isinstance(found, str) else tuple(found)
