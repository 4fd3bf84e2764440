"""Pages of reference are what the project declares today, on any terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.core.errors import ArobaseError
from pipelines.domains.inquiries.law import regles
from pipelines.findings import finding_rules
from pipelines.schema import load_package, package_names
from scripts.build_docs import FOLDER, differences, main, write
from tests.docs.builders import REPOSITORY


def _made(**environment: str) -> dict[str, str]:
    """The pages as `python -m scripts.build_docs` makes them: in a process of its own, because click remembers the help
    options that a command was first asked with, and another test may have asked."""
    script = (
        "import json, sys; from scripts.build_docs import ROOT, pages; from pipelines.core.project import Project; "
        "json.dump(pages(Project.at(ROOT)), sys.stdout)"
    )
    spoken = {**os.environ, **environment}
    done = subprocess.run([sys.executable, "-c", script], env=spoken, cwd=REPOSITORY, capture_output=True, check=True)
    told: dict[str, str] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return _made()


def test_no_page_of_reference_is_stale(made: dict[str, str]):
    """If this fails: `python -m scripts.build_docs`."""
    assert differences(FOLDER, made) == []


def test_the_pages_are_the_same_on_another_terminal_in_another_language(made: dict[str, str]):
    assert _made(AROBASE_LANG="fr", COLUMNS="40", LC_ALL="C", PYTHONHASHSEED="7") == made


def test_every_field_that_is_published_has_its_line(made: dict[str, str]):
    for name in package_names(REPOSITORY / "schemas"):
        package = load_package(REPOSITORY / "schemas", name)
        text = made[f"data-{name}.md"]
        for table in package.tables:
            assert f"\n## {table.name}\n" in text
            section = text.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
            for field in package.schema(table.name).fields:
                assert f"| `{field.name}` |" in section, f"{name}/{table.name}.{field.name}"


def test_every_error_and_every_rule_has_its_section(made: dict[str, str]):
    own = [code for code, kind in ArobaseError.registry.items() if kind.__module__.startswith("pipelines.")]
    assert [code for code in own if f"\n### {code}\n" not in made["errors.md"]] == []
    assert [rule.code for rule in finding_rules() if f"\n### {rule.code}\n" not in made["rules.md"]] == []
    assert [name for name in regles.regles() if f"\n### {name}\n" not in made["rules.md"]] == []


def test_a_stale_a_missing_and_a_left_over_page_are_told_and_fixed(tmp_path: Path):
    wanted = {"a.md": "a\n", "b.md": "b\n"}
    (tmp_path / "a.md").write_text("old\n", encoding="utf-8")
    (tmp_path / "gone.md").write_text("x\n", encoding="utf-8")
    assert differences(tmp_path, wanted) == ["a.md", "b.md", "gone.md"]
    write(tmp_path, wanted)
    assert differences(tmp_path, wanted) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "b.md"]


def test_checking_writes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("scripts.build_docs.FOLDER", tmp_path)
    monkeypatch.setattr("scripts.build_docs.pages", lambda project: {"a.md": "a\n"})
    assert main(["--check"]) == 1
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().out == "docs/reference/a.md\n"
