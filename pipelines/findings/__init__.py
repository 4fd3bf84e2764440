"""The registry of rules, and the shape of a finding: what a rule concludes about a published row.

Belongs here: registering rules, running them, the versions of a dated rule. Does not: any rule (each domain has its
own, as `domains/label/rules/` and `domains/inquiries/law/`), rejecting a row (`validation/`), the gate against personal
data (`privacy/`).
"""

from pipelines.findings.registry import Finding, Rule, deviations, finding_rule, finding_rules, run_rules
from pipelines.findings.versions import RuleVersion, read_versions

__all__ = [
    "Finding",
    "Rule",
    "RuleVersion",
    "deviations",
    "finding_rule",
    "finding_rules",
    "read_versions",
    "run_rules",
]
