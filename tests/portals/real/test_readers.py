"""The shipped packages read by what others read them with: datapackage-js, and Frictionless with all its formats."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines.releases.store import ReleaseStore, package_folders
from tests.acceptance.builders import shipped_once
from tests.portals.real.running import INSTALLED

pytestmark = pytest.mark.heavy
HERE = Path(__file__).parent
READ = """
import json, sys
from frictionless import Package
for path in sys.argv[1:]:
    failed, rows = [], 0
    package = Package(path)
    for resource in package.resources:
        named = {"Parquet": "parquet", "ODS": "ods", "CSV": "csv"}.get(resource.format)
        if resource.format == "GeoJSON":
            json.loads(resource.read_bytes())
            continue
        if named:
            descriptor = {"name": resource.name, "path": resource.path, "format": named, "type": "table"}
            told = resource.to_descriptor()["row_count"]
            kept = resource.to_descriptor()
            descriptor |= {key: kept[key] for key in ("dialect", "encoding") if key in kept}
            resource = type(package.resources[0]).from_descriptor(descriptor, basepath=package.basepath)
        else:
            descriptor = resource.to_descriptor()
            told = descriptor.get("rows", descriptor.get("row_count"))
        with resource:
            found = len(resource.read_rows())
        rows += found
        if found != told:
            failed.append(f"{resource.path}: {found} rows, {told} told")
    print(json.dumps({"rows": rows, "failed": failed}))
"""


@pytest.fixture(scope="module")
def descriptors(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    releases = shipped_once(tmp_path_factory).project.releases
    folders = package_folders(releases)
    return [ReleaseStore.read(releases, item.name).path() / "data" / "datapackage.json" for item in folders]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_datapackage_js_reads_every_resource(descriptors: list[Path]) -> None:
    run = subprocess.run(
        ["node", str(HERE / "read_packages.mjs"), *map(str, descriptors)],
        env={**os.environ, "READERS": str(INSTALLED / "readers-js")},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    told = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(told) == len(descriptors)
    for item in told:
        assert (item["valid"], item["errors"], item["failed"]) == (True, [], []), item["path"]
        assert item["rows"]
        assert all(found == wanted for found, wanted in item["rows"].values())


def test_frictionless_reads_every_resource_in_each_of_its_formats(descriptors: list[Path]) -> None:
    run = subprocess.run(
        [str(INSTALLED / "readers" / "bin" / "python"), "-c", READ, *map(str, descriptors)],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    told = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(told) == len(descriptors)
    assert [item["failed"] for item in told] == [[] for _ in descriptors]
    assert all(item["rows"] for item in told)
