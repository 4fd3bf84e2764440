"""What touched a value on its way, as data, and how it is worded for people in each language.

Belongs here: the kinds of steps, their wording, and the form in which releases keep them (the field `steps` of a
descriptor). Does not: finding the steps of a field (`pipeline/lineage.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pipelines.core.text import Said

CODELIST = "codelist:"


class StepKind(StrEnum):
    """What was done. `OTHER` is what a release of another version of the code says in its own words."""

    CONSTANT = "constant"
    COPIED = "copied"
    TRANSLATED = "translated"
    CONVERTED = "converted"
    LOOKED_UP = "looked-up"
    DERIVED = "derived"
    OTHER = "other"


@dataclass(frozen=True)
class Step:
    """One step. Each kind fills what it has.

    `file` and `part`: the mapping that says so ("sources/x.yaml", its part). `inputs`: columns of the record that were
    read, or tables for `DERIVED`. `name`: the converter, reading or function; of a constant its value; of `OTHER` the
    words. `output`: which of a reading's outputs it is.
    """

    kind: StepKind
    file: str = ""
    part: str = ""
    inputs: tuple[str, ...] = ()
    name: str = ""
    output: str = ""

    @property
    def text(self) -> str:
        """The form that releases keep, which `read_step` reads back. It is French because releases were always so."""
        return self._worded(_WORDS[self.kind].fr, " : ")

    def words(self) -> Said:
        """The step for a person, in both languages."""
        if self.kind is StepKind.DERIVED and self.name.startswith(CODELIST):
            name = self.name.removeprefix(CODELIST)
            return Said(f"liste de codes « {name} »", f"code list “{name}”")
        return Said(self.text, self._worded(_WORDS[self.kind].en, ": "))

    def _worded(self, words: str, colon: str) -> str:
        sentence = words.format(inputs=", ".join(self.inputs), name=self.name, output=self.output)
        return f"{self.file}, {self.part}{colon}{sentence}" if self.file else sentence


_WORDS: dict[StepKind, Said] = {
    StepKind.CONSTANT: Said("constante « {name} »", "constant “{name}”"),
    StepKind.COPIED: Said("{inputs}, copiée", "{inputs}, copied"),
    StepKind.TRANSLATED: Said("{inputs}, traduite en code", "{inputs}, translated into a code"),
    StepKind.CONVERTED: Said("{inputs}, convertisseur « {name} »", "{inputs}, converter “{name}”"),
    StepKind.LOOKED_UP: Said("{inputs}, lecture « {name} » ({output})", "{inputs}, reading “{name}” ({output})"),
    StepKind.DERIVED: Said("calcul « {name} » sur {inputs}", "computed by “{name}” from {inputs}"),
    StepKind.OTHER: Said("{name}", "{name}"),
}
# Of the names in these, only that of a column may be anything: it is what is before the last turn.
_PLACE = re.compile(r"(?P<file>sources/[^/ ]+\.yaml), (?P<part>[^ ]+) : (?P<rest>.*)", re.DOTALL)
_FORMS: tuple[tuple[StepKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.DOTALL))
    for kind, pattern in (
        (StepKind.CONSTANT, r"constante « (?P<name>.*) »"),
        (StepKind.TRANSLATED, r"(?P<inputs>.*), traduite en code"),
        (StepKind.COPIED, r"(?P<inputs>.*), copiée"),
        (StepKind.CONVERTED, r"(?P<inputs>.*), convertisseur « (?P<name>[^«»]+) »"),
        (StepKind.LOOKED_UP, r"(?P<inputs>.*), lecture « (?P<name>[^«»]+) » \((?P<output>[^()]+)\)"),
    )
)
_DERIVED = re.compile(r"calcul « (?P<name>[^«»]+) » sur (?P<inputs>.*)", re.DOTALL)


def read_step(text: str) -> Step:
    """The step that a release keeps as `text`: `read_step(step.text)` is that step, but that several columns are
    written as one text, for a column's name may contain what separates them."""
    derived = _DERIVED.fullmatch(text)
    if derived is not None:
        return Step(StepKind.DERIVED, name=derived["name"], inputs=tuple(filter(None, derived["inputs"].split(", "))))
    placed = _PLACE.fullmatch(text)
    if placed is not None:
        for kind, form in _FORMS:
            found = form.fullmatch(placed["rest"])
            if found is not None:
                facts = found.groupdict("")
                inputs = tuple(filter(None, (facts.get("inputs", ""),)))
                name, output = facts.get("name", ""), facts.get("output", "")
                return Step(kind, placed["file"], placed["part"], inputs, name, output)
    return Step(StepKind.OTHER, name=text)


def read_steps(texts: Iterable[str]) -> tuple[Step, ...]:
    """The steps of a field of a release, in their order."""
    return tuple(read_step(text) for text in texts)
