"""What `arobase check` was given and found, between its run (`_check_run.py`) and its output (`_check_output.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.core.errors import ArobaseError
from pipelines.core.text import Said
from pipelines.validation.inputs import Reading
from pipelines.validation.intake import Input
from pipelines.validation.result import ValidationResult

if TYPE_CHECKING:
    from pipelines.formats.quotes import Record


@dataclass(frozen=True)
class Table:
    """A table to validate: its file, its schema and how it is read."""

    input: Input
    schema: Mapping[str, Any]
    reading: Reading


@dataclass
class Found:
    """What a run found. `refused`: addresses that a package names and that were not read; `quotes`: records that their
    quotes do not delimit, with the place of each."""

    results: list[tuple[str, ValidationResult]] = field(default_factory=list)  # with the place of each
    errors: list[tuple[str, Any]] = field(default_factory=list)  # of packages as a whole, with the place of each
    failures: list[tuple[str, ArobaseError]] = field(default_factory=list)
    notices: list[tuple[str, Said]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    quotes: list[tuple[str, Record]] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        return not (self.errors or self.quotes) and all(validation.is_valid for _, validation in self.results)
