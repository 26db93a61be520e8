"""OUs that guardrails are attached to."""

from typing import Final

ROOT: Final = ("/",)
"""The root: every account but the management account, wherever it is, also when it is suspended."""
CANARY: Final = "Policy-Staging"
"""The OU that has every guardrail of the others as well: a statement is tried here first (`controls.compiler`)."""
EVERY_OU: Final = ("*",)
"""Every OU that is not suspended."""
PHI: Final = ("Workloads/ML-Staging", "Workloads/ML-Prod")
"""OUs whose accounts may hold patient data."""
RECORDS: Final = (*PHI, "Security")
"""OUs whose accounts hold patient data, or the records and backups of it."""
WORKLOADS: Final = ("Workloads",)
"""Development, staging and production of the ML teams."""
PRODUCTION: Final = ("Workloads/ML-Prod",)
"""The OU of production accounts."""
PRIVATE: Final = ("Workloads", "Sandbox")
"""OUs whose accounts use the zone's network and have no internet gateway of their own."""
