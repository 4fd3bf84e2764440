"""The steps that touched each published field: what `arobase trace` and the catalogue show of the path of a value.

Belongs here: reading the steps from mappings. Does not: the shape of a step (`releases/steps.py`), events for
OpenLineage (`monitoring/lineage.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipelines.mapping.description import FieldRule, ReadingRule, RowMapping, parse_mapping
from pipelines.releases.steps import Step, StepKind
from pipelines.schema import Package
from pipelines.sources import Source


def steps_of(package: Package, sources: Iterable[Source]) -> Mapping[str, list[Step]]:
    """By "table/field", one step for each mapping or derivation that fills it."""
    steps: dict[str, list[Step]] = {}
    for source in sources:
        for part in source.parts:
            for raw in part.rows:
                mapping = parse_mapping(raw, file=source.path, part=part.name)
                name, table = mapping.table.split("/")
                if name != package.name:
                    continue
                for field, step in _of_mapping(mapping, source.path, part.name):
                    steps.setdefault(f"{table}/{field}", []).append(step)
    for derived in package.tables:
        if derived.derived:
            step = Step(StepKind.DERIVED, name=derived.derived, inputs=tuple(derived.inputs))
            for field in package.schema(derived.name).names:
                steps[f"{derived.name}/{field}"] = [step]
    return steps


def _of_mapping(mapping: RowMapping, file: str, part: str) -> Iterator[tuple[str, Step]]:
    for rule in mapping.fields:
        yield rule.field, _filled_by(rule, file, part)
    for reading in mapping.readings:
        for output, field in reading.outputs.items():
            yield field, _looked_up(reading, output, file, part)


def _filled_by(rule: FieldRule, file: str, part: str) -> Step:
    if not rule.columns:
        return Step(StepKind.CONSTANT, file, part, name=str(rule.constant))
    if rule.codes is not None:
        return Step(StepKind.TRANSLATED, file, part, rule.columns)
    if rule.converter:
        return Step(StepKind.CONVERTED, file, part, rule.columns, rule.converter)
    return Step(StepKind.COPIED, file, part, rule.columns)


def _looked_up(reading: ReadingRule, output: str, file: str, part: str) -> Step:
    return Step(StepKind.LOOKED_UP, file, part, tuple(reading.inputs.values()), reading.reading, output)
