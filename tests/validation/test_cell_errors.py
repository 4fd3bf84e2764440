"""Errors of cells that are made without Frictionless: the same objects, in the order in which it tells them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from frictionless import errors

from pipelines.validation import cell_errors, explain, validate
from tests.validation.comparison import frictionless_report, plain_report

KEYED: dict[str, Any] = {
    "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
    "fields": [
        {"name": "a", "type": "integer", "constraints": {"maximum": 9}},
        {"name": "b", "type": "string", "constraints": {"required": True, "maxLength": 1, "pattern": "[a-c]+"}},
        {"name": "c", "type": "integer", "constraints": {"unique": True}},
    ],
    "primaryKey": ["b", "c"],
}
ROWS = ["x,bad,1", "12,a,x", "x,,2", ",,", "1,b,1", "1,é{note},3", "x,b,1", "y,abc,y", "9,c,9,z", "8"]


@pytest.mark.parametrize(
    ("rule", "cls"), [("type-error", errors.TypeError), ("constraint-error", errors.ConstraintError)]
)
def test_an_error_that_is_made_here_is_the_one_that_frictionless_makes(rule: str, cls: Any) -> None:
    facts = {
        "note": "une note {cell}",
        "cells": ["é", ""],
        "row_number": 3,
        "cell": "{x} é",
        "field_name": "f",
        "field_number": 2,
    }
    ours, theirs = cell_errors.made(rule, facts), cls(**facts)
    assert ours == theirs
    assert vars(ours) == vars(theirs)
    assert ours.to_descriptor() == theirs.to_descriptor()


def test_errors_come_in_the_order_of_frictionless_beside_keys(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b,c\n" + "\n".join(ROWS) + "\n", encoding="utf-8")
    validation = validate(path, KEYED, sample=None, name="child")
    assert validation.path == "proof"
    assert plain_report(validation.report()) == plain_report(frictionless_report(path, KEYED))


def test_rows_of_which_only_cells_are_refused_are_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b,c\nx,a,1\n1,bad,2\n", encoding="utf-8")
    monkeypatch.setattr(explain, "validate_rows", lambda *given: pytest.fail("a row was read again"))
    assert validate(path, KEYED).error_count == 3
