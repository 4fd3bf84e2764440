"""The command line as a process of its own whose imports were paid before: half the time of a short command.

Belongs here: a server that imports what commands import, never does their work, and forks for each command that is
asked for; the child has its own folder, environment, streams and exit code, and ends as any Python does. Another one
imports libraries and nothing of ours, for what has to change before ours is imported. Does not: another interpreter,
hash seed or account, nor code other than this; what needs one starts its own Python.

No domain is imported before: a project has those that it names. Its commands wait for no flush (`flushing.py`).
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.at_once import answer_at_once
from tests.flushing import wait_for_no_flush

REPOSITORY = Path(__file__).resolve().parents[1]
LEFT_OUT = ("pipelines.domains", "pipelines.orchestration", "pipelines.definitions")
LIBRARIES_ALONE = "libraries"
LIBRARIES = (
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "frictionless",
    "jinja2",
    "jsonschema",
    "lxml.etree",
    "pandas",
    "polars",
    "pyarrow.compute",
    "pyarrow.csv",
    "pyarrow.parquet",
    "rich.console",
    "rich.progress",
    "rich.table",
)


def arobase(
    words: Sequence[str], *, folder: Path | None = None, environment: Mapping[str, str], umask: int = 0o022
) -> subprocess.CompletedProcess[str]:
    """`arobase WORDS` in a folder (default: where the tests run), with this environment and no other variable."""
    return _asked(
        _server(), "from pipelines.cli import main; main()", words, folder=folder, environment=environment, umask=umask
    )


def program(source: str, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """`python -c SOURCE WORDS` in the repository, with the environment of the tests."""
    return _asked(_server(), source, words, environment=os.environ)


def before_ours(
    source: str, words: Sequence[str], *, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """`python -c SOURCE WORDS` in the repository, where nothing of ours is imported yet."""
    return _asked(_server(LIBRARIES_ALONE), source, words, environment=environment)


def _asked(
    server: subprocess.Popen[str],
    source: str,
    words: Sequence[str],
    *,
    folder: Path | None = REPOSITORY,
    environment: Mapping[str, str],
    umask: int = 0o022,
) -> subprocess.CompletedProcess[str]:
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.TemporaryDirectory() as streams:
        asked: dict[str, object] = {
            "source": source,
            "words": list(words),
            "folder": str(folder or Path.cwd()),
            "streams": streams,
            "umask": umask,
        }
        asked["environment"] = dict(environment)
        server.stdin.write(f"{json.dumps(asked)}\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        out, err = (Path(streams, name).read_text(encoding="utf-8") for name in ("out", "err"))
    return subprocess.CompletedProcess(words, code, out, err)


@cache
def _server(*words: str) -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.warm_start", *words],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    atexit.register(server.communicate)  # the end of its input is the end of it
    return server


def _serve() -> int:
    """Fork for each line that asks for something, and answer with its exit code; returns, in the child, that code."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            answers.close()
            _become(asked)
            exec(compile(asked["source"], "<asked>", "exec"), {"__name__": "__main__"})
            return 0
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()
    return 0


def _become(asked: Mapping[str, object]) -> None:
    """What a process starts with: arguments, folder, environment, time zone, streams."""
    sys.argv = ["arobase", *asked["words"]]  # type: ignore[misc]
    os.chdir(str(asked["folder"]))
    os.environ.clear()
    os.environ.update(asked["environment"])  # type: ignore[call-overload]
    time.tzset()
    os.umask(int(str(asked["umask"])))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for stream, name in ((1, "out"), (2, "err")):
        file = os.open(Path(str(asked["streams"]), name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, stream)
        os.close(file)
    os.close(nothing)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.stderr.reconfigure(line_buffering=True)


def _import_libraries() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    answer_at_once()
    gc.freeze()


def _import_ours() -> None:
    package = importlib.import_module("pipelines")
    for info in pkgutil.iter_modules(package.__path__, "pipelines."):
        _import_all(info.name)
    from tests.known_work import FOLDER, share_known_work  # imported no sooner than by everything else

    if FOLDER in os.environ:
        share_known_work()
    gc.freeze()


def _import_all(name: str) -> None:
    if name in LEFT_OUT:
        return
    module = importlib.import_module(name)
    for info in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
        _import_all(info.name)


if __name__ == "__main__":
    wait_for_no_flush()
    _import_libraries()
    if LIBRARIES_ALONE not in sys.argv:
        _import_ours()
    sys.exit(_serve())
