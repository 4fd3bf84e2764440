"""Sources in SFTP and S3 stores: what they give, whom they believe, what is told when they fail."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.project import Project
from pipelines.sources import Capture, Source, latest, stores
from pipelines.sources.connectors import files
from pipelines.sources.errors import CollectError, SecretMissing, SourceFileAbsent, SourceUnreadable, StoreNotInstalled
from pipelines.sources.http.errors import AnswerTooLarge
from tests.sources.builders import NOON, a_project, a_source, collected, kept_bytes
from tests.sources.portals import one
from tests.sources.stores import KEY, OTHER_KEY, SECRET, SftpServer, a_free_port, asyncssh_server, openssh, seaweedfs


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    """A folder of three files, to be served."""
    folder = tmp_path / "depot"
    folder.mkdir()
    for name in ("a-2026-01.csv", "a-2026-02.csv", "b.csv"):
        (folder / name).write_text(f"nom\n{name}\n", encoding="utf-8")
    return folder


def from_sftp(project: Project, server: SftpServer, path: str, name: str = "mairie", **more: Any) -> Capture:
    parameters = {
        "allow_private": True,
        "host_keys": [server.host_key],
        "credentials": {"client_key": "CLE"},
    } | more.pop("parameters", {})
    address = f"sftp://{server.user}@127.0.0.1:{server.port}{path}"
    source = a_source(project, name=name, address=address, parameters=parameters, secrets=["CLE"], **more)
    return collected(project, source, CLE=server.client_key)


def what_is_given(project: Project, server: SftpServer, root: str) -> list[object]:
    """A file, whether it is new when asked for again, the last of a pattern, its address under `root`, two errors."""
    exact = from_sftp(project, server, f"{root}/b.csv")
    again = from_sftp(project, server, f"{root}/b.csv")
    newest = from_sftp(project, server, root, "deux", parts=one(path="a-*.csv"))
    with pytest.raises(SourceFileAbsent, match=r"a-2026-01\.csv") as several:
        from_sftp(project, server, root, "trois")
    with pytest.raises(AnswerTooLarge) as too_large:
        from_sftp(project, server, f"{root}/b.csv", "quatre", parameters={"maximum_size": 3})
    return [
        kept_bytes(project, exact, "lignes"),
        again.changed,
        kept_bytes(project, newest, "lignes"),
        newest.parts[0].address.removeprefix(f"sftp://127.0.0.1{root}"),
        several.value.code,
        too_large.value.code,
    ]


GIVEN = [
    b"nom\nb.csv\n",
    False,
    b"nom\na-2026-02.csv\n",
    "/a-2026-02.csv",
    "source-file-absent",
    "answer-too-large",
]


def test_an_sftp_server_gives_a_file_or_the_last_of_a_pattern(tmp_path: Path, depot: Path) -> None:
    with asyncssh_server(depot) as server:
        assert what_is_given(a_project(tmp_path), server, "") == GIVEN


@pytest.mark.heavy
def test_openssh_gives_a_file_or_the_last_of_a_pattern(tmp_path: Path, depot: Path) -> None:
    with openssh(tmp_path) as server:
        assert what_is_given(a_project(tmp_path), server, str(depot)) == GIVEN


@pytest.fixture(params=[asyncssh_server, pytest.param(openssh, marks=pytest.mark.heavy)])
def server(request: pytest.FixtureRequest, tmp_path: Path, depot: Path) -> Iterator[SftpServer]:
    with request.param(depot if request.param is asyncssh_server else tmp_path) as running:
        yield running


def test_a_server_of_another_key_is_not_believed(
    tmp_path: Path, server: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    project = a_project(tmp_path)
    known = tmp_path / ".ssh" / "known_hosts"
    with pytest.raises(SourceUnreadable, match="HostKeyNotVerifiable"):
        from_sftp(project, server, "/b.csv", parameters={"host_keys": [OTHER_KEY]})
    with pytest.raises(CollectError, match="ssh-keyscan"):
        from_sftp(project, server, "/b.csv", parameters={"host_keys": []})
    known.parent.mkdir()
    known.write_text(f"{OTHER_KEY}\n")
    with pytest.raises(SourceUnreadable, match="HostKeyNotVerifiable"):
        from_sftp(project, server, "/b.csv", parameters={"host_keys": []})


def test_a_host_whose_name_begins_like_an_algorithm_keeps_its_key(tmp_path: Path) -> None:
    key = OTHER_KEY.partition(" ")[2]
    source = a_source(a_project(tmp_path), address="sftp://ssh-data.example.fr/b.csv")
    for line in (f"ssh-data.example.fr {key}", key, f"{key} a comment"):
        assert stores._any_name(source, [line]) == f"* {key}\n".encode()


@pytest.mark.parametrize("parameters", [{"storage": {"known_hosts": None}}, {"credentials": {"known_hosts": "HOTES"}}])
def test_no_option_lets_any_server_be_believed(tmp_path: Path, server: SftpServer, parameters: dict[str, Any]) -> None:
    project = a_project(tmp_path)
    address = f"sftp://{server.user}@127.0.0.1:{server.port}/b.csv"
    parameters = {"allow_private": True, "host_keys": [OTHER_KEY]} | parameters
    source = a_source(project, address=address, parameters=parameters, secrets=["HOTES"])
    with pytest.raises(CollectError, match=r"known_hosts; expected: parameters\.host_keys"):
        collected(project, source, HOTES="")


def test_a_key_that_is_not_let_in_is_told_without_it(tmp_path: Path, server: SftpServer) -> None:
    import asyncssh

    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    project = a_project(tmp_path)
    wrong = SftpServer(server.port, server.host_key, stranger, server.user)
    with pytest.raises(SourceUnreadable, match="Permission") as raised:
        from_sftp(project, wrong, "/b.csv")
    written = "".join(path.read_text() for path in project.outputs.rglob("*.jsonl"))
    assert stranger.splitlines()[1] not in str(raised.value) + written
    assert latest(project, "mairie") is None


def test_the_first_failure_of_a_process_is_told_though_its_block_imports_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncssh

    source = a_source(a_project(tmp_path), address="sftp://127.0.0.1/b.csv")
    monkeypatch.delitem(sys.modules, "asyncssh")

    def imports_and_fails() -> None:
        monkeypatch.setitem(sys.modules, "asyncssh", asyncssh)
        raise asyncssh.ConnectionLost("cut")

    with pytest.raises(SourceUnreadable, match="ConnectionLost"), stores.faults_named(source, "lignes"):
        imports_and_fails()


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    nobody = SftpServer(
        a_free_port(), "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl", "", "x"
    )
    with pytest.raises(SourceUnreadable, match=r"sftp://x@127\.0\.0\.1"):
        from_sftp(a_project(tmp_path), nobody, "/b.csv", parameters={"credentials": {}})


@pytest.mark.parametrize(
    ("address", "parameters"),
    [
        ("sftp://127.0.0.1/b.csv", {}),
        ("sftp://localhost/b.csv", {}),
        ("s3://depot/b.csv", {"storage": {"endpoint_url": "http://127.0.0.1:1"}}),
        ("s3://depot/b.csv", {"storage": {"client_kwargs": {"endpoint_url": "http://169.254.169.254"}}}),
    ],
)
def test_a_private_server_is_not_asked_unless_the_source_allows_it(
    tmp_path: Path, address: str, parameters: dict[str, Any]
) -> None:
    project = a_project(tmp_path)
    with pytest.raises(CollectError, match="allow_private"):
        collected(project, a_source(project, address=address, parameters=parameters))


def test_public_stores_and_unknown_names_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def opening(source: Source, options: Mapping[str, Any]) -> None:
        asked.append(source.address)
        raise ConnectionRefusedError

    monkeypatch.setattr(stores, "OPENING", {"s3": opening, "sftp": opening})
    monkeypatch.setattr(files, "OPENING", stores.OPENING)
    project = a_project(tmp_path)
    for address in ("s3://depot/b.csv", "sftp://nulle-part.invalid/b.csv"):
        with pytest.raises(SourceUnreadable, match="ConnectionRefusedError"):
            collected(project, a_source(project, address=address))
    assert len(asked) == 2


def test_a_secret_that_is_written_in_the_source_is_refused(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    described = {"address": "s3://depot/b.csv", "parameters": {"storage": {"secret": "invented"}}}
    with pytest.raises(CollectError, match="credentials") as raised:
        collected(project, a_source(project, **described))
    assert "invented" not in str(raised.value)


def test_a_secret_that_the_environment_lacks_is_told(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    described = {"address": "s3://depot/b.csv", "secrets": ["MOT"], "parameters": {"credentials": {"secret": "MOT"}}}
    with pytest.raises(SecretMissing, match="MOT"):
        collected(project, a_source(project, **described))


@pytest.mark.parametrize(("scheme", "module"), [("s3", "s3fs"), ("sftp", "sshfs")])
def test_without_the_extra_what_to_install_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    project = a_project(tmp_path)
    source = a_source(project, address=f"{scheme}://depot/b.csv", parameters={"allow_private": True})
    with pytest.raises(StoreNotInstalled) as raised:
        collected(project, source)
    assert "pip install '.[remote]'" in raised.value.message("fr")
    assert module in raised.value.message("en")


def test_a_store_of_nobody_is_told(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    storage = {
        "endpoint_url": f"http://127.0.0.1:{a_free_port()}",
        "anon": True,
        "config_kwargs": {"retries": {"max_attempts": 0}},
    }
    source = a_source(project, address="s3://depot/b.csv", parameters={"allow_private": True, "storage": storage})
    with pytest.raises(SourceUnreadable, match="s3://depot"):
        collected(project, source)


@pytest.mark.heavy
def test_seaweedfs_gives_a_file_or_the_last_of_a_pattern_to_who_has_the_key(tmp_path: Path, depot: Path) -> None:
    """A production S3 server, installed by scripts/install_stores.sh."""
    from s3fs import S3FileSystem

    project = a_project(tmp_path)
    (tmp_path / "s3").mkdir()
    with seaweedfs(tmp_path / "s3") as endpoint:
        filled = S3FileSystem(key=KEY, secret=SECRET, endpoint_url=endpoint, skip_instance_cache=True)
        _when_ready(lambda: filled.mkdir("depot"))
        for path in sorted(depot.iterdir()):
            filled.pipe_file(f"depot/dossier/{path.name}", path.read_bytes())

        def capture(path: str, name: str = "mairie", secret: str = SECRET, **more: Any) -> Capture:
            parameters = {
                "allow_private": True,
                "storage": {"endpoint_url": endpoint},
                "credentials": {"key": "CLE", "secret": "MOT"},
            }
            described = {"address": f"s3://depot{path}", "parameters": parameters, "secrets": ["CLE", "MOT"]}
            return collected(project, a_source(project, name=name, **described, **more), NOON, CLE=KEY, MOT=secret)

        exact = capture("/dossier/b.csv")
        assert not capture("/dossier/b.csv").changed
        newest = capture("/dossier", "deux", parts=one(path="a-*.csv"))
        with pytest.raises(SourceFileAbsent, match=r"a-2026-01\.csv"):
            capture("/dossier/", "trois")
        with pytest.raises(SourceUnreadable) as raised:
            capture("/dossier/b.csv", "quatre", "not-the-secret")
    assert kept_bytes(project, exact, "lignes") == b"nom\nb.csv\n"
    assert (kept_bytes(project, newest, "lignes"), newest.parts[0].address) == (
        b"nom\na-2026-02.csv\n",
        "s3://depot/dossier/a-2026-02.csv",
    )
    written = "".join(path.read_text(errors="replace") for path in project.outputs.rglob("*") if path.is_file())
    assert SECRET not in written + str(raised.value)
    assert "not-the-secret" not in written + str(raised.value)


def _when_ready(work: Callable[[], Any], seconds: float = 20.0) -> None:
    """Once the server listens, it takes a moment until its parts know each other."""
    end = time.monotonic() + seconds
    while True:
        try:
            work()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
        else:
            return
