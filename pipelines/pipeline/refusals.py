"""Validation errors as rejections, each at the place of its record in the source.

A rejection contains a value only where the field is public; Frictionless' own message quotes values, so for other
fields it is replaced by the rule's name.
Belongs here: from one error to one line of the rejects. Does not: the shape of that line (`mapping/rejections.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from pipelines.mapping.rejections import Rejection, Stage
from pipelines.schema import Privacy, TableSchema
from pipelines.schema.reserved import PART, POSITION, RESERVED, SNAPSHOT, SOURCE
from pipelines.tables import Unheld
from pipelines.validation import ValidationResult
from pipelines.validation.phrases import expected, rule_title
from pipelines.validation.responsible import responsible_party
from pipelines.validation.result import ROW

SEVERAL = ("compare-columns-value", "sum-columns-value")
"""Rules that a publisher declares, whose sentence quotes columns that nobody may have classed."""
REFERENCE = "foreign-key"
UNHELD = "valeur-hors-type"
"""The rule of a valid cell that no column of its field's type holds as it is."""


def refusals(
    validation: ValidationResult, schema: TableSchema, *, table: str, stage: Stage, hidden: Collection[str] = ()
) -> Iterator[Rejection]:
    """Every error of every rejected row, in the validator's order. `validation` is of a table with the reserved
    columns.

    `hidden`: public fields whose value is not shown here, such as counts that may turn out to be small.
    """
    places = _places(validation)
    for error in validation.errors.to_pylist():
        place = places.get(error["row"])
        if place is None:
            continue
        field, rule = error["field"], error["rule"]
        public = rule not in SEVERAL and all(
            _is_public(schema, name) and name not in hidden for name in _quoted(schema, field, rule)
        )
        unquoted = f'Field "{field}": {rule_title(rule, "en")}.' if field else f"{rule_title(rule, 'en')}."
        yield Rejection(
            source=place[SOURCE],
            snapshot=place[SNAPSHOT],
            part=place[PART],
            position=place[POSITION],
            table=table,
            champ=field,
            valeur=error["cell"] if public and field else None,
            regle=rule,
            message=_french(rule, field, error["note"] if public else None),
            message_en=_placed(error["message"], error["row"], place[POSITION]) if public else unquoted,
            a_corriger_par=responsible_party(rule, "sortie" if stage == "sortie" else "entree").value,
            etape=stage,
        )


def unheld_refusals(
    unheld: Iterable[Unheld],
    places: Mapping[int, Mapping[str, Any]],
    schema: TableSchema,
    *,
    table: str,
    hidden: Collection[str] = (),
) -> Iterator[Rejection]:
    """The rows of a table that valid cells keep out, because no typed column holds them. `places`: the reserved columns
    of each such row; `hidden`: as for `refusals`."""
    for one in unheld:
        place = places[one.row]
        is_shown = _is_public(schema, one.field) and one.field not in hidden
        yield Rejection(
            source=place[SOURCE],
            snapshot=place[SNAPSHOT],
            part=place[PART],
            position=place[POSITION],
            table=table,
            champ=one.field,
            valeur=one.cell if is_shown else None,
            regle=UNHELD,
            message=f"Champ « {one.field} » : {one.found.fr} ; attendu : une valeur que son type garde telle quelle.",
            message_en=f'Field "{one.field}": {one.found.en}; expected: a value that its type keeps as it is.',
            a_corriger_par=responsible_party(UNHELD, "sortie").value,
            etape="sortie",
        )


def _placed(message: str, row: int, position: int) -> str:
    """Frictionless' sentence with the record's place in its source, where it counts the rows of its own reading."""
    for words in ("row at position", "Row at position", "in row"):
        message = message.replace(f'{words} "{row}"', f'{words} "{position}"', 1)
    return message


def _places(validation: ValidationResult) -> dict[int, dict[str, Any]]:
    rejected = validation.rejected
    if rejected is None:
        return {}
    lines = rejected.select([ROW, *RESERVED]).to_pylist()
    return {line[ROW]: line for line in lines}


def _quoted(schema: TableSchema, field: str | None, rule: str) -> list[str]:
    """The fields whose values the sentence may quote: that of the cell; of a row, only a reference quotes its own."""
    if field is not None:
        return [field]
    return [name for key in schema.foreign_keys for name in key.fields] if rule == REFERENCE else []


def _is_public(schema: TableSchema, name: str) -> bool:
    return name in schema.names and schema[name].privacy is Privacy.PUBLIC


def _french(rule: str, field: str | None, note: str | None) -> str:
    """« Champ « x » : valeur d'un autre type ; attendu : une date (AAAA-MM-JJ). »"""
    wanted = expected(note, "fr") if note else ""
    named = f"Champ « {field} » : " if field else ""
    return f"{named}{rule_title(rule, 'fr')}{f' ; attendu : {wanted}' if wanted else ''}."
