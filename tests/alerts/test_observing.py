"""What deserves an alert: failures, refusals, late sources, quarantine; and the commands and settings of alerts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.alerts.errors import AlertsFileError
from pipelines.alerts.observing import of_project, of_run
from pipelines.alerts.settings import FILE, load_alerts
from pipelines.cli import commands
from pipelines.core.project import Project
from tests.alerts.builders import NOW, a_mailbox, by_mail, told_by
from tests.pipeline.builders import a_part, a_run, a_small_project, a_source, first_run, rewrite


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


def alerts_of(project: Project) -> dict[str, str]:
    """What the last run deserves, by key: a sentence, or nothing for what is well."""
    return {item.key: item.alert.what.fr if item.alert else "" for item in of_run(project, a_run(project))}


def test_a_source_that_fails_is_told_with_what_it_costs_and_is_over_once_it_is_read(project: Project) -> None:
    text = (project.sources / "data" / "villes.csv").read_text(encoding="utf-8")
    (project.sources / "data" / "villes.csv").unlink()
    found = alerts_of(project)
    assert found["run-failed source villes"]
    assert found["run-failed table villes/villes"]
    assert found["run-failed source actions"] == ""
    rewrite(project, "villes", text)
    assert set(alerts_of(project).values()) == {""}


def test_what_follows_from_a_fault_names_who_fixes_the_fault(project: Project) -> None:
    """A source that is not there was never collected either, and its table is not made: one fault, one person."""
    (project.sources / "data" / "villes.csv").unlink()
    alerts = {item.key: item.alert for item in of_run(project, a_run(project)) if item.alert}
    assert alerts["run-failed source villes"].code == "source-file-absent"
    who = {key: alert.who.en for key, alert in alerts.items()}
    assert set(who.values()) == {"the person who maintains the source's file (sources/*.yaml)"}, who
    assert {"run-failed table villes/villes", "run-failed package villes"} < set(who)


def test_a_source_and_a_package_of_one_name_are_two_alerts(project: Project) -> None:
    """The source "villes" is well while the package "villes" is not: neither opens or closes the other's alert."""
    path = project.schemas / "villes" / "package.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "inconnue: 1\n", encoding="utf-8")
    found = alerts_of(project)
    assert "inconnue" in found["run-failed package villes"]
    assert found["run-failed source villes"] == ""


def test_a_refused_release_is_an_alert_with_its_reasons_and_its_record(project: Project) -> None:
    first_run(project)
    rewrite(project, "actions", "id,ville,titre\na1,99999,Ville inconnue\n")
    (item,) = [item for item in of_run(project, a_run(project)) if item.key == "release-refused package villes"]
    assert item.alert is not None
    assert item.alert.where.startswith("outputs/releases/villes/refus/")
    assert item.alert.what.fr


def test_a_source_that_was_not_asked_in_its_cadence_is_late(project: Project) -> None:
    parts, address = a_part("villes", "villes/villes", {"code": "code"}), "https://example.org/a.csv"
    a_source(project, "lente", "a\n1\n", obtained=None, cadence="P7D", address=address, parts=parts)
    late = {item.key: item.alert for item in of_project(project, NOW + timedelta(days=30), quarantined_rows=0)}
    alert = late["source-late source lente"]
    assert alert is not None
    assert alert.what.en == "was never read; expected every P7D"


def test_values_in_quarantine_above_the_limit_are_an_alert_that_tells_none_of_them(project: Project) -> None:
    folder = project.private / "quarantaine"
    folder.mkdir(parents=True)
    (folder / "villes.jsonl").write_text('{"cellules": {"nom": "Jeanne Inventée"}}\n' * 3, encoding="utf-8")
    few = {item.key: item.alert for item in of_project(project, NOW, quarantined_rows=3)}
    many = {item.key: item.alert for item in of_project(project, NOW, quarantined_rows=2)}
    assert few["quarantine package villes"] is None
    alert = many["quarantine package villes"]
    assert alert is not None
    assert "3" in alert.what.fr
    assert "Inventée" not in str(alert)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("channels:\n  salon:\n    kind: pigeon\n", 3, "channels.salon.kind"),
        ("channels:\n  salon:\n    kind: slack\n", 2, "channels.salon.address"),
        (
            "channels:\n  salon:\n    kind: slack\n    address: https://hooks.example.org/secret\n",
            4,
            "channels.salon.address",
        ),
        ("channels: {}\n", 1, "channels"),
        ("canaux: {}\n", 1, "channels"),
    ],
)
def test_a_wrong_file_is_told_with_its_line_and_without_a_pasted_secret(
    project: Project, text: str, line: int, key: str
) -> None:
    (project.root / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(AlertsFileError) as raised:
        load_alerts(project)
    assert raised.value.facts["line"] == line
    assert raised.value.facts["key"] == key
    assert "secret" not in raised.value.message("en")


def arobase(project: Project, *words: str) -> Result:
    environment = {"AROBASE_ROOT": str(project.root), "AROBASE_LANG": "en"}
    return CliRunner().invoke(commands, list(words), env=environment, catch_exceptions=False)


def test_the_commands_try_channels_send_what_is_due_and_list_what_is_open(project: Project) -> None:
    with a_mailbox() as box:
        told_by(project, channels={"equipe": by_mail(box)}, language="en")
        assert arobase(project, "alerts", "test").output == "equipe: try sent\n"
        (project.sources / "data" / "villes.csv").unlink()
        assert arobase(project, "release").exit_code == 1
        titles = [mail["Subject"] for mail in box.mails]
        assert titles[0] == "[Arobase] Failure: try"
        assert "[Arobase] Failure: source villes" in titles
        assert "Failure: source villes" in arobase(project, "alerts", "list").output
        again = arobase(project, "alerts", "check")
        assert (again.exit_code, again.output) == (0, "Nothing new to tell.\n")
        box.answer = "451 later"
        assert arobase(project, "alerts", "test", "equipe").exit_code == 1
    assert arobase(project, "alerts", "test", "autre").exit_code == 2


def test_a_command_about_alerts_where_none_are_set_up_says_so(project: Project) -> None:
    from pipelines.alerts.errors import NoAlerts

    with pytest.raises(NoAlerts):
        arobase(project, "alerts", "check")
    assert arobase(project, "alerts", "list").output == "No alert is open.\n"
