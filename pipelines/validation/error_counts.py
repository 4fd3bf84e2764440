"""Counting errors: all of them, and the first of each rule of each field kept as Frictionless' own objects.

Belongs here: exact totals, the sample, and the report made of both. Does not: finding errors.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.validation.result import ERRORS

RuleOfField = tuple[str, str | None]


class ErrorCounts:
    """Errors in the order of the report. `sample`: how many of each rule of each field are kept, None for all.

    `folder`: a temporary folder that notes do not name, so that a report is a function of its input alone; `place`:
    what the report calls the file, when that is not its path.
    """

    def __init__(self, sample: int | None, folder: str = "", place: str | None = None) -> None:
        self.sample, self._folder, self._place = sample, folder, place
        self.warnings: list[Said] = []  # what the validator could not do, shown in the report
        self.reset()

    def reset(self) -> None:
        """Forget every error."""
        self.totals: Counter[RuleOfField] = Counter()
        self.kept: list[Any] = []
        self._kept: Counter[RuleOfField] = Counter()

    @staticmethod
    def key(error: Any) -> RuleOfField:
        """The rule and the field of an error; no field for an error of a row, a header or a file."""
        return error.type, getattr(error, "field_name", None) or None

    def room(self, key: RuleOfField) -> int:
        """How many more errors of that rule of that field would be kept."""
        return 1 << 62 if self.sample is None else self.sample - self._kept[key]

    def show(self, error: Any) -> None:
        """Keep an error that is counted elsewhere, if there is room."""
        key = self.key(error)
        if self.room(key) > 0:
            if self._folder and self._folder in error.note:
                error.note, error.message = (text.replace(self._folder, "") for text in (error.note, error.message))
            self._kept[key] += 1
            self.kept.append(error)

    def add(self, error: Any) -> None:
        """Count an error, and keep it if there is room."""
        self.totals[self.key(error)] += 1
        self.show(error)

    def ordered_totals(self) -> dict[RuleOfField, int]:
        """How many errors of each rule of each field, by rule and field."""
        return dict(sorted(self.totals.items(), key=lambda item: (item[0][0], item[0][1] or "")))

    def table(self) -> pa.Table:
        """The kept errors, in the shape `ERRORS`."""
        return pa.Table.from_pylist([as_row(error) for error in self.kept], ERRORS)

    def report(self, resource: Any, labels: list[str]) -> Any:
        """Frictionless' `Report`: its own when every error is kept, else with exact totals and a warning."""
        from frictionless import Report

        total, warnings = sum(self.totals.values()), [item.en for item in self.warnings]
        if len(self.kept) < total:
            warnings.append(f"details of {len(self.kept)} errors of {total}: the first {self.sample} a rule and field")
        report = Report.from_validation_task(resource, time=0, labels=labels, errors=self.kept, warnings=warnings)
        report.stats["errors"] = report.tasks[0].stats["errors"] = total
        if self._place is not None:
            report.tasks[0].place = self._place
        report.valid = report.tasks[0].valid = not total
        return report


def as_row(error: Any) -> dict[str, Any]:
    """One error as a row of the shape `ERRORS`."""
    return {
        "row": getattr(error, "row_number", None),
        "field": getattr(error, "field_name", None) or None,
        "field_number": getattr(error, "field_number", None),
        "rule": error.type,
        "cell": getattr(error, "cell", None),
        "note": error.note,
        "message": error.message,
    }
