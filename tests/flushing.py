"""Flushes to the disk that are asked for and not waited for: thousands of them would be half of some tests' time.

What a flush is for is seen only after the power was cut, which no test does; a process that is killed leaves the same
files with and without. Commands that tests start with a Python of their own flush as their users' do.
"""

from __future__ import annotations

import os


def wait_for_no_flush() -> None:
    """From here on, `os.fsync` of this process only looks whether the descriptor is one; it still raises `OSError`."""
    os.fsync = _is_open


def _is_open(descriptor: int) -> None:
    os.fstat(descriptor)
