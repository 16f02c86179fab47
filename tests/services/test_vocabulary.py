"""Words found in any spelling; both of the coordinators' own lists are covered."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samskap.models import Term, WordKind
from samskap.services import terms, vocabulary
from samskap.services.vocabulary import (
    Level,
    UnknownWordError,
    Word,
    find,
    find_all,
    find_languages,
    search,
    words,
)
from samskap.text import LOCALES, Locale, Text

RESOURCE = WordKind.RESOURCE

IN_THE_LIST = {
    "hund": "pets",
    "data": "digital",
    "pc-hjelp": "digital",
    "mobil og nettbrett": "digital",
    "ski": "skiing",
    "musikk": "music",
    "gitar": "guitar",
    "korps": "brass_band",
    "turgåing": "walking",
    "tur": "walking",
    "hagearbeid": "gardening",
    "leksehjelp": "homework",
    "strikking": "knitting",
    "høytlesing": "reading_aloud",
    "norsktrening": "norwegian_training",
    "kjøring": "driving",
    "kjører bil": "driving",
    "snømåking": "snow",
    "samtale": "visiting",
    "besøksvenn": "visiting",
    "kaffe og prat": "visiting",
    "baking": "baking",
    "matlaging": "cooking",
    "snekker": "carpentry",
    "vedhogst": "firewood",
    "fotball": "football",
    "handle for andre": "errands",
    "maling": "painting_houses",
}
"""Every word under "Kan bidra med" in the list that a coordinator keeps."""


@pytest.mark.parametrize(("said", "key"), IN_THE_LIST.items())
@pytest.mark.parametrize("written", [str, str.upper, str.title, lambda said: f"  {said} "])
def test_every_word_of_the_list_is_found_however_it_is_written(said: str, key: str, written: object) -> None:
    found = find(written(said), kind=RESOURCE)  # type: ignore[operator]
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("har bil", "driving"),
        ("bil-kjøring", "driving"),
        ("PC hjelp", "digital"),
        ("pchjelp", "digital"),
        ("språkkafe", "norwegian_training"),
        ("hoytlesing", "reading_aloud"),
        ("språkven", "norwegian_training"),
        ("homework", "homework"),
        ("køyrer bil", "driving"),
    ],
)
def test_synonyms_accents_and_hyphens_do_not_matter(typed: str, key: str) -> None:
    found = find(typed, kind=RESOURCE)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("typed", ["", " ", "–", "\u200b", "kvantemekanikk", "a" * 10_000, "'; DROP", "\x00"])
def test_what_is_no_word_is_none(typed: str) -> None:
    assert find(typed, kind=RESOURCE) is None


@pytest.mark.parametrize(
    ("cell", "keys", "rest"),
    [
        ("hund; data; ski; musikk", ["pets", "digital", "skiing", "music"], []),
        ("besøksvenn/baking/kjøring/leksehjelp", ["visiting", "baking", "driving", "homework"], []),
        ("kaffe og prat og baking og snømåking og data", ["visiting", "baking", "snow", "digital"], []),
        ("norsktrening og mobil og nettbrett og vedhogst", ["norwegian_training", "digital", "firewood"], []),
        ("leksehjelp og strikking, maling", ["homework", "knitting", "painting_houses"], []),
        (", maling", ["painting_houses"], []),
        ("kjøring, data, kjører bil", ["driving", "digital"], []),
        ("fluefiske og kvantemekanikk", ["slaughter_fishing"], ["kvantemekanikk"]),
        ("", [], []),
    ],
)
def test_a_cell_is_read_word_by_word(cell: str, keys: list[str], rest: list[str]) -> None:
    found = find_all(cell, kind=RESOURCE)
    assert [one.key for one in found.words] == keys
    assert list(found.rest) == rest


@pytest.mark.parametrize(
    ("cell", "spoken"),
    [
        ("Norsk, engelsk", {"nb": Level.FLUENT, "en": Level.FLUENT}),
        ("ukrainsk og litt norsk", {"uk": Level.FLUENT, "nb": Level.SOME}),
        ("norsk/polsk", {"nb": Level.FLUENT, "pl": Level.FLUENT}),
        ("arabisk, norsk", {"ar": Level.FLUENT, "nb": Level.FLUENT}),
        ("ganske godt engelsk", {"en": Level.WELL}),
        ("a little English", {"en": Level.SOME}),
        ("klingon", {}),
    ],
)
def test_languages_are_read_with_their_level(cell: str, spoken: dict[str, Level]) -> None:
    assert {one.word.key: one.level for one in find_languages(cell)} == spoken


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("bil", "driving"),
        ("kjør", "driving"),
        ("snø", "snow"),
        ("nettbr", "digital"),
        ("vedhogger", "firewood"),
        ("hagge", "gardening"),
        ("hjelpe med data", "digital"),
        ("gitarr", "guitar"),
        ("fluefiske", "slaughter_fishing"),
        ("bokføring", "accounting"),
    ],
)
def test_the_search_box_puts_the_word_that_was_meant_first(typed: str, key: str) -> None:
    assert search(typed, kind=RESOURCE, locale="nb")[0].word.key == key


def test_the_search_box_finds_words_in_the_language_of_the_page() -> None:
    assert search("driv", kind=RESOURCE, locale="en")[0].word.key == "driving"
    assert search("køyr", kind=RESOURCE, locale="nn")[0].word.key == "driving"


@given(typed=st.text(max_size=40), locale=st.sampled_from(LOCALES))
def test_a_search_never_fails_and_never_gives_more_than_asked(typed: str, locale: Locale) -> None:
    hits = search(typed, locale=locale, most=5)
    assert len(hits) <= 5
    assert [hit.rank for hit in hits] == sorted(hit.rank for hit in hits)


@pytest.mark.parametrize("kind", WordKind)
def test_every_word_is_found_by_its_own_labels_and_synonyms(kind: WordKind) -> None:
    for one in words(kind):
        for said in (*(one.label.say(locale) for locale in LOCALES), *one.also, one.key):
            found = find(said, kind=kind)
            assert found is not None
            assert found.key == one.key, said


@pytest.mark.parametrize("kind", WordKind)
def test_a_spelling_belongs_to_one_word(kind: WordKind) -> None:
    spellings = Counter(
        folded
        for one in words(kind)
        for folded in {vocabulary.fold(said).replace(" ", "") for said in (one.key, *_labels(one), *one.also)}
    )
    assert [spelling for spelling, times in spellings.items() if times > 1] == []


def test_the_vocabulary_is_as_large_as_it_should_be_and_every_resource_stands_in_a_group() -> None:
    assert len(words(RESOURCE)) >= 110
    assert len(words(WordKind.INTEREST)) >= 40
    grouped = [one.key for group in vocabulary.groups(RESOURCE) for one in group.words]
    assert sorted(grouped) == sorted(one.key for one in words(RESOURCE))


@pytest.mark.parametrize("forbidden", ["religion", "kirke", "politikk", "parti", "rus", "diagnose", "flyktning"])
def test_religion_politics_origin_and_health_are_no_words_of_ours(forbidden: str) -> None:
    assert all(find(forbidden, kind=kind) is None for kind in (WordKind.INTEREST, WordKind.EXPERIENCE))


def test_a_municipalitys_own_words_join_the_vocabulary() -> None:
    curling = Word(RESOURCE, "own:17", Text(nb="Isharving", nn="Isharving", en="Ice harrowing"), also=("ismaskin",))
    found = find_all("ismaskin og baking", kind=RESOURCE, own=[curling])
    assert [one.key for one in found.words] == ["own:17", "baking"]
    assert search("isharv", kind=RESOURCE, locale="nb", own=[curling])[0].word is curling
    assert vocabulary.word(RESOURCE, "own:17", own=[curling]) is curling
    assert find("ismaskin", kind=RESOURCE) is None


def test_a_phrase_that_is_one_word_is_not_torn_apart() -> None:
    skating = Word(RESOURCE, "own:18", Text(nb="Ski og skøyter", nn="Ski og skeiser", en="Skiing and skating"))
    found = find_all("baking og ski og skøyter", kind=RESOURCE, own=[skating])
    assert [one.key for one in found.words] == ["baking", "own:18"]
    assert [one.key for one in find_all("ski og skøyter", kind=RESOURCE).words] == ["skiing"]


def test_an_unknown_key_is_an_error_that_names_it() -> None:
    with pytest.raises(UnknownWordError, match="flying"):
        vocabulary.word(RESOURCE, "flying")


def test_a_word_that_a_release_no_longer_brings_is_the_municipalitys_own() -> None:
    gone = Term(kind=RESOURCE, key="flying", nb="Flyging", nn="Flyging", en="Flying", synonyms=[])
    held = Term(kind=RESOURCE, key="pets", nb="Kjæledyr", nn="Kjæledyr", en="Pets", synonyms=[])
    assert [one.key for one in terms.own_of([gone, held])] == ["flying"]
    assert terms.called("flyging", [gone, held], kind=RESOURCE) is gone


def test_levels_hold_the_lower_ones() -> None:
    assert Level.SOME < Level.WELL < Level.FLUENT
    assert set(vocabulary.LEVEL_NAMES) == set(Level)


def test_the_data_file_has_no_word_that_we_unlearn() -> None:
    told = re.findall(r"\w+", (files("samskap") / "data" / "vocabulary.toml").read_text("utf-8").lower())
    assert not {"bruker", "brukere", "kunde", "kunder", "klient", "klienter"} & set(told)


def _labels(one: Word) -> tuple[str, ...]:
    return tuple(one.label.say(locale) for locale in LOCALES)
