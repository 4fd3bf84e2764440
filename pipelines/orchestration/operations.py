"""Jobs for what is done to the releases and to what is kept, beside making them: what the command line does too.

Belongs here: their settings and what they show. Does not: how anything is done. None of them runs by itself, but the
one that looks whether what is kept about people has outlived its time, once somebody turned its schedule on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from pydantic import Field

from pipelines.core.errors import ArobaseError
from pipelines.core.faults import unexpected
from pipelines.orchestration.metadata import place
from pipelines.orchestration.retries import tried_again
from pipelines.orchestration.wording import failure, language, say
from pipelines.orchestration.workspace import Workspace

SEND, VERIFY, RETRACT, REPLAY, RETENTION = "envoyer", "verifier", "retirer", "rejuger", "conservation"
RETENTION_TIME = "0 4 * * *"


class Store(dg.Config):
    """Where to send the releases."""

    address: str = Field(
        description=say(
            "L'adresse du dépôt : s3://seau/préfixe, gs://…, az://…, file:///…",
            "The address of the store: s3://bucket/prefix, gs://…, az://…, file:///…",
        )
    )


class Verified(dg.Config):
    """How much to verify."""

    deep: bool = Field(
        default=False,
        description=say(
            "Recalcule aussi les différences entre versions.", "Computes the differences between versions again, too."
        ),
    )


class Retracted(dg.Config):
    """The version that goes, for ever."""

    package: str = Field(description=say("Le jeu de données, par exemple label.", "The package, for example label."))
    version: str = Field(
        description=say("La version à retirer, par exemple 1.2.0.", "The version to retract, for example 1.2.0.")
    )
    reason: str = Field(
        description=say(
            "Le motif, qui est publié ; ni nom ni adresse de personne, Dagster le garde aussi.",
            "The reason, which is published; nobody's name or address, Dagster keeps it too.",
        )
    )
    confirm: str = Field(
        description=say(
            "Le jeu de données et la version encore une fois, pour confirmer : label 1.2.0.",
            "The package and the version once more, to confirm: label 1.2.0.",
        )
    )


class Replayed(dg.Config):
    """The source whose rejected records are validated again."""

    source: str = Field(description=say("La source, par exemple palmares.", "The source, for example palmares."))


def operation_jobs() -> list[dg.JobDefinition]:
    """The jobs, each of one step."""
    return [_send_job(), _verify_job(), _retract_job(), _replay_job(), _retention_job()]


def retention_schedule() -> dg.ScheduleDefinition:
    """Once a day; off until somebody turns it on, for what it deletes does not come back."""
    return dg.ScheduleDefinition(
        name="conservation_chaque_jour",
        job_name=RETENTION,
        cron_schedule=RETENTION_TIME,
        execution_timezone="Europe/Paris",
        description=say(
            "Chaque jour à 4 h, heure de Paris : supprime ce qui est gardé sur des personnes hors délai.",
            "Every day at 4:00, Paris time: deletes what is kept about people beyond its time.",
        ),
    )


@contextmanager
def _as_failures(name: str, file: str) -> Iterator[None]:
    """Whatever goes wrong as Dagster shows it: the text of what nobody foresaw may contain a value, and is not
    shown."""
    try:
        yield
    except dg.Failure:
        raise
    except ArobaseError as error:
        raise failure(error) from error
    except Exception as error:  # noqa: BLE001  as above
        raise failure(unexpected(error, name=name, stage=name, file=file)) from None


def _send_job() -> dg.JobDefinition:
    @dg.op(
        name="envoi",
        description=say(
            "Envoie les versions que le dépôt n'a pas encore.", "Sends the releases that the store does not have yet."
        ),
    )
    def send_releases(context: dg.OpExecutionContext, config: Store, workspace: Workspace) -> None:
        from pipelines.releases.object_store import send
        from pipelines.storage.buckets import Bucket

        with _as_failures(SEND, "outputs/releases"), workspace.at_work() as project:
            sent = send(project.releases, Bucket.open(config.address))
        context.add_output_metadata(
            {say("envoyées", "sent"): list(sent.versions), say("retirées", "retracted"): list(sent.buried)}
        )

    @dg.job(
        name=SEND,
        description=say(
            "Envoie toutes les versions vers un dépôt d'objets (arobase release --to).",
            "Sends all releases to an object store (arobase release --to).",
        ),
    )
    def job() -> None:
        send_releases()

    return job


def _verify_job() -> dg.JobDefinition:
    @dg.op(
        name="verification",
        description=say(
            "Vérifie chaque version publiée, le registre et le journal.",
            "Verifies each release, the ledger and the log.",
        ),
    )
    def verify_releases(context: dg.OpExecutionContext, config: Verified, workspace: Workspace) -> None:
        from pipelines.releases.verify import verify

        with _as_failures(VERIFY, "outputs/releases"), workspace.at_work() as project:
            found = verify(project.releases, deep=config.deep)
        flaws = [f"{flaw.message(language())} [{flaw.code}]" for flaw in found.flaws]
        checked = [f"{item.package} {item.version}" for item in found.verified]
        if not found.is_sound:
            metadata: dict[str, Any] = {say("défauts", "flaws"): flaws, "versions": checked}
            raise dg.Failure(description="\n".join(flaws), metadata=metadata, allow_retries=False)
        context.add_output_metadata({"versions": checked, "notes": [getattr(note, language()) for note in found.notes]})

    @dg.job(
        name=VERIFY,
        description=say(
            "Vérifie ce qui est publié : empreintes, signatures, journal (arobase verify).",
            "Verifies what is published: digests, signatures, log (arobase verify).",
        ),
    )
    def job() -> None:
        verify_releases()

    return job


def _retract_job() -> dg.JobDefinition:
    @dg.op(
        name="retrait",
        description=say(
            "Efface les fichiers d'une version ; un avis de retrait donne le motif.",
            "Deletes the files of a release; a retraction notice gives the reason.",
        ),
    )
    def retract_version(context: dg.OpExecutionContext, config: Retracted, workspace: Workspace) -> None:
        from pipelines.pipeline.retraction import make_retraction
        from pipelines.releases.signature import key_of_environment

        wanted = f"{config.package} {config.version}"
        if config.confirm.strip() != wanted:
            french = f"confirm : attendu « {wanted} » ; rien n'est effacé."
            english = f'confirm: expected "{wanted}"; nothing is deleted.'
            raise dg.Failure(description=say(french, english), allow_retries=False)
        now = datetime.now(UTC)
        with _as_failures(RETRACT, f"outputs/releases/{config.package}"), workspace.at_work() as project:
            key = key_of_environment()
            gone = make_retraction(project, config.package, config.version, config.reason, now=now, key=key)
            folder = place(project, gone)
        context.add_output_metadata({say("avis de retrait", "retraction notice"): folder})

    @dg.job(
        name=RETRACT,
        description=say(
            "Retire une version pour toujours, avec un avis de retrait (arobase retract).",
            "Retracts a release for ever, with a retraction notice (arobase retract).",
        ),
    )
    def job() -> None:
        retract_version()

    return job


def _replay_job() -> dg.JobDefinition:
    @dg.op(
        name="nouveau_jugement",
        description=say(
            "Valide de nouveau les lignes écartées d'une source.", "Validates the rejected rows of a source again."
        ),
    )
    def replay_source(context: dg.OpExecutionContext, config: Replayed, workspace: Workspace) -> None:
        from pipelines.pipeline.replay import replay

        with _as_failures(REPLAY, f"sources/{config.source}.yaml"), workspace.at_work() as project:
            done = replay(project, config.source)
            details = place(project, done.result.kept.folder)
        still = {**done.still_refused, **done.newly_refused}
        counts = {
            say("repris", "accepted now"): len(done.came_back),
            say("écartés", "rejected"): len(still),
            say("règles", "rules"): done.by_rule(still),
        }
        context.add_output_metadata({**counts, say("détail", "details"): details})

    @dg.job(
        name=REPLAY,
        description=say(
            "Valide de nouveau ce qui a été écarté, après une correction (arobase replay).",
            "Validates what was rejected again, after a correction (arobase replay).",
        ),
    )
    def job() -> None:
        replay_source()

    return job


def _retention_job() -> dg.JobDefinition:
    @dg.op(
        name="suppression",
        description=say(
            "Supprime ce qui est gardé sur des personnes et qui a dépassé son délai.",
            "Deletes what is kept about people and has outlived its time.",
        ),
    )
    def delete_expired(context: dg.OpExecutionContext, workspace: Workspace) -> None:
        from pipelines.pipeline.clock import check_expiring
        from pipelines.pipeline.private_store import check_private_store
        from pipelines.pipeline.retention import delete
        from pipelines.privacy import Vault

        now = datetime.now(UTC)
        with (
            tried_again(context),  # a run that is under way is waited for
            _as_failures(RETENTION, "outputs/private"),
            workspace.at_work(whole=True) as project,
        ):
            check_private_store(project)
            vault = Vault(project.private)
            check_expiring(project, now)
            if vault.is_unopened or not vault.is_expired(now.date()):
                nothing = say("rien : rien n'a dépassé son délai", "nothing: nothing has outlived its time")
                context.add_output_metadata({say("supprimé", "deleted"): nothing})
                return
            done = delete(project, now=now, whole=True)
        counts: dict[str, Any] = {
            say("réponses", "answers"): len(done.snapshots),
            say("valeurs", "values"): done.values,
            say("en quarantaine", "in quarantine"): done.quarantined,
        }
        context.add_output_metadata({**counts, say("événement", "event"): done.event})

    @dg.job(
        name=RETENTION,
        description=say(
            "Supprime ce qui est gardé hors délai (arobase private delete --expired).",
            "Deletes what is kept beyond its time (arobase private delete --expired).",
        ),
    )
    def job() -> None:
        delete_expired()

    return job
