"""`--log-format json`: what a command writes beside its results is for a machine to read, its end among it."""

from __future__ import annotations

import json
import logging
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.interruption import ending_in_one_line
from pipelines.core.logs import ROOT as ROOT_LOGGER
from pipelines.core.logs import set_up
from tests import warm_start

ROOT = Path(__file__).resolve().parents[2]


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AROBASE_")}
    return {**kept, "AROBASE_ROOT": str(ROOT), "AROBASE_OUTPUTS": str(folder), "AROBASE_LANG": "en"}


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["sources", "show", "nowhere"], "source-unknown"),
        (["verify", "/nowhere"], "nothing-to-verify"),
        (["release", "nothing"], "usage"),
        (["release", "--nothing"], "usage"),
    ],
)
def test_what_ends_a_command_is_one_line_of_json(words: list[str], code: str, tmp_path: Path) -> None:
    done = warm_start.arobase(["--log-format", "json", *words], folder=ROOT, environment=environment(tmp_path))
    (line,) = lines(done.stderr)
    assert (done.returncode, line["level"], line["code"], line["exit"]) == (2, "error", code, 2)
    assert line["message"]


def test_a_command_that_is_interrupted_says_so_in_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    top = logging.getLogger(ROOT_LOGGER)
    for name in ("handlers", "level", "propagate"):  # what `set_up` changes
        monkeypatch.setattr(top, name, getattr(top, name))
    set_up(verbose=0, log_format="json")
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)  # who runs the tests may have had it ignored
    try:
        with pytest.raises(SystemExit) as ended, ending_in_one_line(lambda: "en"):
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    (line,) = lines(capsys.readouterr().err)
    assert (ended.value.code, line["code"], line["exit"]) == (143, "interrupted", 143)
