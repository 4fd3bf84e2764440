"""`arobase push`, and what Dagster is shown of portals."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from pipelines.cli import commands, main
from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from pipelines.orchestration.portals import (
    PUSH,
    known_portals,
    portal_assets,
    portal_key,
    push_job,
    push_sensors,
)
from pipelines.orchestration.workspace import Workspace
from pipelines.schema import Package, load_package
from tests.portals.builders import Renew, a_portal
from tests.portals.fake_ckan import TOKEN, FakeCkan, failed
from tests.portals.server import Served, served

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ckan(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("AROBASE_ROOT", str(project.root))
    monkeypatch.setenv("JETON_DU_PORTAIL", TOKEN)
    with served(FakeCkan()) as holder:
        a_portal(project, "ckan", holder.address)
        yield holder


def ran(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(commands, ["push", *words, "--lang", language])


def test_a_push_says_what_it_did(ckan: Served) -> None:
    result = ran("ckan", "prix")
    assert (result.exit_code, result.output) == (
        0,
        f"✓ prix 1.0.0: created (10 differences) {ckan.address}dataset/prix\n",
    )
    assert ran("ckan", language="fr").output == f"✓ prix 1.0.0: déjà à jour {ckan.address}dataset/prix\n"


def test_a_dry_run_names_what_would_change_and_writes_nothing(ckan: Served) -> None:
    result = ran("ckan", "--dry-run")
    assert (result.exit_code, ckan.writes) == (0, [])
    first, dataset, *others = result.output.splitlines()
    assert (first, dataset) == ("≠ prix 1.0.0: portal absent", "  dataset: — → Prix inventés")
    assert [line.strip().split(":")[0] for line in others] == [
        *(f"{table}/{kind}" for table in ("editions", "prix") for kind in ("csv", "parquet", "ods")),
        "datapackage",
        *(f"{table}/csv/datastore" for table in ("editions", "prix")),
    ]


def test_a_difference_ends_diff_with_one(ckan: Served) -> None:
    ran("ckan")
    assert ran("ckan", "--diff").output == "= prix 1.0.0: no difference\n"
    ckan.portal.datasets["prix"]["title"] = "Autre"
    result = ran("ckan", "--diff", language="fr")
    assert (result.exit_code, result.output) == (1, "≠ prix 1.0.0: portail 1.0.0\n  jeu.title: Autre → Prix inventés\n")


def test_a_newer_version_there_is_told_by_diff(ckan: Served) -> None:
    ran("ckan")
    ckan.portal.datasets["prix"]["version"] = "7.0.0"
    assert "! prix 1.0.0: 7.0.0 (newer, will not be overwritten)" in ran("ckan", "--diff").output


def test_one_package_that_fails_does_not_stop_the_others(ckan: Served) -> None:
    ckan.before = lambda asked: failed(409, {"title": ["non"]}) if asked.path.endswith("create") else None
    result = ran("ckan")
    assert result.exit_code == 2
    assert "✗ prix: " in result.output
    assert "→ " in result.output
    assert "[portal-refused]" in result.output


def test_nothing_to_push_is_said(ckan: Served, project: Project) -> None:
    shutil.rmtree(project.releases)
    (project.outputs / "ledger.jsonl").unlink()
    result = ran("ckan", language="fr")
    assert (result.exit_code, result.output) == (
        0,
        "= ckan: rien à envoyer : aucun jeu de données de ce portail n'a de version\n",
    )


def refused(package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    """How the program ends that pushes a package, and the code of the error that it tells last."""
    monkeypatch.setattr(sys, "argv", ["arobase", "push", "ckan", package, "--lang", "en"])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, capsys.readouterr().err.rpartition(" ")[2].strip()


def test_a_package_named_that_fails_is_the_commands_own_error(
    ckan: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused("absent", monkeypatch, capsys) == (2, "[no-such-package]")
    assert ckan.asked == []


def test_a_package_named_that_the_portals_file_leaves_out_is_not_pushed(
    project: Project, ckan: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    another = project.schemas / "autre" / "package.yaml"
    another.parent.mkdir()
    shutil.copy(project.schemas / "prix" / "package.yaml", another)
    a_portal(project, "ckan", ckan.address, packages=["autre"])
    assert refused("prix", monkeypatch, capsys) == (2, "[portal-leaves-out]")
    assert ckan.asked == []


def packages(project: Project) -> dict[str, Package]:
    return {"prix": load_package(project.schemas, "prix")}


def executed(project: Project) -> dg.ExecuteInProcessResult:
    (asset,) = portal_assets(known_portals(project), packages(project))
    resources = {"workspace": Workspace(root=str(project.root))}
    return dg.materialize([asset], resources=resources, raise_on_error=False)


def test_an_asset_pushes_to_its_portal(project: Project, ckan: Served) -> None:
    result = executed(project)
    assert result.success
    (shown,) = result.asset_materializations_for_node("portails__ckan")
    assert shown.metadata["prix"].value["version"] == "1.0.0"
    assert [item.passed for item in result.get_asset_check_evaluations()] == [True]


def test_a_portal_that_somebody_changed_fails_the_check_and_is_set_right(project: Project, ckan: Served) -> None:
    executed(project)
    ckan.portal.datasets["prix"]["title"] = "Autre"
    result = executed(project)
    assert [item.passed for item in result.get_asset_check_evaluations()] == [False]
    assert ckan.portal.datasets["prix"]["title"] == "Prix inventés"


def test_a_portal_that_refuses_fails_its_asset(project: Project, ckan: Served) -> None:
    ckan.before = lambda asked: failed(409, {"title": ["non"]})
    assert not executed(project).success


def test_the_sensor_runs_a_push_once_for_each_new_version(project: Project, ckan: Served, renew: Renew) -> None:
    (sensor,) = push_sensors(known_portals(project))
    resources = {"workspace": Workspace(root=str(project.root))}

    def tick(cursor: str | None) -> tuple[dg.SensorResult | object, str | None]:
        context = dg.build_sensor_context(cursor=cursor, resources=resources)
        (told,) = list(sensor(context))
        return told, context.cursor

    first, cursor = tick(None)
    assert isinstance(first, dg.RunRequest)
    again, cursor = tick(cursor)
    assert isinstance(again, dg.SkipReason)
    renew()
    assert isinstance(tick(cursor)[0], dg.RunRequest)


def test_a_project_without_portals_has_neither_assets_nor_sensor(project: Project) -> None:
    portals = known_portals(project)
    assert (portal_assets(portals, packages(project)), push_sensors(portals), push_job(portals)) == ([], [], [])


def test_a_wrong_file_leaves_the_other_portals(project: Project, ckan: Served) -> None:
    folder = project.sources / "portals"
    (folder / "faux.yaml").write_text("portal: rien\n", encoding="utf-8")
    told = (folder / "ckan.yaml").read_text(encoding="utf-8")
    (folder / "autre.yaml").write_text(f"{told}\npackages: [inconnu]\n", encoding="utf-8")
    assert list(known_portals(project)) == ["ckan"]


def test_definitions_show_an_asset_for_each_portal(project: Project, ckan: Served) -> None:
    for table in ("editions", "prix"):
        path = project.schemas / "prix" / f"{table}.json"
        path.write_text('{"title": "x", "fields": [{"name": "a", "type": "string", "privacy": "public"}]}')
    definitions = build_definitions(project)
    keys = {key for asset in definitions.assets or () if isinstance(asset, dg.AssetsDefinition) for key in asset.keys}
    assert portal_key("ckan") in keys
    assert definitions.resolve_job_def(PUSH).name == PUSH
