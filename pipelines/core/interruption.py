"""A person or a machine that ends a command: Ctrl-C, the end of a terminal, `kill`, `docker stop`.

Belongs here: one exception for all of them, raised where the command is, so that what was begun is put away on the way
out as after any other error; and the exit code that shells know. Does not: what is put away.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from pipelines.core.logs import error_line
from pipelines.core.text import Language, Said, terminal_language

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
LEFT = Said(
    "interrompu. Rien n'est publié à moitié ; relancez la commande.",
    "interrupted. Nothing is half published; run the command again.",
)


class Interrupted(BaseException):
    """The process was asked to end. No `KeyboardInterrupt`: click would make exit code 1 of it, which means of many
    commands that something is wrong with the data."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


@contextmanager
def ending_in_one_line(language: Callable[[], Language] = terminal_language) -> Iterator[None]:
    """Within it, a signal that asks to end raises `Interrupted`; the process then ends with one line and 128 + signal.

    A signal that was ignored before (`nohup`, a job in the background) still is. Libraries may lose an exception that
    a signal raises within them: a second signal raises again, a third one ends the process at once. What ends otherwise
    after a signal (an error that a library made of it) is an interruption all the same.
    """
    received: list[int] = []

    def raise_it(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if len(received) > 1:
            signal.signal(number, signal.SIG_DFL)
        raise Interrupted(number)

    before = _installed(raise_it)
    try:
        yield
    except Interrupted as interrupted:
        _end(interrupted, language())
    except SystemExit as ended:
        if not received or ended.code in (None, 0):
            raise
        _end(Interrupted(received[0]), language())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _installed(handler: Callable[[int, FrameType | None], Any]) -> dict[int, Any]:
    """What answered the signals before. Only the main thread of a process may say what does."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    before = {number: signal.getsignal(number) for number in ENDING}
    # None: a handler that was not made in Python.
    heard = {number: old for number, old in before.items() if old not in (signal.SIG_IGN, None)}
    for number in heard:
        signal.signal(number, handler)
    return heard


def _end(interrupted: Interrupted, language: Language) -> None:
    if not error_line(LEFT[language], code="interrupted", exit=interrupted.exit_code):
        below = "\n" if sys.stderr.isatty() else ""  # below the ^C that a terminal shows
        print(f"{below}arobase: {LEFT[language]}", file=sys.stderr)
    sys.exit(interrupted.exit_code)
