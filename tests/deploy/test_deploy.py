"""What `deploy/` gives is well formed: linted where there is a linter, and true to the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._core.instance.config import dagster_instance_config

from pipelines.core.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*/*.service"), *DEPLOY.glob("*/*.timer")])
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")


def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    return document


@pytest.mark.skipif(sys.platform != "linux", reason="hadolint's package is for Linux only")
def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([str(linter), str(DEPLOY / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_runs_as_nobody_in_particular_and_copies_what_there_is() -> None:
    last_stage = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER \d{4,}$", last_stage, re.MULTILINE)
    assert "apt-get" not in last_stage
    copied = re.findall(r"^COPY (?!--from)((?:--\S+ )?.+)$", DOCKERFILE, re.MULTILINE)
    sources = [name.replace("[l]", "l") for line in copied for name in line.split()[:-1]]
    assert [name for name in sources if not (ROOT / name).exists() and name != "alerts.yaml"] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert [name for name in sources if f"!{name}" not in ignored.splitlines()] == []


def test_the_image_holds_the_main_jobs_libraries_in_their_versions() -> None:
    def pinned(path: Path) -> dict[str, str]:
        text = path.read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))

    main, image = pinned(ROOT / "requirements.lock"), pinned(DEPLOY / "requirements.lock")
    assert {name: image.get(name) for name in main} == main
    assert image["dagster-postgres"]
    cluster = pinned(DEPLOY / "ray" / "requirements.lock")
    assert {name: cluster.get(name) for name in image} == image
    assert cluster["ray"]
    assert "ray" not in image


def test_every_service_that_is_ours_is_held_as_tightly_as_it_can_be() -> None:
    ours = {name: item for name, item in compose()["services"].items() if item.get("image") == "arobase:local"}
    assert set(ours) == {"code", "daemon", "webserver", "viewer"}
    for item in ours.values():
        assert item["read_only"] is True
        assert item["cap_drop"] == ["ALL"]
        assert item["healthcheck"] if "command" in item else True
    assert "--read-only" in ours["viewer"]["command"]
    assert [name for name, item in compose()["services"].items() if "ports" in item] == ["proxy"]


def test_only_the_container_of_runs_holds_keys_and_may_write_outputs_beside_the_daemon() -> None:
    services = compose()["services"]
    assert [name for name, item in services.items() if "AROBASE_SIGNING_KEY_FILE" in item.get("environment", {})] == [
        "code"
    ]
    writing = [name for name, item in services.items() if "outputs:/outputs" in item.get("volumes", ())]
    assert writing == ["code", "daemon"]
    given = services["code"]
    named = given["environment"]["AROBASE_SIGNING_KEY_FILE"]
    assert named == "${AROBASE_SIGNING_KEY_FILE:+/run/keys/signing}"
    assert "${AROBASE_SIGNING_KEY_FILE:-/dev/null}:/run/keys/signing:ro" in given["volumes"]
    assert [name for name, item in services.items() if "env_file" in item] == ["code"]
    assert "./inbox:/project/sources/inbox:ro" in given["volumes"]


def test_every_variable_of_the_example_is_used_and_every_one_that_is_used_is_there() -> None:
    text = (DEPLOY / "compose" / "env.example").read_text(encoding="utf-8")
    given = set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8")))
    assert given == used
    known = {setting.name for setting in SETTINGS}
    assert {name for name in given if name.startswith("AROBASE_")} <= known


def test_the_instance_is_one_that_dagster_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = yaml.safe_load((DEPLOY / "compose" / "dagster.yaml").read_text(encoding="utf-8"))
    assert document["storage"]["postgres"]["postgres_db"]["hostname"] in compose()["services"]
    # PostgreSQL's own part needs its package and a server: the rest is read by Dagster.
    del document["storage"]
    document["compute_logs"]["config"]["base_dir"] = str(tmp_path / "logs")
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    dagster_instance_config(str(tmp_path))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert instance.run_monitoring_enabled


def test_the_instance_of_a_cluster_is_one_that_dagster_takes(tmp_path: Path) -> None:
    document = yaml.safe_load((DEPLOY / "ray" / "dagster.yaml").read_text(encoding="utf-8"))
    # PostgreSQL's part and Ray's need their packages: `make test-cluster` runs on the whole file.
    assert document.pop("storage")["postgres"]
    assert document.pop("run_launcher")["class"] == "RayRunLauncher"
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert instance.run_monitoring_enabled
        assert not instance.run_retries_retry_on_asset_or_op_failure
        assert instance.run_retries_max_retries


def test_the_machines_of_a_cluster_have_every_variable_that_its_files_ask_for_and_no_secret() -> None:
    text = (DEPLOY / "ray" / "environment.example").read_text(encoding="utf-8")
    given = dict(re.findall(r"^([A-Z_]+)=(.*)", text, re.MULTILINE))
    asked = re.findall(r"env: ([A-Z_]+)", (DEPLOY / "ray" / "dagster.yaml").read_text(encoding="utf-8"))
    assert set(asked) <= set(given)
    known = {setting.name for setting in SETTINGS}
    assert {name for name in given if name.startswith("AROBASE_")} <= known
    secret = [name for name in given if re.search("SECRET|KEY|TOKEN", name)]
    assert secret
    assert {given[name] for name in secret} == {"CHANGE_ME"}


def test_kubernetes_and_ray_ask_dagster_for_the_same_retries() -> None:
    on_ray = yaml.safe_load((DEPLOY / "ray" / "dagster.yaml").read_text(encoding="utf-8"))
    values = yaml.safe_load((DEPLOY / "kubernetes" / "values.yaml").read_text(encoding="utf-8"))
    daemon = values["dagsterDaemon"]
    assert daemon["runRetries"]["maxRetries"] == on_ray["run_retries"]["max_retries"]
    assert daemon["runRetries"]["retryOnAssetOrOpFailure"] is on_ray["run_retries"]["retry_on_asset_or_op_failure"]
    assert daemon["runMonitoring"]["maxResumeRunAttempts"] == on_ray["run_monitoring"]["max_resume_run_attempts"]
    assert values["runLauncher"]["type"] == "K8sRunLauncher"


def test_the_code_location_has_the_name_that_it_has_everywhere() -> None:
    (deployed,) = yaml.safe_load((DEPLOY / "compose" / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    (own,) = yaml.safe_load((ROOT / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    assert deployed["grpc_server"]["location_name"] == own["python_module"]["location_name"]
    assert deployed["grpc_server"]["host"] in compose()["services"]


def test_the_catalogues_server_shows_nothing_but_what_is_public() -> None:
    text = (DEPLOY / "compose" / "Caddyfile").read_text(encoding="utf-8")
    (public,) = re.findall(r"@public path (.+)", text)
    pages = {"/", "/catalogue", "/catalogue/*"}
    assert set(public.split()) == pages | {"/releases/*", "/log/*", "/ledger.jsonl", "/signature.pub"}


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not installed here")
@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("Caddyfile*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_caddy_takes_its_files(path: Path) -> None:
    known = "$2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG"
    names = {"VIEWER_NAME": "a", "OPERATOR_NAME": "b", "VIEWER_HASH": known, "OPERATOR_HASH": known}
    environment = {**names, "DAGSTER_HOST": "d.example.org", "CATALOGUE_HOST": "c.example.org", "HOME": "/nonexistent"}
    command = ["caddy", "adapt", "--adapter", "caddyfile", "--config", str(path)]
    assert (
        subprocess.run(command, capture_output=True, env={**environment, "PATH": "/usr/bin"}, check=False).returncode
        == 0
    )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        # The programs are elsewhere here; systemd wants to find one.
        text = re.sub(
            r"^ExecStart=\S+", f"ExecStart={sys.executable}", path.read_text(encoding="utf-8"), flags=re.MULTILINE
        )
        (tmp_path / path.name).write_text(text.replace("User=arobase\nGroup=arobase\n", ""), encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / path.name) for path in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "arobase-" in line]
    assert said == []


def test_every_program_of_the_units_is_one_that_the_project_installs() -> None:
    programs = {"arobase", "dagster-webserver", "dagster-daemon", "ray"}
    found = {
        Path(name).name for unit in UNITS for name in re.findall(r"^ExecStart=(\S+)", unit.read_text(), re.MULTILINE)
    }
    assert found == programs
    assert {unit.stem for unit in UNITS if unit.suffix == ".timer"} <= {
        unit.stem for unit in UNITS if unit.suffix == ".service"
    }
