"""Runs each bench/*.py, whose output is a part of a page in Markdown, and joins the parts to docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """\
# Measured

Made by `script/bench` on {date:%Y-%m-%d}: {cpus} processors ({machine}), Python {python}.
Processor time and numbers of statements hardly vary from run to run; seconds on the wall do.
"""


def measure(bench: Path) -> str:
    """What one bench prints; CalledProcessError when it fails, for a table with holes is worse than none."""
    print(f"· bench/{bench.name}", file=sys.stderr)
    asked = [sys.executable, str(bench)]
    return subprocess.run(asked, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


def part(bench: Path) -> str:
    """One bench as a section with the command that repeats it."""
    return (
        f"\n## {bench.stem.replace('_', ' ').capitalize()}\n\n`script/bench {bench.stem}`\n\n{measure(bench).strip()}\n"
    )


def main(names: Sequence[str]) -> None:
    """Writes the page, or prints the named parts."""
    if names:
        sys.stdout.writelines(part(ROOT / "bench" / f"{name}.py") for name in names)
        return
    head = HEAD.format(
        date=datetime.now(UTC), cpus=os.cpu_count(), machine=platform.machine(), python=platform.python_version()
    )
    PAGE.write_text(head + "".join(part(bench) for bench in sorted((ROOT / "bench").glob("[!_]*.py"))), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
