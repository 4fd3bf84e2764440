"""A clock on Python's `re`: patterns that may take for ever are run in a process of their own, which can be ended.

Cells are sent a thousand at a time; the process answers as it goes, so that silence is one cell that takes too long.
Belongs here: asking whether texts match one pattern, each within a time. Does not: knowing which patterns need it
(`patterns.py`).
"""

from __future__ import annotations

import json
import math
import os
import select
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from pipelines.validation.errors import PatternInterrupted, PatternTooSlow
from pipelines.validation.fast.patterns import ExactPattern, exact_in_re2, is_plain

SECONDS = 2.0
TICK = 0.1  # how long answers may wait for others before they are sent
TOGETHER = 1000  # cells that are asked at once
REMEMBERED = 10_000  # answers that a thread keeps
ALONE = 4 * SECONDS
"""Seconds of work on one text, or on what is answered together, after which the process ends by itself: anyone who
would have ended it was killed."""
# A match that never returns hears of no closed pipe; one that does ends without a word where nobody reads its answer.
_PROGRAM = f"""
import json, re, signal, sys, time
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
sys.stdout.write("r")
sys.stdout.flush()
for line in sys.stdin:
    pattern, texts = json.loads(line)
    match, answers, sent = re.compile("^{{0}}$".format(pattern)).match, [], time.monotonic()
    signal.setitimer(signal.ITIMER_PROF, {ALONE})
    for text in texts:
        answers.append("1" if match(text) else "0")
        if time.monotonic() - sent > {TICK}:
            sys.stdout.write("".join(answers))
            sys.stdout.flush()
            answers, sent = [], time.monotonic()
            signal.setitimer(signal.ITIMER_PROF, {ALONE})
    sys.stdout.write("".join(answers))
    sys.stdout.flush()
    signal.setitimer(signal.ITIMER_PROF, 0)
"""


class PatternClock:
    """One pattern of one field, matched in a process that is ended when a text takes longer than `SECONDS`."""

    def __init__(self, field: str, pattern: str) -> None:
        self.field, self.pattern, self.seconds = field, pattern, SECONDS
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def matches(self, texts: Sequence[str]) -> list[bool]:
        """Whether `^pattern$` matches each text. Raises `PatternTooSlow`, `PatternInterrupted`.

        One batch at a time: blocks are examined in threads.
        """
        answers: list[bool] = []
        with self._turn:
            for first in range(0, len(texts), TOGETHER):
                answers += self._ask(texts[first : first + TOGETHER])
        return answers

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _ask(self, texts: Sequence[str]) -> list[bool]:
        process = self._process or self._start()
        asked, answering = _pipe(process.stdin), _pipe(process.stdout)
        answers = b""
        try:
            asked.write(json.dumps([self.pattern, list(texts)]).encode() + b"\n")
            asked.flush()
            while len(answers) < len(texts):
                spent = _processor_seconds(process.pid)
                ready, _, _ = select.select([answering], [], [], self.seconds + TICK)
                while not ready and _processor_seconds(process.pid) < spent + self.seconds:
                    ready, _, _ = select.select([answering], [], [], self.seconds + TICK)  # the machine was busy
                if not ready:
                    raise PatternTooSlow(field=self.field, pattern=self.pattern, seconds=self.seconds)
                more = os.read(answering.fileno(), TOGETHER)
                if not more:
                    raise BrokenPipeError
                answers += more
        except BrokenPipeError as error:
            self.close()
            raise PatternInterrupted(field=self.field, pattern=self.pattern) from error
        except PatternTooSlow:
            self.close()
            raise
        return [answer == ord("1") for answer in answers]

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        os.read(_pipe(self._process.stdout).fileno(), 1)  # it has begun: what that takes is no cell's time
        return self._process

    def __del__(self) -> None:
        self.close()


class TimedPattern:
    """Whether cells match a pattern that Python may never answer for: by RE2, or else under a clock."""

    def __init__(self, field: str, pattern: str) -> None:
        self._exact: ExactPattern | None = exact_in_re2(pattern)
        self._clock = PatternClock(field, pattern)
        self._thread = threading.local()

    def prepare(self, texts: Iterable[str]) -> None:
        """Find out about many texts at once; `matches` then knows them, in this thread. Raises as `PatternClock`."""
        self._thread.known = self._answers(list(dict.fromkeys(texts)))

    def matches(self, text: str) -> bool:
        """Whether one text matches."""
        known: dict[str, bool] = self._thread.__dict__.setdefault("known", {})
        if text not in known:
            if len(known) >= REMEMBERED:
                known.clear()
            known.update(self._answers([text]))
        return known[text]

    def _answers(self, texts: list[str]) -> dict[str, bool]:
        answers = dict[str, bool]()
        if self._exact is not None:
            plain = [text for text in texts if is_plain(text)]
            answers.update(zip(plain, self._exact.matches(plain), strict=True))
        others = [text for text in texts if text not in answers]
        answers.update(zip(others, self._clock.matches(others), strict=True))
        return answers


def _processor_seconds(pid: int) -> float:
    """How long a process was at work; without end where the system does not say, so that waiting counts as work."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return math.inf
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise RuntimeError("a process started with pipes has none")
    return stream
