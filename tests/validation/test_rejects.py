"""The rejects file: every error, where it stands, who can fix it, and no value that may not be told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.core.errors import ResponsibleParty
from pipelines.validation import validate
from pipelines.validation.rejects import REJECTS, Origin, RejectsFile, read_rejects
from pipelines.validation.responsible import responsible_party

SCHEMA: dict[str, Any] = {
    "fields": [{"name": "id", "type": "integer"}, {"name": "nom", "type": "string", "constraints": {"maxLength": 3}}]
}
ORIGIN = Origin("palmares", "label/palmares", "0" * 64, "palmares.csv")


def test_both_files_say_the_same(tmp_path: Path) -> None:
    table = pa.table({"id": ["x", "1"], "nom": ["a", "trop\nlong"]})
    with RejectsFile(tmp_path / "rejects", ORIGIN) as rejects:
        validate(table, SCHEMA, rejects=rejects, shown_fields=frozenset({"id"}))
    lines = read_rejects(tmp_path / "rejects.csv")
    assert lines.equals(read_rejects(tmp_path / "rejects.parquet"))
    assert lines.schema == REJECTS
    assert rejects.lines == 2
    first, second = lines.to_pylist()
    assert first == {
        "source": "palmares",
        "snapshot": "0" * 64,
        "part": "palmares.csv",
        "position": 2,
        "table": "label/palmares",
        "champ": "id",
        "valeur": "x",
        "regle": "type-error",
        "message": "Champ « id » : Valeur d'un autre type ; attendu : un nombre entier.",
        "message_en": 'Type error in the cell "x" in row "2" and field "id" at position "1": type is "integer/default"',
        "a_corriger_par": "source",
        "etape": "entree",
    }
    assert second["valeur"] is None
    assert "trop" not in second["message"] + second["message_en"]


def test_rows_that_say_where_they_come_from_are_believed(tmp_path: Path) -> None:
    place = {"_source": ["s"], "_snapshot": ["f" * 64], "_part": ["p"], "_position": [77]}
    table = pa.table({"id": ["x"], "nom": ["a"], **place})
    with RejectsFile(tmp_path / "rejects", Origin("autre", "t", side="sortie")) as rejects:
        validate(table, SCHEMA, rejects=rejects)
    line = read_rejects(tmp_path / "rejects.parquet").to_pylist()[0]
    assert (line["source"], line["snapshot"], line["part"], line["position"]) == ("s", "f" * 64, "p", 77)
    assert line["a_corriger_par"] == "mapping"


def test_nothing_is_left_when_the_validator_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), RejectsFile(tmp_path / "rejects", ORIGIN):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("rule", "side", "who"),
    [
        ("type-error", "entree", ResponsibleParty.SOURCE),
        ("type-error", "sortie", ResponsibleParty.MAPPING),
        ("primary-key", "sortie", ResponsibleParty.SOURCE),
        ("encoding-error", "sortie", ResponsibleParty.SOURCE),
        ("field-error", "entree", ResponsibleParty.SCHEMA),
    ],
)
def test_who_can_mend(rule: str, side: Any, who: ResponsibleParty) -> None:
    assert responsible_party(rule, side) is who
