"""Every setting is told of in docs/running.md, and none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTING = re.compile(r"\bSAMSKAP_[A-Z_]+\b")


def settings_in(text: str) -> set[str]:
    """The names of settings in a text."""
    return set(SETTING.findall(text))


def untold(code: str, page: str) -> set[str]:
    """Settings that stand in one of the two only."""
    return settings_in(code) ^ settings_in(page)


def test_running_md_tells_of_every_setting_and_of_no_other() -> None:
    assert untold((ROOT / "config.py").read_text("utf-8"), (ROOT / "docs/running.md").read_text("utf-8")) == set()


def test_an_untold_setting_and_a_made_up_one_are_found() -> None:
    assert untold('env["SAMSKAP_MAIL"]', "`SAMSKAP_MALE` sends mail") == {"SAMSKAP_MAIL", "SAMSKAP_MALE"}


def test_only_config_py_reads_settings() -> None:
    files = [path for folder in ("samskap", "matching") for path in (ROOT / folder).rglob("*.py")]
    readers = [path for path in files if "os.environ" in path.read_text("utf-8")]
    assert [str(path.relative_to(ROOT)) for path in readers] == ["samskap/cli/inside.py"]
