"""What search engines and learning frameworks read: schema.org `Dataset`, and Croissant 1.1.

Belongs here: those two documents, from the descriptor of a version. Does not: DCAT (`dcat.py`).
Sources: schema.org/Dataset; MLCommons Croissant format specification 1.1.
"""

from __future__ import annotations

from typing import Any

from pipelines.catalogue.addresses import Addresses, localised
from pipelines.catalogue.model import Holding, Table, Version, contributor, text_in
from pipelines.core.text import Language

CROISSANT = "http://mlcommons.org/croissant/1.1"
CROISSANT_TYPES = {
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
    "year": "sc:Integer",
}
CROISSANT_CONTEXT: dict[str, Any] = {
    "@language": "fr",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataBiases": "cr:dataBiases",
    "dataCollection": "cr:dataCollection",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "personalSensitiveInformation": "cr:personalSensitiveInformation",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def citation(version: Version, addresses: Addresses, language: Language) -> str:
    """How to cite a version: who, when, what, which version, where."""
    made = contributor(version.descriptor).get("title") or addresses.publisher.title
    page = addresses.page(localised(f"{version.package}/version-{version.number}.html", language))
    title = text_in(version.descriptor, "title", language)
    return f"{made} ({version.created[:4]}). {title}, version {version.number}. {page}"


def schema_org(holding: Holding, version: Version, addresses: Addresses, language: Language) -> dict[str, Any]:
    """The JSON-LD of a package's page."""
    descriptor = version.descriptor
    words = descriptor.get("keywords_en" if language == "en" else "keywords", [])
    publisher = contributor(descriptor)
    licence = descriptor["licenses"][0]
    document: dict[str, Any] = {
        "@context": {"@vocab": "https://schema.org/"},
        "@type": "Dataset",
        "@id": addresses.dataset(holding.name),
        "name": holding.title(language),
        "description": holding.description(language),
        "url": addresses.page(localised(f"{holding.name}/index.html", language)),
        "identifier": addresses.dataset(holding.name),
        "version": version.number,
        "datePublished": holding.readable[-1].created[:10],
        "dateModified": version.created[:10],
        "license": licence.get("path", licence["name"]),
        "keywords": list(words),
        "inLanguage": ["fr", "en"],
        "isAccessibleForFree": True,
        "spatialCoverage": "France",
        "creator": {"@type": "Organization", "name": publisher.get("title") or addresses.publisher.title},
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": addresses.catalogue, "name": "Arobase"},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": f"{table.title(language)} ({file.kind})",
                "contentUrl": addresses.release(file.path),
                "encodingFormat": file.media_type,
                "contentSize": f"{file.bytes} B",
                "sha256": file.sha256,
            }
            for table in version.tables
            for file in table.files
        ],
    }
    period = descriptor.get("temporal")
    if not period:
        return document
    return {**document, "temporalCoverage": f"{period.get('start', '..')}/{period.get('end', '..')}"}


def croissant(holding: Holding, version: Version, addresses: Addresses) -> dict[str, Any]:
    """The Croissant document of a version: its CSV files, and a record set a table with typed fields."""
    licence = version.descriptor["licenses"][0]
    publisher = contributor(version.descriptor)
    return {
        "@context": CROISSANT_CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CROISSANT,
        "name": holding.name,
        "description": text_in(version.descriptor, "description", "fr"),
        "url": addresses.page(f"{holding.name}/index.html"),
        "license": licence.get("path", licence["name"]),
        "version": version.number,
        "datePublished": version.created[:10],
        "creator": {"@type": "Organization", "name": publisher.get("title") or addresses.publisher.title},
        "citeAs": citation(version, addresses, "fr"),
        "keywords": list(version.descriptor.get("keywords", [])),
        "distribution": [_file_object(table, addresses) for table in version.tables],
        "recordSet": [_record_set(table) for table in version.tables],
    }


def _file_object(table: Table, addresses: Addresses) -> dict[str, Any]:
    file = table.files[0]
    return {
        "@type": "cr:FileObject",
        "@id": f"{table.name}-csv",
        "name": f"{table.name}.csv",
        "contentUrl": addresses.release(file.path),
        "encodingFormat": "text/csv",
        "contentSize": f"{file.bytes} B",
        "sha256": file.sha256,
    }


def _record_set(table: Table) -> dict[str, Any]:
    key = [{"@id": f"{table.name}/{name}"} for name in table.key]
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description("fr"),
        **({"key": key if len(key) > 1 else key[0]} if key else {}),
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table.name}/{item['name']}",
                "name": item["name"],
                "description": item.get("description", item.get("title", "")),
                "dataType": CROISSANT_TYPES.get(item["type"], "sc:Text"),
                "source": {"fileObject": {"@id": f"{table.name}-csv"}, "extract": {"column": item["name"]}},
            }
            for item in table.fields
        ],
    }
