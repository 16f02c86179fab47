"""Makes this folder importable in its .venv and writes the commands that pyproject.toml names. Builds nothing."""

from __future__ import annotations

import sys
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAUNCHER = """\
#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from {module} import {function}

sys.exit({function}())
"""
"""Shell and Python at once, so that neither spaces nor length in the interpreter's path can break the first line."""


def link() -> None:
    """Writes samskap.pth and one launcher per entry of [project.scripts]."""
    Path(sysconfig.get_path("purelib"), "samskap.pth").write_text(f"{ROOT}\n", "utf-8")
    scripts: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    for name, target in scripts.items():
        module, function = target.split(":")
        launcher = Path(sysconfig.get_path("scripts"), name)
        launcher.write_text(LAUNCHER.format(python=sys.executable, module=module, function=function), "utf-8")
        launcher.chmod(0o755)


if __name__ == "__main__":
    link()
