"""The municipality's words: the standard vocabulary, its own additions, and what was written in people's own words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Select, func, select

from samskap.models import Need, NeedTerm, OwnWord, Term, VolunteerTerm, WordKind
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, require
from samskap.services import facts, vocabulary
from samskap.services.steps import Refused, find
from samskap.services.vocabulary import Word, fold
from samskap.text import Text
from samskap.workflows.need import NeedState

TAKEN = Text(
    nb="Ordet finnes allerede i lista. Velg det i stedet.",
    nn="Ordet finst alt i lista. Vel det i staden.",
    en="The word is already in the list. Choose it instead.",
)

READ_ALREADY = Text(
    nb="Ordet er allerede lest av en annen. Du trenger ikke gjøre noe.",
    nn="Ordet er alt lese av ein annan. Du treng ikkje gjere noko.",
    en="Somebody else has already read the word. You do not have to do anything.",
)


def stock(db: TenantSession) -> None:
    """Give a new municipality the standard vocabulary; what is there already stays."""
    known = {(row.kind, row.key) for row in db.execute(select(Term.kind, Term.key))}
    for kind in WordKind:
        for word in vocabulary.words(kind):
            if (kind, word.key) not in known:
                db.add(_as_term(kind, word))
    db.flush()


def _as_term(kind: WordKind, word: Word) -> Term:
    return Term(kind=kind, key=word.key, nb=word.label.nb, nn=word.label.nn, en=word.label.en, synonyms=list(word.also))


def in_use(db: TenantSession) -> Mapping[WordKind, Sequence[Term]]:
    """Every word that can be chosen, by kind, in the order of the alphabet (bokmål)."""
    found: dict[WordKind, list[Term]] = defaultdict(list)
    for term in db.scalars(select(Term).where(Term.retired_at.is_(None)).order_by(Term.nb)):
        found[term.kind].append(term)
    return found


def own_of(terms: Iterable[Term]) -> tuple[Word, ...]:
    """What the municipality has added: its own words, and other ways to say standard ones; for vocabulary.find()."""
    return tuple(
        Word(
            kind=term.kind,
            key=term.key,
            label=Text(nb=term.nb, nn=term.nn, en=term.en),
            also=tuple(term.synonyms),
            group="",
        )
        for term in terms
        if term.own or _is_more_than_standard(term)
    )


def _is_more_than_standard(term: Term) -> bool:
    """Whether a word can be said in ways that did not come with the service, or no longer comes with it at all."""
    standard = _standard(term.kind, term.key)
    return standard is None or not set(term.synonyms) <= standard


@cache
def _standard(kind: WordKind, key: str) -> frozenset[str] | None:
    """The other ways to say a standard word; None for one that the service no longer brings."""
    try:
        return frozenset(vocabulary.word(kind, key).also)
    except vocabulary.UnknownWordError:
        return None


def called(words: str, among: Sequence[Term], *, kind: WordKind) -> Term | None:
    """The term that somebody's own words mean, by its name or another way to say it; None for words nobody knows."""
    found = vocabulary.find(words, kind=kind, own=own_of(among))
    return next((one for one in among if found is not None and one.key == found.key), None)


def ids_of(db: TenantSession, kind: WordKind, keys: Collection[str]) -> frozenset[int]:
    """The rows of some keys; keys that are not in the vocabulary are left out."""
    return frozenset(db.scalars(select(Term.id).where(Term.kind == kind, Term.key.in_(list(keys)))))


def unread() -> Select[OwnWord]:
    """What nobody has turned into vocabulary or left as it is; the oldest first."""
    return select(OwnWord).where(OwnWord.term_id.is_(None), OwnWord.ignored_at.is_(None)).order_by(OwnWord.id)


def turn_into(db: TenantSession, actor: Actor, own_word_id: int, *, term_id: int) -> OwnWord:
    """The same as a word that is there: the volunteer gets that word, and the spelling becomes its synonym."""
    word = _unread(db, actor, own_word_id)
    term = find(db, actor, Can.KEEP_VOCABULARY, Term, term_id)
    if fold(word.words) not in {fold(one) for one in (term.nb, term.nn, term.en, *term.synonyms)}:
        term.synonyms = [*term.synonyms, word.words]
    for same in _spelled_alike(db, word):
        _give(db, same, term)
    return word


def unread_alike(db: TenantSession) -> Sequence[tuple[OwnWord, int]]:
    """What nobody has read, the oldest first; what several wrote stands once, with how many they are."""
    alike: dict[str, list[OwnWord]] = defaultdict(list)
    for word in db.scalars(unread()):
        alike[fold(word.words)].append(word)
    return [(words[0], len(words)) for words in alike.values()]


def _unread(db: TenantSession, actor: Actor, own_word_id: int) -> OwnWord:
    """One that still waits; Refused when another coordinator was first."""
    word = find(db, actor, Can.KEEP_VOCABULARY, OwnWord, own_word_id, lock=True)
    if word.term_id is not None or word.ignored_at is not None:
        raise Refused(READ_ALREADY)
    return word


def _spelled_alike(db: TenantSession, word: OwnWord) -> list[OwnWord]:
    return [other for other in db.scalars(unread()) if fold(other.words) == fold(word.words)]


def _give(db: TenantSession, word: OwnWord, term: Term) -> None:
    word.term_id = term.id
    has = select(func.count()).where(VolunteerTerm.volunteer_id == word.volunteer_id, VolunteerTerm.term_id == term.id)
    if not db.scalar(has):
        db.add(VolunteerTerm(volunteer_id=word.volunteer_id, term_id=term.id, level=0))
    db.flush()
    facts.touch(db, word.volunteer_id)


def make(db: TenantSession, actor: Actor, own_word_id: int, *, kind: WordKind, label: Text) -> Term:
    """A new word of the municipality's own, given to everyone who wrote it; Refused when the list has it already."""
    require(actor, Can.KEEP_VOCABULARY)
    every = in_use(db)
    if vocabulary.find(label.nb, kind=kind, own=own_of(every[kind])):
        raise Refused(TAKEN)
    term = Term(
        kind=kind,
        key=_key(label.nb, {one.key for one in every[kind]}),
        nb=label.nb,
        nn=label.nn,
        en=label.en,
        synonyms=[],
        own=True,
    )
    db.add(term)
    db.flush()
    turn_into(db, actor, own_word_id, term_id=term.id)
    return term


def _key(label: str, taken: Collection[str]) -> str:
    stem = "own-" + (re.sub(r"[^a-z0-9]+", "-", fold(label)).strip("-") or "word")[:50]
    return next(
        key for number in range(1, len(taken) + 2) if (key := stem if number == 1 else f"{stem}-{number}") not in taken
    )


def leave(db: TenantSession, actor: Actor, own_word_id: int, *, now: datetime) -> OwnWord:
    """It stays in the own words of those who wrote it, and is not shown to the coordinator again."""
    word = _unread(db, actor, own_word_id)
    for same in _spelled_alike(db, word):
        same.ignored_at = now
    return word


def of_volunteer(db: TenantSession, volunteer_id: int) -> Sequence[tuple[Term, VolunteerTerm]]:
    """What a volunteer has chosen, by kind and alphabet."""
    query = select(Term, VolunteerTerm).join(VolunteerTerm, VolunteerTerm.term_id == Term.id)
    rows = db.execute(query.where(VolunteerTerm.volunteer_id == volunteer_id).order_by(Term.kind, Term.nb))
    return [(term, has) for term, has in rows]


def most_wanted(db: TenantSession, *, most: int = 6) -> frozenset[int]:
    """The words that the open needs ask for most: what "Trengs nå" stands beside."""
    query = (
        select(NeedTerm.term_id)
        .join(Need, Need.id == NeedTerm.need_id)
        .where(Need.state == NeedState.OPEN)
        .group_by(NeedTerm.term_id)
        .order_by(func.count().desc(), NeedTerm.term_id)
    )
    return frozenset(db.scalars(query.limit(most)))
