"""The report on a whole Data Package is Frictionless' own, over generated packages.

`make test` looks at the first packages, `make test-heavy` at all the others; `python -m
tests.validation.test_packages 20000` runs as many as are asked for, from a seed that it prints.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.validation import parents, validate
from tests.validation.oracle import some_often
from tests.validation.package_comparison import package_differences

validating: Any = sys.modules[validate.__module__]  # the package's `validate` is the function
SEED = 20_261_128
PACKAGES, SHARE, OFTEN = 2000, 100, 3
"""How many packages, in shares of how many; and how many shares every run of the tests looks at."""


@pytest.mark.parametrize("first", some_often(range(SEED, SEED + PACKAGES, SHARE), OFTEN))
def test_reports_on_packages_are_frictionless_own(first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    print(f"seeds {first} to {first + SHARE - 1}")
    assert next(package_differences(first, SHARE, tmp_path, monkeypatch), None) is None


def no_error(*_: Any) -> Iterator[Any]:
    """In the place of what finds errors."""
    return iter(())


def parent_in_the_default_dialect(self: Any, table: str) -> Any:
    """The resource that a foreign key refers to, read as if the package said nothing of it."""
    from frictionless import Dialect

    resource = FOUND(self, table).to_copy()
    resource.dialect = Dialect()
    return resource


FOUND = parents.ResourceParents._find
MUTANTS: dict[str, tuple[Any, str, Any]] = {
    "counts and hashes are not compared": (validating, "_end_errors", no_error),
    "a hash of another kind is passed over": (validating, "_ignored_hash", no_error),
    "parents are read in the default dialect": (parents.ResourceParents, "_find", parent_in_the_default_dialect),
    "the start of the header is not told": (validating, "_start_errors", no_error),
}


@pytest.mark.parametrize("what", MUTANTS)
def test_a_wrong_report_is_caught(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, mutated = MUTANTS[what]
    monkeypatch.setattr(owner, name, mutated)
    assert next(package_differences(SEED, PACKAGES, tmp_path, monkeypatch), None) is not None


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
