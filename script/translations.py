"""Keeps translations/{nn,en} in step with the sentences in code and templates, which are bokmål."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("nn", "en")
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.xml", "jinja2"), ("**.ics", "jinja2")]
OPTIONS = {pattern: {"trimmed": "true", "silent": "false"} for pattern, method in METHODS if method == "jinja2"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "personal": None,  # why a column is held stands on the page on privacy
}


def main(arguments: Sequence[str], *, root: Path = ROOT) -> int:
    """Exit code 1 when --check finds a sentence that lacks a language."""
    ask = argparse.ArgumentParser(prog="script/translations", description=__doc__)
    ask.add_argument("--check", action="store_true", help="say which sentences lack a language; change nothing")
    ask.add_argument("--compile", action="store_true", help="only make the .mo files")
    wanted = ask.parse_args(arguments)
    if wanted.check:
        faults = [fault for language in LANGUAGES for fault in faults_in(catalogue(root, language), extracted(root))]
        sys.stderr.writelines(f"{fault}\n" for fault in faults)
        return 1 if faults else 0
    for language in LANGUAGES:
        if not wanted.compile:
            update(root, language)
        compile_catalogue(root, language)
    return 0


def extracted(root: Path) -> Catalog:
    """Every sentence of the code and the templates, with the files that hold it."""
    template = Catalog(project="Samskap", charset="utf-8", fuzzy=False)
    for folder in ("samskap", "templates"):
        found = extract_from_dir(root / folder, METHODS, options_map=OPTIONS, keywords=KEYWORDS)
        for file, _line, sentence, comments, context in found:
            template.add(sentence, locations=[(f"{folder}/{file}", 0)], auto_comments=comments, context=context)
    return template


def po_file(root: Path, language: str) -> Path:
    """Where a language's sentences stand."""
    return root / "translations" / language / "LC_MESSAGES" / "messages.po"


def catalogue(root: Path, language: str) -> Catalog:
    """The sentences of one language as they stand in the repository; empty before the first."""
    path = po_file(root, language)
    if not path.exists():
        return Catalog(locale=language, project="Samskap", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(root: Path, language: str) -> None:
    """Adds what is new and drops what is gone; never guesses a translation."""
    catalog = catalogue(root, language)
    catalog.update(extracted(root), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = f"# Samskap: {language}"
    path = po_file(root, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=0, include_lineno=False, sort_output=True, omit_header=False)
    undated(path)


def undated(path: Path) -> None:
    """Takes the dates and the tool's name out of the header, so that a file changes only when a sentence does."""
    noise = (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Generated-By",
        "Last-Translator",
        "Language-Team",
        "Report-Msgid",
    )
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(tuple(f'"{word}' for word in noise))]
    path.write_text("".join(kept), "utf-8")


def compile_catalogue(root: Path, language: str) -> None:
    """Writes the file that the service reads; sentences without a translation are left out and shown in bokmål."""
    path = po_file(root, language)
    if path.exists():
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue(root, language))


def faults_in(catalog: Catalog, template: Catalog) -> Iterator[str]:
    """One line per sentence that is missing, unfinished, no longer used, or holds other placeholders."""
    for wanted in template:
        if wanted.id:
            message = catalog.get(wanted.id, wanted.context)
            if message is None or not finished(message):
                where = ", ".join(file for file, _line in wanted.locations)
                yield f"{catalog.locale}: missing: {first(wanted)!r} ({where})"
    for message in catalog:
        if message.id and template.get(message.id, message.context) is None:
            yield f"{catalog.locale}: no longer used: {first(message)!r}; run script/translations"
    for message, errors in catalog.check():
        for error in errors:
            yield f"{catalog.locale}: {first(message)!r}: {error}"


def finished(message: Message) -> bool:
    """Whether every form of the sentence has words, and nobody marked it as a guess."""
    forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return bool(forms) and all(forms) and not message.fuzzy


def first(message: Message) -> str:
    """The sentence in the singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
