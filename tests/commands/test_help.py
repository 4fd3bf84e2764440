"""Help and errors of use are whole in the language that is asked for: ours, and click's own words."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from pipelines.cli import commands
from pipelines.commands._bilingual import Argument, Command, Group, Option, language_of, speaking
from pipelines.commands._click_french import FRENCH
from pipelines.core.text import Language, Said
from scripts.reference.commands import every_command

COMMANDS = list(every_command())
BOTH = {"VERSION", "SOURCE", "TABLE", "CODE", "V2"}
"""Names of values that are the same word in both languages."""
ENGLISH = re.compile(
    r"\b(the|of|and|this|that|with|from|which|when|where|its|default|print|write|folder|file|key|row|rows)\b",
    re.IGNORECASE,
)
FRENCH_WORDS = re.compile(
    r"\b(le|la|les|un|une|des|du|et|est|pour|avec|dans|par|sur|ce|cette|défaut|fichier|dossier)\b"
)
ACCENTS = re.compile(r"[àâçèêëîïôùûœ«»]|(?<!d)é", re.IGNORECASE)
QUOTED = re.compile(r"«[^»]*»|`[^`]*`|--[a-z-]+|https?://\S*|\S*/\S*|\S*\.(?:json|csv|yaml|jsonl|py)\b")
"""Commands, options, files and addresses: what a person types is the same in both languages."""


def invoked(*words: str) -> Result:
    return CliRunner().invoke(commands, list(words))


def help_of(context: click.Context, language: Language) -> str:
    with speaking(language):
        return context.command.get_help(context)


@pytest.mark.parametrize(("name", "context"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_nothing_of_the_other_language_is_in_the_help_of_a_command(name: str, context: click.Context) -> None:
    french, english = help_of(context, "fr"), help_of(context, "en")
    assert ENGLISH.findall(QUOTED.sub("", french.replace("\u00a0", " "))) == []
    assert FRENCH_WORDS.findall(QUOTED.sub("", english)) == []
    assert ACCENTS.findall(english.replace("département", "")) == []
    assert french.splitlines()[0].startswith(f"Utilisation : {name} ")
    assert english.splitlines()[0].startswith(f"Usage: {name} ")


@pytest.mark.parametrize(("name", "context"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_text_of_a_command_is_written_in_both_languages(name: str, context: click.Context) -> None:
    assert isinstance(context.command, Command | Group), name
    texts = list(_texts(context.command))
    assert all(isinstance(text, Said) and text.fr.strip() and text.en.strip() for text in texts), name
    assert [text for text in texts if text.fr == text.en and text.fr not in BOTH] == []


def _texts(command: click.Command) -> Iterator[object]:
    yield vars(command)["_help_in_both"]
    if vars(command)["_epilog_in_both"] is not None:
        yield vars(command)["_epilog_in_both"]
    for param in command.params:
        assert isinstance(param, Option | Argument), param
        if isinstance(param, Argument):
            yield param.word
            continue
        yield vars(param)["_help_in_both"]
        if vars(param)["_metavar_in_both"] is not None:
            yield vars(param)["_metavar_in_both"]


def test_the_first_sentence_of_each_command_is_whole_in_the_list() -> None:
    for language in ("fr", "en"):
        for _, context in COMMANDS:
            if isinstance(context.command, click.Group):
                assert "..." not in help_of(context, language).replace("]...", ""), context.command_path


def sentences_of_click() -> set[str]:
    found = set()
    for path in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                found |= {word.value for word in node.args if isinstance(word, ast.Constant)}
    return {sentence for sentence in found if isinstance(sentence, str)}


def test_every_sentence_of_the_click_that_is_installed_has_its_french() -> None:
    assert sentences_of_click() - FRENCH.keys() == set()
    # `required` is asked for by name, through a table of what is said after an option's help.
    assert FRENCH.keys() - sentences_of_click() == {"required"}


@pytest.mark.parametrize("sentence", sorted(FRENCH))
def test_a_french_sentence_uses_facts_that_click_gives(sentence: str) -> None:
    def facts(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text)}

    assert facts(FRENCH[sentence]) - {None} <= facts(sentence)


@pytest.mark.parametrize(
    ("words", "french", "english"),
    [
        (["verify", "--nope"], "L'option « --nope » n'existe pas.", "No such option '--nope'."),
        (["runs", "-v"], "Elle se place avant la commande :", "It stands before the command:"),
        (
            ["keys", "show", "--log-format", "json"],
            "commande : commands --log-format",
            "command: commands --log-format",
        ),
        (["relase"], "La commande « relase » n'existe pas.", "No such command 'relase'."),
        (["trace", "label"], "Argument manquant : 'TABLE'.", "Missing argument 'TABLE'."),
        (["packages", "new", "mine"], "Option manquante : '--title'.", "Missing option '--title'."),
        (["runs", "a", "b"], "Argument en trop : b", "Got unexpected extra argument (b)"),
        (["runs", "--last"], "L'option « --last » attend une valeur.", "Option '--last' requires an argument."),
        (["runs", "--last", "x"], "« x » n'est pas un nombre entier.", "'x' is not a valid integer."),
        (["serve", "--port", "x"], "« x » n'est pas un nombre entier.", "'x' is not a valid integer range."),
        (["serve", "--port", "70000"], "70000 est hors limites", "70000 is not in the range"),
        (["check", "--format", "xml"], "« xml » n'est pas l'une de ces valeurs", "'xml' is not one of"),
        (["check", "--memory", "lots"], "attendu : 512M, 2G…", "expected: 512M, 2G…"),
        (["check", "--memory", "15M"], "attendu : au moins 16M", "expected: at least 16M"),
        (["keys", "vkey", "nope.pub"], "« nope.pub » n'existe pas.", "File 'nope.pub' does not exist."),
        (["keys", "vkey", "."], "« . » est un dossier ; un fichier est attendu.", "File '.' is a directory."),
        (["rebuild"], "indiquez un jeu de données, ou --any", "name a package, or give --any"),
        (["retract", "label", "1.0.0"], "donnez --reason ou", "give --reason or"),
        (["private", "delete"], "un seul choix attendu", "exactly one choice is expected"),
        (["audit", "label", "--departement", "x"], "attendu : un code de département", "expected: the code of"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_an_error_of_use_is_in_the_language_that_is_asked_for(words: list[str], french: str, english: str) -> None:
    for language, expected, error, usage in (
        ("fr", french, "Erreur : ", "Utilisation :"),
        ("en", english, "Error: ", "Usage:"),
    ):
        for line in ([*words, f"--lang={language}"], ["--lang", language, *words]):
            if words[-1] == "--last" and line[0] != "--lang":
                continue  # the option would take the next word for its value
            done = invoked(*line)
            assert done.exit_code == 2
            assert expected in done.stderr
            assert error in done.stderr
            assert usage in done.stderr or words[-1] == "--last"  # click knows of no command there


def test_the_last_language_on_the_line_is_the_one_that_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AROBASE_LANG", "fr")
    assert language_of([]) == "fr"
    assert language_of(["--lang", "en", "runs"]) == "en"
    assert language_of(["--lang", "en", "runs", "--lang=fr"]) == "fr"
    assert language_of(["runs", "--lang", "de"]) == "fr"
    assert language_of(["runs", "--lang"]) == "fr"
    assert language_of(["runs", "--", "--lang", "en"]) == "fr"


def test_a_group_hands_its_language_to_its_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AROBASE_OUTPUTS", str(tmp_path))
    monkeypatch.setenv("AROBASE_LANG", "en")
    for words in (["--lang", "fr", "alerts", "list"], ["alerts", "--lang", "fr", "list"]):
        assert invoked(*words).output == "Aucune alerte en cours.\n"
    assert invoked("--lang", "fr", "alerts", "list", "--lang", "en").output == "No alert is open.\n"


def test_help_that_was_shown_in_one_language_is_shown_in_the_other_the_next_time() -> None:
    assert "Affiche cette aide et s'arrête." in invoked("runs", "--help", "--lang", "fr").output
    assert "Show this message and exit." in invoked("runs", "--help", "--lang", "en").output
