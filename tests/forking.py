"""Children of fork: what the programs that kill releases and runs are made of.

Belongs here: starting a task in a child, and paying its imports beforehand. Does not: what is killed, nor what must
hold afterwards. The parent never does the work itself: the threads that Polars keeps do not live on in a child of fork,
which would wait for them for ever.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.flushing import wait_for_no_flush

wait_for_no_flush()
PAID = ("cryptography", "duckdb", "filelock", "frictionless", "numpy", "pipelines", "polars", "pyarrow")


def in_child(task: Callable[[], None], kill_after: float | None = None) -> int:
    """Run `task` in a fork; its exit status, negative when it was killed, which is not waited for once it ended."""
    child = os.fork()
    if child == 0:
        try:
            task()
        except BaseException as error:  # noqa: BLE001  # a child of fork must never return into its parent's code
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    if kill_after is not None:
        status = _ended_within(child, kill_after)
        if status is not None:
            return os.waitstatus_to_exitcode(status)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _ended_within(child: int, seconds: float) -> int | None:
    """The status of a child that ended by itself; none when it still runs after so many seconds."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(min(left, 0.05))
    return None


def pay_imports(task: Callable[[], None]) -> None:
    """Run `task` in a child, then import here what it imported, so that later children start with it."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "modules"
        assert in_child(partial(_noted, task, told)) == 0
        for name in told.read_text(encoding="utf-8").split():
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # each child would look through all that was imported, again and again


def _noted(task: Callable[[], None], told: Path) -> None:
    task()
    names = [name for name in sys.modules if name.partition(".")[0] in PAID]
    told.write_text("\n".join(names), encoding="utf-8")
