"""OUs that guardrails are attached to."""

from typing import Final

EVERY_OU: Final = ("*",)
"""Every OU that is not suspended."""
PHI: Final = ("Workloads/ML-Staging", "Workloads/ML-Prod")
"""OUs whose accounts may hold patient data."""
WORKLOADS: Final = ("Workloads",)
"""Development, staging and production of the ML teams."""
PRODUCTION: Final = ("Workloads/ML-Prod",)
"""The OU of production accounts."""
PRIVATE: Final = ("Workloads", "Sandbox")
"""OUs whose accounts use the zone's network and have no internet gateway of their own."""
