"""Memory that a run frees is at hand for what it does next."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ROUNDS = """
import os, resource, sys
from pipelines.core.allocators import keep_freed_memory
if "kept" in sys.argv:
    keep_freed_memory()
for _ in range(12):
    blocks = [b"x" * 25_000_000 for _ in range(4)]
    del blocks
print(os.environ.get("MIMALLOC_PURGE_DELAY"), resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""


def answered(*words: str, **variables: str) -> tuple[str, int]:
    """What Arrow's allocator is told, and how many pages the kernel filled for a hundred megabytes, twelve times."""
    ran = subprocess.run(
        [sys.executable, "-c", ROUNDS, *words], check=True, capture_output=True, text=True, env=os.environ | variables
    )
    said, pages = ran.stdout.split()
    return said, int(pages)


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of Linux")
def test_blocks_that_were_freed_are_taken_again() -> None:
    assert answered("kept")[1] * 5 < answered()[1]


@pytest.mark.parametrize(("given", "said"), [({}, "-1"), ({"MIMALLOC_PURGE_DELAY": "50"}, "50")])
def test_what_the_environment_says_of_arrows_allocator_is_left(given: dict[str, str], said: str) -> None:
    assert answered("kept", **given)[0] == said
