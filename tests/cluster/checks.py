"""What is to be seen of a cluster's work, in its two stores and beside one machine that does the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from pipelines.core.project import Project
from pipelines.storage.buckets import Bucket
from scripts.cluster.parts import ADDRESS, PRIVATE, Cluster

TIMED = {"inclusion.tlog-proof"}
"""What carries the moment of an event, which differs from one run to another."""
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_REGION")


def arobase(cluster: Cluster, *words: str, code: int = 0, **more: str) -> str:
    """The command line on a machine beside the cluster, with the same store."""
    environment = {**cluster.environment, **more}
    command = [sys.executable, "-m", "pipelines.cli", *words]
    done = subprocess.run(command, env=environment, text=True, capture_output=True, check=False, timeout=300)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def on_one_machine(project: Project, outputs: Path) -> None:
    """The whole main job in a folder."""
    names = ("AROBASE_", "AWS_", "DAGSTER_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    told = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": str(outputs), "AROBASE_LANG": "en"}
    command = [sys.executable, "-m", "pipelines.cli", "release"]
    subprocess.run(command, env={**environment, **told}, check=True, capture_output=True, timeout=300)


def opened(cluster: Cluster) -> tuple[Bucket, Bucket]:
    """The store of outputs and the private one. `KEYS` have to be in this process' environment."""
    keys = tuple(cluster.environment[f"AROBASE_PRIVATE_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"))
    return Bucket.open(ADDRESS), Bucket.open(PRIVATE, (keys[0], keys[1]))


def in_store(bucket: Bucket, place: str) -> dict[str, bytes]:
    """The files of a place, but what is timed."""
    names = [name for name in bucket.names(place) if name.rpartition("/")[2] not in TIMED and "/." not in name]
    return {name.removeprefix(f"{place}/"): bucket.read(name) or b"" for name in names}


def in_folder(folder: Path) -> dict[str, bytes]:
    """The files of a folder, but what is timed."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in TIMED]
    shown = [path for path in found if not path.name.startswith(".") and not path.name.endswith(".lock")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in shown}


def published(bucket: Bucket) -> list[str]:
    """The ledger's lines of versions."""
    lines = (bucket.read("ledger.jsonl") or b"").decode().splitlines()
    return [line for line in lines if '"event":"published"' in line]


def half_results(private: Bucket) -> list[str]:
    """Files that a manifest names and that are not there."""
    names = set(private.names("work"))
    found = []
    for name in sorted(names):
        if name.endswith("/MANIFEST"):
            made = json.loads(private.read(name) or b"{}")
            base = name.removesuffix("MANIFEST")
            found += [file for file in made["files"] if f"{base}{made['attempt']}/{file}" not in names]
    return found
