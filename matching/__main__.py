"""python -m matching: rank, plan and explain on a portable instance file."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from matching.books import REFERENCE
from matching.explain import Explanation, explain
from matching.instance import BadInstance, Instance, read
from matching.plan import plan
from matching.rank import candidates
from matching.rule import LANGS, Lang
from matching.words import sentence

BAD_INPUT = 2
_PART_NAMES = {"nearness": "distance"}
"""The format calls the points for nearness by the name of the hard rule on distance."""


class _OneLine(argparse.ArgumentParser):
    """Says what is wrong on one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, " ".join(message.split()) + "\n")


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = _OneLine(prog="python -m matching", description="The rule book reference/1 on a portable instance file.")
    commands = parser.add_subparsers(dest="command", required=True)
    rank = commands.add_parser("rank", help="who is eligible, in order, and what refuses the others")
    why = commands.add_parser("explain", help="every rule's verdict on one pair, in words")
    whole = commands.add_parser("plan", help="who to whom and when, for all needs at once")
    for command in (rank, why, whole):
        command.add_argument("file", type=Path, metavar="FILE")
    for command in (rank, why):
        command.add_argument("--need", required=True, metavar="ID")
    whole.add_argument("--seconds", type=_seconds, metavar="N", help="the best plan so far after so long")
    why.add_argument("--volunteer", required=True, metavar="ID")
    why.add_argument("--lang", choices=LANGS, default="nb")
    why.add_argument("--json", action="store_true", help="one JSON object instead of sentences")
    return parser.parse_args(given)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{json.dumps(text)} must be a number above 0")
    return seconds


def main(given: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it was answered, 2 with one line on standard error when the input is bad."""
    arguments = _arguments(given)
    try:
        answer = _COMMANDS[arguments.command](read(arguments.file), arguments)
    except BadInstance as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    sys.stdout.write(answer + "\n")
    return 0


def _rank(instance: Instance, arguments: argparse.Namespace) -> str:
    need = _known("need", arguments.need, instance.need_of)
    ranking = candidates(instance.facts, REFERENCE, need=need, now=instance.now)
    return _json(
        {
            "need": arguments.need,
            "eligible": [
                {"volunteer": instance.volunteers[each.id], "points": each.points, "parts": _parts(each.parts)}
                for each in ranking.candidates()
            ],
            "rejected": {instance.volunteers[key]: rules for key, rules in ranking.rejected().items()},
        }
    )


def _explain(instance: Instance, arguments: argparse.Namespace) -> str:
    need = _known("need", arguments.need, instance.need_of)
    volunteer = _known("volunteer", arguments.volunteer, instance.volunteer_of)
    why = explain(instance.facts, REFERENCE, need=need, volunteer=volunteer, now=instance.now)
    if arguments.json:
        return _json({"need": arguments.need, "volunteer": arguments.volunteer, **_as_data(why, arguments.lang)})
    return "\n".join(why.lines(arguments.lang))


def _plan(instance: Instance, arguments: argparse.Namespace) -> str:
    found = plan(
        instance.facts, REFERENCE, now=instance.now, approved=instance.approved,
        clock=time.monotonic, seconds=arguments.seconds,
    )  # fmt: skip
    return _json(
        {
            "assignments": [
                {"need": instance.needs[each.need], "volunteer": instance.volunteers[each.volunteer],
                 "option": each.option}
                for each in found.assignments
            ],
            "objective": asdict(found.objective),
            "bound": found.bound,
            "proven": list(found.proven),
            "eligible_pairs": found.eligible_pairs,
            "seconds": round(found.seconds, 3),
        }
    )  # fmt: skip


_COMMANDS = {"rank": _rank, "plan": _plan, "explain": _explain}


def _as_data(why: Explanation, lang: Lang) -> dict[str, Any]:
    return {
        "eligible": why.eligible,
        "points": why.points,
        "most": why.most,
        "rules": [
            {
                "rule": verdict.key,
                "allowed": verdict.allowed,
                "why": sentence(verdict.why, lang),
                "remedy": sentence(verdict.remedy, lang) if verdict.remedy else None,
                "who": verdict.who,
            }
            for verdict in why.hard
        ],
        "parts": [
            {"part": _PART_NAMES.get(part.key, part.key), "points": part.points, "most": part.most,
             "why": sentence(part.why, lang)}
            for part in why.soft
        ],
        "options": [{"option": fit.option, "spans": fit.spans, "state": fit.state} for fit in why.options],
    }  # fmt: skip


def _parts(parts: Mapping[str, int]) -> dict[str, int]:
    return {_PART_NAMES.get(key, key): points for key, points in parts.items()}


def _known(name: str, key: str, numbers: Mapping[str, int]) -> int:
    if key not in numbers:
        raise BadInstance(f"--{name} is {json.dumps(key)}; the file has no {name} with that id")
    return numbers[key]


def _json(answer: Mapping[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=True, allow_nan=False)


if __name__ == "__main__":
    sys.exit(main())
