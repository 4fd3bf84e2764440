"""The language that a command is asked to speak is that of its errors too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from pipelines.commands._bilingual import Option, speaking
from pipelines.core.text import Language, Said
from scripts.reference.commands import every_command

LEAVES = [(name, context.command) for name, context in every_command() if not isinstance(context.command, click.Group)]


@pytest.mark.parametrize(("name", "command"), LEAVES, ids=[name for name, _ in LEAVES])
def test_every_command_lets_its_language_be_chosen(name: str, command: click.Command) -> None:
    assert "--lang" in [word for option in command.params for word in option.opts]


@pytest.mark.parametrize(
    ("words", "locale", "said"),
    [
        (["trace", "nope", "t", "k", "--lang", "fr"], "en", "À corriger par"),
        (["trace", "nope", "t", "k", "--lang", "en"], "fr", "To be fixed by"),
        (["sources", "show", "nope", "--lang", "fr"], "en", "À corriger par"),
        (["keys", "show", "absent.pub", "--lang", "fr"], "en", "À corriger par"),
        (["sources", "show", "nope"], "fr", "À corriger par"),
        (["--lang", "fr", "sources", "show", "nope"], "en", "À corriger par"),
        (["verify", "nope", "--lang", "fr"], "en", "nope n'existe pas ; donnez le chemin ou l'adresse d'une version"),
        (["verify", "nope", "--lang", "en"], "fr", "nope does not exist; give the path or the address of a release"),
    ],
)
def test_an_error_is_said_in_the_language_that_was_chosen(
    words: list[str], locale: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AROBASE_LANG", locale)
    monkeypatch.setenv("AROBASE_OUTPUTS", str(tmp_path))
    done = subprocess.run([sys.executable, "-m", "pipelines.cli", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize(("first", "then", "told"), [("fr", "en", "FILE"), ("en", "fr", "FICHIER")])
def test_a_path_is_called_in_the_language_that_is_spoken_whichever_was_when_its_command_was_loaded(
    first: Language, then: Language, told: str
) -> None:
    with speaking(first):
        made = Option(["--output"], type=click.Path(dir_okay=False), help=Said("Un fichier.", "A file."))
    with speaking(then):
        assert made.make_metavar(click.Context(click.Command("c"))) == told
