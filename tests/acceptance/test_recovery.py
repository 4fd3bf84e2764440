"""A run on bad input: the others go on, the last good release stays as it was, and fixing it is enough."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from pipelines.catalogue.pictures import png
from pipelines.core.project import Project
from pipelines.pipeline.run import Run, run
from pipelines.releases import Published, Unchanged
from pipelines.releases.verify import verify
from tests.acceptance.builders import (
    WORKBOOK,
    arobase,
    cell,
    files,
    in_text,
    in_workbook,
    obtained_again,
    release_alone,
    versions,
)

AWARDS = "data/label/palmares.csv"
INQUIRIES = "data/inquiries/enquetes.csv"
PROJECTS = "data/inquiries/projets-environnement.json"
DRAW = png.draw.__wrapped__
"""As it is, with no memory of what was drawn (`known_work.py`)."""


def small(svg: str) -> bytes:
    """A picture of few points: a new version has a map per edition, at which no test here looks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(png, "WIDTH", 120)
        return DRAW(svg)


def a_run(project: Project) -> Run:
    """By the clock of the machine, as the runs of the command line before: the log takes no event of an earlier day."""
    return run(project, now=datetime.now(UTC))


def codes(done: Run) -> dict[str, str]:
    return {place: error.code for place, error in done.errors}


def test_a_cut_workbook_costs_its_package_and_no_other_until_it_is_whole_again(project: Project) -> None:
    whole = (project.sources / WORKBOOK).read_bytes()
    (project.sources / WORKBOOK).write_bytes(whole[:60_000])
    obtained_again(project, WORKBOOK)
    in_text(project, INQUIRIES, lambda text: text.replace("PLU du Gosier", "Plan local d'urbanisme du Gosier"))
    before = files(project.releases / "candidatures")
    done = arobase(project, "release", "--lang", "fr")
    assert done.returncode == 1
    assert "formulaires-exemple.xlsx" in done.stdout
    assert "[damaged-file]" in done.stdout
    assert "la version 1.0.0 reste en place" in done.stdout
    assert len([line for line in done.stdout.splitlines() if line.startswith("✗")]) == 2, "the cause, and what it cost"
    assert "Traceback" not in done.stdout + done.stderr
    assert files(project.releases / "candidatures") == before
    assert versions(project, "enquetes-publiques")[0] == "1.0.0"
    assert len(versions(project, "enquetes-publiques")) == 2, "the other package went on"
    assert verify(project.releases).is_sound
    (project.sources / WORKBOOK).write_bytes(whole)
    in_workbook(project, lambda book: setattr(cell(book["Actions"], "Id_Action", 6), "value", "1.5295E+04"))
    outcome = release_alone(project, "candidatures")
    assert isinstance(outcome, Published)
    rejects = pq.read_table(outcome.path / "data" / "qualite" / "rejets.parquet").to_pylist()
    told = [(row["part"], row["position"], row["champ"], row["valeur"], row["etape"]) for row in rejects]
    assert ("actions", 6, "Id_Action", "1.5295E+04", "entree") in told, "refused, and published as refused"
    assert pq.read_table(outcome.path / "data" / "actions.parquet").num_rows == 45


def test_wrong_bytes_in_two_sources_leave_every_release_and_publish_once_fixed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(png, "draw", small)
    awards = project.sources / AWARDS
    text = awards.read_text(encoding="utf-8")
    awards.write_text(text, encoding="utf-16")
    obtained_again(project, AWARDS)
    projects = (project.sources / PROJECTS).read_bytes()
    (project.sources / PROJECTS).write_bytes(b"<!DOCTYPE html><p>Maintenance</p>")
    obtained_again(project, PROJECTS)
    before = files(project.releases)
    done = a_run(project)
    told = codes(done)
    assert told["palmares"] == "wrong-encoding"
    assert told["projets-environnement"] == "not-what-it-says"
    assert set(done.blocked) == {"projets-environnement", "label", "territoires-numeriques"}
    assert files(project.releases) == before
    awards.write_text(text.replace("2000,Douvaine,commune,,,4", "2000,Douvaine,commune,,,5"), encoding="utf-8")
    obtained_again(project, AWARDS)
    (project.sources / PROJECTS).write_bytes(projects)
    obtained_again(project, PROJECTS)
    fixed = a_run(project)
    assert fixed.went_well, fixed.errors
    outcome = fixed.outcomes["label"]
    assert isinstance(outcome, Published)
    released = pq.read_table(outcome.path / "data" / "palmares.parquet").to_pylist()
    assert [row["arobases"] for row in released if row["nom_publie"] == "Douvaine"] == [5]
    assert isinstance(fixed.outcomes["enquetes-publiques"], Unchanged)
    after = files(project.releases)
    kept = {path: digest for path, digest in before.items() if "/1.0.0/" in path}
    assert {path: after.get(path) for path in kept} == kept, "what was published stays byte for byte"
    assert verify(project.releases).is_sound


def test_replay_says_what_a_correction_brought_back(project: Project) -> None:
    in_text(project, AWARDS, lambda text: text.replace(",new,", ",nouvelle venue,", 1))
    assert isinstance(release_alone(project, "label"), Published)
    published = versions(project, "label")
    first = arobase(project, "replay", "palmares", "--lang", "fr")
    assert first.returncode == 1, "one record is still refused"
    assert "lecture-codes" in first.stdout
    in_text(
        project, "palmares.yaml", lambda text: text.replace("{new: nouveau,", "{new: nouveau, nouvelle venue: nouveau,")
    )
    second = arobase(project, "replay", "palmares", "--lang", "fr")
    assert second.returncode == 0, second.stdout + second.stderr
    came_back = next(line for line in second.stdout.splitlines() if "repris" in line)
    assert " 1 " in came_back
    assert "lecture-codes (1)" in came_back
    assert versions(project, "label") == published, "nothing is published by validating again"
