"""Results and releases are made from what is theirs: nothing of another package, and nothing left out."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from pipelines.cli import commands
from pipelines.core.domains import walk
from pipelines.core.project import Project
from pipelines.pipeline.ingredients import code_ingredient
from pipelines.pipeline.results import CODE, is_of_stages
from pipelines.releases import Unchanged
from tests.pipeline.builders import PACKAGE, a_part, a_run, a_small_project, a_source
from tests.schema.builders import a_codelist, a_table

LIST = ["a,A,A,,,"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The small project, and a package `ecoles` that has nothing to do with the others."""
    project = a_small_project(tmp_path)
    school = [{"name": "id", "constraints": {"required": True}}, {"name": "genre", "codelist": "genres"}]
    a_codelist(tmp_path, "genres", LIST)
    a_table(tmp_path, "entrants/ecoles", [{"name": "id"}, {"name": "genre"}])
    a_table(tmp_path, "ecoles/ecoles", school, primaryKey=["id"])
    a_source(
        project, "ecoles", "id,genre\ne1,a\n", parts=a_part("ecoles", "ecoles/ecoles", {"id": "id", "genre": "genre"})
    )
    contact(project, "ecoles", "contact@example.org")
    return project


def contact(project: Project, package: str, email: str) -> None:
    path = project.schemas / package / "package.yaml"
    told = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {**PACKAGE, "tables": [package]}
    path.write_text(yaml.safe_dump({**told, "contact": {"title": "Équipe", "email": email}}), encoding="utf-8")


def another_source(project: Project) -> None:
    parts = a_part("ecoles", "ecoles/ecoles", {"id": "id", "genre": "genre"})
    a_source(project, "ecoles-privees", "id,genre\ne2,a\n", parts=parts)


def another_contact(project: Project) -> None:
    contact(project, "ecoles", "accueil@example.org")


def another_incoming_schema(project: Project) -> None:
    a_table(project.root, "entrants/ecoles", [{"name": "id"}, {"name": "genre"}, {"name": "note"}])


def another_code(project: Project) -> None:
    a_codelist(project.root, "genres", [*LIST, "b,B,B,,,"])


CHANGES = [another_source, another_contact, another_incoming_schema, another_code]


def rebuilt(project: Project, *words: str) -> tuple[int, str]:
    done = CliRunner(env={"AROBASE_ROOT": str(project.root), "AROBASE_LANG": "en"}).invoke(commands, list(words))
    return done.exit_code, done.output


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_in_a_package_is_no_ingredient_of_another(
    project: Project, change: Callable[[Project], None]
) -> None:
    assert a_run(project).went_well
    before = {name: code_ingredient(project, name) for name in ("villes", "bilan", "ecoles")}
    change(project)
    after = {name: code_ingredient(project, name) for name in before}
    assert [name for name in before if before[name] != after[name]] == ["ecoles"]
    run = a_run(project)
    assert run.went_well
    assert isinstance(run.outcomes["villes"], Unchanged)
    assert isinstance(run.outcomes["bilan"], Unchanged)
    others = [*run.records.items(), *run.tables.items(), *run.findings.items()]
    assert [name for name, result in others if result.kept.is_new and "ecoles" not in name] == []
    for package in ("villes", "bilan"):
        assert rebuilt(project, "rebuild", package) == (0, f"✓ {package} 1.0.0: the same, byte for byte\n")


def test_a_contact_of_a_package_that_is_read_is_no_ingredient_but_its_table_is(project: Project) -> None:
    before = code_ingredient(project, "bilan")
    contact(project, "villes", "accueil@example.org")
    assert code_ingredient(project, "bilan") == before
    path = project.schemas / "villes" / "package.yaml"
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    told["tables"][0] = {"name": "villes", "rows": {"min": 2}}
    path.write_text(yaml.safe_dump(told), encoding="utf-8")
    assert code_ingredient(project, "bilan") != before


def test_versions_with_one_schema_and_other_package_files_are_each_made_again(project: Project) -> None:
    assert a_run(project, packages=["ecoles"]).went_well
    another_contact(project)
    assert a_run(project, packages=["ecoles"]).outcomes["ecoles"].version != "1.0.0"
    code, told = rebuilt(project, "rebuild", "ecoles")
    assert (code, "the same, byte for byte" in told) == (0, True), told
    code, told = rebuilt(project, "rebuild", "ecoles", "1.0.0")
    assert (code, "the same, byte for byte" in told) == (0, True), told


STAGES = ("pipelines.pipeline.graph", "pipelines.pipeline.rebuild", "pipelines.releases.publish")
REGISTERED = ("converters", "derived", "rules", "notices", "law")


def test_the_code_of_the_stages_is_all_that_they_import() -> None:
    """Walked from what the stages are and what domains register: none of it is in a room that does not count."""
    domains = [f"pipelines.domains.{name}" for name in ("label", "inquiries", "territories")]
    found = [module for name in domains for module in walk(name) if module.split(".")[3:4] in [[x] for x in REGISTERED]]
    waiting, reached = [*STAGES, *found], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += imported(name)
    places = {place(name): name for name in reached}
    assert len(places) > 150
    assert {name for path, name in places.items() if not is_of_stages(path)} == set()


def place(module: str) -> str:
    found = importlib.util.find_spec(module)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).relative_to(CODE).as_posix()


def imported(module: str) -> Iterator[str]:
    """The modules of the project that one imports, wherever in it it does so; what only types need does not count."""
    tree = ast.parse((CODE / place(module)).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pipelines"):
            for item in node.names:
                inner = f"{node.module}.{item.name}"
                yield inner if is_module(inner) else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (item.name for item in node.names if item.name.startswith("pipelines"))


def is_module(name: str) -> bool:
    path = CODE.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()
