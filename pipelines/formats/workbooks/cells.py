"""The cells of a sheet, read in a process apart under a limit of memory and time (`child.py`).

The library that reads workbooks is compiled: where it gives up, the whole process ends. A bound on the used area is
held before it is asked; what it still dies of is an error of the file, and every other source goes on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from pipelines.core.text import Said
from pipelines.formats.workbooks.child import UNREADABLE
from pipelines.formats.workbooks.scan import Unscannable

CHILD = Path(__file__).with_name("child.py")
BASE = 768 << 20
A_CELL = 128
A_BYTE = 16
SECONDS = 60
CELLS_A_SECOND = 20_000
SHOWN = 200


class ReaderDied(Exception):
    """The process that read the cells was stopped: by a limit, or by the reader itself."""

    def __init__(self, reason: Said) -> None:
        super().__init__(reason.en)
        self.reason = reason


def memory_for(size: int, area: int) -> int:
    """The bytes of memory that reading a sheet may take. `size`: the workbook unpacked; `area`: its cells."""
    return BASE + A_BYTE * size + A_CELL * area


def rows_of(data: bytes, sheet: str, *, size: int, area: int) -> Iterator[list[Any]]:
    """The rows of a sheet from the first on, as `child.py` writes them. Raises `Unscannable`, `ReaderDied`."""
    seconds = SECONDS + area // CELLS_A_SECOND
    command = [sys.executable, "-I", str(CHILD), sheet, str(memory_for(size, area)), str(seconds)]
    with tempfile.TemporaryFile() as workbook, tempfile.TemporaryFile() as messages:
        workbook.write(data)
        workbook.seek(0)
        with subprocess.Popen(command, stdin=workbook, stdout=subprocess.PIPE, stderr=messages) as child:
            assert child.stdout is not None
            try:
                for line in child.stdout:
                    if not line.endswith(b"\n"):
                        break
                    yield json.loads(line)
            finally:
                child.stdout.close()
                code = child.wait()
        _check(code, messages)


def _check(code: int, messages: IO[bytes]) -> None:
    if code == 0:
        return
    messages.seek(0)
    words = messages.read(SHOWN).decode("utf-8", errors="replace").strip().split("\n")[0]
    if code == UNREADABLE:
        raise Unscannable(words)
    reason = f"signal {-code}" if code < 0 else f"code {code}"
    raise ReaderDied(
        Said(f"le lecteur du classeur s'est arrêté ({reason})", f"the workbook's reader stopped ({reason})")
    )
