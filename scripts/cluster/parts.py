"""The processes of a cluster on one machine: started, started again when they die, ended by their ids.

Belongs here: processes. Does not: what is run on the cluster (`work.py`). What dies is started again, as systemd does
with the units of `deploy/ray/`; all ports are free ones of the loopback, all files under one folder.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from scripts.cluster.sockets import remove_sockets

ROOT = Path(__file__).resolve().parents[2]
BIN, WEED = ROOT / ".cluster" / "bin", ROOT / ".stores" / "bin" / "weed"
INSTALL = "sh scripts/install_cluster.sh"
HERE = "127.0.0.1"
BUCKETS = ("sorties", "prive")
ADDRESS, PRIVATE = "s3://sorties/essai", "s3://prive/essai"
OBJECTS_OF_RAY = 80 << 20
NODES, JOINED = ("node-1", "node-2"), "Ray runtime started."


class NotStarted(RuntimeError):
    """A part of the cluster did not answer in time; says which, and the end of its log."""


@dataclass
class Part:
    """A process that is started again when it dies; `log`: what it prints. `port`: what answers once it is there.
    `ends_with`: parts that have to end, and begin again, when this one does."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    port: int = 0
    pause: float = 0.5
    ends_with: list[Part] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    _ends: threading.Event = field(default_factory=threading.Event)
    _watch: threading.Thread | None = None

    def start(self) -> None:
        self._watch = threading.Thread(target=self._keep, daemon=True)
        self._watch.start()

    def end(self) -> None:
        """End the process and all that it started, and start nothing any more."""
        self._ends.set()
        if self.process is not None:
            kill_tree(self.process.pid)
        if self._watch is not None:
            self._watch.join(30)
        if self.command[0] == str(WEED):
            remove_sockets(self.command)

    def kill(self) -> None:
        """As when the machine loses its power: the process and all that it started, at once."""
        if self.process is not None:
            kill_tree(self.process.pid)

    def wait(self, seconds: float = 60) -> None:
        """Until it listens. Raises `NotStarted`."""
        end = time.monotonic() + seconds
        while not listens(self.port):
            if time.monotonic() > end:
                raise NotStarted(f"{self.name}: {_end_of(self.log)}")
            time.sleep(0.1)

    def wait_until_it_says(self, words: str, seconds: float = 120) -> None:
        """Until its log holds these words. Raises `NotStarted`."""
        end = time.monotonic() + seconds
        while not self.log.is_file() or words not in self.log.read_text(encoding="utf-8", errors="replace"):
            if time.monotonic() > end:
                raise NotStarted(f"{self.name}: {_end_of(self.log)}")
            time.sleep(0.1)

    def _keep(self) -> None:
        while not self._ends.is_set():
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self.command, env=dict(self.environment), stdout=log, stderr=log, start_new_session=True, cwd=ROOT
                )
            self.starts += 1
            self.process.wait()
            kill_tree(self.process.pid)
            for part in self.ends_with:
                part.kill()
            self._ends.wait(self.pause)


def kill_tree(pid: int) -> None:
    """Kill a process and everything that it started, whichever sessions those made for themselves."""
    found = [pid, *descendants(pid)]
    for one in found:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(one, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and those that they started."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            with suppress(OSError, IndexError):
                parent = (path / "stat").read_text().rpartition(")")[2].split()[1]
                children.setdefault(int(parent), []).append(int(path.name))
    found, waiting = [], [pid]
    while waiting:
        new = children.get(waiting.pop(), [])
        found += new
        waiting += new
    return found


def command_of(pid: int) -> str:
    """A process' command line; empty once it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def listens(port: int) -> bool:
    with socket.socket() as trying:
        trying.settimeout(1)
        return trying.connect_ex((HERE, port)) == 0


def a_free_port() -> int:
    with socket.socket() as found:
        found.bind((HERE, 0))
        return int(found.getsockname()[1])


def _end_of(log: Path) -> str:
    return (
        "".join(log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)[-8:])
        if log.is_file()
        else ""
    )


@dataclass
class Cluster:
    """A cluster that runs; `environment` is that of a machine of it that has every key."""

    folder: Path
    environment: dict[str, str]
    parts: dict[str, Part]

    def runs_of_node(self, node: str) -> list[int]:
        """The processes of Dagster's runs on a node."""
        process = self.parts[node].process
        below = descendants(process.pid) if process is not None else []
        return [
            pid for pid in below if "execute_run" in (command := command_of(pid)) and "python" in command.split(" ")[0]
        ]

    def scratch(self, machine: str) -> Path:
        return self.folder / "scratch" / machine


@contextmanager
def a_cluster(folder: Path, project: Path, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """A cluster for one project, its files under `folder`, whose path is to be short (sockets). `settings`: variables
    of every machine of it. Raises `NotStarted`, `FileNotFoundError`."""
    for needed in (BIN / "ray", WEED):
        if not needed.exists():
            raise FileNotFoundError(f"{needed.relative_to(ROOT)} is not there: {INSTALL}")
    cluster = _described(folder, project, settings or {})
    try:
        for name in ("postgres", "store"):
            cluster.parts[name].start()
        for name in ("postgres", "store"):
            cluster.parts[name].wait()
        _prepare(cluster)
        cluster.parts["head"].start()
        cluster.parts["head"].wait()
        for name in NODES:
            cluster.parts[name].start()
        for name in NODES:  # or the one that joins first gets all the runs, on a busy machine
            cluster.parts[name].wait_until_it_says(JOINED)
        cluster.parts["daemon"].start()
        yield cluster
    finally:
        for part in reversed(cluster.parts.values()):
            part.end()


def _described(folder: Path, project: Path, settings: Mapping[str, str]) -> Cluster:
    names = ("postgres", "s3", "ray", "dashboard")
    ports = {name: a_free_port() for name in names}
    key, secret = secrets.token_hex(8), secrets.token_hex(16)
    private_key, private_secret = secrets.token_hex(8), secrets.token_hex(16)
    home = folder / "home"
    home.mkdir(parents=True)
    shutil.copy(ROOT / "deploy" / "ray" / "dagster.yaml", home)
    common = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AROBASE_", "DAGSTER_", "RAY_"))},
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "DAGSTER_HOME": str(home),
        "DAGSTER_POSTGRES_URL": f"postgresql://postgres@{HERE}:{ports['postgres']}/postgres",
        "RAY_API_SERVER_ADDRESS": f"http://{HERE}:{ports['dashboard']}",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_gcs_rpc_server_reconnect_timeout_s": "15",
        "AROBASE_ROOT": str(project),
        "AROBASE_OUTPUTS": ADDRESS,
        "AROBASE_LANG": "en",
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_ENDPOINT_URL": f"http://{HERE}:{ports['s3']}",
        "AWS_REGION": "us-east-1",
        **settings,
    }
    private = {
        "AROBASE_PRIVATE_STORE": PRIVATE,
        "AROBASE_PRIVATE_ACCESS_KEY_ID": private_key,
        "AROBASE_PRIVATE_SECRET_ACCESS_KEY": private_secret,
    }
    logs = folder / "logs"
    logs.mkdir()
    cluster = Cluster(folder, {**common, **private, "AROBASE_SCRATCH": str(folder / "scratch" / "operator")}, {})

    def add(name: str, command: list[str], port: int = 0, **more: str) -> None:
        cluster.parts[name] = Part(name, command, {**common, **more}, logs / f"{name}.log", port)

    add("postgres", _postgres(folder / "postgres", ports["postgres"]), ports["postgres"])
    add(
        "store",
        _store(folder, ports["s3"], {BUCKETS[0]: (key, secret), BUCKETS[1]: (private_key, private_secret)}),
        ports["s3"],
    )
    add("head", _head(folder, ports), ports["dashboard"])
    for name in NODES:
        add(name, _node(ports["ray"]), **private, AROBASE_SCRATCH=str(folder / "scratch" / name))
    # Ray's head does not begin where it finds nodes of the one before on its own machine; on others they see it go.
    cluster.parts["head"].ends_with = [cluster.parts[name] for name in NODES]
    workspace = home / "workspace.yaml"
    workspace.write_text((ROOT / "workspace.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    daemon = [str(BIN / "python"), "-m", "dagster._daemon", "run", "-w", str(workspace)]
    add("daemon", daemon, **private, AROBASE_SCRATCH=str(folder / "scratch" / "daemon"))
    return cluster


def _postgres(data: Path, port: int) -> list[str]:
    """PostgreSQL's command, over a folder that it has made; as root it refuses to run, and has a user of its own."""
    place = max(Path("/usr/lib/postgresql").iterdir(), key=lambda path: int(path.name)) / "bin"
    data.mkdir()
    own: list[str] = []
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(data, user.pw_uid, user.pw_gid)
        for parent in data.parents:
            if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)
        own = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    options = ["-D", str(data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([*own, str(place / "initdb"), *options], check=True, stdout=subprocess.DEVNULL, cwd="/")
    return [*own, str(place / "postgres"), "-D", str(data), "-p", str(port), "-h", HERE, "-k", str(data)]


def _store(folder: Path, port: int, keys: Mapping[str, tuple[str, str]]) -> list[str]:
    """SeaweedFS' command, with one key for each bucket, which opens no other."""
    data = folder / "store"
    data.mkdir()
    identities = [
        {
            "name": bucket,
            "credentials": [{"accessKey": key, "secretKey": secret}],
            "actions": [f"{act}:{bucket}" for act in ("Admin", "Read", "Write", "List", "Tagging")],
        }
        for bucket, (key, secret) in keys.items()
    ]
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": identities}), encoding="utf-8")
    ports = {name: a_free_port() for name in ("master", "volume", "filer")} | {"s3": port}
    command = [str(WEED), "server", f"-dir={data}", f"-ip={HERE}", f"-ip.bind={HERE}", "-filer", "-s3"]
    command += [f"-{name}.port={number}" for name, number in ports.items()]
    command += [f"-{name}.port.grpc={a_free_port()}" for name in ports]
    command += [f"-s3.config={config}", "-volume.max=40", "-master.volumeSizeLimitMB=1000"]
    return [*command, "-s3.port.iceberg=0", "-s3.port.lance=0"]


def _head(folder: Path, ports: Mapping[str, int]) -> list[str]:
    """Ray's head: it keeps the list of jobs and runs none."""
    command = [str(BIN / "ray"), "start", "--head", "--block", f"--node-ip-address={HERE}", "--num-cpus=0"]
    command += [f"--port={ports['ray']}", "--include-dashboard=true", f"--dashboard-host={HERE}"]
    command += [f"--dashboard-port={ports['dashboard']}", f"--temp-dir={folder / 'ray'}", *_own_ports()]
    return [*command, f"--object-store-memory={OBJECTS_OF_RAY}", "--disable-usage-stats"]


def _node(port: int) -> list[str]:
    command = [str(BIN / "ray"), "start", "--block", f"--address={HERE}:{port}", f"--node-ip-address={HERE}"]
    return [*command, "--num-cpus=1", f"--object-store-memory={OBJECTS_OF_RAY}", *_own_ports()]


def _own_ports() -> list[str]:
    """Ports that machines of a real cluster have in common, and two nodes of one machine cannot."""
    names = ("dashboard-agent-listen-port", "metrics-export-port", "runtime-env-agent-port")
    return [f"--{name}={a_free_port()}" for name in names]


def _prepare(cluster: Cluster) -> None:
    """The two buckets, made by the keys that open them."""
    environment = cluster.environment
    keys = [
        (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]),
        (environment["AROBASE_PRIVATE_ACCESS_KEY_ID"], environment["AROBASE_PRIVATE_SECRET_ACCESS_KEY"]),
    ]
    import s3fs

    for bucket, (key, secret) in zip(BUCKETS, keys, strict=True):
        end = time.monotonic() + 30
        while True:
            try:
                endpoint = environment["AWS_ENDPOINT_URL"]
                system = s3fs.S3FileSystem(key=key, secret=secret, endpoint_url=endpoint, skip_instance_cache=True)
                system.mkdir(bucket)
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.3)
            else:
                break
