"""What Dagster's runs did is told by the project's alerts: failures with where to look, and that they are over."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest
import yaml

from pipelines.alerts.notifying import notify, open_alerts
from pipelines.alerts.observing import of_run as of_command
from pipelines.alerts.settings import AlertSettings
from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from pipelines.orchestration.alerts import FAILED, STATE, WELL, of_run
from pipelines.orchestration.partitions import all_sources
from tests.alerts.builders import NOW, Mailbox, a_mailbox, by_mail, told_by
from tests.pipeline.builders import a_run, rewrite

LINK = "https://dagster.example.org/"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with a_mailbox() as box:
        yield box


def a_dagster_run(project: Project, instance: dg.DagsterInstance, job: str) -> dg.DagsterRun:
    definitions = build_definitions(project)
    tags = all_sources(instance, project)
    done = definitions.resolve_job_def(job).execute_in_process(instance=instance, raise_on_error=False, tags=tags)
    return done.dagster_run


def sensors(project: Project) -> set[str]:
    return {sensor.name for sensor in build_definitions(project).sensors or ()}


def test_the_sensors_are_there_only_where_somebody_is_to_be_told(project: Project, box: Mailbox) -> None:
    assert not {FAILED, WELL, STATE} & sensors(project)
    told_by(project, channels={"equipe": by_mail(box)})
    assert sensors(project) >= {FAILED, WELL, STATE}


def test_a_wrong_file_of_alerts_leaves_everything_else(project: Project) -> None:
    (project.root / "alerts.yaml").write_text("channels: 3\n", encoding="utf-8")
    assert not {FAILED, WELL, STATE} & sensors(project)


def test_a_failed_run_is_told_with_its_cause_and_its_page_and_is_over_when_it_went_well(
    project: Project, instance: dg.DagsterInstance, box: Mailbox
) -> None:
    settings = told_by(project, channels={"equipe": by_mail(box)}, link=LINK, language="en")
    text = (project.sources / "data" / "villes.csv").read_text(encoding="utf-8")
    rewrite(project, "villes", "autre\n1\n")
    run = a_dagster_run(project, instance, "tout")
    notify(project, settings, of_run(project, instance, run, link=LINK), now=NOW, environment={})
    opened = open_alerts(project)
    assert any(alert.links == (f"{LINK}runs/{run.run_id}",) and alert.code for alert, _ in opened.values())
    assert any(mail["Subject"].startswith("[Arobase] Failure: ") for mail in box.mails)
    rewrite(project, "villes", text)
    again = a_dagster_run(project, instance, "tout")
    notify(project, settings, of_run(project, instance, again, link=LINK), now=NOW, environment={})
    assert not open_alerts(project)


def test_a_source_that_is_not_there_is_told_as_that_and_who_fixes_it_fixes_what_follows(
    project: Project, instance: dg.DagsterInstance
) -> None:
    (project.sources / "data" / "villes.csv").unlink()
    seen = of_run(project, instance, a_dagster_run(project, instance, "tout"), link=LINK)
    alerts = {item.key: item.alert for item in seen if item.alert}
    assert alerts["run-failed source villes"].code == "source-file-absent"
    assert alerts["run-failed table villes/villes"].code == "rows-missing"
    who = {key: alert.who.en for key, alert in alerts.items()}
    assert set(who.values()) == {"the person who maintains the source's file (sources/*.yaml)"}, who


def test_a_refused_release_is_told_as_one_and_is_over_when_it_went_through(
    project: Project, instance: dg.DagsterInstance, box: Mailbox
) -> None:
    settings = told_by(project, channels={"equipe": by_mail(box, about=["release-refused"])}, language="en")
    head, rows = "id,ville,titre", [f"a{number},57463,Action {number}" for number in range(40)]
    for kept in (40, 1, 40):
        rewrite(project, "actions", "\n".join([head, *rows[:kept], ""]))
        run = a_dagster_run(project, instance, "tout")
        notify(project, settings, of_run(project, instance, run, link=LINK), now=NOW, environment={})
    subjects = [mail["Subject"] for mail in box.mails]
    assert subjects == [
        "[Arobase] Release blocked: package villes",
        "[Arobase] Recovered: package villes (release blocked)",
    ]


def told_by_dagster(project: Project, instance: dg.DagsterInstance, settings: AlertSettings, job: str = "tout") -> None:
    run = a_dagster_run(project, instance, job)
    notify(project, settings, of_run(project, instance, run, link=LINK), now=NOW, environment={})


def told_by_command(project: Project, settings: AlertSettings) -> None:
    notify(project, settings, of_command(project, a_run(project)), now=NOW, environment={})


@pytest.mark.parametrize("first", ["command", "dagster"])
def test_what_the_command_line_opened_dagster_closes_and_the_other_way_round(
    project: Project, instance: dg.DagsterInstance, box: Mailbox, first: str
) -> None:
    settings = told_by(project, channels={"equipe": by_mail(box)}, language="en")
    text = (project.sources / "data" / "villes.csv").read_text(encoding="utf-8")
    rewrite(project, "villes", "autre\n1\n")
    if first == "command":
        told_by_command(project, settings)
    else:
        told_by_dagster(project, instance, settings)
    assert "run-failed source villes" in open_alerts(project)
    rewrite(project, "villes", text)
    if first == "command":
        told_by_dagster(project, instance, settings)
    else:
        told_by_command(project, settings)
    assert not open_alerts(project)


def test_a_table_of_too_few_rows_is_a_refused_release_as_for_the_command_line(
    project: Project, instance: dg.DagsterInstance
) -> None:
    path = project.schemas / "villes" / "package.yaml"
    described = yaml.safe_load(path.read_text(encoding="utf-8"))
    described["tables"] = [{"name": "villes", "rows": {"min": 1000}}, *described["tables"][1:]]
    path.write_text(yaml.safe_dump(described), encoding="utf-8")
    seen = of_run(project, instance, a_dagster_run(project, instance, "tout"), link=LINK)
    amiss = [item.key for item in seen if item.alert]
    assert amiss == ["release-refused package villes"]
    assert "release-refused package villes" in {item.key for item in of_command(project, a_run(project)) if item.alert}


def test_collecting_alone_closes_a_failed_collection_and_no_failed_reading(
    project: Project, instance: dg.DagsterInstance, box: Mailbox
) -> None:
    settings = told_by(project, channels={"equipe": by_mail(box)}, language="en")
    file = project.sources / "data" / "villes.csv"
    text = file.read_text(encoding="utf-8")
    file.unlink()
    told_by_dagster(project, instance, settings, "collecte")
    assert "run-failed source villes" in open_alerts(project)
    rewrite(project, "villes", text)
    told_by_dagster(project, instance, settings, "collecte")
    assert not open_alerts(project)
    rewrite(project, "villes", "autre\n1\n")
    told_by_dagster(project, instance, settings)
    told_by_dagster(project, instance, settings, "collecte")
    assert "run-failed source villes" in open_alerts(project), "it is collected, and still cannot be read"


def test_an_alert_of_dagster_is_told_in_both_languages_whatever_the_deployment_speaks(
    project: Project, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AROBASE_LANG", "en")
    rewrite(project, "villes", "autre\n1\n")
    seen = of_run(project, instance, a_dagster_run(project, instance, "tout"), link=LINK)
    (alert,) = [item.alert for item in seen if item.key == "run-failed source villes" and item.alert]
    assert "colonne" in alert.what.fr
    assert "column" in alert.what.en
    assert alert.who.fr != alert.who.en
    assert alert.code == "header-missing"
