"""The register of rules whose conclusions are findings, and all rules of a package run over its tables.

Belongs here: the shape of a finding, registration, running the rules. Does not: any rule; a new file of a domain that
registers one is found by being there. A finding is published and never removes a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.docstrings import docstring
from pipelines.core.project import Project
from pipelines.core.registry import Registry
from pipelines.core.text import Said
from pipelines.findings.versions import RuleVersion, VersionLine, versions_of

Outcome = Literal["conforme", "non_conforme", "non_evalue", "non_applicable", "a_verifier"]
COLUMNS = (
    "constat_id", "regle", "table", "cle", "champ", "resultat", "calcul", "base", "version_regle", "certitude",
    "message", "message_en", "sources",
)  # fmt: skip
DEVIATIONS = ("a_verifier", "non_conforme")
SEPARATOR = "|"
KEY_SEPARATOR = " | "  # as releases write a key of several fields, so that a trace finds the findings on its row


@dataclass(frozen=True)
class Finding:
    """What a rule concludes about a row, or about a table when `key` is empty.

    `key`: the primary key's values in the schema's order. `arithmetic` can be redone by hand. `fr` and `en` never carry
    a value of a field that is not public. `sources`: addresses or citations. `aspect` tells apart the findings of one
    rule on one field of one row. `version`: the version of the rule that held for the row, where the rule has some; its
    basis, name and certainty are then those of the finding. `base`: the article of this finding, where the rule checks
    several.
    """

    table: str
    key: tuple[str, ...]
    field: str | None
    outcome: Outcome
    arithmetic: str
    fr: str
    en: str
    sources: tuple[str, ...] = ()
    aspect: str = ""
    version: RuleVersion | None = None
    base: str = ""


RuleFunction = Callable[[Mapping[str, pa.Table], Project], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """A registered rule. `explanation` is its docstring, in French: what the public reads. `versions`: what it asked
    for at different times, where it has a file of versions."""

    code: str
    package: str
    reads: tuple[str, ...]
    base: str
    certainty: str
    version: str
    explanation: str
    check: RuleFunction
    versions: tuple[VersionLine, ...] = ()


RULES: Registry[Rule] = Registry(Said("une règle", "a rule"), "rules")


def finding_rule(
    code: str,
    *,
    reads: Iterable[str],
    base: str,
    certainty: str = "logique",
    version: str = "1",
    versions: Path | None = None,
) -> Callable[[RuleFunction], RuleFunction]:
    """Register `check(tables, project) -> findings` under a code that never changes meaning.

    `reads`: the tables that it needs, as "package/table"; the first one's package is the one whose findings they are.
    `certainty` is a code of the list `certitudes`; `version` is raised when the rule concludes otherwise on equal rows.
    `versions`: a CSV file of what the rule asks for at different times (`findings/versions.py`), from which the check
    takes the version of each row with `read_versions(path).on(code, day)`.

    Raises `RuleVersionsError` for a file that has a wrong line or none of this rule.
    """
    needed = tuple(reads)
    lines = tuple(versions_of(code, versions)) if versions else ()

    def register(check: RuleFunction) -> RuleFunction:
        explanation = docstring(check)
        if not explanation:
            raise TypeError(f"the rule {code!r} has no explanation")
        rule = Rule(code, needed[0].split("/")[0], needed, base, certainty, version, explanation, check, lines)
        RULES.register(code, rule, check)
        return check

    return register


def finding_rules() -> list[Rule]:
    """Every registered rule, in order of codes."""
    return list(RULES.values())


def run_rules(package: str, tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """Every check of a package's rules, text, in the columns of `pipelines/schema/quality/constats.json`, in order.

    `tables`: typed tables by "package/table". A rule that reads a table which is not there is left out. Raises
    `TypeError` when a rule says two things under one identifier: that is a mistake in the rule.
    """
    lines: dict[str, tuple[str | None, ...]] = {}
    for rule in finding_rules():
        if rule.package != package or not set(rule.reads) <= set(tables):
            continue
        for finding in rule.check(tables, project):
            line = _line(rule, finding)
            identifier = str(line[0])
            if identifier in lines:
                raise TypeError(f"{rule.code}: two findings on {finding.table} {finding.key} {finding.field}")
            lines[identifier] = line
    ordered = sorted(lines.values(), key=lambda line: tuple(cell or "" for cell in (*line[1:5], line[0])))
    columns = list(zip(*ordered, strict=True)) or [()] * len(COLUMNS)
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in zip(COLUMNS, columns, strict=True)})


def deviations(checks: pa.Table) -> pa.Table:
    """The checks that deserve a look: those that are to be verified, and those that are not compliant."""
    return checks.filter(pc.is_in(checks.column("resultat"), pa.array(DEVIATIONS)))


def _line(rule: Rule, finding: Finding) -> tuple[str | None, ...]:
    key = KEY_SEPARATOR.join(part.replace("\\", "\\\\").replace("|", "\\|") for part in finding.key)
    version = finding.version
    basis, name, certainty = (
        (version.base, version.name, version.certainty) if version else (rule.base, rule.version, rule.certainty)
    )
    mark = "\n".join((rule.code, finding.table, key, finding.field or "", finding.aspect))
    return (
        sha256(mark.encode("utf-8")).hexdigest()[:16], rule.code, finding.table, key or None, finding.field,
        finding.outcome, finding.arithmetic or None, finding.base or basis, name, certainty, finding.fr, finding.en,
        SEPARATOR.join(dict.fromkeys(finding.sources)) or None,
    )  # fmt: skip
