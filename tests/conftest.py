"""What applies to every test: none depends on the day that it is run on, nor on how fast the machine or its disk is."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings

from tests.at_once import answer_at_once
from tests.flushing import wait_for_no_flush

# Looking for what could go, again and again while everything is imported, would be a fifth of the time of that.
gc.disable()

# Many tests date events by a day of their own, then run a command by the machine's clock, which may be years from it.
DATED = datetime(2026, 11, 1, tzinfo=UTC)
if not DATED <= datetime.now(UTC) <= DATED + timedelta(days=365):
    os.environ.setdefault("AROBASE_CLOCK_IS_RIGHT", "1")

FOLDER = "TESTS_KNOWN_WORK"
"""The variable of `known_work.py`, which imports what coverage is measured of."""

settings.register_profile("arobase", deadline=None)
settings.load_profile("arobase")

wait_for_no_flush()


@pytest.fixture(scope="module")
def part(request: pytest.FixtureRequest) -> int:
    """Which part of a property's examples it is (`often.py`)."""
    return int(request.param)


def keep_no_instance_at_hand() -> None:
    """Dagster finds the stored state of definitions (we have none) by the instance that was made last in the process.

    An instance that nobody closed is collected in the midst of a later test, and puts back what was at hand before it:
    the storage of a test that ended long ago.
    """
    storage = sys.modules.get("dagster._core.storage.defs_state.base")
    if storage is not None:
        storage.DefsStateStorage.get = classmethod(lambda _: None)


def pytest_configure(config: pytest.Config) -> None:
    """One folder for what all processes know. Where coverage is measured: look less often for code that needs no
    measuring any more, each time through all functions; and let the workers alone read the files that nothing imported,
    as they do."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="arobase-tests-")
    measured = next((finder.sci for finder in sys.meta_path if hasattr(finder, "sci")), None)
    if measured is not None:
        measured.d_miss_threshold = 500
        if config.getoption("numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ:
            measured.source = None


def pytest_unconfigure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def pytest_collection_finish() -> None:
    """What is imported by now stays: a tenth of the tests' time would be looking through it for what could go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()
    keep_no_instance_at_hand()
    from tests.known_work import share_known_work  # not before coverage is measured

    share_known_work()
    answer_at_once()
