"""Real stores for the tests: OpenSSH's own SFTP server, asyncssh's in this process, and SeaweedFS, an S3 server.

OpenSSH and SeaweedFS are installed by `scripts/install_stores.sh`; a test that needs them fails without, saying so.
"""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.cluster.sockets import remove_sockets

ROOT = Path(__file__).parents[2]
INSTALL = "sh scripts/install_stores.sh"
OTHER_KEY = "example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
KEY, SECRET = "invented-key", "invented-secret-of-tests"


@dataclass(frozen=True)
class SftpServer:
    """Where a server listens, the line of its key, the private key that it lets in, and its user."""

    port: int
    host_key: str
    client_key: str
    user: str


def a_free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def a_key(path: Path) -> Path:
    """A pair of keys at `path` and `path.pub`."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "invented", "-f", path], check=True)
    return path


@contextmanager
def openssh(folder: Path) -> Iterator[SftpServer]:
    """`sshd` on a free port of this machine, for the user who runs the tests, by key only."""
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert sshd, f"OpenSSH's server is not installed: {INSTALL}"
    if os.geteuid() == 0:
        # Where it drops its privileges; Debian's service makes the folder when it starts.
        Path("/run/sshd").mkdir(exist_ok=True)
    host, client = a_key(folder / "host"), a_key(folder / "client")
    port = a_free_port()
    config = folder / "sshd_config"
    config.write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {host}\nAuthorizedKeysFile {client}.pub\nPidFile none\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nStrictModes no\n"
        "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n",
        encoding="utf-8",
    )
    with subprocess.Popen([sshd, "-D", "-e", "-f", config], stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield SftpServer(port, host.with_suffix(".pub").read_text(), client.read_text(), getpass.getuser())
        finally:
            server.terminate()


@contextmanager
def asyncssh_server(folder: Path) -> Iterator[SftpServer]:
    """asyncssh's SFTP server over `folder`, in a thread of this process: the client is asyncssh too."""
    import asyncssh

    host, client = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    (folder.parent / "authorized").write_bytes(client.export_public_key())
    loop, started = asyncio.new_event_loop(), threading.Event()
    ports: list[int] = []

    async def serve() -> None:
        server = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[host],
            authorized_client_keys=str(folder.parent / "authorized"),
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(folder).encode()),
        )
        ports.append(server.get_port())
        started.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        lines = host.export_public_key().decode(), client.export_private_key().decode()
        yield SftpServer(ports[0], *lines, "depot")
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@contextmanager
def seaweedfs(folder: Path) -> Iterator[str]:
    """The address of an S3 server that lets one key in, its data under `folder`."""
    weed = ROOT / ".stores" / "bin" / "weed"
    assert weed.is_file(), f"SeaweedFS is not installed: {INSTALL}"
    identity = {
        "name": "essai",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
    ports = {name: a_free_port() for name in ("master", "volume", "filer", "s3")}
    command = [str(weed), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"]
    command += [f"-{name}.port={port}" for name, port in ports.items()]
    command += [f"-{name}.port.grpc={a_free_port()}" for name in ports]
    command += [f"-s3.config={folder / 's3.json'}", "-volume.max=20", "-master.volumeSizeLimitMB=100"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(ports["s3"])
            yield f"http://127.0.0.1:{ports['s3']}"
        finally:
            # Asked to end, it takes half a minute to say goodbye to itself.
            server.kill()
            server.wait()
            remove_sockets(command)


def a_bucket(address: str, name: str) -> None:
    """Make a bucket of the server, where there is none of this name."""
    import s3fs

    end = time.monotonic() + 30
    while True:
        try:
            system = s3fs.S3FileSystem(key=KEY, secret=SECRET, endpoint_url=address, skip_instance_cache=True)
            if not system.exists(name):
                system.mkdir(name)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def _wait_for(port: int, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on port {port}")
