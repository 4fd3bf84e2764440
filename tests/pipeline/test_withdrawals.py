"""A form withdrawn on its platform leaves the next release as a redaction, whatever else changed. Nobody here is
real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.core.project import Project
from pipelines.pipeline.rebuild import across, ingredients_recorded, request_again
from pipelines.pipeline.run import run
from pipelines.releases import ReleaseRequest
from pipelines.releases.rebuild import rebuild
from pipelines.releases.store import ReleaseStore
from tests.pipeline.builders import NOW, a_run, a_small_project, a_source
from tests.schema.builders import a_table
from tests.sources.platform import TOKEN, Platform, champ, gone, identifier
from tests.sources.server import serving

TITLE, TOWN = identifier("Champ", 1), identifier("Champ", 2)


@pytest.fixture
def platform() -> Platform:
    platform = Platform()
    for number in (1, 2, 3):
        filed(platform, number, "Ateliers")
    return platform


@pytest.fixture
def project(tmp_path: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """The small project, whose actions come from a Démarche numérique."""
    project = a_small_project(tmp_path)
    monkeypatch.setenv("JETON", TOKEN)
    a_table(tmp_path, "entrants/actions", [{"name": "numero"}, {"name": "titre"}, {"name": "ville"}])
    with serving(graphql=platform.answer) as server:
        fields = {"id": "numero", "titre": "titre", "ville": "ville"}
        part = {"format": "demarche", "options": {"champs": {"titre": TITLE, "ville": TOWN}}, "schema": "actions"}
        a_source(
            project,
            "actions",
            "",
            connector="demarche",
            address=f"{server.url}/graphql",
            obtained=None,
            secrets=["JETON"],
            parameters={"number": 42, "allow_private": True, "per_minute": 0, "timeout": {"attempts": 1}},
            parts={"dossiers": {**part, "rows": [{"table": "villes/actions", "fields": fields}]}},
        )
        yield project


def filed(platform: Platform, number: int, title: str, day: int = 1) -> None:
    """File a dossier, or modify it: it then comes after all that were asked for."""
    champs = [champ(1, "TextChamp", title, value=title), champ(2, "TextChamp", "57463", value="57463")]
    place = 100 * day + number
    platform.file(place, modified=f"2026-01-{day:02d}T10:00:00+01:00", champs=champs)
    platform.dossiers[place]["number"] = number


def run_the_day_after(project: Project) -> None:
    run(project, now=NOW + timedelta(days=1))


def current(project: Project) -> str:
    version = ReleaseStore.read(project.releases, "villes").current
    assert version is not None
    return version


def changes(project: Project) -> dict[tuple[str, str, str | None], str]:
    """The changes of the newest version of the actions: nature, key and field, and the cause of each."""
    path = project.releases / "villes" / current(project) / "data" / "changes" / "actions.parquet"
    return {(row["nature"], row["cle"], row["champ"]): row["cause"] for row in pq.read_table(path).to_pylist()}


def test_a_dossier_withdrawn_on_its_platform_leaves_as_a_redaction(project: Project, platform: Platform) -> None:
    done = a_run(project)
    assert done.went_well, (done.errors, done.blocked)
    platform.deleted = [gone(2)]
    run_the_day_after(project)
    assert changes(project) == {("retrait", "2", None): "redaction"}


def test_what_the_source_changed_at_the_same_time_keeps_its_own_cause(project: Project, platform: Platform) -> None:
    a_run(project)
    platform.deleted = [gone(2)]
    filed(platform, 3, "Cartes", day=20)
    filed(platform, 4, "Wifi", day=20)
    run_the_day_after(project)
    assert changes(project) == {
        ("retrait", "2", None): "redaction",
        ("modification", "3", "titre"): "source",
        ("ajout", "4", None): "source",
    }


def test_a_dossier_that_its_owner_is_about_to_delete_leaves_so_too(project: Project, platform: Platform) -> None:
    a_run(project)
    platform.pending = [gone(1) | {"dateSupression": None, "reason": None}]
    run_the_day_after(project)
    assert changes(project) == {("retrait", "1", None): "redaction"}


def test_lines_of_ours_and_of_the_platform_act_together(project: Project, platform: Platform) -> None:
    a_run(project)
    platform.deleted = [gone(2)]
    project.withdrawals.mkdir()
    line = "actions,dossiers,numero,3,demande de la collectivité,2026-11-20\n"
    (project.withdrawals / "actions.csv").write_text(f"source,part,champ,cle,motif,date\n{line}", encoding="utf-8")
    run_the_day_after(project)
    assert changes(project) == {("retrait", "2", None): "redaction", ("retrait", "3", None): "redaction"}


def test_a_release_after_a_withdrawal_is_rebuilt_byte_for_byte(project: Project, platform: Platform) -> None:
    a_run(project)
    platform.deleted = [gone(2)]
    filed(platform, 3, "Cartes", day=20)
    run_the_day_after(project)

    def remake(document: Mapping[str, Any]) -> ReleaseRequest:
        request = request_again(project, "villes", ingredients_recorded(document))
        assert request is not None
        return request

    found = rebuild(project.releases, "villes", current(project), remake, across=across(project, "villes"))
    assert found.is_same, found
    assert found.other_ingredients == ()
