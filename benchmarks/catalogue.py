"""How long a catalogue of many packages takes to write, and how few files a change rewrites.

Run: python benchmarks/catalogue.py [PACKAGES] [VERSIONS]     (default 300 10)

One invented package is published in VERSIONS versions, then copied under other names; nothing but names differs.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dataclasses import replace

from pipelines.catalogue import write_catalogue
from pipelines.releases import publish
from tests.releases.builders import a_request, prizes

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def first_package(releases: Path, versions: int) -> None:
    """One package in so many versions."""
    for number in range(versions):
        request = a_request(prizes(p1={"arobases": str(1 + number % 5)}), snapshot=f"{number:02x}" * 32)
        publish(replace(request, created=START + timedelta(days=number)), releases, key=None)


def copied(releases: Path, name: str) -> None:
    """The same package under another name: files linked, descriptors and index rewritten."""
    shutil.copytree(
        releases / "prix", releases / name, copy_function=lambda source, target: Path(target).hardlink_to(source)
    )
    for path in [releases / name / "versions.json", *(releases / name).glob("*/data/datapackage.json")]:
        document = json.loads(path.read_text(encoding="utf-8"))
        document["package" if path.name == "versions.json" else "name"] = name
        path.unlink()
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def timed(releases: Path, catalogue: Path) -> tuple[float, float, int]:
    """Seconds on the clock and of this process, and how many files were rewritten."""
    before, own = time.monotonic(), time.process_time()
    changed = write_catalogue(releases, catalogue)
    return time.monotonic() - before, time.process_time() - own, len(changed)


def main() -> None:
    """Print the measures."""
    packages, versions = (int(value) for value in (sys.argv[1:] or ["300", "10"]))
    with tempfile.TemporaryDirectory() as folder:
        releases, catalogue = Path(folder) / "releases", Path(folder) / "catalogue"
        first_package(releases, versions)
        for number in range(1, packages):
            copied(releases, f"copie-{number:03d}")
        print(f"{packages} packages x {versions} versions")
        print("first: {:.1f} s ({:.1f} s of processor), {} files".format(*timed(releases, catalogue)))
        print("again: {:.1f} s ({:.1f} s of processor), {} files".format(*timed(releases, catalogue)))
        request = a_request(prizes(p1={"arobases": "5"}, p2={"arobases": "1"}), snapshot="ff" * 32)
        publish(replace(request, created=START + timedelta(days=400)), releases, key=None)
        print(
            "one more version of one package: {:.1f} s ({:.1f} s of processor), {} files".format(
                *timed(releases, catalogue)
            )
        )


if __name__ == "__main__":
    main()
