"""The private folder: who may read it, and how it goes away."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.privacy import PersonalValues, Vault, VaultUnsafe
from tests.privacy.builders import RECORD, SOLENE, a_table

DAY = date(2027, 1, 31)


def an_open_vault(folder: Path) -> Vault:
    vault = Vault(folder / "private")
    vault.open(DAY, "instruction des candidatures")
    return vault


def test_what_is_written_is_read_again_and_by_nobody_else(tmp_path: Path) -> None:
    vault = an_open_vault(tmp_path)
    assert vault.write(a_table(SOLENE), ["nom", "prenom"]) == 2
    assert list(vault.read().by_record.values()) == [(("nom", "Quéméneur"), ("prenom", "Solène"))]
    assert list(vault.read("essai").by_record) == list(vault.read().by_record)
    assert vault.folder.stat().st_mode & 0o777 == 0o700
    for path in vault.folder.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_other_values_make_another_digest_and_the_same_ones_the_same(tmp_path: Path) -> None:
    vault = an_open_vault(tmp_path)
    assert Vault(tmp_path / "nowhere").digest() == ""
    vault.write(a_table(SOLENE), ["nom"])
    first = vault.digest()
    vault.write(a_table(SOLENE), ["prenom"])
    assert vault.digest() != first
    vault.write(a_table(SOLENE), ["nom"])
    assert vault.digest() == first


def test_modes_do_not_depend_on_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        vault = an_open_vault(tmp_path)
        vault.write(a_table(SOLENE), ["nom"])
        vault.check()
    finally:
        os.umask(before)
    assert len(vault.read()) == 1


def test_what_another_process_forgets_during_a_look_is_not_kept_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = an_open_vault(tmp_path)
    vault.write(a_table(SOLENE), ["nom"])
    other = a_table({"nom": "Payet"})
    vault.write(other.set_column(other.schema.get_field_index("_source"), "_source", [["autre"]]), ["nom"])
    opened = pq.ParquetFile

    def forgotten_first(path: Path, **options: Any) -> pq.ParquetFile:
        vault.forget("essai")
        return opened(path, **options)

    monkeypatch.setattr(pq, "ParquetFile", forgotten_first)
    assert list(vault.read().by_record.values()) == [(("nom", "Payet"),)]


def test_a_value_that_cannot_be_read_is_no_value_that_was_forgotten(tmp_path: Path) -> None:
    vault = an_open_vault(tmp_path)
    vault.write(a_table(SOLENE), ["nom"])
    (path,) = vault.folder.rglob("*.parquet")
    path.with_name("lien.parquet").symlink_to(tmp_path / "rien")
    with pytest.raises((FileNotFoundError, VaultUnsafe)):
        vault.read()


def test_blank_values_are_not_kept_and_a_part_is_replaced_whole(tmp_path: Path) -> None:
    vault = an_open_vault(tmp_path)
    vault.write(a_table(SOLENE), ["nom", "ville"])
    two = pa.concat_tables([a_table({"nom": " "}), a_table({"nom": "Payet"}, position=2)])
    assert vault.write(two, ["nom"]) == 1
    assert list(vault.read().by_record.values()) == [(("nom", "Payet"),)]


def test_a_part_of_which_no_value_is_left_is_emptied(tmp_path: Path) -> None:
    vault = an_open_vault(tmp_path)
    vault.write(a_table(SOLENE), ["nom"])
    assert vault.write(a_table({"nom": " "}), ["nom"]) == 0
    assert len(vault.read()) == 0


def test_a_part_of_which_no_row_is_left_is_emptied_when_it_is_named(tmp_path: Path) -> None:
    vault, table = an_open_vault(tmp_path), a_table(SOLENE)
    vault.write(table, ["nom"])
    assert vault.write(table.slice(0, 0), ["nom"]) == 0
    assert len(vault.read()) == 1
    assert vault.write(table.slice(0, 0), ["nom"], parts=[RECORD[:3]]) == 0
    assert len(vault.read()) == 0


def test_the_folder_says_until_when_it_may_be_kept(tmp_path: Path) -> None:
    vault = an_open_vault(tmp_path)
    assert vault.keep_until() == DAY
    assert not vault.is_expired(DAY)
    assert vault.is_expired(date(2027, 2, 1))


def test_a_source_or_a_snapshot_can_be_forgotten(tmp_path: Path) -> None:
    vault = an_open_vault(tmp_path)
    vault.write(a_table(SOLENE), ["nom"])
    assert vault.forget("essai", "1" * 64) == 0
    assert vault.forget("essai", "0" * 64) == 1
    assert len(vault.read()) == 0
    vault.write(a_table(SOLENE), ["nom"])
    assert vault.forget("essai") == 1
    assert vault.forget("essai") == 0


def test_the_whole_folder_can_be_deleted(tmp_path: Path) -> None:
    vault = an_open_vault(tmp_path)
    vault.write(a_table(SOLENE), ["nom"])
    vault.destroy()
    assert not vault.folder.exists()
    assert len(vault.read()) == 0
    vault.destroy()


@pytest.mark.parametrize("mode", [0o750, 0o705])
def test_a_folder_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    vault = an_open_vault(tmp_path)
    vault.folder.chmod(mode)
    for act in (vault.read, lambda: vault.write(a_table(SOLENE), ["nom"])):
        with pytest.raises(VaultUnsafe, match=f"{mode:04o}"):
            act()


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    vault = an_open_vault(tmp_path)
    vault.write(a_table(SOLENE), ["nom"])
    next(vault.folder.rglob("*.parquet")).chmod(0o644)
    with pytest.raises(VaultUnsafe, match="0644"):
        vault.read()


def test_a_write_looks_at_its_own_source_and_a_read_at_all(tmp_path: Path) -> None:
    """Of hundreds of sources each write would otherwise walk through all the others."""
    vault = an_open_vault(tmp_path)
    vault.write(a_table(SOLENE), ["nom"])
    next(vault.folder.rglob("*.parquet")).chmod(0o644)
    other = PersonalValues({("autre", "a" * 64, "lignes", 1): (("nom", "Quéméneur"),)})
    assert vault.write_values(other) == 1
    with pytest.raises(VaultUnsafe):
        vault.write(a_table(SOLENE), ["nom"])
    with pytest.raises(VaultUnsafe):
        vault.read()


def test_values_written_since_the_last_read_are_read(tmp_path: Path) -> None:
    vault = an_open_vault(tmp_path)
    vault.write(a_table(SOLENE), ["nom"])
    assert vault.read() == vault.read()
    vault.write(a_table({**SOLENE, "nom": "Le Goffic"}), ["nom"])
    assert list(vault.read().by_record.values()) == [(("nom", "Le Goffic"),)]


def test_a_folder_that_was_never_opened_or_is_a_link_is_refused(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "private")
    with pytest.raises(VaultUnsafe):
        vault.write(a_table(SOLENE), ["nom"])
    (tmp_path / "private").mkdir(mode=0o700)
    with pytest.raises(VaultUnsafe, match="conservation"):
        vault.check()
    (tmp_path / "elsewhere").mkdir()
    link = Vault(tmp_path / "link")
    link.folder.symlink_to(tmp_path / "elsewhere")
    for act in (link.destroy, lambda: link.open(DAY, "x"), link.read):
        with pytest.raises(VaultUnsafe, match="link"):
            act()


def test_somebody_elses_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = an_open_vault(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 123456)
    with pytest.raises(VaultUnsafe, match="owner"):
        vault.check()


@pytest.mark.parametrize("name", ["..", "a/b", ""])
def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(VaultUnsafe):
        an_open_vault(tmp_path).forget(name)


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = an_open_vault(tmp_path)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        vault.write(a_table(SOLENE), ["nom"])
    assert [path.name for path in vault.folder.rglob("*") if path.is_file()] == ["conservation.json"]


def test_a_folder_that_a_kill_left_before_its_first_date_was_never_opened(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "private")
    vault.folder.mkdir(mode=0o700)
    (vault.folder / ".aside-tue").write_bytes(b"{")
    assert vault.is_unopened
    vault.open(DAY, "x")
    assert vault.keep_until() == DAY


def test_a_file_that_goes_while_the_folder_is_looked_at_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = an_open_vault(tmp_path)
    vault.write(a_table(SOLENE), ["nom"])
    snapshot = next(vault.folder.rglob("*.parquet")).parent
    (snapshot / ".aside-autre").write_bytes(b"")
    (snapshot / "vide").mkdir(mode=0o700)
    looked = Path.lstat

    def gone(path: Path) -> os.stat_result:
        if path.name == "vide":
            path.rmdir()
        elif path.name == ".aside-autre":
            path.unlink()
        return looked(path)

    monkeypatch.setattr(Path, "lstat", gone)
    assert len(vault.read()) == 1
    assert not list(snapshot.glob(".aside*"))


def test_a_folder_below_that_cannot_be_listed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = an_open_vault(tmp_path)
    vault.write(a_table(SOLENE), ["nom"])
    listed = os.scandir

    def refused(path: str) -> object:
        if Path(path).name == "essai":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(PermissionError):
        vault.check()


def test_how_many_values_of_a_part_are_kept(tmp_path: Path) -> None:
    vault = an_open_vault(tmp_path)
    source, snapshot, part = RECORD[:3]
    assert vault.holds(source, snapshot, part) == 0
    vault.write(a_table(SOLENE), ["nom", "prenom"])
    assert vault.holds(source, snapshot, part) == 2
    assert vault.holds(source, "1" * 64, part) == 0


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_wrong_is_told_in_one_language_with_what_mends_it(tmp_path: Path, language: str) -> None:
    vault = an_open_vault(tmp_path)
    vault.folder.chmod(0o750)
    with pytest.raises(VaultUnsafe) as wrong:
        vault.check()
    told = {
        "fr": "0700 pour un dossier, 0600 pour un fichier (chmod)",
        "en": "0700 for a folder, 0600 for a file (chmod)",
    }
    assert told[language] in wrong.value.message(language)
    (vault.folder / "conservation.json").unlink()
    with pytest.raises(VaultUnsafe) as wrong:
        vault.keep_until()
    message = wrong.value.message(language)
    assert ("illisible" in message, "unreadable" in message) == (language == "fr", language == "en")
