"""`make cluster`: a whole cluster on this machine, the main job of the project on it, and its end.

    python -m scripts.cluster [--stay] [--root FOLDER] [--outputs FOLDER]

`--stay`: leave it running until Ctrl-C, and print the environment in which `arobase` and `dagster` work with it.
`--root`: another project than this one. `--outputs`: where a copy of the releases and of the catalogue goes at the end;
by default nothing is kept. Exit code 0 when every run went well.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts.cluster.parts import BIN, ROOT, Cluster, NotStarted, a_cluster

SHOWN = ("AROBASE_", "AWS_", "DAGSTER_", "RAY_")


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m scripts.cluster", description=__doc__, add_help=True)
    options.add_argument("--stay", action="store_true", help="leave it running until Ctrl-C")
    options.add_argument("--root", type=Path, default=ROOT, help="the folder of the project")
    options.add_argument("--outputs", type=Path, help="a folder for a copy of the releases and the catalogue")
    asked = options.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="arobase-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL has a user of its own
        try:
            with a_cluster(Path(folder) / "c", asked.root.resolve()) as cluster:
                print(f"PostgreSQL, SeaweedFS, Ray and Dagster are there after {time.monotonic() - begun:.0f} s")
                code = _work(cluster)
                if asked.outputs is not None:
                    _copy(cluster, asked.outputs)
                if asked.stay:
                    _stay(cluster)
        except (NotStarted, FileNotFoundError) as error:
            sys.exit(f"cluster: {error}")
    print(f"everything that was started has ended ({time.monotonic() - begun:.0f} s in all)")
    return code


def _work(cluster: Cluster) -> int:
    command = [str(BIN / "python"), "-m", "scripts.cluster.work", "read", "publish"]
    done = subprocess.run(command, env=cluster.environment, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    report = json.loads(done.stdout or "{}")
    for word, what in report.items():
        print(f"{word}: {what['runs']} run(s), {what['tried again']} tried again, {what['seconds']} s")
        for failure in what["failures"]:
            print(f"  ✗ {failure}")
    return done.returncode


def _copy(cluster: Cluster, outputs: Path) -> None:
    """The releases and the catalogue as files, read from the store as anybody would."""
    import s3fs

    environment = cluster.environment
    keys = {"key": environment["AWS_ACCESS_KEY_ID"], "secret": environment["AWS_SECRET_ACCESS_KEY"]}
    system = s3fs.S3FileSystem(**keys, endpoint_url=environment["AWS_ENDPOINT_URL"])
    place = environment["AROBASE_OUTPUTS"].removeprefix("s3://")
    for name in ("releases", "catalogue", "log", "ledger.jsonl"):
        if system.exists(f"{place}/{name}"):
            system.get(f"{place}/{name}", str(outputs / name), recursive=True)
    print(f"copied to {outputs}")


def _stay(cluster: Cluster) -> None:
    print("It stays until Ctrl-C. In another terminal:")
    for name, value in sorted(cluster.environment.items()):
        if name.startswith(SHOWN):
            print(f"export {name}={shlex.quote(value)}")
    print(f"{BIN / 'python'} -m dagster_webserver -w {cluster.environment['DAGSTER_HOME']}/workspace.yaml")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    sys.exit(main())
