"""Versions of rules: what a rule asks for in a regime and between two days, and the text that it rests on.

Belongs here: reading a file of versions, which is beside the rules of a domain, and choosing the one that holds. Does
not: any rule, nor which regime or day counts for a row; each rule knows that.

The columns of the file: `regle`; `regime`, codes of the domain separated by `|`, or `*` for all and for none;
`valide_du` and `valide_au`, both included, empty for no bound; `parametre` and `valeur`, one of them a line;
`base_legale`; `certitude`, a code of the list `certitudes`; `source`, how the text was read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from pipelines.core.errors import ArobaseError
from pipelines.core.text import Said

COLUMNS = (
    "regle", "regime", "valide_du", "valide_au", "parametre", "valeur", "base_legale", "certitude", "source",
)  # fmt: skip
REQUIRED = ("regle", "regime", "base_legale", "certitude", "source")
CERTAINTIES = ("lu", "partiel", "memoire", "observe", "logique")
"""The codes of the list `certitudes`, of which every project has its own labels."""
ALL_REGIMES = ("*",)


class RuleVersionsError(ArobaseError):
    """A file of versions of rules has a wrong line: none of its rules can be trusted."""

    code: ClassVar[str] = "rule-versions"
    fr: ClassVar[str] = "{file}, ligne {line}, {field} : « {found} » ; attendu : {expected}."
    en: ClassVar[str] = '{file}, line {line}, {field}: "{found}"; expected: {expected}.'


@dataclass(frozen=True)
class RuleVersion:
    """A rule as it was for a regime on a day: its legal basis, its parameters, how sure its text is."""

    rule: str
    name: str
    base: str
    certainty: str
    parameters: Mapping[str, str]

    def number(self, parameter: str) -> int:
        """A parameter that is a number. Raises `KeyError` when this version has not that parameter."""
        return int(self.parameters[parameter])


@dataclass(frozen=True)
class VersionLine:
    """One line of the file: a parameter of a rule for some regimes between two days. `line`: its number, from 2."""

    line: int
    rule: str
    regimes: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    parameter: str
    value: str
    base: str
    certainty: str
    source: str

    @property
    def name(self) -> str:
        """The name of the version: its regimes, and the day from which it holds where it has one."""
        name = "toutes" if self.regimes == ALL_REGIMES else "+".join(self.regimes)
        return f"{name}@{self.valid_from}" if self.valid_from else name

    def holds(self, regime: str | None, day: date | None) -> bool:
        """Both ends included; without a day, only a line that no day bounds holds."""
        if self.regimes != ALL_REGIMES and regime not in self.regimes:
            return False
        if day is None:
            return self.valid_from is None and self.valid_until is None
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)

    def overlaps(self, other: VersionLine) -> bool:
        """Whether both give one parameter of one rule for one regime on one day."""
        if (self.rule, self.parameter) != (other.rule, other.parameter):
            return False
        if not set(self.regimes) & set(other.regimes):
            return False
        starts = max(self.valid_from or date.min, other.valid_from or date.min)
        return starts <= min(self.valid_until or date.max, other.valid_until or date.max)


@dataclass(frozen=True)
class RuleVersions:
    """The versions of a file, line by line, in their order."""

    lines: tuple[VersionLine, ...]

    def of_rule(self, rule: str) -> list[VersionLine]:
        return [line for line in self.lines if line.rule == rule]

    def on(self, rule: str, day: date | None, regime: str | None = None) -> RuleVersion | None:
        """The version of a rule for a regime on a day; None when the rule does not hold there."""
        holding = [line for line in self.of_rule(rule) if line.holds(regime, day)]
        if not holding:
            return None
        first = holding[0]
        parameters = {line.parameter: line.value for line in holding}
        return RuleVersion(rule, first.name, first.base, first.certainty, parameters)


@cache
def read_versions(path: Path) -> RuleVersions:
    """The versions in a file. Raises `RuleVersionsError` with the line, the column and what was expected."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        try:
            names = tuple(reader.fieldnames or ())
            if names != COLUMNS:
                raise _wrong(path, 1, "regle", ",".join(names), Said(*(",".join(COLUMNS),) * 2))
            lines = tuple(_line(path, reader.line_num, row) for row in reader)
        except csv.Error as error:
            raise _wrong(path, reader.line_num, "CSV", str(error), Said("du CSV", "CSV")) from None
        except UnicodeDecodeError:
            raise _wrong(path, reader.line_num, "CSV", "?", Said("du texte en UTF-8", "UTF-8 text")) from None
    _check_overlaps(path, lines)
    return RuleVersions(lines)


def versions_of(rule: str, path: Path) -> list[VersionLine]:
    """The lines of one rule. Raises `RuleVersionsError` where there is none."""
    lines = read_versions(path).of_rule(rule)
    if not lines:
        expected = Said(f"au moins une ligne de la règle {rule}", f"at least one line of the rule {rule}")
        raise _wrong(path, 2, "regle", "—", expected)
    return lines


def _line(path: Path, number: int, row: Mapping[str, Any]) -> VersionLine:
    if None in row or None in row.values():
        raise _wrong(path, number, "CSV", "…", Said(f"{len(COLUMNS)} valeurs", f"{len(COLUMNS)} values"))
    for name in REQUIRED:
        if not row[name].strip():
            raise _wrong(path, number, name, row[name], Said("une valeur", "a value"))
    if row["certitude"] not in CERTAINTIES:
        raise _wrong(path, number, "certitude", row["certitude"], Said(*(", ".join(CERTAINTIES),) * 2))
    start, end = (_day(path, number, name, row[name]) for name in ("valide_du", "valide_au"))
    if start and end and end < start:
        raise _wrong(path, number, "valide_au", row["valide_au"], Said(f"≥ {start}", f"≥ {start}"))
    regimes = tuple(row["regime"].split("|"))
    values = (row[name] for name in ("parametre", "valeur", "base_legale", "certitude", "source"))
    return VersionLine(number, row["regle"], regimes, start, end, *values)


def _day(path: Path, number: int, name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _wrong(
            path, number, name, text, Said("une date AAAA-MM-JJ, ou rien", "a date YYYY-MM-DD, or none")
        ) from None


def _check_overlaps(path: Path, lines: tuple[VersionLine, ...]) -> None:
    """Two lines that give one parameter on one day would leave it to their order which one holds."""
    for later, earlier in _pairs(lines):
        if later.overlaps(earlier):
            expected = Said(
                f"une autre période ou un autre régime que la ligne {earlier.line}",
                f"another period or another regime than line {earlier.line}",
            )
            raise _wrong(path, later.line, "parametre", later.parameter, expected)


def _pairs(lines: tuple[VersionLine, ...]) -> Iterator[tuple[VersionLine, VersionLine]]:
    by_rule: dict[str, list[VersionLine]] = {}
    for line in lines:
        earlier_lines = by_rule.setdefault(line.rule, [])
        for earlier in earlier_lines:
            yield line, earlier
        earlier_lines.append(line)


def _wrong(path: Path, line: int, field: str, found: str, expected: Said) -> RuleVersionsError:
    return RuleVersionsError(file=path.name, line=line, field=field, found=found, expected=expected)
