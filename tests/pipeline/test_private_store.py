"""Which private store is taken, and that a machine without one asserts nothing of what is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from obstore.store import MemoryStore

from pipelines.alerts.observing import _quarantines
from pipelines.cli import commands
from pipelines.core.project import PrivateStoreMissing, Project
from pipelines.core.settings import PRIVATE_KEY, PRIVATE_SECRET, PRIVATE_STORE, SettingWrong
from pipelines.pipeline.private_store import PrivateStoreWithin, private_store, unused_private_store
from pipelines.pipeline.retention import delete, holdings
from pipelines.storage.buckets import Bucket
from pipelines.storage.shared import Shared, closed, opened
from tests.pipeline.builders import NOW

OUTPUTS = "s3://sorties/essai"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for setting in (PRIVATE_STORE, PRIVATE_KEY, PRIVATE_SECRET):
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setattr(Bucket, "open", classmethod(lambda cls, address, keys=None: cls(address, MemoryStore())))
    return monkeypatch


@pytest.fixture
def blind(tmp_path: Path) -> Iterator[Project]:
    """A working copy of a machine that was given no private store."""
    shared = Shared.of(tmp_path, Bucket(OUTPUTS, MemoryStore()), None)
    opened(shared)
    yield Project(tmp_path, tmp_path)
    closed(shared)


@pytest.mark.parametrize(
    "address",
    [
        OUTPUTS,
        f"{OUTPUTS}/",
        f"{OUTPUTS}/private",
        "s3a://sorties/essai",
        "s3://sorties/autre/../essai",
        "S3://sorties/essai",
    ],
)
def test_one_that_the_public_reads_is_refused(environment: pytest.MonkeyPatch, address: str) -> None:
    environment.setenv(PRIVATE_STORE.name, address)
    with pytest.raises(PrivateStoreWithin, match="which the public reads"):
        private_store(OUTPUTS)


@pytest.mark.parametrize("address", ["s3://prive/essai", "s3://sorties/essai-prive", "s3://sorties/prive"])
def test_another_one_is_taken(environment: pytest.MonkeyPatch, address: str) -> None:
    environment.setenv(PRIVATE_STORE.name, address)
    assert private_store(OUTPUTS) is not None


@pytest.mark.parametrize(("given", "absent"), [(PRIVATE_KEY, PRIVATE_SECRET), (PRIVATE_SECRET, PRIVATE_KEY)])
def test_half_of_its_key_is_not_passed_over(environment: pytest.MonkeyPatch, given: object, absent: object) -> None:
    environment.setenv(PRIVATE_STORE.name, "s3://prive/essai")
    environment.setenv(given.name, "invented")
    with pytest.raises(SettingWrong, match=f"{absent.name} = ∅: expected what goes with {given.name}"):
        private_store(OUTPUTS)


def test_a_folder_is_no_store(environment: pytest.MonkeyPatch) -> None:
    environment.setenv(PRIVATE_STORE.name, "/srv/prive")
    with pytest.raises(SettingWrong, match="the address of a store"):
        private_store(OUTPUTS)


def test_a_machine_without_it_does_not_say_that_nothing_is_kept(blind: Project) -> None:
    with pytest.raises(PrivateStoreMissing):
        holdings(blind)
    with pytest.raises(PrivateStoreMissing):
        delete(blind, now=NOW, whole=True)
    assert list(_quarantines(blind, 0)) == []


def test_nor_that_nothing_has_outlived_its_time(blind: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Project, "here", classmethod(lambda cls: blind))

    def run(*words: str) -> Result:
        return CliRunner(env={"AROBASE_LANG": "en"}).invoke(commands, ["private", *words])

    for words in (("show",), ("delete", "--expired"), ("delete", "--all", "--yes")):
        assert isinstance(run(*words).exception, PrivateStoreMissing), words


NOT_USED = "AROBASE_PRIVATE_STORE = s3://prive/essai is not used: AROBASE_OUTPUTS is a folder"


@pytest.mark.parametrize("line", [("settings",), ("private", "show")])
def test_one_that_outputs_in_a_folder_leave_unused_is_told(
    environment: pytest.MonkeyPatch, tmp_path: Path, line: tuple[str, ...]
) -> None:
    environment.setenv(PRIVATE_STORE.name, "s3://prive/essai")
    environment.setenv("AROBASE_OUTPUTS", str(tmp_path))
    ran = CliRunner(env={"AROBASE_LANG": "en"}).invoke(commands, line)
    assert NOT_USED in ran.stderr
    assert f"({tmp_path})" in ran.stderr


def test_settings_say_so_to_programs_too(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv(PRIVATE_STORE.name, "s3://prive/essai")
    environment.setenv("AROBASE_OUTPUTS", str(tmp_path))
    ran = CliRunner(env={"AROBASE_LANG": "en"}).invoke(commands, ["settings", "--json"])
    assert [notice.startswith(NOT_USED) for notice in json.loads(ran.stdout)["notices"]] == [True]


def test_a_store_that_is_used_or_that_is_not_set_is_not_spoken_of(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("AROBASE_OUTPUTS", raising=False)
    assert unused_private_store() is None
    environment.setenv(PRIVATE_STORE.name, "s3://prive/essai")
    environment.setenv("AROBASE_OUTPUTS", OUTPUTS)
    assert unused_private_store() is None
