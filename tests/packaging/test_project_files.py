"""What a person who joins finds: the same checks on a forge, before a commit and in `make test`, and a whole site."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import yaml

from scripts.bootstrap import RUN_LOCK, TEST_LOCK
from scripts.docs_site import on_page_markdown
from scripts.run_tests import STEPS
from tests.packaging.builders import REPOSITORY

# Steps of `make test` that need the tests' own result.
AFTER_TESTS = {"coverage"}


def test_the_workflow_of_the_forge_runs_the_projects_own_checks() -> None:
    workflow = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "checks.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == ["bash .ci/run"]
    assert workflow["permissions"] == {"contents": "read"}


def test_the_oldest_python_of_the_workflow_is_the_one_that_the_package_asks_for() -> None:
    workflow = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "checks.yml").read_text(encoding="utf-8"))
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = workflow["jobs"]["checks"]["strategy"]["matrix"]["python"]
    assert f">={versions[0]}" == project["requires-python"]


def test_the_lock_of_the_tests_pins_all_that_the_main_job_has() -> None:
    """Where both are asked for, the one is installed."""
    needed, tests = (
        {line.split()[0] for line in path.read_text(encoding="utf-8").splitlines() if "==" in line}
        for path in (RUN_LOCK, TEST_LOCK)
    )
    assert len(needed) > 100
    assert needed < tests


def test_hooks_before_a_commit_are_the_steps_of_make_test() -> None:
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    run = {hook["entry"].split("run_tests.py ")[1].strip('"') for hook in hooks}
    assert run == {name for name, _ in STEPS} - AFTER_TESTS


def test_a_link_out_of_the_documentation_is_shown_as_a_path() -> None:
    lock = SimpleNamespace(file=SimpleNamespace(src_uri="decisions/lock.md"))
    told = on_page_markdown(
        "[the lock](../../requirements.lock), [here](README.md), [out](https://example.org)", page=lock
    )
    assert told == "the lock (`requirements.lock`), [here](README.md), [out](https://example.org)"


def test_a_broken_link_fails_the_site(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "docs", tmp_path / "docs")
    shutil.copytree(REPOSITORY / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "mkdocs.yml", tmp_path)
    build = [str(Path(sys.executable).parent / "mkdocs"), "build", "--strict"]
    assert subprocess.run(build, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    page = tmp_path / "docs" / "index.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[gone](nowhere.md)\n", encoding="utf-8")
    done = subprocess.run(build, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "nowhere.md" in done.stderr
