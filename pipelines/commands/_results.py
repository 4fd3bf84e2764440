"""The results of rules in a reader's words.

Belongs here: labels of the code list `regles_resultats`. Does not: giving a result (the rules of domains).
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.core.project import Project
from pipelines.core.text import Language


def result_labels(project: Project, language: Language) -> Mapping[str, str]:
    """The label of each code of a result; none in a project that has no such list, where codes are shown."""
    from pipelines.schema import load_codelist

    if not (project.schemas / "codelists" / "regles_resultats.csv").is_file():
        return {}
    return {code.code: code.label(language) for code in load_codelist(project.schemas, "regles_resultats").codes}
