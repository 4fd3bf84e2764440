"""What touched a value: kept as data, worded in both languages, and read back from what releases publish."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.pipeline.lineage import steps_of
from pipelines.releases.steps import Step, StepKind, read_step
from pipelines.schema import load_packages
from pipelines.sources import load_sources

PLACE = ("sources/a.yaml", "b")
WORDED = [
    (Step(StepKind.COPIED, *PLACE, ("c",)), "sources/a.yaml, b : c, copiée", "sources/a.yaml, b: c, copied"),
    (
        Step(StepKind.TRANSLATED, *PLACE, ("c", "d")),
        "sources/a.yaml, b : c, d, traduite en code",
        "sources/a.yaml, b: c, d, translated into a code",
    ),
    (
        Step(StepKind.CONSTANT, *PLACE, name="oui"),
        "sources/a.yaml, b : constante « oui »",
        "sources/a.yaml, b: constant “oui”",
    ),
    (
        Step(StepKind.CONVERTED, *PLACE, ("c",), "date"),
        "sources/a.yaml, b : c, convertisseur « date »",
        "sources/a.yaml, b: c, converter “date”",
    ),
    (
        Step(StepKind.LOOKED_UP, *PLACE, ("c",), "territoire", "code"),
        "sources/a.yaml, b : c, lecture « territoire » (code)",
        "sources/a.yaml, b: c, reading “territoire” (code)",
    ),
    (
        Step(StepKind.DERIVED, name="gini", inputs=("label/palmares", "label/laureats")),
        "calcul « gini » sur label/palmares, label/laureats",
        "computed by “gini” from label/palmares, label/laureats",
    ),
    (Step(StepKind.OTHER, name="résolution"), "résolution", "résolution"),
]


@pytest.mark.parametrize(("step", "french", "english"), WORDED)
def test_a_step_is_worded_in_both_languages(step: Step, french: str, english: str) -> None:
    assert (step.text, step.words()) == (french, Said(french, english))


def test_the_rows_of_a_code_list_are_told_as_what_they_are() -> None:
    step = Step(StepKind.DERIVED, name="codelist:jours")
    assert step.words() == Said("liste de codes « jours »", "code list “jours”")
    assert read_step("calcul « codelist:jours » sur ") == step


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
COLUMNS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
FILE = st.just(PLACE[0])
STEPS = st.one_of(
    st.builds(Step, st.just(StepKind.CONSTANT), FILE, NAMES, name=COLUMNS),
    st.builds(
        Step, st.sampled_from([StepKind.COPIED, StepKind.TRANSLATED]), st.just(PLACE[0]), NAMES, st.tuples(COLUMNS)
    ),
    st.builds(Step, st.just(StepKind.CONVERTED), st.just(PLACE[0]), NAMES, st.tuples(COLUMNS), NAMES),
    st.builds(Step, st.just(StepKind.LOOKED_UP), st.just(PLACE[0]), NAMES, st.tuples(COLUMNS), NAMES, NAMES),
    st.builds(Step, st.just(StepKind.DERIVED), inputs=st.lists(NAMES, max_size=3).map(tuple), name=NAMES),
)


@given(step=STEPS)
def test_what_a_release_keeps_is_read_back_whatever_the_columns_are_called(step: Step) -> None:
    assert read_step(step.text) == step


def joined(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Several columns as releases tell them: as one text."""
    return (", ".join(columns),) if columns else ()


def test_every_step_of_the_shipped_tables_is_read_back_and_has_no_french_in_english() -> None:
    project = Project.at(Path(__file__).resolve().parents[2])
    sources = load_sources(project).values()
    packages = load_packages(project.schemas)
    steps = [step for one in packages.values() for found in steps_of(one, sources).values() for step in found]
    assert len(steps) > 100
    for step in steps:
        joined = (
            step
            if step.kind is StepKind.DERIVED
            else replace(step, inputs=tuple(filter(None, (", ".join(step.inputs),))))
        )
        assert read_step(step.text) == joined
        assert "«" not in step.words().en
