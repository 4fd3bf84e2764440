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
from pipelines.orchestration.tables import failure
from pipelines.orchestration.workspace import Workspace

SEND, VERIFY, RETRACT, REPLAY, RETENTION = "envoyer", "verifier", "retirer", "rejuger", "conservation"
RETENTION_TIME = "0 4 * * *"


class Store(dg.Config):
    """Where to send the releases."""

    address: str = Field(description="L'adresse du dépôt : s3://seau/préfixe, gs://…, az://…, file:///…")


class Verified(dg.Config):
    """How much to verify."""

    deep: bool = Field(default=False, description="Recalcule aussi les différences entre versions.")


class Retracted(dg.Config):
    """The version that goes, for ever."""

    package: str = Field(description="Le paquet, par exemple label.")
    version: str = Field(description="La version à retirer, par exemple 1.2.0.")
    reason: str = Field(description="Le motif, qui est publié ; ni nom ni adresse de personne, Dagster le garde aussi.")
    confirm: str = Field(description="Le paquet et la version encore une fois, pour confirmer : label 1.2.0.")


class Replayed(dg.Config):
    """The source whose rejected records are judged again."""

    source: str = Field(description="La source, par exemple palmares.")


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
        description="Chaque jour à 4 h, heure de Paris : supprime ce qui est gardé sur des personnes hors délai.",
    )


@contextmanager
def _told(name: str, file: str) -> Iterator[None]:
    """Whatever goes wrong as Dagster shows it: the text of what nobody foresaw may hold a value, and is not told."""
    try:
        yield
    except dg.Failure:
        raise
    except ArobaseError as error:
        raise failure(error) from error
    except Exception as error:  # noqa: BLE001  as above
        raise failure(unexpected(error, name=name, stage=name, file=file)) from None


def _send_job() -> dg.JobDefinition:
    @dg.op(name="envoi", description="Envoie les versions que le dépôt n'a pas encore.")
    def send_releases(context: dg.OpExecutionContext, config: Store, workspace: Workspace) -> None:
        from pipelines.releases.object_store import send
        from pipelines.storage.buckets import Bucket

        with _told(SEND, "outputs/releases"):
            sent = send(workspace.project.releases, Bucket.open(config.address))
        context.add_output_metadata({"envoyées": list(sent.versions), "retirées": list(sent.buried)})

    @dg.job(name=SEND, description="Envoie toutes les versions vers un dépôt d'objets (arobase release --to).")
    def job() -> None:
        send_releases()

    return job


def _verify_job() -> dg.JobDefinition:
    @dg.op(name="verification", description="Vérifie chaque version publiée, le registre et le journal.")
    def verify_releases(context: dg.OpExecutionContext, config: Verified, workspace: Workspace) -> None:
        from pipelines.releases.verify import verify

        with _told(VERIFY, "outputs/releases"):
            found = verify(workspace.project.releases, deep=config.deep)
        flaws = [f"{flaw.message('fr')} [{flaw.code}]" for flaw in found.flaws]
        checked = [f"{item.package} {item.version}" for item in found.verified]
        if not found.is_sound:
            told: dict[str, Any] = {"défauts": flaws, "versions": checked}
            raise dg.Failure(description="\n".join(flaws), metadata=told, allow_retries=False)
        context.add_output_metadata({"versions": checked, "notes": [note.fr for note in found.notes]})

    @dg.job(name=VERIFY, description="Vérifie ce qui est publié : empreintes, signatures, journal (arobase verify).")
    def job() -> None:
        verify_releases()

    return job


def _retract_job() -> dg.JobDefinition:
    @dg.op(name="retrait", description="Efface les fichiers d'une version ; une pierre tombale dit le motif.")
    def retract_version(context: dg.OpExecutionContext, config: Retracted, workspace: Workspace) -> None:
        from pipelines.pipeline.retraction import make_retraction
        from pipelines.releases.signature import key_of_environment

        wanted = f"{config.package} {config.version}"
        if config.confirm.strip() != wanted:
            raise dg.Failure(description=f"confirm : attendu « {wanted} » ; rien n'est effacé.", allow_retries=False)
        now = datetime.now(UTC)
        with _told(RETRACT, f"outputs/releases/{config.package}"):
            key = key_of_environment()
            gone = make_retraction(workspace.project, config.package, config.version, config.reason, now=now, key=key)
        context.add_output_metadata({"pierre tombale": dg.MetadataValue.path(str(gone))})

    @dg.job(name=RETRACT, description="Retire une version pour toujours et le dit (arobase retract).")
    def job() -> None:
        retract_version()

    return job


def _replay_job() -> dg.JobDefinition:
    @dg.op(name="nouveau_jugement", description="Juge à nouveau les lignes refusées d'une source.")
    def replay_source(context: dg.OpExecutionContext, config: Replayed, workspace: Workspace) -> None:
        from pipelines.pipeline.replay import replay

        with _told(REPLAY, f"sources/{config.source}.yaml"):
            done = replay(workspace.project, config.source)
        still = {**done.still_refused, **done.newly_refused}
        counts = {"revenus": len(done.came_back), "refusés": len(still), "règles": done.by_rule(still)}
        context.add_output_metadata({**counts, "détail": dg.MetadataValue.path(str(done.result.kept.folder))})

    @dg.job(name=REPLAY, description="Juge à nouveau ce qui a été refusé, après une correction (arobase replay).")
    def job() -> None:
        replay_source()

    return job


def _retention_job() -> dg.JobDefinition:
    @dg.op(name="suppression", description="Supprime ce qui est gardé sur des personnes et qui a dépassé son délai.")
    def delete_expired(context: dg.OpExecutionContext, workspace: Workspace) -> None:
        from pipelines.pipeline.retention import delete
        from pipelines.privacy import Vault

        project, now = workspace.project, datetime.now(UTC)
        with _told(RETENTION, "outputs/private"):
            vault = Vault(project.private)
            if vault.is_unopened or not vault.is_expired(now.date()):
                context.add_output_metadata({"supprimé": "rien : rien n'a dépassé son délai"})
                return
            done = delete(project, now=now, whole=True)
        counts = {"réponses": len(done.snapshots), "valeurs": done.values, "en quarantaine": done.quarantined}
        context.add_output_metadata({**counts, "événement": done.event})

    @dg.job(name=RETENTION, description="Supprime ce qui est gardé hors délai (arobase private delete --expired).")
    def job() -> None:
        delete_expired()

    return job
