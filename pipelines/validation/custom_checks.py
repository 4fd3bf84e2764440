"""The custom checks that French schemas declare in `custom_checks`: SIRET, SIREN, comparisons between columns.

Source: validata-core 0.9.7, whose decisions these give on the values that Frictionless reads; a missing value or one of
another type counts as absent. Belongs here: one file for all, since each is a few lines. Does not: Table Schema's own
constraints. A check that is not known here is told in the report as not run, never passed over in silence.
"""

from __future__ import annotations

import decimal
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipelines.core.text import Said

Judgement = Callable[[Sequence[Any]], str | None]  # values of the columns → a note, or None when all is well

OPERATORS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    ">": (operator.gt, "supérieure"),
    ">=": (operator.ge, "supérieure ou égale"),
    "==": (operator.eq, "égale"),
    "<=": (operator.le, "inférieure ou égale"),
    "<": (operator.lt, "inférieure"),
}
# Source: circulaire Actes, nomenclature at its first level.
ACTS = (
    "commande publique",
    "urbanisme",
    "domaine et patrimoine",
    "fonction publique",
    "institutions et vie politique",
    "libertes publiques et pouvoirs de police",
    "finances locales",
    "domaines de competences par themes",
    "autres domaines de competences",
)


@dataclass(frozen=True)
class CustomCheck:
    """A declared check: the columns that it reads, the first of which its errors are told of, and its judgement."""

    name: str
    columns: tuple[str, ...]
    judgement: Judgement

    def error(self, row: Any) -> Any | None:
        """Frictionless' error for a row that it heard, or None."""
        note = self.judgement([row[name] for name in self.columns])
        return None if note is None else _error_class(self.name).from_row(row, note=note, field_name=self.columns[0])


def declared_checks(schema: Mapping[str, Any], fields: Sequence[str]) -> tuple[list[CustomCheck], list[Said]]:
    """The checks that a schema declares and the data has columns for; and a sentence for each that cannot be run."""
    checks, told = [], []
    for entry in schema.get("custom_checks") or []:
        name, params = entry.get("name"), entry.get("params") or {}
        known = MAKERS.get(name)
        try:
            check = known(params) if known else None
        except (KeyError, TypeError, ValueError):
            check = None
        if check is None:
            told.append(
                Said(
                    f"contrôle « {name} » non appliqué : inconnu, ou ses paramètres sont mal écrits",
                    f'custom check "{name}" was not run: it is not known, or its parameters are not understood',
                )
            )
        elif missing := [column for column in check.columns if column not in fields]:
            absent = ", ".join(missing)
            french = f"contrôle « {name} » non appliqué : pas de colonne {absent}"
            told.append(Said(french, f'custom check "{name}" was not run: no column {absent}'))
        else:
            checks.append(check)
    return checks, told


@cache
def _error_class(name: str) -> Any:
    from frictionless import errors

    about = {
        "title": name,
        "description": name,
        "template": 'Row at position "{rowNumber}", field "{fieldName}": {note}',
    }
    return type(f"CustomError_{name}", (errors.CellError,), {"type": name, **about})


def _one_column(name: str, is_valid: Callable[[Any], str | None]) -> Callable[[Mapping[str, Any]], CustomCheck]:
    return lambda params: CustomCheck(
        name, (params["column"],), lambda values: is_valid(values[0]) if values[0] else None
    )


def _siret(value: Any) -> str | None:
    from stdnum.fr import siret

    return None if siret.is_valid(str(value)) else "ce n'est pas un numéro SIRET valide"


def _siren(value: Any) -> str | None:
    from stdnum.fr import siren

    return None if siren.is_valid(str(value)) else "ce n'est pas un numéro SIREN valide"


def _act(value: Any) -> str | None:
    text = str(value)
    prefix, slash, _ = text.partition("/")
    plain = unicodedata.normalize("NFD", prefix.lower())
    plain = "".join(character for character in plain if unicodedata.category(character) != "Mn")
    if not slash:
        return "le signe oblique « / » est manquant"
    if plain in ACTS and "/ " not in text:
        return None
    if plain.rstrip() in ACTS or "/ " in text:
        return "le signe oblique ne doit pas être précédé ni suivi d'espace"
    return "le préfixe de la nomenclature Actes n'est pas reconnu"


def _interval(params: Mapping[str, Any]) -> CustomCheck:
    year_alone = params.get("allow-year-only") in ("true", "yes")

    def judgement(values: Sequence[Any]) -> str | None:
        if not values[0]:
            return None
        text = str(values[0])
        found = re.fullmatch(r"(\d{4})/(\d{4})\n?", text)
        if found is None:
            if year_alone and re.fullmatch(r"\d{4}\n?", text):
                return None
            return (
                "format attendu : année (AAAA) ou intervalle (AAAA/AAAA)"
                if year_alone
                else "format attendu : AAAA/AAAA"
            )
        first, second = int(found[1]), int(found[2])
        if first == second:
            return "les deux années doivent être différentes"
        return "la deuxième année doit être postérieure à la première" if first > second else None

    return CustomCheck("year-interval-value", (params["column"],), judgement)


def _compare(params: Mapping[str, Any]) -> CustomCheck:
    first, second, (compare, words) = params["column"], params["column2"], OPERATORS[params["op"]]

    def judgement(values: Sequence[Any]) -> str | None:
        left, right = values
        if left is None or right is None:
            return None
        pair = _comparable(left, right)
        if pair is None:
            return f"{first} n'est pas comparable avec {second}"
        return None if compare(*pair) else f"{first} devrait être {words} à {second} (« {left} », « {right} »)"

    return CustomCheck("compare-columns-value", (first, second), judgement)


def _comparable(left: Any, right: Any) -> tuple[Any, Any] | None:
    numbers = _as_number(left), _as_number(right)
    if None not in numbers:
        return numbers
    if type(left) is type(right):
        return (left, right) if isinstance(left, str) else (str(left), str(right))
    return None


def _as_number(value: Any) -> decimal.Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, decimal.Decimal, str)):
        return None
    try:
        number = decimal.Decimal(str(value).strip())
    except decimal.InvalidOperation:
        return None
    return None if number.is_nan() else number


def _cohesive(params: Mapping[str, Any]) -> CustomCheck:
    columns = (params["column"], *params["othercolumns"])

    def judgement(values: Sequence[Any]) -> str | None:
        valued = {value is not None and value != "" for value in values}
        return (
            f"{', '.join(columns)} doivent toutes comporter une valeur ou toutes être vides"
            if len(valued) > 1
            else None
        )

    return CustomCheck("cohesive-columns-value", columns, judgement)


def _sum(params: Mapping[str, Any]) -> CustomCheck:
    total, parts = params["column"], tuple(params["columns"])

    def judgement(values: Sequence[Any]) -> str | None:
        if any(value is None for value in values):
            return None
        try:
            found, expected = sum(int(value) for value in values[1:]), int(values[0])
        except (ArithmeticError, TypeError, ValueError):  # a text, a date, NaN, infinity: of another type
            return None
        return None if found == expected else f"{' + '.join(parts)} = {found}, et non {expected} ({total})"

    return CustomCheck("sum-columns-value", (total, *parts), judgement)


def _one_of(params: Mapping[str, Any]) -> CustomCheck:
    columns = (params["column1"], params["column2"])

    def judgement(values: Sequence[Any]) -> str | None:
        return f"{' ou '.join(columns)} doit comporter une valeur" if all(value is None for value in values) else None

    return CustomCheck("one-of-required", columns, judgement)


MAKERS: dict[str, Callable[[Mapping[str, Any]], CustomCheck]] = {
    "french-siret-value": _one_column("french-siret-value", _siret),
    "french-siren-value": _one_column("french-siren-value", _siren),
    "nomenclature-actes-value": _one_column("nomenclature-actes-value", _act),
    "year-interval-value": _interval,
    "compare-columns-value": _compare,
    "cohesive-columns-value": _cohesive,
    "sum-columns-value": _sum,
    "one-of-required": _one_of,
}
