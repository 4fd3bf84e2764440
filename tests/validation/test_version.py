"""The behaviour that was proved is that of one version of Frictionless."""

from __future__ import annotations

from importlib.metadata import version

PROVED = "5.21.0"


def test_frictionless_is_the_version_whose_behaviour_was_proved() -> None:
    assert version("frictionless") == PROVED, (
        f"frictionless {version('frictionless')} is installed, {PROVED} was proved. Before changing PROVED run "
        "`python -m tests.validation.test_equality 50000` and `pytest tests/validation`, read what changed in its "
        "fields/*.py, schema/field.py, table/row.py and resources/table.py, then change PROVED and pyproject.toml."
    )
