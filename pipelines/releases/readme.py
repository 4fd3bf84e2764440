"""`README.md` of a release: what it is, what is in it, and how to check it with no Arobase.

Belongs here: the page. Does not: the numbers on it, which come from the descriptor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.releases.formats import output_formats

SIGNED = "tagmanifest-sha256.txt"
CHECKS = f"""## Vérifier / Verify

Depuis le dossier de la version (celui qui contient `bagit.txt`), sans Arobase :
From the folder of the version (the one that contains `bagit.txt`), without Arobase:

```
ssh-keygen -Y verify -f allowed_signers -I arobase -n arobase-release -s {SIGNED}.sig < {SIGNED}
sha256sum -c tagmanifest-sha256.txt && sha256sum -c manifest-sha256.txt
bagit.py --validate .
```

`allowed_signers` : une ligne `arobase ssh-ed25519 AAAA…`, la clé publique, obtenue du producteur par un autre moyen
que ce dossier. / one line, the publisher's public key, obtained from the publisher through another channel.
Sans fichier `{SIGNED}.sig`, la version n'est pas signée : la première commande ne s'applique pas. /
Without this file, the version is not signed: the first command does not apply.
La deuxième commande accepterait un fichier ajouté ; la troisième le refuse. / The second would accept an added file;
the third refuses it.

Avec Arobase / With Arobase: `arobase verify . --key allowed_signers`
"""


def readme(document: Mapping[str, Any]) -> str:
    """The page, from the descriptor."""
    own = document["arobase"]
    title = document["title"]
    lines = [f"# {title} {document['version']}", "", document["description"], ""]
    if document.get("description_en", document["description"]) != document["description"]:
        lines += [f"*{document['description_en']}*", ""]
    licence = document["licenses"][0]
    lines += [f"- Licence : {licence.get('title', licence['name'])} ({licence['name']})"]
    lines += [f"- Copie la plus récente d'une source / newest snapshot: {document['created']}"]
    lines += [f"- Version précédente / version before: {own['parent_version'] or '—'}", ""]
    for warning in document.get("warnings", []):
        lines += [f"> ⚠ {warning['fr']} / *{warning['en']}*", ""]
    lines += ["## Tables", "", *_tables(document)]
    lines += ["", "Chaque champ est décrit dans / every field is described in `datapackage.json`.", ""]
    lines += ["- `qualite/constats.csv` : résultats des contrôles / results of the checks"]
    lines += ["- `qualite/rejets.csv` : lignes écartées, avec le motif / rejected rows, with the reason"]
    lines += ["- `qualite/provenance.parquet` : d'où vient chaque ligne / where each row comes from"]
    lines += [
        "- `CHANGES.md`, `changes/` : ce qui change depuis la version précédente / what changed since the one before"
    ]
    lines += ["", "## Sources", ""]
    for source in document.get("sources", []):
        example = " — **exemple, données fictives / example, made-up data**" if source["example"] else ""
        lines.append(f"- {source['title']} ({source.get('publisher', '')}, {source.get('licence', '')}){example}")
        for one in source["snapshots"]:
            lines.append(f"  - {one['part']} : SHA-256 `{one['sha256']}`, {one['obtained']}, {one['path']}")
    return "\n".join([*lines, "", CHECKS])


def _tables(document: Mapping[str, Any]) -> list[str]:
    """A line a table, a column for each format that some table is written in."""
    held = {item["path"] for item in document["resources"]}
    tables = [item for item in document["resources"] if "schema" in item and "/" not in item["path"]]
    forms = [form for form in output_formats() if any(form.path(item["name"]) in held for item in tables)]
    lines = [f"| table | lignes / rows | {' | '.join(form.short for form in forms)} |"]
    lines.append(f"|---|---:|{'---|' * len(forms)}")
    for item in tables:
        places = [form.path(item["name"]) for form in forms]
        links = [f"[{place}]({place})" if place in held else "—" for place in places]
        lines.append(f"| {item['title']} | {item['rows']} | {' | '.join(links)} |")
    return lines
