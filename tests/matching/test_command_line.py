"""python -m matching: one JSON object on standard output, or exit status 2 and one line on standard error."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from matching.__main__ import main

ROOT = Path(__file__).parent.parent.parent
MINI = ROOT / "tests" / "instances" / "mini-1.json"
MISSING = ROOT / "tests" / "instances" / "tiny-missing-coordinates.json"
GONE = "<the field is gone>"

VOLUNTEER: dict[str, Any] = {
    "id": "V1", "person": "p1", "active": True, "municipality": "3440", "lat": 61.26, "lon": 10.41, "radius_m": 9000,
    "capacity": 1, "skills": ["drives"], "interests": ["chess"], "languages": ["nb"], "experience": ["grief"],
    "gender": "f", "birth_date": "1980-02-29", "vetting": [{"type": "police", "expires": "9999-12-31"}],
    "meet_gender": None, "available": [{"start": 600, "end": 720}],
    "away": [{"first": "2026-07-01", "last": "2026-07-31"}], "blocks": ["p9"], "met": ["q1"],
}  # fmt: skip
NEED: dict[str, Any] = {
    "id": "N1", "person": "q1", "category": "visit", "municipality": "3440", "cross_border": False, "lat": 61.26,
    "lon": 10.41, "skills_required": ["drives"], "skills_preferred": [], "interests": ["chess"], "experience": [],
    "languages_any": ["nb"], "vetting_required": ["police"], "gender": None, "age_min": 18, "age_max": None,
    "person_gender": "m", "urgency": 3, "wanted": 2, "min_volunteers": 1, "mode": "any",
    "windows": [{"start": 600, "end": 660}, {"from": "2026-04-06T10:00:00+02:00", "to": "2026-04-06T11:00:00+02:00"}],
    "blocks": ["p8"], "duplicate_of": None,
}  # fmt: skip
WHOLE: dict[str, Any] = {
    "schema": "samskap-instance/1", "name": "whole", "now": "2026-03-16T12:00:00+01:00", "tz": "Europe/Oslo",
    "volunteers": [VOLUNTEER], "needs": [NEED], "approved": [{"need": "N1", "volunteer": "V1"}],
}  # fmt: skip


def _with(path: list[Any], value: Any) -> dict[str, Any]:
    whole = copy.deepcopy(WHOLE)
    inner: Any = whole
    for step in path[:-1]:
        inner = inner[step]
    if value is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return whole


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        status = main(arguments)
    except SystemExit as ended:
        status = int(ended.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


def _ranked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], whole: object, need: str = "N1"
) -> tuple[int, str, str]:
    file = tmp_path / "instance.json"
    file.write_text(whole if isinstance(whole, str) else json.dumps(whole), "utf-8")
    return _run(capsys, "rank", str(file), "--need", need)


def test_rank_answers_with_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = _run(capsys, "rank", str(MISSING), "--need", "N1")
    assert (status, err) == (0, "")
    parts = {"preferred_skills": 0, "distance": 0, "interests": 0, "experience": 0, "continuity": 0}
    assert json.loads(out) == {
        "need": "N1",
        "eligible": [
            {"volunteer": "V2", "points": 250, "parts": parts | {"distance": 250}},
            {"volunteer": "V1", "points": 0, "parts": parts},
        ],
        "rejected": {"V3": ["distance"]},
    }


def test_a_whole_record_is_read_and_all_its_points_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = _ranked(tmp_path, capsys, WHOLE)
    assert status == 0
    assert json.loads(out)["eligible"] == [
        {"volunteer": "V1", "points": 416,
         "parts": {"preferred_skills": 0, "distance": 250, "interests": 66, "experience": 0, "continuity": 100}}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "rejected"),
    [
        (["volunteers", 0, "blocks"], ["q1"], ["not_blocked"]),
        (["needs", 0, "blocks"], ["p1"], ["not_blocked"]),
        (["needs", 0, "duplicate_of"], "N1", ["duplicate_need"]),
        (["volunteers", 0, "municipality"], "3405", ["municipality"]),
        (["volunteers", 0, "vetting"], [{"type": "police", "expires": "2026-04-05"}], ["vetting"]),
        (["volunteers", 0, "birth_date"], None, ["age"]),
        (["volunteers", 0, "birth_date"], "2008-03-17", ["age"]),
        (["needs", 0, "gender"], "m", ["gender"]),
        (["volunteers", 0, "meet_gender"], "f", ["meet_gender"]),
        (["needs", 0, "windows"], [{"start": 690, "end": 721}], ["availability"]),
        (["volunteers", 0, "person"], "q1", ["not_same_person"]),
    ],
)
def test_each_rule_of_the_format_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], path: list[Any], value: Any, rejected: list[str]
) -> None:
    assert json.loads(_ranked(tmp_path, capsys, _with(path, value))[1])["rejected"] == {"V1": rejected}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["volunteers", 0, "away"], GONE),
        (["needs", 0, "blocks"], GONE),
        (["needs", 0, "duplicate_of"], GONE),
        (["needs", 0, "duplicate_of"], "N99"),
        (["approved"], GONE),
        (["approved"], []),
        (["volunteers", 0, "birth_date"], "2008-03-16"),
        (["volunteers", 0, "vetting"], [{"type": "police", "expires": "2026-04-06"}]),
        (["volunteers", 0, "shoe_size"], 43),
        (["expected"], "whatever"),
        (["needs", 0, "min_volunteers"], 0),
        (["volunteers", 0, "blocks"], ["nobody-here"]),
        (["volunteers", 0, "radius_m"], 10**15),
        (["volunteers", 0, "capacity"], 10**15),
        (["needs", 0, "age_min"], -(10**15)),
        (["now"], "2026-03-16T11:00:00Z"),
    ],
)
def test_what_may_be_missing_or_odd_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], path: list[Any], value: Any
) -> None:
    status, out, err = _ranked(tmp_path, capsys, _with(path, value))
    assert (status, err) == (0, "")
    assert [each["volunteer"] for each in json.loads(out)["eligible"]] == ["V1"]


V, N = ["volunteers", 0], ["needs", 0]
BAD: list[tuple[list[Any], Any, str]] = [
    (["schema"], "samskap-instance/2", 'schema is "samskap-instance/2"; it must be "samskap-instance/1"'),
    (["schema"], GONE, "schema is missing"),
    (["name"], 7, "name is 7; it must be a string"),
    (["now"], "2026-03-16T12:00:00", 'now is "2026-03-16T12:00:00"; it must be a time with an offset from UTC'),
    (["now"], "yesterday", 'now is "yesterday"; it must be a time such as 2026-03-16T12:00:00+01:00'),
    (["now"], "0001-01-01T00:00:00+14:00",
     'now is "0001-01-01T00:00:00+14:00"; it must be a time such as 2026-03-16T12:00:00+01:00'),
    (["tz"], "Europe/Oyer", 'tz is "Europe/Oyer"; it must be a time zone such as Europe/Oslo'),
    (["tz"], "../etc/passwd", 'tz is "../etc/passwd"; it must be a time zone such as Europe/Oslo'),
    (["tz"], "", 'tz is ""; it must be a time zone such as Europe/Oslo'),
    (["volunteers"], {}, "volunteers is {}; it must be a list"),
    (["volunteers"], GONE, "volunteers is missing"),
    (["volunteers", 0], [], "volunteers[0] is []; it must be an object"),
    (["volunteers"], [VOLUNTEER, VOLUNTEER], 'volunteers[1].id is "V1"; another of volunteers has that id'),
    (["needs"], [NEED, NEED], 'needs[1].id is "N1"; another of needs has that id'),
    ([*V, "id"], 1, "volunteers[0].id is 1; it must be a string"),
    ([*V, "id"], GONE, "volunteers[0].id is missing"),
    ([*V, "active"], 1, 'volunteers["V1"].active is 1; it must be true or false'),
    ([*V, "active"], GONE, 'volunteers["V1"].active is missing'),
    ([*V, "lat"], 90.1, 'volunteers["V1"].lat is 90.1; it must be -90 to 90'),
    ([*V, "lat"], "61", 'volunteers["V1"].lat is "61"; it must be a number or null'),
    ([*V, "lat"], True, 'volunteers["V1"].lat is true; it must be a number or null'),
    ([*V, "lon"], float("nan"), 'volunteers["V1"].lon is nan; it must be -180 to 180'),
    ([*V, "lon"], float("inf"), 'volunteers["V1"].lon is inf; it must be -180 to 180'),
    ([*V, "radius_m"], -1, 'volunteers["V1"].radius_m is -1; it must be at least 0'),
    ([*V, "radius_m"], 5000.0, 'volunteers["V1"].radius_m is 5000.0; it must be a whole number'),
    ([*V, "capacity"], -1, 'volunteers["V1"].capacity is -1; it must be at least 0'),
    ([*V, "capacity"], True, 'volunteers["V1"].capacity is true; it must be a whole number'),
    ([*V, "skills"], "drives", 'volunteers["V1"].skills is "drives"; it must be a list'),
    ([*V, "skills"], ["drives", 4], 'volunteers["V1"].skills[1] is 4; it must be a string'),
    ([*V, "gender"], "q", 'volunteers["V1"].gender is "q"; it must be "f", "m", "x" or null'),
    ([*V, "gender"], [], 'volunteers["V1"].gender is []; it must be "f", "m", "x" or null'),
    ([*V, "birth_date"], "1980-02-30", 'volunteers["V1"].birth_date is "1980-02-30"; it must be a date as yyyy-mm-dd'),
    ([*V, "birth_date"], "19800228", 'volunteers["V1"].birth_date is "19800228"; it must be a date as yyyy-mm-dd'),
    ([*V, "vetting"], [{"type": "police"}], 'volunteers["V1"].vetting[0].expires is missing'),
    ([*V, "vetting"], [{"type": "police", "expires": None}],
     'volunteers["V1"].vetting[0].expires is null; it must be a date as yyyy-mm-dd'),
    ([*V, "available"], [{"start": 60, "end": 60}],
     'volunteers["V1"].available[0].end is 60; it must be after start, which is 60'),
    ([*V, "available"], [{"start": 600, "end": 10081}],
     'volunteers["V1"].available[0].end is 10081; it must be 1 to 10080'),
    ([*V, "available"], [{"start": -30, "end": 60}],
     'volunteers["V1"].available[0].start is -30; it must be 0 to 10079'),
    ([*V, "available"], [{"from": "2026-04-06T10:00:00+02:00", "to": "2026-04-06T11:00:00+02:00"}],
     'volunteers["V1"].available[0].start is missing'),
    ([*V, "away"], [{"first": "2026-07-02", "last": "2026-07-01"}],
     'volunteers["V1"].away[0].last is "2026-07-01"; it must be no earlier than first, which is 2026-07-02'),
    ([*V, "away"], None, 'volunteers["V1"].away is null; it must be a list'),
    ([*V, "met"], GONE, 'volunteers["V1"].met is missing'),
    ([*N, "cross_border"], None, 'needs["N1"].cross_border is null; it must be true or false'),
    ([*N, "age_min"], "18", 'needs["N1"].age_min is "18"; it must be a whole number'),
    ([*N, "age_max"], GONE, 'needs["N1"].age_max is missing'),
    ([*N, "urgency"], 6, 'needs["N1"].urgency is 6; it must be 1 to 5'),
    ([*N, "urgency"], 0, 'needs["N1"].urgency is 0; it must be 1 to 5'),
    ([*N, "wanted"], 0, 'needs["N1"].wanted is 0; it must be at least 1'),
    ([*N, "min_volunteers"], 3, 'needs["N1"].min_volunteers is 3; it must be 0 to 2'),
    ([*N, "min_volunteers"], -1, 'needs["N1"].min_volunteers is -1; it must be 0 to 2'),
    ([*N, "mode"], "some", 'needs["N1"].mode is "some"; it must be "none", "any" or "all"'),
    ([*N, "windows"], [{"from": "2026-04-06T10:00:00", "to": "2026-04-06T11:00:00+02:00"}],
     'needs["N1"].windows[0].from is "2026-04-06T10:00:00"; it must be a time with an offset from UTC'),
    ([*N, "windows"], [{"from": "2026-04-06T11:00:00+02:00", "to": "2026-04-06T10:00:00+02:00"}],
     'needs["N1"].windows[0].to is "2026-04-06T10:00:00+02:00"; it must be after from, which is '
     '"2026-04-06T11:00:00+02:00"'),
    ([*N, "windows"], [{"from": "2026-04-06T10:00:00+02:00"}], 'needs["N1"].windows[0].to is missing'),
    ([*N, "windows"], [{}], 'needs["N1"].windows[0].start is missing'),
    ([*N, "windows"], [{"start": 600.5, "end": 660}],
     'needs["N1"].windows[0].start is 600.5; it must be a whole number'),
    ([*N, "duplicate_of"], 3, 'needs["N1"].duplicate_of is 3; it must be a string'),
    (["approved"], [{"need": "N1", "volunteer": "V9"}],
     'approved[0].volunteer is "V9"; it must be the id of a volunteer in the file'),
    (["approved"], [{"need": "N9", "volunteer": "V1"}],
     'approved[0].need is "N9"; it must be the id of a need in the file'),
    (["approved"], None, "approved is null; it must be a list"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "line"), BAD, ids=[line for *_, line in BAD])
def test_bad_input_is_told_on_one_line_with_field_and_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], path: list[Any], value: Any, line: str
) -> None:
    assert _ranked(tmp_path, capsys, _with(path, value)) == (2, "", line + "\n")


@pytest.mark.parametrize("record", ["volunteers", "needs"])
@pytest.mark.parametrize("wrong", [GONE, {"not": "this"}, 3.25, "¤\nnew line", [[]], -7], ids=str)
def test_no_wrong_field_is_a_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str], record: str, wrong: Any) -> None:
    """Every field in turn is taken away or given a value of each sort: an answer, or one line that names the field."""
    for name in WHOLE[record][0]:
        status, out, err = _ranked(tmp_path, capsys, _with([record, 0, name], wrong), need="N1")
        if status == 0:
            assert json.loads(out)["need"] == "N1"
        else:
            assert (status, out, err.count("\n")) == (2, "", 1), name
            assert name in err or "--need" in err


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("{", "is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[" * 100_000, "is not JSON that can be read: it is nested too deeply"),
        ("[]", "the file is []; it must be an object"),
        ("null", "the file is null; it must be an object"),
        ('"samskap"', 'the file is "samskap"; it must be an object'),
    ],
)
def test_a_file_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, line: str
) -> None:
    status, out, err = _ranked(tmp_path, capsys, text)
    assert (status, out) == (2, "")
    assert err.endswith(line + "\n")
    assert err.count("\n") == 1


def test_a_file_that_cannot_be_opened_or_is_not_text_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "latin.json").write_bytes(b'{"name": "\xe6"}')
    for file, words in (("none.json", "No such file"), (".", "Is a directory"), ("latin.json", "is not UTF-8")):
        status, out, err = _run(capsys, "rank", str(tmp_path / file), "--need", "N1")
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert words in err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["rank", str(MINI), "--need", "N99"], '--need is "N99"; the file has no need with that id'),
        (["explain", str(MINI), "--need", "N1", "--volunteer", "N1"],
         '--volunteer is "N1"; the file has no volunteer with that id'),
        (["rank", str(MINI)], "the following arguments are required: --need"),
        (["plans", str(MINI)], None),
        (["plan", str(MINI), "--seconds", "soon"], 'argument --seconds: "soon" must be a number above 0'),
        (["plan", str(MINI), "--seconds", "0"], 'argument --seconds: "0" must be a number above 0'),
        (["plan", str(MINI), "--seconds", "nan"], 'argument --seconds: "nan" must be a number above 0'),
        (["explain", str(MINI), "--need", "N1", "--volunteer", "V1", "--lang", "se"], None),
        ([], None),
    ],
)  # fmt: skip
def test_bad_arguments_are_told_on_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], line: str | None
) -> None:
    status, out, err = _run(capsys, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert line is None or err == line + "\n"


@pytest.mark.parametrize(("lang", "first"), [("nb", "kan ikke foreslås"), ("nn", "kan ikkje"), ("en", "cannot")])
def test_explain_prints_sentences_in_the_language_asked(
    capsys: pytest.CaptureFixture[str], lang: str, first: str
) -> None:
    arguments = ("explain", str(MISSING), "--need", "N1", "--volunteer", "V3", "--lang", lang)
    status, out, err = _run(capsys, *arguments)
    assert (status, err) == (0, "")
    assert first in out.splitlines()[0]
    told = json.loads(_run(capsys, *arguments, "--json")[1])
    assert [each["rule"] for each in told["rules"] if not each["allowed"]] == ["distance"]
    assert all(each["why"] in out for each in told["parts"])
    assert {each["part"] for each in told["parts"]} == {"preferred_skills", "distance", "interests", "experience",
                                                        "continuity"}  # fmt: skip


def test_the_same_file_gives_the_same_bytes() -> None:
    def run(seed: str) -> bytes:
        command = [sys.executable, "-m", "matching", "rank", str(MINI), "--need", "N8"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout

    assert run("1") == run("2") == run("3")
    assert len(json.loads(run("4"))["eligible"]) == 20


def test_odd_ids_come_out_as_they_went_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = ["", "Å", "a\u0000b", "\ud800", "😀", "V10", "V9"]
    whole = copy.deepcopy(WHOLE)
    whole["volunteers"] = [{**VOLUNTEER, "id": key, "person": key} for key in reversed(odd)]
    whole["approved"] = []
    status, out, _ = _ranked(tmp_path, capsys, whole)
    assert status == 0
    assert [each["volunteer"] for each in json.loads(out)["eligible"]] == sorted(odd)
