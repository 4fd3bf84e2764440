"""A name whose accents are written apart, as macOS does, is said to be that."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.commands.check import command
from pipelines.core.unicode_forms import looks_the_same
from pipelines.formats.header import missing_columns
from pipelines.sources import load_sources
from pipelines.sources.errors import SourceFileAbsent
from pipelines.sources.local_files import digests
from tests.pipeline.builders import a_small_project

TOGETHER = unicodedata.normalize("NFC", "Évry")
APART = unicodedata.normalize("NFD", "Évry")


def test_two_forms_of_one_name_look_the_same() -> None:
    assert looks_the_same(TOGETHER, APART)
    assert not looks_the_same(TOGETHER, TOGETHER)
    assert not looks_the_same("Évry", "Evry")


def test_a_column_is_not_said_to_have_been_renamed() -> None:
    found = missing_columns([TOGETHER], [APART, "nom"], file="a.csv", place="a", near=[], needed=[TOGETHER])
    assert f'"{TOGETHER}": the same letters, accents apart' in found.message("en")
    assert "may now be" not in found.message("en")


def test_a_check_says_it_of_a_header(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{APART},b\n1,2\n", encoding="utf-8")
    schema = f'{{"fields": [{{"name": "{TOGETHER}"}}, {{"name": "b"}}]}}'
    (tmp_path / "schema.json").write_text(schema, encoding="utf-8")
    words = [str(tmp_path / "a.csv"), "--schema", str(tmp_path / "schema.json"), "--lang", "en"]
    assert "the same letters, accents apart" in CliRunner().invoke(command, words).output


def test_a_file_that_a_source_names_is_said_to_be_there(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    source = load_sources(project).find("villes")
    file = project.sources / source.address
    file.rename(file.with_name(f"{APART}.csv"))
    named = replace(source, address=f"data/{TOGETHER}.csv")
    with pytest.raises(SourceFileAbsent, match=r"a file has that name .*NFD.*: rename it"):
        digests(named, project.sources)
