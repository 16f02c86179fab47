"""What an import says: why a file, a row or a cell was not read, in the words of the one who keeps the list."""

from __future__ import annotations

from typing import Final

from samskap.integrations.spreadsheets import SpreadsheetError
from samskap.text import Text


class ImportRefused(SpreadsheetError):
    """The list cannot be read as it stands; `sentence` says what is wrong and what to do."""


# ---------------------------------------------------------------- the file

NO_SUCH_SHEET: Final = Text(
    nb="Fila har ikke noe ark som heter «{sheet}». Den har: {sheets}.",
    nn="Fila har ikkje noko ark som heiter «{sheet}». Ho har: {sheets}.",
    en="The file has no sheet named “{sheet}”. It has: {sheets}.",
)
ALL_SHEETS_EMPTY: Final = Text(
    nb="Ingen av arkene i fila har innhold.",
    nn="Ingen av arka i fila har innhald.",
    en="No sheet in the file has any content.",
)
NO_HEADINGS: Final = {
    "volunteers": Text(
        nb="Fant ingen rad med overskrifter blant de {lines} første. En av kolonnene må hete Navn (eller Fornavn og "
        "Etternavn).",
        nn="Fann inga rad med overskrifter blant dei {lines} første. Ei av kolonnane må heite Namn (eller Førenamn "
        "og Etternamn).",
        en="Found no row of headings among the first {lines}. One of the columns must be called Navn (or Fornavn and "
        "Etternavn).",
    ),
    "needs": Text(
        nb="Fant ingen rad med overskrifter blant de {lines} første. En av kolonnene må hete Beskrivelse.",
        nn="Fann inga rad med overskrifter blant dei {lines} første. Ei av kolonnane må heite Skildring.",
        en="Found no row of headings among the first {lines}. One of the columns must be called Beskrivelse.",
    ),
}

# ---------------------------------------------------------------- rows that are not imported

SUM_LINE: Final = Text(
    nb="Dette er en sumlinje, ikke en person eller et behov.",
    nn="Dette er ei sumlinje, ikkje ein person eller eit behov.",
    en="This is a sum line, not a person or a need.",
)
HEADINGS_AGAIN: Final = Text(
    nb="Dette er overskriftene en gang til.",
    nn="Dette er overskriftene ein gong til.",
    en="These are the headings once more.",
)
NO_NAME: Final = Text(
    nb="Navnet mangler eller kan ikke leses.",
    nn="Namnet manglar eller kan ikkje lesast.",
    en="The name is missing or cannot be read.",
)
NOT_A_NAME: Final = Text(
    nb="Det som står under navn, er ikke et navn.",
    nn="Det som står under namn, er ikkje eit namn.",
    en="What stands under name is not a name.",
)
TWO_PEOPLE: Final = Text(
    nb="«{name}» ser ut til å være to personer. Gi dem hver sin rad.",
    nn="«{name}» ser ut til å vere to personar. Gi dei kvar si rad.",
    en="“{name}” seems to be two people. Give them a row each.",
)
UNDER_18: Final = Text(
    nb="Under 18 år (født {year}). Frivillige under 18 kan ikke registreres ennå.",
    nn="Under 18 år (fødd {year}). Frivillige under 18 kan ikkje registrerast enno.",
    en="Under 18 (born {year}). Volunteers under 18 cannot be registered yet.",
)
NO_DESCRIPTION: Final = Text(
    nb="Beskrivelsen mangler eller kan ikke leses.",
    nn="Skildringa manglar eller kan ikkje lesast.",
    en="The description is missing or cannot be read.",
)
TWO_KNOWN: Final = Text(
    nb="E-post, telefon eller fødselsdato peker på to som er registrert fra før: {names}. Rett lista, eller slå dem "
    "sammen først.",
    nn="E-post, telefon eller fødselsdato peikar på to som er registrerte frå før: {names}. Rett lista, eller slå "
    "dei saman først.",
    en="E-mail, phone or birth date point to two people already registered: {names}. Mend the list, or merge them "
    "first.",
)

# ---------------------------------------------------------------- cells that are left empty, mended or assumed

LOST_LETTERS: Final = Text(
    nb="Cella har tegn som er gått tapt, og er lest som tom. Lagre lista på nytt som .xlsx eller UTF-8.",
    nn="Cella har teikn som er gått tapt, og er lesen som tom. Lagre lista på nytt som .xlsx eller UTF-8.",
    en="The cell has lost some of its characters, and was read as empty. Save the list again as .xlsx or UTF-8.",
)
TOO_LONG: Final = Text(
    nb="Teksten er på {length} tegn; feltet rommer {most}. Feltet er tomt.",
    nn="Teksten er på {length} teikn; feltet rommar {most}. Feltet er tomt.",
    en="The text has {length} characters; the field holds {most}. The field is left empty.",
)
SURNAME_FIRST: Final = Text(
    nb="Etternavnet står først; lest som {name}.",
    nn="Etternamnet står først; lese som {name}.",
    en="The last name comes first; read as {name}.",
)
AGE_AT_THE_EDGE: Final = Text(
    nb="Født i {year}: kan være 17 eller 18 år. Spør om fødselsdatoen før du inviterer.",
    nn="Fødd i {year}: kan vere 17 eller 18 år. Spør om fødselsdatoen før du inviterer.",
    en="Born in {year}: may be 17 or 18. Ask for the birth date before you invite.",
)
DATES_NOT_READ: Final = Text(
    nb="Datoer leses ikke her, bare ukedager og klokkeslett.",
    nn="Datoar blir ikkje lesne her, berre vekedagar og klokkeslett.",
    en="Dates are not read here, only weekdays and times of day.",
)
OPEN_TIME: Final = Text(
    nb="«{words}»: når det passer, er ikke kjent. Uka er tom til noen fyller den ut.",
    nn="«{words}»: når det passar, er ikkje kjent. Veka er tom til nokon fyller ho ut.",
    en="“{words}”: when it suits is not known. The week is empty until somebody fills it in.",
)
NOT_A_LANGUAGE: Final = Text(
    nb="Kjenner ikke «{words}» som språk; feltet er tomt.",
    nn="Kjenner ikkje «{words}» som språk; feltet er tomt.",
    en="Does not know “{words}” as a language; the field is left empty.",
)
NOT_KEPT: Final = Text(
    nb="Teksten ser ut til å ha helse- eller kontaktopplysninger, og er ikke tatt med.",
    nn="Teksten ser ut til å ha helse- eller kontaktopplysningar, og er ikkje teken med.",
    en="The text seems to hold health or contact details, and was left out.",
)
NAME_ALONE: Final = Text(
    nb="Bare navn: ingen e-post, telefon eller fødselsdato å kjenne igjen på. Kommer inn som ny.",
    nn="Berre namn: ingen e-post, telefon eller fødselsdato å kjenne igjen på. Kjem inn som ny.",
    en="A name alone: no e-mail, phone or birth date to recognise the person by. Comes in as new.",
)
OTHER_NAME: Final = Text(
    nb="Samme e-post, telefon eller fødselsdato som {other}, men et annet navn. Regnet som samme person; rett lista "
    "hvis de er to.",
    nn="Same e-post, telefon eller fødselsdato som {other}, men eit anna namn. Rekna som same person; rett lista "
    "viss dei er to.",
    en="Same e-mail, phone or birth date as {other}, but another name. Taken for one person; mend the list if they "
    "are two.",
)
OWN_ANSWER: Final = Text(
    nb="Personen har selv svart noe annet her. Svaret står; lista endrer det ikke.",
    nn="Personen har sjølv svart noko anna her. Svaret står; lista endrar det ikkje.",
    en="The person has answered something else here. That answer stands; the list does not change it.",
)

# ---------------------------------------------------------------- needs

UNKNOWN_AREA: Final = Text(
    nb="Kjenner ikke området «{words}»; typen oppgave er funnet i beskrivelsen.",
    nn="Kjenner ikkje området «{words}»; typen oppgåve er funnen i skildringa.",
    en="Does not know the area “{words}”; the kind of task was found in the description.",
)
UNKNOWN_UNIT: Final = Text(
    nb="Virksomheten «{name}» er ikke registrert. Behovet kommer inn uten virksomhet.",
    nn="Verksemda «{name}» er ikkje registrert. Behovet kjem inn utan verksemd.",
    en="The unit “{name}” is not registered. The need comes in without a unit.",
)
COUNT_MISSING: Final = Text(
    nb="Antallet mangler; satt til {count}.",
    nn="Talet manglar; sett til {count}.",
    en="The number is missing; set to {count}.",
)
BAD_COUNT: Final = Text(
    nb="«{words}» er ikke et antall mellom 1 og 200; satt til {count}.",
    nn="«{words}» er ikkje eit tal mellom 1 og 200; sett til {count}.",
    en="“{words}” is not a number from 1 to 200; set to {count}.",
)
COUNT_READ: Final = Text(
    nb="«{words}» er lest som {count}.", nn="«{words}» er lese som {count}.", en="“{words}” was read as {count}."
)
DAY_WITHOUT_CLOCK: Final = Text(
    nb="Klokkeslettet mangler; dagen er tatt med i ord. Legg til tid før noen kan passe til den.",
    nn="Klokkeslettet manglar; dagen er teken med i ord. Legg til tid før nokon kan passe til han.",
    en="The time of day is missing; the day is kept in words. Add a time before anyone can be matched to it.",
)
DRAFT_TEXT: Final = Text(
    nb="Kommer inn som utkast: {why}",
    nn="Kjem inn som utkast: {why}",
    en="Comes in as a draft: {why}",
)
DRAFT_KIND: Final = Text(
    nb="Kommer inn som utkast: Fant ikke ut hva slags oppgave det er. Satt til {kind}; velg riktig før du publiserer.",
    nn="Kjem inn som utkast: Fann ikkje ut kva slags oppgåve det er. Sett til {kind}; vel rett før du publiserer.",
    en="Comes in as a draft: could not tell what kind of task it is. Set to {kind}; choose the right one before you "
    "publish.",
)
DRAFT_PAST: Final = Text(
    nb="Kommer inn som utkast: {day} er passert.",
    nn="Kjem inn som utkast: {day} er passert.",
    en="Comes in as a draft: {day} has passed.",
)
DRAFT_CONSENT: Final = Text(
    nb="Kommer inn som utkast: Behovet gjelder én person, og samtykket er ikke skrevet inn. Skriv det inn, og "
    "publiser.",
    nn="Kjem inn som utkast: Behovet gjeld éin person, og samtykket er ikkje skrive inn. Skriv det inn, og publiser.",
    en="Comes in as a draft: the need concerns one person, and the consent is not recorded. Record it, and publish.",
)
UNDER_WAY: Final = Text(
    nb="Behovet er i gang eller avsluttet i Samskap. Lista endrer det ikke.",
    nn="Behovet er i gang eller avslutta i Samskap. Lista endrar det ikkje.",
    en="The need is under way or closed in Samskap. The list does not change it.",
)

# ---------------------------------------------------------------- rows that change nothing

SAME_AS_ROW: Final = Text(
    nb="Samme som rad {row}; radene er lest sammen.",
    nn="Same som rad {row}; radene er lesne saman.",
    en="The same as row {row}; the rows were read together.",
)
WRITTEN_BEFORE: Final = Text(nb="Er registrert fra før.", nn="Er registrert frå før.", en="Is registered already.")
