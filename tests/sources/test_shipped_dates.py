"""What ships says when it was obtained: other bytes have another date, or who published the old ones is refused."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

from pipelines.core.project import Project
from pipelines.sources import Source, load_sources

ROOT = Path(__file__).resolve().parents[2]
RECORDED = Path(__file__).parent / "data" / "obtained.csv"


def files_of(source: Source) -> dict[str, str]:
    """The SHA-256 of each file that a source ships, by its path under `sources/`."""
    address = ROOT / "sources" / source.address
    paths = [address / str(part.path) for part in source.parts] if address.is_dir() else [address]
    return {
        path.relative_to(ROOT / "sources").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths
    }


def test_files_that_changed_say_that_they_were_obtained_at_another_time() -> None:
    """`tests/sources/data/obtained.csv` has each file under each date: add a line for new bytes, change none."""
    with RECORDED.open(encoding="utf-8", newline="") as file:
        recorded = {(row["file"], row["obtained"]): row["sha256"] for row in csv.DictReader(file)}
    shipped = [source for source in load_sources(Project.at(ROOT)).values() if source.obtained is not None]
    assert shipped
    for source in shipped:
        for path, digest in files_of(source).items():
            assert source.obtained is not None
            assert recorded.get((path, source.obtained.isoformat()[:10])) == digest, path
