"""Numbers, sizes and dates as each language writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.catalogue.wording import Wording

FR, EN = Wording("fr"), Wording("en")


def test_numbers() -> None:
    assert FR.number(1234567.25, 1) == "1\u202f234\u202f567,2"
    assert EN.number(1234567.25, 1) == "1,234,567.2"


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [
        (0, "0\u00a0o", "0\u00a0B"),
        (999, "999\u00a0o", "999\u00a0B"),
        (1000, "1,0\u00a0ko", "1.0\u00a0kB"),
        (123_456, "123\u00a0ko", "123\u00a0kB"),
        (5_400_000_000_000, "5\u202f400\u00a0Go", "5,400\u00a0GB"),
    ],
)
def test_sizes(size: int, french: str, english: str) -> None:
    assert (FR.size(size), EN.size(size)) == (french, english)


@pytest.mark.parametrize(
    ("moment", "french", "english"),
    [
        ("2026-01-02T03:04:05Z", "2 janvier 2026", "2 January 2026"),
        ("2026-08-01", "1er août 2026", "1 August 2026"),
        ("hier", "hier", "hier"),
        ("2026-13-01", "2026-13-01", "2026-13-01"),
    ],
)
def test_days(moment: str, french: str, english: str) -> None:
    assert (FR.day(moment), EN.day(moment)) == (french, english)


def test_a_share_of_nothing_is_a_dash() -> None:
    assert FR.share(1, 0) == "–"
    assert FR.share(1, 3) == "33,3\u202f%"
    assert EN.share(1, 3) == "33.3%"


def test_french_punctuation_never_begins_a_line() -> None:
    assert FR.spaced("dit : « oui » ; vrai ?") == "dit\u00a0: «\u00a0oui\u00a0»\u202f; vrai\u202f?"
    assert EN.spaced("says : yes") == "says : yes"


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("sources/a.yaml, b : c, copiée", "sources/a.yaml, b: c, copied"),
        ("sources/a.yaml, b : c, d, traduite en code", "sources/a.yaml, b: c, d, translated into a code"),
        ("sources/a.yaml, b : constante « oui »", "sources/a.yaml, b: constant “oui”"),
        ("sources/a.yaml, b : c, convertisseur « date »", "sources/a.yaml, b: c, converter “date”"),
        ("sources/a.yaml, b : c, lecture « territoire » (code)", "sources/a.yaml, b: c, reading “territoire” (code)"),
        ("calcul « gini » sur label/palmares", "computed by “gini” from label/palmares"),
        ("résolution", "résolution"),
    ],
)
def test_how_a_field_was_filled_is_told_in_both_languages(french: str, english: str) -> None:
    assert Wording("en").step(french) == english
    assert Wording("fr").step(french).replace("\u00a0", " ") == french


def test_every_turn_of_the_stages_is_translated() -> None:
    from pipelines.core.project import Project
    from pipelines.pipeline.lineage import steps_of
    from pipelines.schema import load_package
    from pipelines.sources import load_sources

    project = Project.at(Path(__file__).resolve().parents[2])
    sources = load_sources(project).values()
    for name in ("label", "enquetes-publiques", "territoires-numeriques"):
        found = [step for steps in steps_of(load_package(project.schemas, name), sources).values() for step in steps]
        assert found, name
        for step in found:
            told = Wording("en").step(step)
            assert "«" not in told, told
            assert not told.endswith(("copiée", "en code")), told


def test_several_reasons_are_one_sentence() -> None:
    assert Wording("fr").listed(["a", "b"]) == "a\u202f; b"
    assert Wording("en").listed(["a", "b"]) == "a; b"
