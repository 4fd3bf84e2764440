"""What installs the servers of the heavy tests leaves behind when it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# As in a terminal: what `nohup` or a shell's `&` has told a test run to ignore, no shell below it can trap.
HEEDING = """import os, signal, sys
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])"""


def a_command(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def installing(folder: Path, apt_get: str) -> subprocess.Popen[bytes]:
    """`install_debian.sh` as root of a system whose apt-get is this script, in a process group of its own."""
    commands = folder / "bin"
    commands.mkdir()
    a_command(commands, "apt-get", apt_get)
    a_command(commands, "id", "echo 0")
    environment = {"PATH": f"{commands}:{os.environ['PATH']}", "POLICY": str(folder / "policy-rc.d")}
    command = [sys.executable, "-c", HEEDING, "sh", str(ROOT / "scripts" / "install_debian.sh"), "invented"]
    return subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGHUP, 130), (signal.SIGTERM, 143)])
def test_no_policy_against_services_outlives_an_installation_that_is_stopped(
    tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    with installing(tmp_path, f"touch {tmp_path}/began; exec sleep 30") as running:
        end = time.monotonic() + 20
        while not (tmp_path / "began").exists():
            assert time.monotonic() < end, "apt-get was not called"
            time.sleep(0.02)
        assert (tmp_path / "policy-rc.d").read_text() == "#!/bin/sh\nexit 101\n"
        os.killpg(running.pid, sent)
        assert running.wait(20) == code
    assert not (tmp_path / "policy-rc.d").exists()


def test_a_policy_that_the_system_has_stands(tmp_path: Path) -> None:
    (tmp_path / "policy-rc.d").write_text("theirs")
    with installing(tmp_path, "exit 0") as running:
        assert running.wait(20) == 0
    assert (tmp_path / "policy-rc.d").read_text() == "theirs"


def test_no_policy_outlives_an_installation_that_fails(tmp_path: Path) -> None:
    with installing(tmp_path, "exit 1") as running:
        assert running.wait(20) == 1
    assert not (tmp_path / "policy-rc.d").exists()
