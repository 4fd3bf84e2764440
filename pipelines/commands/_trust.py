"""Whose signatures count: what `verify` and `witness` ask for alike."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.commands._bilingual import Decorated, option
from pipelines.core.text import Said

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def principal_option(decorated: Decorated) -> Decorated:
    """`--principal`: the name under which `allowed_signers` lists the keys that are trusted."""
    added = option(
        "--principal",
        default="arobase",
        show_default=True,
        metavar=Said("NOM", "NAME"),
        help=Said("Nom dans allowed_signers (ssh-keygen -I).", "Name in allowed_signers (ssh-keygen -I)."),
    )
    return added(decorated)
