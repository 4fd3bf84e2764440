"""Each domain reads its own sources: a project that names only that domain needs no code of another one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "label": ("label", "candidatures"),
    "inquiries": ("enquetes-publiques", "projets-environnement"),
    "territories": ("territoires-numeriques",),
}
CHECK = """
import sys
from pathlib import Path
from pipelines.core.project import Project
from pipelines.mapping import check_mapping
from pipelines.sources import load_sources

project = Project.at(Path.cwd())
checked = []
for source in load_sources(project).values():
    if any(row["table"].split("/")[0] in sys.argv[1:] for part in source.parts for row in part.rows):
        check_mapping(source, project)
        checked.append(source.name)
print(*checked)
"""


@pytest.mark.parametrize("domain", sorted(PACKAGES))
def test_the_sources_of_a_domain_are_read_without_the_other_domains(domain: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    shutil.copytree(ROOT / "sources", tmp_path / "sources", ignore=shutil.ignore_patterns("data", "inbox"))
    (tmp_path / "arobase.yaml").write_text(f"domains: [{domain}]\n", encoding="utf-8")
    environment = os.environ | {"AROBASE_ROOT": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", CHECK, *PACKAGES[domain]],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) >= 2, done.stdout
