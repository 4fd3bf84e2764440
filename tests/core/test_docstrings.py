"""What a rule explains does not depend on how Python was started."""

from __future__ import annotations

import os
import subprocess
import sys

from pipelines.core.docstrings import docstring


def told() -> None:
    """Two
    lines."""


def bare() -> None:
    pass


PRINTED = """
from pipelines.findings.registry import finding_rules
from pipelines.core.project import Project
for rule in finding_rules():
    print(rule.code, rule.explanation)
"""


def test_a_docstring_is_one_line_and_may_be_absent() -> None:
    assert (docstring(told), docstring(bare)) == ("Two lines.", "")


def test_rules_explain_themselves_also_where_docstrings_are_stripped() -> None:
    command = [sys.executable, "-c", PRINTED]
    plain, stripped = (
        subprocess.run(command, env={**os.environ, **more}, capture_output=True, text=True, check=True).stdout
        for more in ({}, {"PYTHONOPTIMIZE": "2", "PYTHONDONTWRITEBYTECODE": "1"})
    )
    assert plain == stripped
