"""What html-validate says of pages, all of them in one go."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from script.assets import MODULES, ROOT, BuildError, node


def faults_of(pages: Mapping[str, str]) -> list[str]:
    """One line for each fault in the markup of the pages, by their names; empty when all are valid."""
    with tempfile.TemporaryDirectory() as folder:
        for name, markup in pages.items():
            (Path(folder) / f"{name}.html").write_text(markup, "utf-8")
        report = Path(folder) / "report.json"
        command = [str(MODULES / "html-validate/bin/html-validate.mjs"), "--config", str(ROOT / ".htmlvalidate.json")]
        try:
            node(*command, "--formatter", f"json={report}", folder)
        except BuildError:  # it also fails when it has found faults; the report tells which
            if not report.exists():
                raise
        found = json.loads(report.read_text("utf-8"))
    return [
        f"{Path(page['filePath']).stem} {fault['line']}:{fault['column']} {fault['ruleId']}: {fault['message']}"
        for page in found
        for fault in page["messages"]
    ]
