"""A coordinator's list through the pages: uploaded, matched, looked at, taken in; and every way that can go wrong."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from samskap.models import Need, Outbox, Person, StagedFile, Volunteer
from samskap.workflows.need import NeedState
from tests.cast import Someone
from tests.page import BASE, Page
from tests.standard import elements, words_of
from tests.town import Clock

DATA = Path(__file__).parents[1] / "data"
FRIVILLIGLISTE = (DATA / "frivilligliste.xlsx").read_bytes()
BEHOV = (DATA / "behov.csv").read_bytes()


def uploads(someone: Someone, content: bytes, name: str = "liste.csv", kind: str = "Frivillige") -> Page:
    """Sends a list in on the first page."""
    page = someone.opens("/importer")
    page.tick(kind)
    page.fill("Lista", (content, name))
    page.press("Les lista")
    return page


def candidates(someone: Someone, need_id: int) -> set[str]:
    """The first who could meet a need."""
    page = someone.opens(f"/behov/{need_id}/kandidater")
    return {words_of(next(elements(one, "h3"))).strip() for one in elements(page.main, "article")}


def imported(someone: Someone) -> int:
    """How many people have come in by a list."""
    db = someone.town.db
    db.expire_all()
    return db.scalar(select(func.count(Person.id)).where(Person.source == "import")) or 0


def test_both_given_lists_go_through_the_pages_with_every_row_accounted_for_and_meet_each_other(mona: Someone) -> None:
    db = mona.town.db
    page = uploads(mona, FRIVILLIGLISTE, "frivilligliste.xlsx")
    assert page.heading == "Kolonnene i lista"
    assert page.value("A: Navn") == "name"
    assert page.says("Politiattest registreres bare når en lov gir grunnlag")
    assert not page.says("vist mars 26")
    assert not page.says("kan ikke gå i trapp")
    page.press("Se hva som skjer")
    assert page.says("Lista har 125 rader. 109 er nye. 6 er som før. 10 kan ikke leses.")
    assert page.says("Av merknader er bare «sluttet» og «pause» lest; teksten lagres ikke.")
    page.follow("Kan ikke leses (10)")
    assert page.says("Rad 27: Cecilie Sveen")
    assert page.says("Under 18 år (født 2012)")
    assert page.says("Dette er en sumlinje")
    assert imported(mona) == 0
    page.press("Ta inn lista")
    assert page.says("Lista er tatt inn. Lista har 125 rader.")
    assert imported(mona) == 109
    assert db.scalar(select(func.count(StagedFile.id))) == 0

    page = uploads(mona, BEHOV, "behov.csv", "Behov")
    page.press("Se hva som skjer")
    assert page.says("Lista har 10 rader. 10 er nye.")
    assert page.says("Kommer inn som utkast: 14.03.2026 er passert.")
    page.press("Ta inn lista")
    assert db.scalar(select(func.count(Need.id)).where(Need.state == NeedState.OPEN)) == 4
    assert db.scalar(select(func.count(Outbox.id))) == 0
    came = set(db.scalars(select(Person.name).where(Person.source == "import")))
    for need_id in db.scalars(select(Need.id).where(Need.state == NeedState.OPEN)).all():
        assert candidates(mona, need_id) <= came
        assert len(candidates(mona, need_id)) == 3, "imported volunteers are candidates for imported needs"

    page = uploads(mona, FRIVILLIGLISTE, "frivilligliste.xlsx")
    page.press("Se hva som skjer")
    assert page.says("Lista har 125 rader. 115 er som før. 10 kan ikke leses.")
    assert page.says("Det er ingenting å ta inn.")
    assert "Ta inn lista" not in page.buttons()


def test_every_row_is_shown_on_some_page(mona: Someone) -> None:
    page = uploads(mona, FRIVILLIGLISTE, "frivilligliste.xlsx")
    page.press("Se hva som skjer")
    seen = set()
    for number in range(1, 6):
        page.opens(f"{page.url.split('?')[0]}?side={number}")
        seen |= {row for row in range(4, 130) if f"Rad {row}" in page.text}
    assert seen == set(range(4, 130)) - {43}


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"%PDF-1.7", "liste.pdf", "ikke et regneark, men en PDF"),
        (b"", "tom.csv", "Fila er tom"),
        (b"Hva;Tid\nx;y\n", "liste.csv", "ingen rad med overskrifter"),
        (b'Navn;Hva\n"Kari;ski\n', "liste.csv", "anførselstegn som åpnes i rad 2"),
        (b"Navn\n" + b"Kari\n" * 20_001, "liste.csv", "rader eller flere; grensa er"),
        (b"PK\x03\x04" + b"x" * 100, "liste.xlsx", "skadet zip-fil"),
        (b"Navn;\x00\x01\x02\x03\x04", "../../CON", "andre data enn tekst"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_the_field(
    mona: Someone, content: bytes, name: str, says: str
) -> None:
    page = uploads(mona, content, name)
    assert page.status == 422
    assert any(says in error for error in page.errors())
    assert page.ticked("Frivillige")
    assert mona.town.db.scalar(select(func.count(StagedFile.id))) == 0


def test_what_is_missing_is_asked_for(mona: Someone) -> None:
    page = mona.opens("/importer")
    page.press("Les lista")
    assert page.errors() == ["Velg hva det er en liste over.", "Velg fila med lista."]


def test_a_file_above_the_limit_is_told_so(mona: Someone) -> None:
    page = uploads(mona, b"x" * 10_500_000)
    assert page.status == 413
    assert page.says("10 MB")


def test_the_match_can_be_corrected(mona: Someone) -> None:
    page = uploads(mona, "Navn;Nr;Hva\nSiri Sæter;400 00 011;ski\n".encode())
    assert page.value("B: Nr") == ""
    page.fill("B: Nr", "Telefon")
    page.fill("C: Hva", "Leses ikke")
    page.press("Se hva som skjer")
    page.press("Ta inn lista")
    siri = mona.town.db.scalars(select(Person).where(Person.source == "import")).one()
    assert (siri.name, siri.phone) == ("Siri Sæter", "+4740000011")


def test_a_list_needs_a_column_of_names(mona: Someone) -> None:
    page = uploads(mona, b"Navn;Tlf\nSiri;40000011\n")
    page.fill("A: Navn", "Leses ikke")
    page.press("Se hva som skjer")
    assert page.status == 422
    assert page.errors() == ["Velg hvilken kolonne navnet står i."]


def test_a_column_that_is_never_read_cannot_be_chosen_by_hand_either(mona: Someone) -> None:
    page = uploads(mona, b"Navn;Politiattest\nSiri;vist 12.03.2026\n")
    staged = mona.town.db.scalars(select(StagedFile)).one()
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page.html)[0]
    forged = {"csrf_token": token, "ark": "", "felt-0": "name", "felt-1": "gives", "do": "show"}
    sent = mona.browser.post(f"/importer/{staged.id}/kolonner", data=forged, headers={"Origin": BASE, "Referer": BASE})
    assert sent.status_code == 303
    page.opens(f"/importer/{staged.id}")
    assert not page.says("vist 12.03.2026")
    page.press("Ta inn lista")
    assert imported(mona) == 1


def test_another_sheet_can_be_read(mona: Someone) -> None:
    book = Workbook()
    first, second = book.worksheets[0], book.create_sheet("2026")
    for sheet, name in ((first, "Gamle Ole"), (second, "Nye Siri")):
        sheet.append(["Navn", "Mobil"])
        sheet.append([name, "40000011"])
    file = BytesIO()
    book.save(file)
    page = uploads(mona, file.getvalue(), "liste.xlsx")
    assert page.says("Gamle Ole")
    page.fill("Ark", "2026")
    page.press("Les dette arket")
    assert page.says("Nye Siri")
    assert not page.says("Gamle Ole")


def test_what_a_list_would_change_is_shown_before_it_does(mona: Someone) -> None:
    uploads(mona, "Navn;E-post;Mobil\nSiri Sæter;siri@a.example;400 00 011\n".encode()).press("Se hva som skjer").press(
        "Ta inn lista"
    )
    page = uploads(mona, "Navn;E-post;Mobil;Når\nSiri Sæter;siri@a.example;400 00 012;tirsdag 9-12\n".encode())
    page.press("Se hva som skjer")
    assert page.says("400 00 011 blir 400 00 012")
    assert page.says("tirsdag 9–12")


def test_a_list_can_be_dropped(mona: Someone) -> None:
    page = uploads(mona, b"Navn\nSiri\n")
    page.press("Forkast lista")
    assert page.says("Lista er forkastet. Ingenting av den er lagret.")
    assert mona.town.db.scalar(select(func.count(StagedFile.id))) == 0


def test_taking_in_twice_takes_in_once(mona: Someone) -> None:
    page = uploads(mona, b"Navn\nSiri\n")
    page.press("Se hva som skjer")
    page.press("Ta inn lista")
    page.press("Ta inn lista", on_the_old_page=True)
    assert imported(mona) == 1


def test_a_staged_list_is_nobody_elses_and_gone_after_an_hour(
    mona: Someone, arne: Someone, per: Someone, kari: Someone, clock: Clock
) -> None:
    uploads(mona, b"Navn\nSiri\n")
    staged = mona.town.db.scalars(select(StagedFile)).one()
    for address in (f"/importer/{staged.id}", f"/importer/{staged.id}/kolonner"):
        assert mona.opens(address).status == 200
        assert arne.opens(address).status == 404
        assert per.opens(address).status == 404
        assert kari.opens(address).status == 403
        assert mona.opens(address.replace(str(staged.id), "99999999999")).status == 404
    clock.moves(minutes=29)
    mona.opens("/importer")
    clock.moves(minutes=29)
    mona.opens("/importer")
    clock.moves(minutes=3)
    assert mona.opens(f"/importer/{staged.id}").status == 404


def test_what_a_cell_says_is_shown_as_text(mona: Someone) -> None:
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    page = uploads(mona, f"Navn;Kan bidra med;{nasty}\nSiri {nasty};{nasty};x\n".encode())
    assert page.says(nasty)
    page.press("Se hva som skjer")
    assert page.says(f"Siri {nasty}")
    assert "<script>alert" not in page.html


# invitations


def test_imported_people_are_invited_from_one_page(mona: Someone) -> None:
    page = uploads(mona, b"Navn;E-post\nSiri;siri@a.example\nAse;\nPer;p@a.example\n")
    page.press("Se hva som skjer").press("Ta inn lista")
    assert page.heading == "Importerte som ikke har bekreftet"
    assert mona.town.db.scalar(select(func.count(Outbox.id))) == 0
    page.press("Inviter", beside="Siri")
    page.opens("/importer/invitasjoner")
    page.press("Inviter én med e-post")
    assert page.says("Én invitasjon er sendt.")
    assert mona.town.db.scalar(select(func.count(Outbox.id))) == 2
    assert page.says("Har ingen e-postadresse.")
    assert not [button for button in page.buttons() if button.startswith("Inviter")]


# the other way


def test_lists_go_out_as_text(mona: Someone, kari: Someone) -> None:
    page = mona.opens("/importer")
    for words in ("Last ned frivillige", "Last ned behov"):
        assert words in page.links()
    response = mona.browser.get("/eksporter/frivillige.xlsx")
    assert (response.mimetype or "").endswith("spreadsheetml.sheet")
    assert response.headers["Content-Disposition"] == 'attachment; filename="frivillige-2026-11-24.xlsx"'
    assert response.headers["Cache-Control"] == "no-store"
    sheet = load_workbook(BytesIO(response.data)).worksheets[0]
    assert sheet["B2"].value == "Kari Kvam"
    assert mona.browser.get("/eksporter/alt.xlsx").status_code == 404


def test_an_export_asks_for_the_password_again(mona: Someone, clock: Clock) -> None:
    mona.opens("/importer")
    clock.moves(minutes=11)
    response = mona.browser.get("/eksporter/frivillige.xlsx")
    assert response.status_code == 303
    assert mona.town.db.scalar(select(func.count(Volunteer.id))) == 0


@pytest.mark.parametrize("locale", ["nn", "en"])
def test_the_pages_speak_the_other_languages_too(mona: Someone, locale: str) -> None:
    page = uploads(mona, FRIVILLIGLISTE, "frivilligliste.xlsx")
    page.press("Se hva som skjer")
    page.opens(f"{page.url}?lang={locale}&vis=unreadable")
    assert page.says({"nn": "Under 18 år (fødd 2012)", "en": "Under 18 (born 2012)"}[locale])
