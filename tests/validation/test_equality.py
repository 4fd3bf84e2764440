"""The validator's report is Frictionless' own, error for error, over hostile files; and no cell is proved that it
refuses.

`make test` looks at the first of the files and of the cells, `make test-heavy` at all the others; `python -m
tests.validation.test_equality 50000` runs as many files as are asked for, from a seed that it prints.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import pytest

from tests.validation.oracle import differences, some_often, wrong_keys, wrongly_proved

SEED = 20_261_123
FILES, SHARE = 3000, 100
CELLS, PORTION = 1_000_000, 100_000
OFTEN = 4
"""How many shares of the files, and half as many portions of the cells, every run of the tests looks at."""
MET = {
    864_785_172: "a parent that cannot be read, referred to by a file whose labels come twice",
    91_501_189: "a mark of byte order after spaces that are skipped, where a block begins",
}
"""Seeds whose reports once differed, found by longer runs."""


@pytest.mark.parametrize("first", some_often(range(SEED, SEED + FILES, SHARE), OFTEN))
def test_reports_are_frictionless_own(first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    print(f"seeds {first} to {first + SHARE - 1}")
    assert next(differences(first, SHARE, tmp_path, monkeypatch), None) is None


@pytest.mark.parametrize("seed", MET, ids=MET.values())
def test_what_once_differed_does_no_more(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert next(differences(seed, 1, tmp_path, monkeypatch), None) is None


@pytest.mark.parametrize("first", some_often(range(SEED, SEED + CELLS // PORTION), OFTEN // 2))
def test_no_cell_is_proved_that_frictionless_refuses(first: int) -> None:
    print(f"seed {first}, {PORTION} cells")
    wrong, proved = wrongly_proved(first, PORTION)
    assert wrong == []
    assert proved > PORTION // 20  # or else the test proves nothing


def test_two_cells_have_one_key_text_when_frictionless_reads_one_value() -> None:
    assert wrong_keys(SEED, 60_000) == []


def by_hand(files: int, seed: int) -> int:
    """Run over as many files as asked for, print what differs; returns how many did."""
    print(f"seed {seed}, {files} files")
    count = 0
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for found in differences(seed, files, Path(folder), patch):
            count += 1
            print(found)
    print(f"{count} differences over {files} files")
    return count


if __name__ == "__main__":
    sys.exit(min(1, by_hand(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**9))))
