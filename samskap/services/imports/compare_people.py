"""Which rows are one person, which person that is here, and what the list would change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from samskap.integrations.spreadsheets import Line, Sentence, Sheet
from samskap.services.imports.birth import Born
from samskap.services.imports.columns import Field, Layout, headings_of
from samskap.services.imports.people import LONGEST_NAME, Standing, VolunteerEntry, VolunteerReader
from samskap.services.imports.plan import (
    Change,
    Outcome,
    Plan,
    Repeats,
    RowPlan,
    Save,
    content_lines,
    digest,
    fingerprint,
)
from samskap.services.imports.row import Row, Unreadable, Warned
from samskap.services.imports.words import NAME_ALONE, OTHER_NAME, OWN_ANSWER, SAME_AS_ROW, TWO_KNOWN, WRITTEN_BEFORE
from samskap.services.vocabulary import fold
from samskap.text import Text

Key = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class KnownVolunteer:
    """Someone who is registered here already, in the shape that a list has."""

    id: int
    entry: VolunteerEntry
    volunteer: bool = True
    """False for someone registered here who has not been a volunteer yet."""
    own_answers: bool = False
    """The person has an account or has confirmed: what they have answered themselves stands above any list."""
    listed_as: str | None = None


@dataclass(frozen=True)
class _Read:
    line: Line
    entry: VolunteerEntry
    warnings: tuple[Warned, ...]
    print: str


@dataclass(frozen=True)
class _Group:
    """The rows of one person in their order, and the fingerprint of them all."""

    reads: tuple[_Read, ...]
    listed_as: str

    @property
    def entry(self) -> VolunteerEntry:
        """What the rows say together, the later over the earlier."""
        return reduce(merge, (read.entry for read in self.reads))


@dataclass(frozen=True)
class VolunteerRows:
    """A list as it was read, before anybody has looked at who is registered."""

    layout: Layout
    groups: tuple[_Group, ...]
    unreadable: tuple[RowPlan, ...]


def read_volunteers(sheet: Sheet, reader: VolunteerReader) -> VolunteerRows:
    """Read every row of the sheet, and put those of one person together."""
    reads, unreadable = list[_Read](), list[RowPlan]()
    for line in content_lines(sheet.lines, reader.layout):
        entry, warnings = reader.read(line)
        if isinstance(entry, Unreadable):
            unreadable.append(RowPlan(line.number, Outcome.UNREADABLE, _name_in(line, reader), entry.why, (), warnings))
        else:
            reads.append(_Read(line, entry, warnings, fingerprint(line, reader.layout)))
    return VolunteerRows(reader.layout, tuple(_groups(reads)), tuple(unreadable))


def compare_volunteers(read: VolunteerRows, known: Sequence[KnownVolunteer]) -> Plan[VolunteerEntry]:
    """Say what will happen to every row, given who is registered; changes nothing."""
    saves, here = list[Save[VolunteerEntry]](), _Here(known)
    rows = {row.row: row for row in read.unreadable}
    for group in read.groups:
        save, planned = _judge(group, here, read.layout)
        rows |= {row.row: row for row in planned}
        saves += [save] if save else []
    return Plan(read.layout, tuple(rows[number] for number in sorted(rows)), tuple(saves))


def plan_volunteers(sheet: Sheet, reader: VolunteerReader, known: Sequence[KnownVolunteer]) -> Plan[VolunteerEntry]:
    """Read every row and say what will happen to it; changes nothing."""
    return compare_volunteers(read_volunteers(sheet, reader), known)


def _name_in(line: Line, reader: VolunteerReader) -> str:
    return Row(line, reader.layout).text(Field.NAME)[1][:LONGEST_NAME]


# ---------------------------------------------------------------- rows of one person


def keys_of(entry: VolunteerEntry) -> tuple[Key, ...]:
    """By what a person is known again: e-mail, phone, or name and birth date together."""
    keys: list[Key] = []
    if entry.email:
        keys.append(("email", entry.email.casefold()))
    if entry.phone:
        keys.append(("phone", entry.phone))
    if entry.born and entry.born.day:
        keys.append(("born", fold(entry.name), entry.born.day.isoformat()))
    return tuple(keys)


def _groups(reads: Sequence[_Read]) -> Iterator[_Group]:
    """The rows by person, in the order of each one's first row; a row without keys stands alone."""
    first = list(range(len(reads)))
    by_key: dict[Key, int] = {}
    for place, read in enumerate(reads):
        for key in keys_of(read.entry):
            here, there = _root(first, place), _root(first, by_key.setdefault(key, place))
            first[max(here, there)] = min(here, there)
    members = defaultdict[int, list[_Read]](list)
    for place, read in enumerate(reads):
        members[_root(first, place)].append(read)
    repeats = Repeats()
    for group in members.values():
        together = digest([read.print for read in group])
        yield _Group(tuple(group), digest([together, str(repeats.number(together))]))


def _root(first: list[int], place: int) -> int:
    """The first row of the person that the row at this place belongs to so far."""
    while first[place] != place:
        first[place] = first[first[place]]
        place = first[place]
    return place


def merge(earlier: VolunteerEntry, later: VolunteerEntry) -> VolunteerEntry:
    """What two rows of one person say together: the later word where both speak, the words of both where they list."""
    return VolunteerEntry(
        name=later.name,
        number=later.number or earlier.number,
        email=later.email or earlier.email,
        phone=later.phone or earlier.phone,
        born=later.born or earlier.born,
        postcode=later.postcode or earlier.postcode,
        resources=earlier.resources | later.resources,
        interests=earlier.interests | later.interests,
        languages=tuple({**dict(earlier.languages), **dict(later.languages)}.items()),
        own_words=tuple(dict.fromkeys((*earlier.own_words, *later.own_words))),
        free=later.free or earlier.free,
        preferred=later.preferred if later.free else earlier.preferred,
        standing=later.standing or earlier.standing,
    )


# ---------------------------------------------------------------- who that is here


class _Here:
    """The people registered here, found by what they are known by or by the rows they once came in."""

    def __init__(self, known: Iterable[KnownVolunteer]) -> None:
        self._by_number: dict[int, KnownVolunteer] = {}
        self._by_key = defaultdict[Key, dict[int, KnownVolunteer]](dict)
        self.by_rows: dict[str, KnownVolunteer] = {}
        for one in known:
            self._by_number[one.id] = one
            for key in keys_of(one.entry):
                self._by_key[key][one.id] = one
            if one.listed_as:
                self.by_rows[one.listed_as] = one

    def find(self, group: _Group) -> tuple[KnownVolunteer, ...]:
        """Everyone whom the rows point to; a number counts only beside the name that belongs to it."""
        numbered = [self._by_number.get(read.entry.number or 0) for read in group.reads]
        named = {one.id: one for one in numbered if one and fold(one.entry.name) == fold(group.entry.name)}
        if named:
            return tuple(named.values())
        keys = (key for read in group.reads for key in keys_of(read.entry))
        found = {one.id: one for key in keys for one in self._by_key.get(key, {}).values()}
        same_rows = self.by_rows.get(group.listed_as)
        return tuple(found.values()) or ((same_rows,) if same_rows else ())


def _judge(group: _Group, here: _Here, layout: Layout) -> tuple[Save[VolunteerEntry] | None, list[RowPlan]]:
    found = here.find(group)
    if len(found) > 1:
        why = Sentence(TWO_KNOWN, {"names": ", ".join(one.entry.name for one in found)})
        return None, [
            RowPlan(r.line.number, Outcome.UNREADABLE, r.entry.name, why, (), r.warnings) for r in group.reads
        ]
    rows = tuple(read.line.number for read in group.reads)
    if not found:
        more: list[Noted] = (
            [] if any(keys_of(read.entry) for read in group.reads) else [(Field.NAME, Sentence(NAME_ALONE))]
        )
        return Save(group.entry, rows, group.listed_as), _rows(group, layout, Outcome.NEW, (), more)
    known = found[0]
    changes, notes = ((), []) if known.listed_as == group.listed_as else changes_of(known, group.entry)
    listed_as = group.listed_as if here.by_rows.get(group.listed_as, known) is known else None
    save = Save(group.entry, rows, listed_as, known.id, changes) if changes else None
    return save, _rows(group, layout, Outcome.CHANGED if changes else Outcome.SAME, changes, notes)


def _rows(
    group: _Group,
    layout: Layout,
    outcome: Outcome,
    changes: tuple[Change, ...],
    more: Sequence[tuple[Field, Sentence]],
) -> list[RowPlan]:
    """The first row of a person has what happens; the others are the same person again."""
    first, *others = group.reads
    number = first.line.number
    warned = (*first.warnings, *(Warned(number, _heading(layout, field), why) for field, why in more))
    plans = [
        RowPlan(
            number,
            outcome,
            first.entry.name,
            Sentence(WRITTEN_BEFORE) if outcome is Outcome.SAME else None,
            changes,
            warned,
        )
    ]
    before = first
    for read in others:
        name = _other_name(before.entry.name, read, layout)
        again = Sentence(SAME_AS_ROW, {"row": number})
        plans.append(RowPlan(read.line.number, Outcome.SAME, read.entry.name, again, (), read.warnings + name))
        before = read
    return plans


def _other_name(name: str, read: _Read, layout: Layout) -> tuple[Warned, ...]:
    if fold(name) == fold(read.entry.name):
        return ()
    return (Warned(read.line.number, _heading(layout, Field.NAME), Sentence(OTHER_NAME, {"other": name})),)


def _heading(layout: Layout, field: Field) -> str:
    columns = headings_of(layout, field)
    return columns[0].heading if columns else ""


# ---------------------------------------------------------------- what the list would change

LABELS: Final[dict[str, Text]] = {
    "volunteer": Text(nb="Blir frivillig", nn="Blir frivillig", en="Becomes a volunteer"),
    "name": Text(nb="Navn", nn="Namn", en="Name"),
    "email": Text(nb="E-post", nn="E-post", en="E-mail"),
    "phone": Text(nb="Telefon", nn="Telefon", en="Phone"),
    "born": Text(nb="Født", nn="Fødd", en="Born"),
    "postcode": Text(nb="Postnummer", nn="Postnummer", en="Postcode"),
    "resources": Text(nb="Kan bidra med", nn="Kan bidra med", en="Can help with"),
    "interests": Text(nb="Interesser", nn="Interesser", en="Interests"),
    "languages": Text(nb="Språk", nn="Språk", en="Languages"),
    "own_words": Text(nb="Egne ord", nn="Eigne ord", en="Own words"),
    "free": Text(nb="Når", nn="Når", en="When"),
    "preferred": Text(nb="Helst", nn="Helst", en="Preferably"),
    "standing": Text(nb="Med eller ikke", nn="Med eller ikkje", en="With us or not"),
}
SINGLE: Final = {"email": Field.EMAIL, "phone": Field.PHONE, "born": Field.BORN, "postcode": Field.POSTCODE}
Noted = tuple[Field, Sentence]


def changes_of(known: KnownVolunteer, entry: VolunteerEntry) -> tuple[tuple[Change, ...], list[Noted]]:
    """What the list would change of someone, and what is to be said of it; nothing is ever taken away."""
    stands, notes = known.entry, list[Noted]()
    if fold(stands.name) != fold(entry.name):
        notes.append((Field.NAME, Sentence(OTHER_NAME, {"other": stands.name})))
    changes = [] if known.volunteer else [_change("volunteer", False, True)]
    if known.own_answers:
        changes += _gaps(stands, entry)
        notes += _own_answers(known, entry)
    else:
        changes += _about_the_person(stands, entry)
    if not (known.own_answers and known.volunteer):
        changes += _about_helping(stands, entry)
    return tuple(changes), notes


def _gaps(stands: VolunteerEntry, entry: VolunteerEntry) -> list[Change]:
    """What the person has not answered, and the list knows."""
    pairs = ((what, getattr(stands, what), getattr(entry, what)) for what in SINGLE)
    return [_change(what, None, after) for what, before, after in pairs if before is None and after is not None]


def _own_answers(known: KnownVolunteer, entry: VolunteerEntry) -> list[Noted]:
    pairs = ((field, getattr(known.entry, what), getattr(entry, what)) for what, field in SINGLE.items())
    notes = [
        (field, Sentence(OWN_ANSWER))
        for field, before, after in pairs
        if before is not None and _differs(before, after)
    ]
    if known.volunteer and entry.standing is not None and entry.standing is not known.entry.standing:
        notes.append((Field.REMARK, Sentence(OWN_ANSWER)))
    return notes


def _about_the_person(stands: VolunteerEntry, entry: VolunteerEntry) -> list[Change]:
    changes = [_change("name", stands.name, entry.name)] if fold(stands.name) != fold(entry.name) else []
    return changes + _otherwise(SINGLE, stands, entry)


def _about_helping(stands: VolunteerEntry, entry: VolunteerEntry) -> list[Change]:
    """What the list says otherwise of the week and the state, and what it adds of words."""
    changes = _otherwise(("free", "preferred"), stands, entry)
    for what in ("resources", "interests", "languages", "own_words"):
        added = _added(getattr(stands, what), getattr(entry, what))
        if added:
            changes.append(_change(what, (), added))
    return changes + _new_standing(stands.standing, entry.standing)


def _otherwise(what: Iterable[str], stands: VolunteerEntry, entry: VolunteerEntry) -> list[Change]:
    pairs = ((one, getattr(stands, one), getattr(entry, one)) for one in what)
    return [_change(one, before, after) for one, before, after in pairs if _differs(before, after)]


def _differs(before: object, after: object) -> bool:
    """Whether the list says something, and something else; a year says nothing against a day in it."""
    if isinstance(before, Born) and isinstance(after, Born):
        return before.year != after.year or (after.day is not None and before.day != after.day)
    return after is not None and before != after


def _added(before: Iterable[object], after: Iterable[object]) -> tuple[object, ...]:
    had = {_folded(one) for one in before}
    return tuple(sorted((one for one in after if _folded(one) not in had), key=str))


def _folded(one: object) -> object:
    return fold(one) if isinstance(one, str) else one


def _new_standing(before: Standing | None, after: Standing | None) -> list[Change]:
    """Someone who has left is not put on pause by a list."""
    if after is None or after is before or before is Standing.LEFT:
        return []
    return [_change("standing", before, after)]


def _change(what: str, before: object, after: object) -> Change:
    return Change(what, LABELS[what], before, after)
