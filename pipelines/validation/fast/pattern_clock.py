"""A clock on Python's `re`: patterns that may take for ever are run in a process of their own, which can be ended.

Belongs here: asking whether one text matches one pattern within a time. Does not: knowing which patterns need it
(`patterns.py`).
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import threading
from typing import IO

from pipelines.validation.errors import PatternTooSlow

SECONDS = 2.0
_PROGRAM = """
import json, re, sys
for line in sys.stdin:
    pattern, text = json.loads(line)
    sys.stdout.write("1" if re.compile("^{0}$".format(pattern)).match(text) else "0")
    sys.stdout.flush()
"""


class PatternClock:
    """One pattern of one field, matched in a process that is ended when a text takes longer than `SECONDS`."""

    def __init__(self, field: str, pattern: str) -> None:
        self.field, self.pattern, self.seconds = field, pattern, SECONDS
        self._process: subprocess.Popen[str] | None = None
        self._turn = threading.Lock()

    def matches(self, text: str) -> bool:
        """Whether `^pattern$` matches. Raises `PatternTooSlow`. One text at a time: blocks are examined in threads."""
        with self._turn:
            process = self._process or self._start()
            asked, answer = _pipe(process.stdin), _pipe(process.stdout)
            asked.write(json.dumps([self.pattern, text]) + "\n")
            asked.flush()
            ready, _, _ = select.select([answer], [], [], self.seconds)
            if not ready:
                self.close()
                raise PatternTooSlow(field=self.field, pattern=self.pattern, seconds=self.seconds)
            return answer.read(1) == "1"

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> subprocess.Popen[str]:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self._process

    def __del__(self) -> None:
        self.close()


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("a process started with pipes has none")
    return stream
