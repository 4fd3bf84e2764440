"""The steps that touched each published field, as sentences: what `arobase trace` tells of the way of a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.mapping.description import FieldRule, ReadingRule, parse_mapping
from pipelines.schema import Package
from pipelines.sources import Source


def steps_of(package: Package, sources: Iterable[Source]) -> Mapping[str, list[str]]:
    """By "table/field", one sentence for each mapping or derivation that fills it, in French, the domain's language."""
    steps: dict[str, list[str]] = {}
    for source in sources:
        for part in source.parts:
            for raw in part.rows:
                mapping = parse_mapping(raw, file=source.path, part=part.name)
                name, table = mapping.table.split("/")
                if name != package.name:
                    continue
                where = f"{source.path}, {part.name}"
                for rule in mapping.fields:
                    steps.setdefault(f"{table}/{rule.field}", []).append(f"{where} : {_filled_by(rule)}")
                for reading in mapping.readings:
                    for output, field in reading.outputs.items():
                        steps.setdefault(f"{table}/{field}", []).append(f"{where} : {_looked_up(reading, output)}")
    for table_ in package.tables:
        if table_.derived:
            for field_ in package.schema(table_.name).names:
                steps[f"{table_.name}/{field_}"] = [f"calcul « {table_.derived} » sur {', '.join(table_.inputs)}"]
    return steps


def _filled_by(rule: FieldRule) -> str:
    columns = ", ".join(rule.columns)
    if not rule.columns:
        return f"constante « {rule.constant} »"
    if rule.codes is not None:
        return f"{columns}, traduite en code"
    return f"{columns}, convertisseur « {rule.converter} »" if rule.converter else f"{columns}, copiée"


def _looked_up(reading: ReadingRule, output: str) -> str:
    return f"{', '.join(reading.inputs.values())}, lecture « {reading.reading} » ({output})"
