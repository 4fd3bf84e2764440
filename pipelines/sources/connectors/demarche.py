"""The connector `demarche`: forms of Démarche numérique (once Démarches Simplifiées), GraphQL API v2.

Asks the stored query `ds-query-v2` for pages of 100 under a constant `updatedSince`, from the cursor kept at the last
success, then for the deletions. The stored query serves the applicant's e-mail address and identity whatever one asks:
they are dropped in memory, before anything is written (`dossiers.py`), so the answers themselves are not kept, only
their digests. A part is the dossiers as JSON Lines, by number.

parameters: `number` (of the démarche), `updated_since` (an instant, constant), `annotations`, `files`, `per_minute`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.core.text import Said
from pipelines.sources.descriptions import Source
from pipelines.sources.dossiers import Dossiers, dossiers_of, drift, form, kept_dossier
from pipelines.sources.downloads import kept
from pipelines.sources.errors import CollectError
from pipelines.sources.http import Answer, Client, client_of
from pipelines.sources.http.errors import NotAuthorised, NotTheAnswer
from pipelines.sources.merging import Merged
from pipelines.sources.pagination import Pagination
from pipelines.sources.registry import FetchContext, Fetched, connector
from pipelines.sources.snapshots import Capture, SnapshotStore

PAGE = 100
# 400 requests a minute for one token. Source: config/initializers/rack_attack.rb of the platform.
PER_MINUTE = 400
LISTS = {"pendingDeletedDossiers": "pendingDeleted", "deletedDossiers": "deleted"}
NOTHING = (
    "GroupeInstructeurs",
    "Service",
    "Traitements",
    "Instructeurs",
    "Avis",
    "Messages",
    "Corrections",
    "Geometry",
)


@connector("demarche")
def fetch(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched]:
    """The dossiers of a démarche, changed ones merged into those of the last capture, deleted ones gone.

    Raises `CollectError` for wrong parameters, `NotAuthorised`, `NotTheAnswer` for any root error (a partial answer is
    never used), `CrawlRefused`, and what the client raises.
    """
    asking = Asking(source, context)
    known = context.state.get("key") == asking.key
    before = kept(previous, source.parts[0].name) if known else None
    start = context.state.get("cursor") if before else None
    with Pagination(context, source.parts[0].name, asking.key | {"from": start}, keep_answers=False) as paged:
        shape = asking.form()
        _dossiers(asking, paged, start)
        withdrawn = [item for name in LISTS for item in asking.deleted(name)]
        base = SnapshotStore.of(context.project).path(before) if before else None
        merged = Merged.of(base, paged.path("records"), withdrawn)
        merged.write(context.folder / "dossiers.jsonl")
        facts = {
            "pages": paged.pages,
            "changed": paged.records,
            "dossiers": len(merged.places),
            "withdrawn": merged.withdrawn,
            "drift": drift(context.state.get("form"), shape, source),
        }
        evidence = {"pages": paged.path("pages")}
        # An empty page has no cursor: the last one that was given stays the place to go on from.
        cursor = paged.cursor or start
        for part in source.parts:
            path = context.folder / "dossiers.jsonl"
            yield Fetched(part.name, path, source.address, "application/x-ndjson", fetch=facts, evidence=evidence)
        context.state.update(key=asking.key, cursor=cursor, form=shape)


def _dossiers(asking: Asking, paged: Pagination, start: str | None) -> None:
    """Follow the pages to their end, each dossier cut down to what may be kept."""
    seen: dict[int, str] = {}
    while True:
        answer, found = asking.dossiers(paged.cursor or start)
        nodes, info = found.nodes, found.page_info
        dates = {node.number: node.date_derniere_modification for node in nodes}
        if nodes and all(seen.get(number) == day for number, day in dates.items()):
            raise paged.refused(answer.address, Said("page répétée", "repeated page"))
        seen |= dates
        end = info.end_cursor or paged.cursor
        if info.has_next_page and end == (paged.cursor or start):
            raise paged.refused(answer.address, Said("curseur qui n'avance pas", "cursor that does not advance"))
        try:
            kept = [kept_dossier(node, asking.files) for node in nodes]
        except ValueError as error:
            raise asking.wrong(answer, str(error)) from None
        paged.add(answer, kept, end if nodes else paged.cursor)
        if not info.has_next_page:
            return


class Asking:
    """How one démarche is asked: its address, its token, its constant question."""

    def __init__(self, source: Source, context: FetchContext) -> None:
        parameters = source.parameters
        if not isinstance(parameters.get("number"), int) or not source.secrets:
            raise CollectError(
                source=source.name,
                found=f"parameters.number: {parameters.get('number')!r}, secrets: {list(source.secrets)}",
                expected=Said(
                    "le numéro de la démarche et le nom du jeton", "the démarche's number and its token's name"
                ),
            )
        self.source, self.url = source, source.address
        self.client: Client = client_of(context)
        self.client.per_minute = int(parameters.get("per_minute", PER_MINUTE))
        self.headers = {"Authorization": f"Bearer {context.secret(source.secrets[0])}"}
        self.since = parameters.get("updated_since", "2000-01-01T00:00:00Z")
        self.annotations = bool(parameters.get("annotations", False))
        self.key: dict[str, Any] = {
            "number": parameters["number"],
            "since": self.since,
            "annotations": self.annotations,
        }
        store = SnapshotStore.of(context.project, source)
        self.files = FileKeeper(self.client, store, context) if parameters.get("files") else None

    def dossiers(self, cursor: str | None) -> tuple[Answer, Dossiers]:
        """The page of dossiers after a cursor, its champs not parsed. Raises `NotAuthorised`, `NotTheAnswer`."""
        answer = self._answer({"includeDossiers": True, "first": PAGE, "after": cursor})
        try:
            return answer, dossiers_of(answer.body)
        except ValueError as error:
            # What it says of itself explains more than the shape that it lacks.
            self._demarche(answer)
            raise self.wrong(answer, str(error)) from None

    def page(self, variables: Mapping[str, Any]) -> tuple[Answer, dict[str, Any]]:
        """One answer, and its `demarche`. Raises `NotAuthorised`, `NotTheAnswer`."""
        answer = self._answer(variables)
        return answer, self._demarche(answer)

    def _answer(self, variables: Mapping[str, Any]) -> Answer:
        include = {f"include{name}": False for name in NOTHING} | {
            "demarcheNumber": self.source.parameters["number"],
            "updatedSince": self.since,
            "includeAnotations": self.annotations,
            **variables,
        }
        body = {"queryId": "ds-query-v2", "operationName": "getDemarche", "variables": include}
        return self.client.ask(self.url, method="POST", json=body, headers=self.headers)

    def _demarche(self, answer: Answer) -> dict[str, Any]:
        """Its `demarche`. Raises `NotAuthorised`, `NotTheAnswer`."""
        try:
            document = answer.json()
        except ValueError:
            raise self.wrong(answer, Said("JSON illisible ou coupé", "unreadable or cut JSON")) from None
        errors = document.get("errors") if isinstance(document, dict) else [{}]
        if errors:
            code = str(errors[0].get("extensions", {}).get("code", "?"))
            if code in ("unauthorized", "forbidden"):
                names = ", ".join(self.source.secrets)
                raise NotAuthorised(source=self.source.name, address=answer.address, status=code, secrets=names)
            raise self.wrong(answer, Said(f"erreur GraphQL « {code} »", f'GraphQL error "{code}"'))
        demarche = (document.get("data") or {}).get("demarche")
        if not isinstance(demarche, dict):
            raise self.wrong(answer, "data.demarche absent")
        return demarche

    def list(self, answer: Answer, demarche: Mapping[str, Any], name: str) -> dict[str, Any]:
        """A connection with its nodes and page info. Raises `NotTheAnswer` when it lacks either."""
        found = demarche.get(name)
        if not isinstance(found, dict) or not isinstance(found.get("nodes"), list) or "pageInfo" not in found:
            raise self.wrong(answer, f"{name}.nodes absent")
        if any(node is None for node in found["nodes"]):
            raise self.wrong(answer, f"{name}.nodes: null")
        return found

    def form(self) -> dict[str, Any]:
        """The fields of the form by identifier: type and label."""
        _answer, demarche = self.page({"includeRevision": True, "includeDossiers": False, "includeChamps": False})
        return form(demarche.get("activeRevision") or {})

    def deleted(self, name: str) -> Iterator[dict[str, Any]]:
        """The dossiers of a list of deletions: number, date, state, reason."""
        prefix, cursor = LISTS[name], None
        while True:
            include = {f"include{name[0].upper()}{name[1:]}": True, "includeDossiers": False}
            variables = {f"{prefix}First": PAGE, f"{prefix}After": cursor, f"{prefix}Since": self.since}
            answer, demarche = self.page(include | variables)
            page = self.list(answer, demarche, name)
            yield from page["nodes"]
            info = page["pageInfo"]
            if not info.get("hasNextPage"):
                return
            if info.get("endCursor") in (None, cursor):
                reason = Said(f"{name} : curseur qui n'avance pas", f"{name}: cursor that does not advance")
                raise self.wrong(answer, reason)
            cursor = info["endCursor"]

    def wrong(self, answer: Answer, found: str | Said) -> NotTheAnswer:
        """The error for an answer that is not whole."""
        expected = Said("une réponse entière de l'API v2", "a whole answer of the API v2")
        return NotTheAnswer(source=self.source.name, address=answer.address, found=found, expected=expected)


class FileKeeper:
    """Fetches the files of a dossier at once, because their addresses expire within the hour; kept by digest."""

    def __init__(self, client: Client, store: SnapshotStore, context: FetchContext) -> None:
        self.client, self.store, self.context = client, store, context

    def __call__(self, file: Mapping[str, Any]) -> str:
        """The SHA-256 of a file, kept. Raises `NotTheAnswer` when it is not what its checksum says."""
        import base64
        import hashlib

        path = self.context.folder / "file.download"
        answer = self.client.ask(str(file["url"]), to=path, page_is_wrong=False, may_be_empty=True)
        with path.open("rb") as opened:
            digest = base64.b64encode(hashlib.file_digest(opened, "md5").digest()).decode("ascii")
        if file.get("checksum") not in (None, digest):
            found, expected = (
                Said("somme MD5 différente", "another MD5"),
                Said("le fichier annoncé", "the file announced"),
            )
            address = answer.address.partition("?")[0]
            raise NotTheAnswer(source=self.client.source, address=address, found=found, expected=expected)
        return self.store.adopt(path)
