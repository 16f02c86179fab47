"""The scripts run on a machine with a plain shell, git and Python, and the README says which two to begin with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCED = frozenset({"environment", "machine"})
NOT_POSIX = re.compile(
    r"\[\[|\]\]|^\s*function\s|\blocal\s|\bdeclare\s|\bsource\s|&>|<<<|\$'|\$\{[A-Za-z_]+(//|\^|,|:[0-9])|==\s.*\];|\bpipefail\b",
)


def shell_scripts() -> list[Path]:
    """Every script of ours that a shell reads."""
    ours = (file for file in (ROOT / "script").iterdir() if file.is_file() and not file.suffix)
    return [*sorted(ours), ROOT / ".ci/run"]


def faults_in_script(path: Path) -> list[str]:
    """What a plain shell would stumble over."""
    text = path.read_text("utf-8")
    faults = []
    if path.name not in SOURCED:
        if not text.startswith("#!/bin/sh\n"):
            faults.append("does not begin with #!/bin/sh")
        if not os.access(path, os.X_OK):
            faults.append("cannot be run")
        if "set -eu" not in text:
            faults.append("goes on after a failure")
    code = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    faults += [f"is not plain shell: {line.strip()}" for line in code if NOT_POSIX.search(line)]
    for shell in {shutil.which("dash"), shutil.which("sh")} - {None}:
        read = subprocess.run([str(shell), "-n", str(path)], capture_output=True, text=True, check=False)
        faults += [f"{shell} cannot read it: {read.stderr.strip()}"] if read.returncode else []
    return faults


def test_scripts_are_plain_shell_and_can_be_run() -> None:
    assert {path.name: faults for path in shell_scripts() if (faults := faults_in_script(path))} == {}


def test_a_script_for_another_shell_is_found(tmp_path: Path) -> None:
    script = tmp_path / "broken"
    script.write_text("#!/bin/bash\nif [[ -f x ]]; then\n", "utf-8")
    faults = faults_in_script(script)
    assert faults[:4] == [
        "does not begin with #!/bin/sh",
        "cannot be run",
        "goes on after a failure",
        "is not plain shell: if [[ -f x ]]; then",
    ]
    assert all("cannot read it" in fault for fault in faults[4:])
    assert faults[4:]


def commands_missing_from(readme: str) -> list[str]:
    """The two commands that the README must give on lines of their own."""
    return [command for command in ("script/server", "script/test") if not re.search(rf"^\s*{command}\b", readme, re.M)]


def test_the_readme_gives_the_two_commands() -> None:
    assert commands_missing_from((ROOT / "README.md").read_text("utf-8")) == []


def test_a_readme_without_a_command_is_found() -> None:
    assert commands_missing_from("Run this:\n\n    script/server\n") == ["script/test"]


def test_nothing_but_script_test_decides_whether_a_change_may_go_in() -> None:
    lines = (ROOT / ".ci/run").read_text("utf-8").splitlines()
    code = [line for line in lines if line and not line.startswith("#")]
    assert code == ["set -eu", 'exec "$(dirname "$0")/../script/test"']
