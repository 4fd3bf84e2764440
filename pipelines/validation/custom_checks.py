"""The custom checks of French schemas: `custom_checks` of a schema, `customCheck` (formerly `frFormat`) of a field.

They give the decisions of validata-table 0.12.5 on the values that Frictionless reads. Belongs here: which checks a
schema declares, on which columns, and what happens where a column or a value is missing. Does not: whether a value is
well formed (`french_formats.py`). A check that is not known here is reported as not run.
"""

from __future__ import annotations

import decimal
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from pipelines.core.text import Said
from pipelines.validation.errors import SchemaUnusable
from pipelines.validation.french_formats import FORMATS

RuleFunction = Callable[[Sequence[Any]], str | None]  # values of the columns → a note, or None when all is well

OPERATORS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    ">": (operator.gt, "supérieure"),
    ">=": (operator.ge, "supérieure ou égale"),
    "==": (operator.eq, "égale"),
    "<=": (operator.le, "inférieure ou égale"),
    "<": (operator.lt, "inférieure"),
}
OF_FIELD = ("customCheck", "frFormat")


@dataclass(frozen=True)
class CustomCheck:
    """A declared check: the columns that it reads, the first of which its errors are reported on, and its fault_of."""

    name: str
    columns: tuple[str, ...]
    fault_of: RuleFunction

    def error(self, row: Any) -> Any | None:
        """Frictionless' error for a row that it read, or None."""
        note = self.fault_of([row[name] for name in self.columns])
        return None if note is None else _error_class(self.name).from_row(row, note=note, field_name=self.columns[0])


@dataclass(frozen=True)
class Declared:
    """What a schema declares: checks that are run, a sentence for each that is not, errors of absent columns."""

    checks: Sequence[CustomCheck] = ()
    not_run: Sequence[Said] = ()
    absent: Sequence[Any] = ()  # Frictionless' errors, for a table that has rows


@dataclass(frozen=True)
class _Rule:
    """A check with its parameters. `needs_all`: a row that lacks a value of a column is not validated.

    `kinds`: the types that its fields must have, any without it. `absence`: what is wrong when some of the columns are
    absent, None when that is no matter.
    """

    name: str
    columns: tuple[str, ...]
    fault_of: RuleFunction
    needs_all: bool = True
    kinds: tuple[str, ...] = ()
    absence: Callable[[Sequence[str]], str | None] = lambda absent: None


def declared_checks(schema: Mapping[str, Any], fields: Mapping[str, str]) -> Declared:
    """The checks that a schema declares, as far as the data has columns. `fields`: names of columns, and their types.

    Raises `SchemaUnusable`.
    """
    checks, not_run, absences = list[CustomCheck](), list[Said](), list[Any]()
    for name, params in _entries(schema):
        rule = _rule(name, params)
        if rule is None:
            french = f"contrôle « {name} » non appliqué : inconnu, ou ses paramètres sont mal écrits"
            english = f'custom check "{name}" was not run: it is not known, or its parameters are not understood'
            not_run.append(Said(french, english))
            continue
        absent = [column for column in rule.columns if column not in fields]
        note = rule.absence(absent)
        if note is not None:
            absences.append(_table_error_class(name)(note=note))
        elif len(absent) == len(rule.columns) or (absent and rule.needs_all):
            named = ", ".join(absent)
            french = f"contrôle « {name} » non appliqué : pas de colonne {named}"
            not_run.append(Said(french, f'custom check "{name}" was not run: no column {named}'))
        elif rule.kinds and any(fields[column] not in rule.kinds for column in rule.columns):
            wanted = ", ".join(rule.kinds)
            french = f"contrôle « {name} » non appliqué : ses colonnes ne sont pas du type attendu ({wanted})"
            not_run.append(Said(french, f'custom check "{name}" was not run: its columns are not of type {wanted}'))
        else:
            checks.append(_applied(rule, absent))
    return Declared(checks, not_run, absences)


def _entries(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Names and parameters of all checks. Raises `SchemaUnusable` when they are not written as checks."""
    listed = schema.get("custom_checks", [])
    if not isinstance(listed, list):
        raise _unusable("custom_checks", listed, Said("une liste", "a list"))
    for number, entry in enumerate(listed):
        place = f"custom_checks[{number}]"
        name = entry.get("name") if isinstance(entry, Mapping) else None
        params = entry.get("params", {}) if isinstance(entry, Mapping) else None
        if not isinstance(name, str) or not isinstance(params, Mapping):
            raise _unusable(place, entry, "{name: …, params: {…}}")
        yield name, params
    for field in schema.get("fields", []):
        for key in OF_FIELD:
            if isinstance(field, Mapping) and key in field:
                yield _of_field(field, key)


def _of_field(field: Mapping[str, Any], key: str) -> tuple[str, Mapping[str, Any]]:
    """A check that a field declares: its name, or name and options. Source: validata_core, domain/types/field.py."""
    written = field[key]
    options = {"name": written} if isinstance(written, str) else written
    if not isinstance(options, Mapping) or not isinstance(options.get("name"), str):
        raise _unusable(f"{field.get('name')}.{key}", written, "{name: …}")
    params = {name: value for name, value in options.items() if name != "name"}
    return options["name"], {**params, "column": str(field.get("name"))}


def _unusable(place: str, found: object, expected: str | Said) -> SchemaUnusable:
    return SchemaUnusable(place=place, found=repr(found)[:100], expected=expected)


def _rule(name: str, params: Mapping[str, Any]) -> _Rule | None:
    """The check of that name, None when it is not known or its parameters are not understood."""
    try:
        if name in RULES:
            return RULES[name](params)
        make = FORMATS.get(name)
        kinds = ("geopoint",) if name == "french-gps-coordinates" else ()
        return None if make is None else _Rule(name, (_text(params, "column"),), _of_one(make(params)), kinds=kinds)
    except (KeyError, TypeError, ValueError):
        return None


def _text(params: Mapping[str, Any], name: str) -> str:
    found = params[name]
    if not isinstance(found, str):
        raise TypeError(name)
    return found


def _texts(params: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = params[name]
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise TypeError(name)
    return tuple(found)


def _of_one(refusal: Callable[[Any], str | None]) -> RuleFunction:
    return lambda values: refusal(values[0])


def _applied(rule: _Rule, absent: Sequence[str]) -> CustomCheck:
    """A rule over the columns that are there; the others count as without a value."""
    present = tuple(column for column in rule.columns if column not in absent)

    def fault_of(values: Sequence[Any]) -> str | None:
        known = dict(zip(present, values, strict=True))
        whole = [known.get(column) for column in rule.columns]
        if rule.needs_all and any(value is None for value in whole):
            return None
        try:
            return rule.fault_of(whole)
        except ArithmeticError:  # a signalling NaN
            return "une valeur ne se calcule pas"
        except (TypeError, AttributeError) as error:  # validata itself ends so, without a result
            found = Said(f"valeurs d'un autre type ({error})", f"values of another type ({error})")
            expected = Said("des champs du type que le contrôle demande", "fields of the type that the check asks for")
            raise SchemaUnusable(place=f"custom_checks: {rule.name}", found=found, expected=expected) from error

    return CustomCheck(rule.name, present, fault_of)


@cache
def _error_class(name: str) -> Any:
    from frictionless import errors

    about = {
        "title": name,
        "description": name,
        "template": 'Row at position "{rowNumber}", field "{fieldName}": {note}',
    }
    return type(f"CustomError_{name}", (errors.CellError,), {"type": name, **about})


@cache
def _table_error_class(name: str) -> Any:
    from frictionless import errors

    about = {"title": name, "description": name, "template": "{note}"}
    return type(f"CustomTableError_{name}", (errors.TableError,), {"type": name, **about})


# The checks of several columns


def _compare(params: Mapping[str, Any]) -> _Rule:
    first, second, (compare, words) = _text(params, "column"), _text(params, "column2"), OPERATORS[params["op"]]

    def fault_of(values: Sequence[Any]) -> str | None:
        left, right = values
        pair = _comparable(left, right)
        if pair is None:
            return f"{first} n'est pas comparable avec {second}"
        return None if compare(*pair) else f"{first} devrait être {words} à {second} (« {left} », « {right} »)"

    return _Rule("compare-columns-value", (first, second), fault_of)


def _comparable(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Two numbers, or two texts; None for values of other kinds. Texts that read as numbers are numbers."""
    numbers = _as_number(left), _as_number(right)
    if None not in numbers:
        return numbers
    if type(left) is type(right):
        return str(left), str(right)
    return None


def _as_number(value: Any) -> int | float | None:
    """A number as validata compares it: whole numbers exactly, others in double precision."""
    if isinstance(value, bool) or not isinstance(value, (int, float, decimal.Decimal, str)):
        return None
    text = str(value).strip()
    try:
        number = int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number


def _cohesive(params: Mapping[str, Any]) -> _Rule:
    columns = (_text(params, "column"), *_texts(params, "othercolumns"))
    named = ", ".join(columns)

    def fault_of(values: Sequence[Any]) -> str | None:
        is_empty = values[0] is None
        alike = all((value is None) == is_empty for value in values)
        return None if alike else f"{named} doivent toutes comporter une valeur ou toutes être vides"

    def absence(absent: Sequence[str]) -> str | None:
        if not absent or len(absent) == len(columns):
            return None
        return f"{named} doivent être toutes présentes ou toutes absentes (absentes : {', '.join(absent)})"

    return _Rule("cohesive-columns-value", columns, fault_of, needs_all=False, absence=absence)


def _sum(params: Mapping[str, Any]) -> _Rule:
    total, parts = _text(params, "column"), _texts(params, "columns")

    def fault_of(values: Sequence[Any]) -> str | None:
        found, expected = sum(values[1:]), values[0]
        return None if found == expected else f"{' + '.join(parts)} = {found}, et non {expected} ({total})"

    return _Rule("sum-columns-value", (total, *parts), fault_of, kinds=("integer", "number", "year"))


def _one_of(params: Mapping[str, Any]) -> _Rule:
    columns = (_text(params, "column1"), _text(params, "column2"))
    named = " ou ".join(columns)

    def fault_of(values: Sequence[Any]) -> str | None:
        return None if any(values) else f"{named} doit comporter une valeur"  # zero and false are none, as in validata

    def absence(absent: Sequence[str]) -> str | None:
        return f"{named} : aucune des deux colonnes n'est présente" if len(absent) == len(columns) else None

    return _Rule("one-of-required", columns, fault_of, needs_all=False, absence=absence)


def _interval(params: Mapping[str, Any]) -> _Rule:
    may_be_alone = "allow-year-only" in params and _text(params, "allow-year-only") in ("true", "yes")
    form = "année (AAAA) ou intervalle (AAAA/AAAA)" if may_be_alone else "AAAA/AAAA"

    def refusal(value: Any) -> str | None:
        found = re.fullmatch(r"(\d{4})/(\d{4})\n?", str(value))
        if found is None:
            is_year = may_be_alone and re.fullmatch(r"\d{4}\n?", str(value))
            return None if is_year else f"format attendu : {form}"
        first, second = int(found[1]), int(found[2])
        if first == second:
            return "les deux années doivent être différentes"
        return "la deuxième année doit être postérieure à la première" if first > second else None

    return _Rule("year-interval-value", (_text(params, "column"),), _of_one(refusal))


def _renamed(name: str, new: str, params: Mapping[str, Any]) -> _Rule:
    """A check by the name that it had: validata runs the new one."""
    return _Rule(name, (_text(params, "column"),), _of_one(FORMATS[new](params)))


RULES: dict[str, Callable[[Mapping[str, Any]], _Rule]] = {
    "compare-columns-value": _compare,
    "cohesive-columns-value": _cohesive,
    "sum-columns-value": _sum,
    "one-of-required": _one_of,
    "year-interval-value": _interval,
    "french-siret-value": partial(_renamed, "french-siret-value", "siret"),
    "french-siren-value": partial(_renamed, "french-siren-value", "siren"),
    "nomenclature-actes-value": partial(_renamed, "nomenclature-actes-value", "nomenclature-acte"),
}
NAMES = frozenset({*RULES, *FORMATS})
"""Every check that is known, by the names that errors have."""
