"""The verdict of one policy on one deployed resource."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Outcome = Literal["passes", "fails", "exempt", "not evaluated"]
"""`exempt`: violates the policy under an exemption in force. `not evaluated`: no verdict; the detail says why."""
OUTCOMES: Final[tuple[Outcome, ...]] = ("fails", "not evaluated", "exempt", "passes")
"""Outcomes in the order in which a reader looks for them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a policy or rule decided about a deployed resource."""

    policy: str
    """Name of the policy, or of the organization policy or Config rule."""
    stack: str
    resource: str
    """Pulumi name of the resource."""
    urn: str
    type: str
    """Pulumi type token."""
    account: str = ""
    """Id of the account; empty if the state does not record it."""
    region: str = ""
    """Region; empty for a global resource, or if the state does not record it."""
    outcome: Outcome
    detail: str = ""
    """Problems of a resource that fails or is exempt, or why it was not evaluated; empty when it passes."""
    owner: str = ""
    """Owner of the exemption."""
    reason: str = ""
    """Reason of the exemption."""
    expires: date | None = None
    """Last day of the exemption."""
