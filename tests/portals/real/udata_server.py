"""Runs the real udata (the software of data.gouv.fr) on this machine: its application, its API, its harvester.

Run by udata's own Python: `python udata_server.py FOLDER PORT`; prints one line of JSON when it listens: the token and
the organisation to push with. The only stand-in is the database server: mongomock, in this process's memory. Harvests
therefore run here too, asked for at /essai/moisson?url=. Everything it writes is in FOLDER.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

SETTINGS = """
import mongomock
MONGODB_SETTINGS = dict(host="mongodb://localhost/udata", mongo_client_class=mongomock.MongoClient)
SERVER_NAME = "127.0.0.1:{port}"
PREFERRED_URL_SCHEME = "http"
SECRET_KEY = API_TOKEN_SECRET = SECURITY_PASSWORD_SALT = "essai"
DEFAULT_LANGUAGE = "fr"
CACHE_TYPE = "SimpleCache"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_BROKER_URL = "memory://"
URLS_ALLOW_LOCAL = URLS_ALLOW_PRIVATE = True
FS_PREFIX = "/s"
FS_ROOT = "{folder}/fs"
SEARCH_SERVICE_API_URL = None
PUBLISH_ON_RESOURCE_EVENTS = False
"""


def main(folder: Path, port: int) -> None:
    import os

    settings = folder / "udata.cfg"
    settings.write_text(SETTINGS.format(port=port, folder=folder), encoding="utf-8")
    os.environ["UDATA_SETTINGS"] = str(settings)
    from udata.app import create_app, standalone

    app = standalone(create_app())
    with app.app_context():
        told = people()

    @app.route("/essai/moisson")
    def harvest() -> Any:
        from flask import request

        return harvested(request.args["url"])

    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", port, app, threaded=False)
    print(json.dumps(told), flush=True)
    server.serve_forever()


def people() -> dict[str, str]:
    """An invented publisher, and what a portal of this software knows from the start: licences, territories."""
    from udata.core.api_token.models import ApiToken
    from udata.core.dataset.models import License
    from udata.core.organization.models import Member, Organization
    from udata.core.spatial.models import GeoLevel, GeoZone
    from udata.core.user.models import User

    page = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
    License(id="lov2", title="Licence Ouverte / Open Licence version 2.0", url=page).save()
    License(id="notspecified", title="Licence non spécifiée").save()
    GeoLevel(id="country", name="Pays", admin_level=20).save()
    GeoZone(id="country:fr", slug="france", level="country", code="fr", name="France").save()
    user = User(first_name="Personne", last_name="Inventée", email="personne@example.org", active=True).save()
    organization = Organization(name="Collectivité inventée", description="Pour les essais.")
    organization.members = [Member(user=user, role="admin")]
    organization.save()
    _, token = ApiToken.generate(user, name="essai")
    return {"token": token, "organization": str(organization.id)}


def harvested(url: str) -> dict[str, Any]:
    """Harvest a DCAT catalogue with udata's own harvester; every dataset that it knows from there, after it."""
    from udata.core.dataset.models import Dataset
    from udata.core.organization.models import Organization
    from udata.harvest.backends.dcat import DcatBackend
    from udata.harvest.models import HarvestSource

    source = HarvestSource.objects(url=url).first()
    if source is None:
        owner = Organization.objects.first()
        source = HarvestSource(name="Catalogue", url=url, backend="dcat", organization=owner).save()
    job = DcatBackend(source).harvest()
    errors = [error.message for error in job.errors] + [error.message for item in job.items for error in item.errors]
    found = [item for item in Dataset.objects if item.harvest and str(item.harvest.source_id) == str(source.id)]
    return {
        "status": job.status,
        "errors": errors,
        "datasets": sorted((shown(item) for item in found), key=lambda item: str(item["remote_id"])),
    }


def shown(dataset: Any) -> dict[str, Any]:
    """What would betray a second harvest that changes something."""
    resources = [
        {"id": str(item.id), "title": item.title, "url": item.url, "format": item.format, "filesize": item.filesize}
        | {"checksum": item.checksum.value if item.checksum else None}
        for item in dataset.resources
    ]
    return {
        "id": str(dataset.id),
        "remote_id": dataset.harvest.remote_id,
        "title": dataset.title,
        "license": dataset.license.id if dataset.license else None,
        "quality": {name: value for name, value in dataset.quality.items() if not name.startswith("next_")},
        "temporal": [str(day) for day in (dataset.temporal_coverage.start, dataset.temporal_coverage.end)]
        if dataset.temporal_coverage
        else None,
        "tags": sorted(dataset.tags),
        "resources": sorted(resources, key=lambda item: item["url"]),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), int(sys.argv[2]))
