"""What the code registers by name: errors, rules, converters, readings, connectors; and the sources that ship."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Sequence
from typing import Any

import pipelines
from pipelines.core.errors import PARTIES, ArobaseError
from pipelines.domains.inquiries.law import regles
from pipelines.findings import Rule, finding_rules
from pipelines.findings.versions import VersionLine
from pipelines.mapping.registry import CONVERTERS, READINGS
from pipelines.pipeline.check_groups import DESCRIPTIONS, FAMILIES
from pipelines.sources import Source, Sources
from scripts.reference.markdown import code, page, table


def import_every_module() -> None:
    """So that every error is registered. The front doors stay shut: they load a project."""
    for info in pkgutil.walk_packages(pipelines.__path__, "pipelines."):
        if info.name not in ("pipelines.definitions", "pipelines.cli"):
            importlib.import_module(info.name)


SITUATIONS: dict[str, tuple[str, ...]] = {
    "Setting up a project": ("core", "starter"),
    "Describing packages and tables": ("schema",),
    "Asking a source": ("sources",),
    "Reading a file": ("formats",),
    "Turning records into rows": ("mapping", "geo"),
    "Validating a table": ("validation",),
    "Personal data": ("privacy",),
    "Rules and findings": ("findings", "domains"),
    "Running the main job": ("pipeline", "orchestration"),
    "Publishing and verifying releases": ("releases",),
    "The catalogue and commands": ("catalogue", "commands"),
    "Pushing to portals": ("portals",),
    "Alerts and monitoring": ("alerts", "monitoring"),
    "The machine, its disk and its stores": ("storage", "http"),
}
"""What a person is doing when an error comes: the modules that say so."""


def errors_page() -> str:
    """Every error that a person can act on: its code, who fixes it, its sentences, by situation."""
    import_every_module()
    own = {name: kind for name, kind in ArobaseError.registry.items() if kind.__module__.startswith("pipelines.")}
    introduction = (
        f"The {len(own)} errors that Arobase says to a person, by the code at the end of the message. Words in braces "
        "are filled with the facts of the case; a personal value is never one of them."
    )
    by_situation: dict[str, list[str]] = {title: [] for title in SITUATIONS}
    for name in sorted(own):
        by_situation[situation(own[name])].append(name)
    index = table(
        ("you were", "codes"),
        [
            (f"[{title}](#{anchor(title)})", ", ".join(f"[{name}](#{name})" for name in names))
            for title, names in by_situation.items()
        ],
    )
    sections = []
    for title, names in by_situation.items():
        sections += [f"## {title}", *(error_section(name, own[name]) for name in names)]
    return page("Errors", introduction, index, *sections)


def situation(kind: type[ArobaseError]) -> str:
    """Raises `LookupError` for an error of a module that no situation names."""
    module = kind.__module__.split(".")[1]
    for title, modules in SITUATIONS.items():
        if module in modules:
            return title
    raise LookupError(f"{kind.__name__}: {module} is in no situation of the page of errors")


def anchor(title: str) -> str:
    return title.lower().replace(",", "").replace(" ", "-")


def error_section(name: str, kind: type[ArobaseError]) -> str:
    return (
        f"### {name}\n\n**To be fixed by {PARTIES[kind.responsible]['en']}.** {meaning(kind)}\n\n> {kind.fr}\n\n"
        f"> {kind.en}\n\nDeclared in `{place(kind)}`."
    )


VERSIONS = """## Versions of rules

What a rule asks for may change with time. Any domain keeps the versions of its rules in a CSV file beside them, whose
columns are `regle`, the code of the rule; `regime`, codes of the domain separated by `|`, or `*` for all; `valide_du`
and `valide_au`, the first and the last day, empty for no bound; `parametre` and `valeur`, one a line; `base_legale`,
the text; `certitude`, a code of the list [certitudes](code-lists.md#certitudes); `source`, how the text was read. Two
lines that give one parameter of one rule on one day are an error ([`rule-versions`](errors.md#rule-versions)), and so
is a rule that its file does not know.

A rule names its file and takes the version of each row; a finding that is given the version has its basis, its name
and its certainty:

```python
VERSIONS = Path(__file__).with_name("regles.csv")


@finding_rule("MAI-01", reads=("mairie/deliberations",), base="Règlement intérieur", versions=VERSIONS)
def transmission(tables, project):
    \"\"\"Une délibération est transmise dans le délai de sa date.\"\"\"
    for row in tables["mairie/deliberations"].to_pylist():
        version = read_versions(VERSIONS).on("MAI-01", row["date_seance"])
        if version is None or row["transmission_jours"] <= version.number("jours"):
            continue
        reckoning = f"{row['transmission_jours']} > {version.number('jours')}"
        place = ("deliberations", (row["deliberation_id"],), "transmission_jours")
        yield Finding(*place, "non_conforme", reckoning, f"{reckoning} jours", f"{reckoning} days", version=version)
```"""


def rules_page() -> str:
    """Every rule: the validator's families, the rules across rows, the law of inquiries with its versions."""
    families = table(
        ("family", "what it says", "Frictionless' errors"),
        [
            (code(name), said.en, ", ".join(code(item) for item in FAMILIES.get(name, ())))
            for name, said in DESCRIPTIONS.items()
        ],
    )
    inquiries = [inquiry_rule(item) for item in regles.regles().values()]
    sections = [
        f"## Families of the validator\n\nBlocking checks that every Table Schema gives rise to.\n\n{families}",
        "## Rules across rows\n\nTheir conclusions are findings (`constats`) and never remove a row.",
        *(finding_section(item) for item in finding_rules()),
        VERSIONS,
        "## Law of inquiries\n\nWhich law applied is in [enquetes.md](../fr/enquetes.md). A version of a rule is for "
        "the regimes and between the days that it names; « lu » means that the text was read.",
        *inquiries,
    ]
    introduction = (
        "What is checked, on which basis, and how sure the basis is. The explanations are what releases publish."
    )
    return page("Rules", introduction, *sections)


def finding_section(rule: Rule) -> str:
    about = (
        f"Reads {', '.join(code(name) for name in rule.reads)}. Basis: {rule.base}. Certainty `{rule.certainty}`, "
        f"version {rule.version}; declared in `{place(rule.check)}`."
    )
    section = f"### {rule.code}\n\n{rule.explanation}\n\n{about}"
    return f"{section}\n\n{versions_table(rule.versions)}" if rule.versions else section


def inquiry_rule(rule: regles.Regle) -> str:
    lines = [item for item in regles.lignes() if item.rule == rule.id]
    return f"### {rule.id}\n\n**{rule.libelle}.** {rule.explication}\n\n{versions_table(lines)}"


def versions_table(lines: Sequence[VersionLine]) -> str:
    """What a rule asked for, in which regimes and between which days."""
    rows = [
        (
            ", ".join(item.regimes),
            f"{item.valid_from or ''} … {item.valid_until or ''}" if item.valid_from or item.valid_until else "",
            f"{item.parameter} {item.value}".strip(),
            item.base,
            item.certainty,
        )
        for item in lines
    ]
    return table(("regimes", "valid", "parameter", "basis", "certainty"), rows)


def mappings_page() -> str:
    """Every converter and reading that a mapping can name."""
    converting = [function_section(name, made) for name, made in sorted(CONVERTERS.items())]
    reading = [function_section(name, made) for name, made in sorted(READINGS.items())]
    introduction = (
        "What a mapping can name under `with:` ([mapping.md](../mapping.md)). A converter makes one field of one or "
        "several columns; a reading fills several fields at once."
    )
    return page("Converters and readings", introduction, "## Converters", *converting, "## Readings", *reading)


def function_section(name: str, made: Callable[..., Any]) -> str:
    return f"### {name}\n\n{meaning(made)}\n\nDeclared in `{place(made)}`."


def sources_page(sources: Sources) -> str:
    """The sources that ship with the project, and what each of them fills."""
    described = sorted([*sources.values(), *sources.off.values()], key=lambda item: item.name)
    sections = [source_section(item) for item in described]
    return page("Sources", "The sources that `sources/*.yaml` describe, and the tables that each fills.", *sections)


def source_section(source: Source) -> str:
    parts = [f"## {source.name}", f"**{source.title}.** {source.description}"]
    if source.description_en != source.description:
        parts.append(f"**{source.title_en}.** {source.description_en}")
    if not source.enabled:
        parts.append(
            f"Off as it ships: nothing is asked of it, and the tables that need it do not exist. To turn it on, remove "
            f"`enabled: false` from `{source.path}`; first try it with `arobase sources test {source.name}`."
        )
    if source.example:
        parts.append("An example: its records are made-up sample data.")
    parts.append(
        f"Connector `{source.connector}`, address `{source.address}`, licence `{source.licence}`, kept by "
        f"`{source.owner}`, cadence `{source.cadence or 'none'}`."
    )
    parts.append(
        table(
            ("part", "format", "records", "fills"),
            [
                (
                    code(part.name),
                    part.format,
                    f"[{part.schema}](data-incoming.md#{part.schema})" if part.schema else "",
                    ", ".join(code(name) for name in dict.fromkeys(entry["table"] for entry in part.rows)),
                )
                for part in source.parts
            ],
        )
    )
    return "\n\n".join(parts)


def meaning(declared: Any) -> str:
    """A docstring as paragraphs."""
    return inspect.getdoc(declared) or ""


def place(declared: Any) -> str:
    """The file that declares something, from the project's folder."""
    return f"{inspect.unwrap(declared).__module__.replace('.', '/')}.py"
