"""`kill -9` of `arobase check`, whatever it was reading: what it left goes with the next run, processes included."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from pipelines.validation.fast import pattern_clock

ROOT = Path(__file__).parents[2]
ROWS = 30_000
SLOW = "(a{0,15}){0,15}(?!x)"
"""A pattern that Python never answers for: it is asked in a process of its own."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One table in every packing, and its package."""
    folder = tmp_path_factory.mktemp("killed")
    schema = {"fields": [{"name": "id", "type": "integer"}, {"name": "t", "type": "string"}], "primaryKey": ["id"]}
    text = "id,t\n" + "".join(f'{number if number % 9 else "x"},"a\nb"\n' for number in range(ROWS))
    (folder / "schema.json").write_text(json.dumps(schema))
    (folder / "t.csv").write_text(text)
    (folder / "one.csv").write_text("id,t\n1,a\n")
    (folder / "t.csv.gz").write_bytes(gzip.compress(text.encode(), 1))
    descriptor = {"name": "p", "resources": [{"name": "t", "path": "t.csv", "schema": schema}]}
    for name, members in (("t.zip", ["t.csv"]), ("package.zip", ["t.csv", "datapackage.json"])):
        with zipfile.ZipFile(folder / name, "w") as archive:
            for member in members:
                archive.writestr(member, text if member == "t.csv" else json.dumps(descriptor))
    book = openpyxl.Workbook()
    for row in (["id", "t"], *([number, "a"] for number in range(3_000))):
        book.active.append(row)
    book.save(folder / "t.xlsx")
    return folder


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that answers half a table and then waits."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                client.recv(4096)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\nid,t\n" + b"1,a\n" * 9000)
                held.append(client)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/t.csv"
        for client in held:
            client.close()


def started(words: list[str], folder: Path, temporary: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    line = [sys.executable, "-m", "pipelines.commands.check", *words]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(line, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet)


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def names_in(folder: Path) -> list[str]:
    """What is there just now; what goes while it is looked at is not."""
    return [name for _, folders, files in os.walk(folder) for name in (*folders, *files)]


def runs_in(folder: Path) -> list[str]:
    return [name for name in names_in(folder) if name.startswith("run-")]


@pytest.mark.heavy
def test_what_any_killed_check_left_goes_with_the_next(folder: Path, silent: str, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    described = ["--schema", "schema.json", "--memory", "16M"]
    runs = {
        "rejects": ["t.csv", *described, "--rejects", str(tmp_path / "rejects" / "r")],
        "standard input": ["-", *described],
        "gzip": ["t.csv.gz", *described],
        "zip": ["t.zip", "--member", "t.csv", *described],
        "workbook": ["t.xlsx", *described],
        "address": [silent, *described, "--allow-private"],
        "package": ["package.zip"],
    }
    processes = {name: started(words, folder, temporary) for name, words in runs.items()}
    try:
        moments = iter([0.0, 0.02, 0.05])
        for name, process in processes.items():
            # Standard input and the address never end; the others are killed as they begin or a moment later.
            wait_until(lambda: bool(runs_in(temporary)))
            if name in ("standard input", "address"):
                wait_until(lambda: any("stdin" in name or "answer" in name for name in names_in(temporary)))
            time.sleep(next(moments, 0.0))
            process.kill()
    finally:
        for process in processes.values():
            process.kill()
            process.communicate()
    assert runs_in(temporary)
    again = started(["one.csv", *described, "--rejects", str(tmp_path / "rejects" / "r")], folder, temporary)
    again.communicate()
    assert again.returncode == 0
    assert [path.name for path in temporary.rglob("*") if path.is_file()] == ["lock"]
    assert not list(temporary.rglob("run-*"))
    assert sorted(path.name for path in (tmp_path / "rejects").iterdir()) == ["r.csv", "r.parquet"]
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_process_that_matches_for_a_killed_check_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    program = pattern_clock._PROGRAM.replace(f"{pattern_clock.ALONE}", "0.2")
    assert program.count("0.2") == 2
    line = [sys.executable, "-I", "-c", program]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps([SLOW, ["a" * 40 + "b"]]).encode() + b"\n")
        process.stdin.flush()
        assert process.wait(30) == -signal.SIGPROF
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        _, told = process.communicate()  # anyone who asked is gone, before it asked or while it is answered
        assert (process.returncode, told) == (0, b"")
