"""The commands: what they say, and the number they end with."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from pipelines.cli import commands
from pipelines.commands._verify_place import NothingToVerify
from pipelines.core.errors import ArobaseError
from pipelines.releases import publish
from pipelines.releases.bag import MANIFEST, TAGMANIFEST
from pipelines.releases.errors import NoSuchRelease
from pipelines.releases.remote import ReleaseUnreachable, _get, fetch
from tests.releases.builders import a_key, a_request, two_releases


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    key = a_key(tmp_path)
    monkeypatch.setenv("AROBASE_SIGNING_KEY_FILE", str(tmp_path / "cle"))
    monkeypatch.setenv("AROBASE_ROOT", str(tmp_path))
    monkeypatch.setenv("AROBASE_OUTPUTS", str(tmp_path / "outputs"))
    monkeypatch.setenv("AROBASE_LANG", "en")
    return two_releases(tmp_path, key)


def run(*words: str, **more: str) -> Result:
    return CliRunner().invoke(commands, [str(word) for word in words], **more)  # type: ignore[arg-type]  # click's own keywords


def test_verify_says_that_all_is_sound(releases: Path) -> None:
    done = run("verify", "--key", str(releases.parent.parent / "cle.pub"))
    assert (done.exit_code, "✓ 2 intact releases" in done.output) == (0, True)
    assert "2 versions intactes" in run("verify", str(releases), "--lang", "fr").output


def test_verify_names_the_first_thing_that_is_wrong(releases: Path) -> None:
    (releases / "prix" / "1.0.0" / "data" / "prix.csv").write_text("x")
    (releases / "prix" / "1.0.0" / "stray").write_text("x")
    done = run("verify", str(releases / "prix"), "--lang", "fr")
    assert done.exit_code == 1
    assert "✗ prix/1.0.0/stray : fichier ajouté hors du contenu [stray]" in done.output
    assert "puis prix/1.0.0/data/prix.csv : fichier modifié [payload-changed]" in done.output


def test_verify_refuses_a_place_that_is_not_there(releases: Path) -> None:
    assert isinstance(run("verify", str(releases / "absent")).exception, NothingToVerify)


def test_diff_ends_with_one_when_something_differs(releases: Path, tmp_path: Path) -> None:
    done = run("diff", "prix")
    assert (done.exit_code, "~ p1 arobases: 3 → 4" in done.output) == (1, True)
    page = tmp_path / "page.html"
    assert run("diff", "prix", "1.0.0", "1.1.0", "--format", "html", "-o", str(page)).exit_code == 1
    assert page.read_text().startswith("<!doctype html>")


def test_diff_takes_two_folders(releases: Path) -> None:
    one, two = releases / "prix" / "1.0.0", releases / "prix" / "1.1.0" / "data"
    done = run("diff", str(one), str(two), "--format", "json")
    assert json.loads(done.output)["tables"]["prix"]["added"] == 1
    assert run("diff", str(one), str(one)).exit_code == 0


def test_diff_of_an_unknown_version_is_an_error_that_a_person_can_act_on(releases: Path) -> None:
    done = run("diff", "prix", "9.9.9")
    assert isinstance(done.exception, ArobaseError)


def test_trace_shows_where_a_value_comes_from(releases: Path) -> None:
    done = run("trace", "prix", "prix", "p1", "arobases")
    assert done.exit_code == 0
    for word in ("1.1.0", "Source inventée", "part fichier, line 2", "sha256 abab", "R-1"):
        assert word in done.output
    assert "Origine" in run("trace", "prix", "prix", "p3", "--lang", "fr").output


def test_trace_says_when_a_table_has_no_provenance(releases: Path) -> None:
    publish(a_request(provenance={}, warnings=()), releases.parent / "bare" / "releases", key=None)
    done = run("trace", "prix", "prix", "p1", env={"AROBASE_OUTPUTS": str(releases.parent / "bare")})  # type: ignore[arg-type]  # click takes a mapping
    assert "no provenance" in done.output


def test_retract_asks_first_and_then_does_it(releases: Path) -> None:
    refused = run("retract", "prix", "1.0.0", "--reason", "essai", input="n\n")
    assert (refused.exit_code, (releases / "prix" / "1.0.0").is_dir()) == (1, True)
    done = run("retract", "prix", "1.0.0", "--reason", "essai", "--yes", "--lang", "fr")
    assert (done.exit_code, (releases / "prix" / "1.0.0").exists()) == (0, False)
    assert run("verify").exit_code == 0
    english = run("retract", "prix", "1.1.0", "--reason", "test", input="y\n")
    assert "retracted" in english.output


@pytest.mark.parametrize(
    ("language", "answer", "shown"),
    [
        ("fr", "n\n", "Supprimer prix 1.0.0 pour toujours ? [o/N] "),
        ("fr", "", "Abandonné : rien n'est supprimé."),
        ("fr", "y\n", "Abandonné"),
        ("en", "\n", "Delete prix 1.0.0 for ever? [y/N] "),
        ("en", "", "Cancelled: nothing is deleted."),
    ],
)
def test_retract_asks_in_the_language_and_gives_up_without_a_yes(
    releases: Path, language: str, answer: str, shown: str
) -> None:
    done = run("retract", "prix", "1.0.0", "--reason", "essai", "--lang", language, input=answer)
    assert (done.exit_code, shown in done.output, "Aborted" in done.output) == (1, True, False)
    assert (releases / "prix" / "1.0.0").is_dir()


def test_retract_takes_a_yes_of_the_language(releases: Path) -> None:
    assert run("retract", "prix", "1.0.0", "--reason", "essai", "--lang", "fr", input="Oui\n").exit_code == 0


@pytest.mark.parametrize("words", [("prix", "9.9.9"), ("absent", "1.0.0")])
def test_retract_does_not_ask_about_what_is_not_there(releases: Path, words: tuple[str, str]) -> None:
    for more in ((), ("--yes",)):
        done = run("retract", *words, "--reason", "essai", *more, input="y\n")
        assert isinstance(done.exception, NoSuchRelease)
        assert "for ever" not in done.output
    assert not (releases / "absent").exists()


def test_keys_are_made_and_shown(tmp_path: Path) -> None:
    done = run("keys", "new", str(tmp_path / "k"), "--lang", "fr")
    assert done.exit_code == 0
    assert "ne la publiez jamais" in done.output
    assert "never publish it" in run("keys", "new", str(tmp_path / "l"), "--lang", "en").output
    shown = run("keys", "show", str(tmp_path / "k.pub"))
    assert shown.output.split()[0] in done.output
    assert isinstance(run("keys", "new", str(tmp_path / "k")).exception, ArobaseError)


@pytest.fixture
def server(releases: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            """Say nothing."""

    serving = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(releases / "prix"))
    )
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_address[1]}"
    serving.shutdown()
    serving.server_close()


def test_a_release_on_a_server_is_verified(releases: Path, server: str) -> None:
    done = run("verify", f"{server}/1.0.0/", "--key", str(releases.parent.parent / "cle.pub"))
    assert done.exit_code == 0, done.output
    (releases / "prix" / "1.0.0" / "data" / "prix.csv").write_text("x")
    assert run("verify", f"{server}/1.0.0").exit_code == 1


def test_an_unsigned_release_on_a_server_is_fetched(tmp_path: Path, releases: Path, server: str) -> None:
    (releases / "prix" / "1.0.0" / "tagmanifest-sha256.txt.sig").unlink()
    assert (fetch(f"{server}/1.0.0", tmp_path / "got") / "bagit.txt").is_file()


def test_what_a_server_lacks_is_named(tmp_path: Path, releases: Path, server: str) -> None:
    (releases / "prix" / "1.0.0" / "data" / "prix.csv").unlink()
    with pytest.raises(ReleaseUnreachable) as error:
        fetch(f"{server}/1.0.0", tmp_path / "got")
    found = "could not be read: the server answers 404 instead of 200. Check the address, then run again."
    assert error.value.message("en") == f"{server}/1.0.0/data/prix.csv {found}"
    assert "répond 404 au lieu de 200" in error.value.message("fr")
    assert error.value.advice("en") == "the operator of Arobase"


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (requests.ConnectionError, "the server cannot be reached"),
        (requests.ConnectTimeout, "does not answer in time"),
        (requests.exceptions.SSLError, "certificate is refused"),
        (requests.exceptions.ChunkedEncodingError, "broke off"),
        (requests.TooManyRedirects, "too many redirections"),
        (requests.exceptions.InvalidURL, "no address that can be read"),
        (requests.exceptions.InvalidSchema, "no address that can be read"),
        (requests.exceptions.MissingSchema, "no address that can be read"),
        (requests.exceptions.ContentDecodingError, "the answer cannot be read"),
        (requests.exceptions.RetryError, "the request failed"),
    ],
)
def test_a_server_that_does_not_answer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: type[Exception], said: str
) -> None:
    def refuse(*words: object, **more: object) -> None:
        raise raised

    monkeypatch.setattr(requests.Session, "get", refuse)
    with pytest.raises(ReleaseUnreachable, match=said) as error:
        fetch("https://example.org/1.0.0", tmp_path / "got")
    assert error.value.message("fr").startswith("https://example.org/1.0.0/")
    assert "Error" not in error.value.message("en")


@pytest.mark.parametrize("address", ["{}", "{}/absent", "{}/absent?sig=invented-mark"])
def test_an_address_is_told_without_its_user_and_its_query(tmp_path: Path, server: str, address: str) -> None:
    with_user = server.replace("//", "//user:invented-mark@with-a-sign@")
    done = run("verify", address.format(with_user))
    assert isinstance(done.exception, ReleaseUnreachable)
    assert f"{server}/" in done.exception.message("fr")
    assert "invented-mark" not in f"{done.output}{done.exception.message('fr')}{done.exception.message('en')}"
    assert "sign@" not in done.exception.message("fr")
    with pytest.raises(ReleaseUnreachable, match=r"out of the release's folder") as error:
        _get(requests.Session(), address.format(with_user), "../x", tmp_path)
    assert "invented-mark" not in error.value.message("en")


@pytest.mark.parametrize("name", ["data/../../x", "/etc/x", "data\\x"])
def test_a_manifest_cannot_write_elsewhere(tmp_path: Path, releases: Path, server: str, name: str) -> None:
    for manifest in (MANIFEST, TAGMANIFEST):
        path = releases / "prix" / "1.0.0" / manifest
        path.write_text(path.read_text() + "0" * 64 + f"  {name}\n")
    with pytest.raises(ReleaseUnreachable):
        fetch(f"{server}/1.0.0", tmp_path / "got")
    assert not (tmp_path / "x").exists()


def test_an_answer_without_end_is_cut(tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.releases.remote.MAXIMUM_BYTES", 10)
    with pytest.raises(ReleaseUnreachable, match="10"):
        fetch(f"{server}/1.0.0", tmp_path / "got")
