"""Does each get what they have asked for?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matching.loading import UNKNOWN
from matching.pairs import Bools, Ints, Pairs
from matching.rule import FARTHEST, Case, HardRule, Said, Source, Terms, Text, Value, Who
from matching.terms import holds_any

NO_WISH = Text(
    nb="Det er ikke registrert noe slikt ønske.",
    nn="Det er ikkje registrert noko slikt ønske.",
    en="No such wish is recorded.",
)


@dataclass(frozen=True)
class RecipientsWish(HardRule):
    """Is of the gender that the recipient has asked for, where such a wish is recorded."""

    label = Text(nb="ønske", nn="ønske", en="wish")
    says = Text(
        nb="Har mottakeren et registrert ønske om den frivilliges kjønn, skal det følges.",
        nn="Har mottakaren eit registrert ønske om kjønnet til den frivillige, skal det følgjast.",
        en="Where the recipient's wish for the volunteer's gender is recorded, it is followed.",
    )
    because = Text(
        nb="Mottakeren ønsker: {wished}. Den frivillige har oppgitt: {given}.",
        nn="Mottakaren ønskjer: {wished}. Den frivillige har oppgitt: {given}.",
        en="The recipient wishes: {wished}. The volunteer has stated: {given}.",
    )
    fits = Text(
        nb="Mottakerens registrerte ønske er fulgt: {wished}.",
        nn="Det registrerte ønsket til mottakaren er følgt: {wished}.",
        en="The recipient's recorded wish is followed: {wished}.",
    )
    remedy = Text(
        nb="Kunne vært med uten dette ønsket. Bare mottakeren kan endre det.",
        nn="Kunne vore med utan dette ønsket. Berre mottakaren kan endre det.",
        en="Could take part without this wish. Only the recipient can change it.",
    )
    who = Who.RECIPIENT
    source = Source(
        "choice", "Off by default; only as the recipient's own wish, with a reason", since=date(2026, 11, 1)
    )
    reads = frozenset({"volunteer.gender", "need.gender_wish"})

    def allows(self, pairs: Pairs) -> Bools:
        anyone = pairs.need.gender_wish == UNKNOWN
        return pairs.everyone if anyone.all() else (pairs.volunteer.gender == pairs.need.gender_wish) | anyone

    def asks(self, pair: Pairs) -> bool:
        return bool(pair.need.gender_wish[0] != UNKNOWN)

    def fits_said(self, pair: Pairs) -> Said:
        return self.said(self.fits if self.asks(pair) else NO_WISH, pair)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return {
            "wished": gender(pair, int(pair.need.gender_wish[0])),
            "given": gender(pair, int(pair.volunteer.gender[0])),
        }

    def shortfall(self, pairs: Pairs) -> Ints:
        return np.array([FARTHEST * 4 // 5])

    def remedied(self, case: Case) -> Case:
        return replace(case, need=replace(case.need, gender_wish=None))


@dataclass(frozen=True)
class VolunteersWish(HardRule):
    """The recipient is of the gender that the volunteer has asked for; unknown fails where there is such a wish."""

    label = Text(nb="eget ønske", nn="eige ønske", en="own wish")
    says = Text(
        nb="Har den frivillige et ønske om hvem han eller hun vil møte, skal det følges.",
        nn="Har den frivillige eit ønske om kven han eller ho vil møte, skal det følgjast.",
        en="Where the volunteer has a wish for whom to meet, it is followed.",
    )
    because = Text(
        nb="Den frivillige ønsker å møte: {wished}. For mottakeren er oppgitt: {given}.",
        nn="Den frivillige ønskjer å møte: {wished}. For mottakaren er oppgitt: {given}.",
        en="The volunteer wishes to meet: {wished}. The recipient is stated as: {given}.",
    )
    fits = Text(
        nb="Den frivilliges eget ønske er fulgt: {wished}.",
        nn="Det eige ønsket til den frivillige er følgt: {wished}.",
        en="The volunteer's own wish is followed: {wished}.",
    )
    remedy = Text(
        nb="Kunne vært med uten dette ønsket. Bare den frivillige kan endre det.",
        nn="Kunne vore med utan dette ønsket. Berre den frivillige kan endre det.",
        en="Could take part without this wish. Only the volunteer can change it.",
    )
    who = Who.VOLUNTEER
    source = Source("choice", "The volunteer's wishes count as much as the recipient's", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.meets", "need.recipient_gender"})

    def allows(self, pairs: Pairs) -> Bools:
        return np.asarray((pairs.volunteer.meets == UNKNOWN) | (pairs.volunteer.meets == pairs.need.recipient_gender))

    def asks(self, pair: Pairs) -> bool:
        return bool(pair.volunteer.meets[0] != UNKNOWN)

    def fits_said(self, pair: Pairs) -> Said:
        return self.said(self.fits if self.asks(pair) else NO_WISH, pair)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return {
            "wished": gender(pair, int(pair.volunteer.meets[0])),
            "given": gender(pair, int(pair.need.recipient_gender[0])),
        }

    def shortfall(self, pairs: Pairs) -> Ints:
        return np.array([FARTHEST * 4 // 5])

    def remedied(self, case: Case) -> Case:
        return replace(case, volunteer=replace(case.volunteer, meets=None))


def gender(pair: Pairs, code: int) -> Terms:
    """A gender for a sentence; none where it is unknown, or where anyone will do."""
    return Terms("gender", () if code == UNKNOWN else (pair.facts.words.gender.terms[code],))


@dataclass(frozen=True)
class KindWelcome(HardRule):
    """The volunteer has not said no to this kind of task, nor to this way of meeting."""

    label = Text(nb="oppgave", nn="oppgåve", en="task")
    says = Text(
        nb="Den frivillige skal ikke ha sagt nei til denne typen oppgave eller møteform.",
        nn="Den frivillige skal ikkje ha sagt nei til denne typen oppgåve eller møteform.",
        en="The volunteer must not have said no to this kind of task or way of meeting.",
    )
    because = Text(
        nb="Den frivillige har sagt nei til: {declined}.",
        nn="Den frivillige har sagt nei til: {declined}.",
        en="The volunteer has said no to: {declined}.",
    )
    fits = Text(
        nb="Den frivillige har ikke sagt nei til {kind}.",
        nn="Den frivillige har ikkje sagt nei til {kind}.",
        en="The volunteer has not said no to {kind}.",
    )
    remedy = Text(
        nb="Kunne vært med uten dette neiet: {declined}. Bare den frivillige kan endre det.",
        nn="Kunne vore med utan dette neiet: {declined}. Berre den frivillige kan endre det.",
        en="Could take part without this no: {declined}. Only the volunteer can change it.",
    )
    who = Who.VOLUNTEER
    source = Source("choice", "A no is respected, and costs nothing", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.kinds_declined", "volunteer.modes_declined", "need.kind_word", "need.mode_word"})

    def allows(self, pairs: Pairs) -> Bools:
        kind = holds_any(pairs.volunteer.kinds_declined, pairs.need.kind_word)
        mode = holds_any(pairs.volunteer.modes_declined, pairs.need.mode_word)
        if kind is None or mode is None:
            return pairs.unless(mode if kind is None else kind)
        return ~(kind | mode)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        words, volunteer, need = pair.facts.words, pair.volunteer, pair.need
        kinds = words.kind.terms_in(volunteer.kinds_declined & need.kind_word)
        modes = words.mode.terms_in(volunteer.modes_declined & need.mode_word)
        return {
            "declined": Terms("kind", kinds) if kinds else Terms("mode", modes),
            "kind": Terms("kind", words.kind.terms_in(need.kind_word)),
        }

    def shortfall(self, pairs: Pairs) -> Ints:
        return np.array([FARTHEST * 3 // 5])

    def remedied(self, case: Case) -> Case:
        volunteer = replace(
            case.volunteer,
            kinds_declined=case.volunteer.kinds_declined - {case.need.kind},
            modes_declined=case.volunteer.modes_declined - {case.need.mode},
        )
        return replace(case, volunteer=volunteer)


@dataclass(frozen=True)
class NotDeclined(HardRule):
    """The volunteer has not already said no to this very need."""

    label = Text(nb="sagt nei", nn="sagt nei", en="said no")
    says = Text(
        nb="Den som har sagt nei til et behov, blir ikke spurt om det igjen.",
        nn="Den som har sagt nei til eit behov, blir ikkje spurd om det igjen.",
        en="Whoever has said no to a need is not asked about it again.",
    )
    because = Text(
        nb="Den frivillige har allerede sagt nei til dette behovet.",
        nn="Den frivillige har alt sagt nei til dette behovet.",
        en="The volunteer has already said no to this need.",
    )
    fits = Text(
        nb="Den frivillige har ikke sagt nei til dette behovet.",
        nn="Den frivillige har ikkje sagt nei til dette behovet.",
        en="The volunteer has not said no to this need.",
    )
    remedy = Text(
        nb="Kunne vært med dersom den frivillige selv ombestemte seg.",
        nn="Kunne vore med dersom den frivillige sjølv ombestemte seg.",
        en="Could take part if the volunteer had a change of mind.",
    )
    who = Who.VOLUNTEER
    source = Source("choice", "Say no once and hear no more of it", since=date(2026, 11, 1))
    reads = frozenset({"declined", "volunteer.id", "need.id"})

    def allows(self, pairs: Pairs) -> Bools:
        return pairs.unless(pairs.tied_by_volunteer(pairs.facts.declined, "id"))

    def shortfall(self, pairs: Pairs) -> Ints:
        return np.array([FARTHEST])

    def remedied(self, case: Case) -> Case:
        declined = case.volunteer.needs_declined - {case.need.id}
        return replace(case, volunteer=replace(case.volunteer, needs_declined=declined))
