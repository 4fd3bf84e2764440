"""`make` on a clean machine installs what continuous integration does before the same tests."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
INSTALLED = re.compile(r"scripts/install_\w+\.sh")


def test_what_the_heavy_tests_need_is_installed_by_their_targets() -> None:
    asked = INSTALLED.findall((REPOSITORY / ".ci" / "run").read_text(encoding="utf-8"))
    lines = (REPOSITORY / "Makefile").read_text(encoding="utf-8").splitlines()
    made = {
        target: INSTALLED.findall(lines[lines.index(f"{target}:") + 1])
        for target in ("test-heavy", "test-cluster", "test-portals")
    }
    assert sorted(asked) == sorted(script for scripts in made.values() for script in scripts)
    assert all((REPOSITORY / script).is_file() for script in asked)
