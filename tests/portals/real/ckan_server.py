"""Runs the real CKAN on this machine: PostgreSQL and Redis of Debian, CKAN's server, its DataStore and its harvester.

Belongs here: its set-up. Does not: what is pushed (`test_real_ckan.py`). The only stand-in is that of the search index
(`search_stand_in.py`). Everything it writes is in the folder given, which PostgreSQL's user must be able to enter.
"""

from __future__ import annotations

import os
import pwd
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.portals.real.running import INSTALLED, ROOT, free_port, running, wait_for_port

BIN = INSTALLED / "ckan" / "bin"
SETUP = Path(__file__).with_name("ckan_setup.py")
PLUGINS = "datastore dcat harvest dcat_rdf_harvester"


@dataclass
class RunningCkan:
    """A CKAN that answers at `address`; `token` may write for the organisation `mairie-inventee`."""

    address: str
    token: str
    configuration: Path

    def commands(self, *lines: str) -> list[str]:
        """The outputs of CKAN's own commands, in one process. Raises `AssertionError` where one fails."""
        words = [str(BIN / "python"), str(SETUP), str(self.configuration)]
        parts = re.split(r"^@@ \d+\n", _ran(words, entered="\n".join(lines)), flags=re.MULTILINE)
        return parts[1:]


@contextmanager
def running_ckan(folder: Path, *, licences: Path) -> Iterator[RunningCkan]:
    """A CKAN with an empty database, gone with the block. `licences`: the file of those that it knows."""
    store, redis, search, port = (free_port() for _ in range(4))
    with ExitStack() as stack:
        _database(stack, folder, store)
        words = ["redis-server", "--port", str(redis), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        log = stack.enter_context(running(words, folder / "redis.log"))
        wait_for_port(redis, log)
        schema = next((INSTALLED / "ckan").glob("lib/python3*/site-packages/ckan/config/solr/schema.xml"))
        stand_in = ROOT / "tests" / "portals" / "real" / "search_stand_in.py"
        log = stack.enter_context(running([BIN / "python", stand_in, str(search), schema], folder / "search.log"))
        wait_for_port(search, log)
        configuration = _configuration(folder, store=store, redis=redis, search=search, port=port)
        settings = [f"licenses_group_url = file://{licences}"]
        _ran([str(BIN / "ckan"), "config-tool", str(configuration), *settings])
        ckan = RunningCkan(f"http://127.0.0.1:{port}/", "", configuration)
        told = ckan.commands(
            "db init",
            "db pending-migrations --apply",
            "datastore set-permissions",
            "user add editrice email=editrice@example.org password=invente-invente",
            "sysadmin add editrice",
            "user token add editrice essai -q",
        )
        _sql(folder, store, told[2][told[2].index("\\connect") :])
        ckan.token = told[-1].split()[-1]
        words = [
            BIN / "ckan",
            "-c",
            configuration,
            "run",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--disable-reloader",
        ]
        log = stack.enter_context(running(words, folder / "ckan.log"))
        for name in ("gather-consumer", "fetch-consumer"):
            words = [BIN / "ckan", "-c", configuration, "harvester", name]
            stack.enter_context(running(words, folder / f"{name}.log"))
        wait_for_port(port, log)
        yield ckan


def _database(stack: ExitStack, folder: Path, port: int) -> None:
    """PostgreSQL in the folder, with the two databases and the two users that CKAN wants."""
    place = max(Path("/usr/lib/postgresql").iterdir(), key=lambda path: int(path.name)) / "bin"
    data = folder / "postgres"
    data.mkdir()
    own = _as_postgres(data)
    _ran(
        [
            *own,
            str(place / "initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
    )
    quick = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]
    words = [
        *own,
        str(place / "postgres"),
        "-D",
        str(data),
        "-p",
        str(port),
        "-h",
        "127.0.0.1",
        "-k",
        str(data),
        *quick,
    ]
    log = stack.enter_context(running(words, folder / "postgres.log"))
    wait_for_port(port, log)
    roles = "CREATE ROLE ckan LOGIN PASSWORD 'ckan'; CREATE ROLE lecture LOGIN PASSWORD 'lecture';"
    _sql(folder, port, roles)
    for name in ("ckan", "datastore"):
        _sql(folder, port, f"CREATE DATABASE {name} OWNER ckan ENCODING 'UTF8' TEMPLATE template0;")


def _as_postgres(data: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as the user that Debian made for it."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(data, user.pw_uid, user.pw_gid)
    for parent in data.parents:
        if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _sql(folder: Path, port: int, text: str) -> None:
    address = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    _ran(["psql", address, "-q", "-v", "ON_ERROR_STOP=1"], entered=text)


def _configuration(folder: Path, *, store: int, redis: int, search: int, port: int) -> Path:
    path = folder / "ckan.ini"
    _ran([str(BIN / "ckan"), "generate", "config", str(path)])
    settings = {
        "ckan.site_url": f"http://127.0.0.1:{port}",
        "ckan.plugins": PLUGINS,
        "sqlalchemy.url": f"postgresql://ckan:ckan@127.0.0.1:{store}/ckan",
        "ckan.datastore.write_url": f"postgresql://ckan:ckan@127.0.0.1:{store}/datastore",
        "ckan.datastore.read_url": f"postgresql://lecture:lecture@127.0.0.1:{store}/datastore",
        "ckan.redis.url": f"redis://127.0.0.1:{redis}/0",
        "ckan.harvest.mq.type": "redis",
        "ckan.harvest.mq.hostname": "127.0.0.1",
        "ckan.harvest.mq.port": str(redis),
        "ckan.harvest.mq.redis_db": "1",
        "solr_url": f"http://127.0.0.1:{search}/solr/ckan",
        "ckan.storage_path": str(folder / "files"),
        "ckanext.dcat.rdf.profiles": "euro_dcat_ap_3",
        "ckan.locale_default": "fr",
    }
    _ran([str(BIN / "ckan"), "config-tool", str(path), *(f"{key} = {value}" for key, value in settings.items())])
    return path


def _ran(words: list[str], entered: str | None = None) -> str:
    """The output of a command. Raises `AssertionError` with what it said when it fails."""
    done = subprocess.run(words, input=entered, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words[:6]}: {done.stdout[-1500:]} {done.stderr[-3000:]}"
    return done.stdout
