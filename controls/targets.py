"""The OUs that guardrails are attached to, by what is in them."""

from typing import Final

EVERY_OU: Final = ("*",)
"""Every OU that is not suspended."""
PHI: Final = ("Workloads/ML-Staging", "Workloads/ML-Prod")
"""Where patient data may be."""
WORKLOADS: Final = ("Workloads",)
"""Development, staging and production of the ML teams."""
PRODUCTION: Final = ("Workloads/ML-Prod",)
PRIVATE: Final = ("Workloads", "Sandbox")
"""Accounts whose network is the zone's: no way out of their own."""
