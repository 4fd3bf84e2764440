"""Every variable of the environment is a setting, in one place, shown with where its value came from."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import commands
from pipelines.core.settings import SETTINGS, SettingWrong, unknown, value_of
from pipelines.core.text import check_language, terminal_language
from tests import warm_start

REPOSITORY = Path(__file__).resolve().parents[2]
CODE = sorted((REPOSITORY / "pipelines").rglob("*.py"))
NAMES = {setting.name for setting in SETTINGS}


def test_no_other_variable_is_read_nor_told_of() -> None:
    named = {name for path in CODE for name in re.findall(r"\bAROBASE_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8"))}
    assert named == NAMES


def test_no_other_module_reads_a_setting_from_the_environment() -> None:
    pattern = re.compile(r"""(environ|getenv)[^\n]*["']AROBASE_""")
    assert [path.name for path in CODE if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_the_page_of_settings_tells_every_one() -> None:
    page = (REPOSITORY / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    assert {name for name in NAMES if f"`{name}`" in page} == NAMES


def test_one_that_is_set_to_blanks_is_not_set() -> None:
    assert value_of(SETTINGS[0], {"AROBASE_ROOT": "  "}).origin == "default"
    assert value_of(SETTINGS[0], {"AROBASE_ROOT": " /a "}).text == "/a"


def test_a_name_that_is_nearly_a_setting_is_told_with_the_one_that_was_meant() -> None:
    assert unknown({"AROBASE_OUTPUT": "x", "AROBASE_QQQQ": "x", "HOME": "/"}) == {
        "AROBASE_OUTPUT": "AROBASE_OUTPUTS",
        "AROBASE_QQQQ": "",
    }


@pytest.mark.parametrize("language", ["de", "english-ish", "français"])
def test_a_language_that_is_not_spoken_is_refused(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("AROBASE_LANG", language)
    with pytest.raises(SettingWrong, match=f"AROBASE_LANG = {language}: expected fr or en"):
        check_language()


@pytest.mark.parametrize(("language", "spoken"), [("fr", "fr"), ("en", "en"), ("fr_FR.UTF-8", "fr"), ("EN-gb", "en")])
def test_a_language_may_be_written_as_systems_do(monkeypatch: pytest.MonkeyPatch, language: str, spoken: str) -> None:
    monkeypatch.setenv("AROBASE_LANG", language)
    check_language()
    assert terminal_language() == spoken


def test_the_command_line_refuses_a_language_before_anything_else() -> None:
    done = warm_start.arobase(["--help"], folder=REPOSITORY, environment={**os.environ, "AROBASE_LANG": "de"})
    assert (done.returncode, "AROBASE_LANG = de" in done.stderr) == (2, True)


def shown(**environment: str) -> Result:
    settings = {**dict.fromkeys(NAMES, ""), "COLUMNS": "40"}
    return CliRunner().invoke(commands, ["settings"], env={**settings, **environment}, catch_exceptions=False)


def test_the_command_shows_values_their_origin_and_no_secret() -> None:
    result = shown(AROBASE_ROOT=str(REPOSITORY), AROBASE_SIGNING_KEY="clé inventée", AROBASE_LANG="en")
    assert result.exit_code == 0
    assert re.search(r"AROBASE_SIGNING_KEY = set, masked \(environment\)", result.output)
    assert re.search(r"AROBASE_OUTPUTS = outputs/ in the project \(default\)", result.output)
    assert "inventée" not in result.output


def test_secrets_that_files_name_are_listed_as_set_or_not(tmp_path: Path) -> None:
    (tmp_path / "sources" / "portals").mkdir(parents=True)
    (tmp_path / "arobase.yaml").write_text("domains: []\n", encoding="utf-8")
    described = "portal: ckan\ntitle: A\naddress: https://a.example/\ntoken: CKAN_TOKEN\nbase: https://b.example/\n"
    (tmp_path / "sources" / "portals" / "a.yaml").write_text(described, encoding="utf-8")
    channel = "channels:\n  salon:\n    kind: slack\n    address: SLACK_HOOK\n"
    (tmp_path / "alerts.yaml").write_text(channel, encoding="utf-8")
    environment = {"AROBASE_ROOT": str(tmp_path), "AROBASE_LANG": "en", "CKAN_TOKEN": "inventé"}
    result = CliRunner().invoke(commands, ["settings", "--json"], env=environment, catch_exceptions=False)
    found = {line["name"]: (line["value"], line["use"]) for line in json.loads(result.output)["secrets"]}
    assert found == {
        "CKAN_TOKEN": ("set, masked", "sources/portals/a.yaml"),
        "SLACK_HOOK": ("not set", "alerts.yaml"),
    }
