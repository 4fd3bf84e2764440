"""`arobase serve`: look at the catalogue on one's own machine."""

from __future__ import annotations

import errno
from typing import ClassVar

import click

from pipelines.commands._bilingual import as_command, lang_option, option
from pipelines.core.errors import ArobaseError
from pipelines.core.interruption import Interrupted
from pipelines.core.project import Project
from pipelines.core.text import Said, terminal_language


class PortTaken(ArobaseError):
    """Another program listens on the port."""

    code: ClassVar[str] = "port-taken"
    fr: ClassVar[str] = "Le port {port} de {host} est déjà pris ; donnez-en un autre : arobase serve --port {other}."
    en: ClassVar[str] = "Port {port} of {host} is already taken; give another: arobase serve --port {other}."


class NoCatalogue(ArobaseError):
    """There is nothing to show yet."""

    code: ClassVar[str] = "no-catalogue"
    fr: ClassVar[str] = "{folder} ne contient pas de catalogue. Lancez d'abord : arobase release."
    en: ClassVar[str] = "{folder} contains no catalogue. Run first: arobase release."


@as_command(
    "serve",
    help=Said(
        """Montrer le catalogue et les versions sur cette machine. Ctrl-C arrête la commande.

        Seuls outputs/catalogue et outputs/releases sont servis, et tout site peut les lire. Les demandes de plages
        d'octets sont honorées : un aperçu ne lit que les parties de fichier utiles. Ce que le navigateur a déjà n'est
        pas renvoyé.""",
        """Show the catalogue and the releases on this machine. Ctrl-C stops the command.

        Only outputs/catalogue and outputs/releases are served, and any site may read them. Range requests are answered,
        so that previews read only the parts of files that they need. What a browser already has is not sent again.""",
    ),
)
@option("--host", default="127.0.0.1", show_default=True, help=Said("Adresse d'écoute.", "Address to listen on."))
@option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help=Said("Port d'écoute ; 0 : n'importe quel port libre.", "Port to listen on; 0: any free one."),
)
@option(
    "--rebuild",
    is_flag=True,
    help=Said(
        "Réécrire d'abord le catalogue, avec l'adresse de ce serveur.",
        "Write the catalogue again first, with this server's own address in it.",
    ),
)
@option("--quiet", is_flag=True, help=Said("Ne pas afficher les requêtes.", "Print no requests."))
@lang_option
def command(host: str, port: int, rebuild: bool, quiet: bool, lang: str | None) -> None:
    """Serve the catalogue on this machine."""
    from pipelines.catalogue.serving import server
    from pipelines.pipeline.catalogue import make_catalogue

    project = Project.here()
    try:
        made = server(project.outputs, host, port, logs_requests=not quiet)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(host=host, port=port, other=port + 1) from None
    with made:
        address = f"http://{host}:{made.server_address[1]}/"
        if rebuild:
            make_catalogue(project, base_url=address)
        if not (project.catalogue / "index.html").is_file():
            raise NoCatalogue(folder="outputs/catalogue")
        language = terminal_language(lang)
        try:
            click.echo(f"{address}catalogue/  {Said('(Ctrl-C pour arrêter)', '(Ctrl-C to stop)')[language]}")
            made.serve_forever()
        except (KeyboardInterrupt, Interrupted):
            click.echo()
