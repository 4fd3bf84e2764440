"""YAML that is made to do harm: aliases that expand to millions of values, thousands of levels. Every file that is read
is refused with a code, in processes that may take little time and memory."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALIASES = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10) if n else 'x, x'}]\n" for n in range(10))
HARM = {"aliases": ALIASES, "levels": "[" * 20_000 + "]" * 20_000, "keys": "{a: " * 20_000 + "1" + "}" * 20_000}
KINDS = [kind if kind == "aliases" else pytest.param(kind, marks=pytest.mark.heavy) for kind in HARM]
PROJECT = {
    "arobase.yaml": ("release",),
    "catalogue.yaml": ("release",),
    "alerts.yaml": ("alerts", "test"),
    "schemas/exemple/package.yaml": ("tables", "new", "t.csv", "--package", "exemple"),
    "sources/lieux.yaml": ("release",),
    "sources/other.yaml": ("sources", "fetch", "other"),
    "sources/portals/p.yaml": ("push", "p"),
}
CHECKED = {
    "schema": ("check", "t.csv", "--schema", "harm.yaml"),
    "dialect": ("check", "t.csv", "--schema", "schema.json", "--dialect", "harm.yaml"),
    "package": ("check", "datapackage.yaml"),
    "schema of a package": ("check", "datapackage.json"),
}


def arobase(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AROBASE_")}

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
        resource.setrlimit(resource.RLIMIT_DATA, (2 << 30, 2 << 30))

    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *words],
        cwd=folder,
        env={**kept, "AROBASE_LANG": "en", "PYTHONPATH": str(ROOT)},
        text=True,
        capture_output=True,
        check=False,
        preexec_fn=bounded,
    )


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("yaml") / "mine"
    assert arobase(ROOT, "init", str(folder)).returncode == 0
    (folder / "t.csv").write_text("a,b\n1,2\n")
    return folder


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", PROJECT)
def test_a_file_of_the_project_is_refused_with_its_name(example: Path, tmp_path: Path, file: str, kind: str) -> None:
    project = Path(shutil.copytree(example, tmp_path / "mine"))
    (project / file).parent.mkdir(parents=True, exist_ok=True)
    (project / file).write_text(HARM[kind])
    done = arobase(project, *PROJECT[file])
    told = done.stdout + done.stderr
    assert done.returncode in (1, 2), told
    assert "Traceback" not in told
    assert "unexpected-fault" not in told
    assert Path(file).name in told
    assert "at most" in told


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", CHECKED)
def test_what_check_reads_is_refused(tmp_path: Path, what: str, kind: str) -> None:
    (tmp_path / "t.csv").write_text("a\n1\n")
    (tmp_path / "schema.json").write_text('{"fields": [{"name": "a"}]}')
    resource_ = {"name": "t", "path": "t.csv", "schema": "harm.yaml"}
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "x", "resources": [resource_]}))
    for name in ("harm.yaml", "datapackage.yaml"):
        (tmp_path / name).write_text(HARM[kind])
    done = arobase(tmp_path, *CHECKED[what])
    assert done.returncode in (1, 2), done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
