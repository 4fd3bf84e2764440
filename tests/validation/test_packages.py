"""The report on a whole Data Package is Frictionless' own, over generated packages.

`python -m tests.validation.test_packages 20000` runs as many packages as are asked for, from a seed that it prints.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import pytest

from tests.validation.package_comparison import package_differences

SEED = 20_261_128
PACKAGES, SHARE = 2000, 100


@pytest.mark.parametrize("first", range(SEED, SEED + PACKAGES, SHARE))
def test_reports_on_packages_are_frictionless_own(first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    print(f"seeds {first} to {first + SHARE - 1}")
    assert next(package_differences(first, SHARE, tmp_path, monkeypatch), None) is None


def by_hand(packages: int, seed: int) -> int:
    """Run over as many packages as asked for, print what differs; returns how many did."""
    print(f"seed {seed}, {packages} packages")
    count = 0
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for found in package_differences(seed, packages, Path(folder), patch):
            count += 1
            print(found)
    print(f"{count} differences over {packages} packages")
    return count


if __name__ == "__main__":
    sys.exit(min(1, by_hand(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**9))))
