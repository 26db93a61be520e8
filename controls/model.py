"""The shape of a control: described once, applied in up to three layers (prevent, block, detect)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from controls.rules.checks import Check, OnStack

Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]
"""IAM condition block: operator -> condition key -> value or values."""


class Severity(StrEnum):
    """Severity of a violation, as CrossGuard and Security Hub name it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class RuleVersion(StrEnum):
    """The version of the Security Rule that a paragraph number belongs to: the numbers change between them."""

    CURRENT = "45 CFR 164, as in force"
    NPRM_2025 = "90 FR 898, proposed 2025-01-06"


class PolicyType(StrEnum):
    """Organisation policy types, by the name AWS Organizations gives them."""

    SCP = "SERVICE_CONTROL_POLICY"
    RCP = "RESOURCE_CONTROL_POLICY"
    DECLARATIVE_EC2 = "DECLARATIVE_POLICY_EC2"
    TAG = "TAG_POLICY"
    BACKUP = "BACKUP_POLICY"
    AI_OPT_OUT = "AISERVICES_OPT_OUT_POLICY"


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """A paragraph of the HIPAA Security Rule (or its proposed change) that a control serves."""

    paragraph: str
    """For example `164.312(a)(2)(iv)`."""
    title: str
    version: RuleVersion = RuleVersion.CURRENT

    def __str__(self) -> str:
        suffix = "" if self.version is RuleVersion.CURRENT else " (proposed, 90 FR 898)"
        return f"45 CFR {self.paragraph} {self.title}{suffix}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A deny statement of an organisation policy.

    Exactly one of `actions` and `not_actions` is given. `exempt` adds the zone's exempt roles (deploy,
    break-glass) to the statement's condition through `aws:PrincipalArn`.
    """

    sid: str
    actions: Sequence[str] = ()
    not_actions: Sequence[str] = ()
    resources: Sequence[str] = ("*",)
    not_resources: Sequence[str] = ()
    conditions: Conditions = field(default_factory=dict[str, Mapping[str, str | Sequence[str]]])
    exempt: bool = True

    def __post_init__(self) -> None:
        if bool(self.actions) == bool(self.not_actions):
            raise ValueError(f"statement {self.sid!r}: give either actions or not_actions, not both or neither")
        if not self.sid.isalnum():
            raise ValueError(f"statement sid {self.sid!r}: AWS allows letters and digits only")


@dataclass(frozen=True, kw_only=True, slots=True)
class Guardrail:
    """The preventing layer: statements of an organisation policy, and the OUs they are attached to."""

    statements: Sequence[Statement]
    targets: Sequence[str]
    """OU paths such as `Workloads/ML-Prod`; `*` is every OU that is not suspended."""
    policy_type: PolicyType = PolicyType.SCP


@dataclass(frozen=True, kw_only=True, slots=True)
class Declaration:
    """The preventing layer where AWS wants a whole document instead of statements: AI opt-out, tag, backup, EC2."""

    name: str
    """Last part of the policy's name, kebab-case."""
    policy_type: PolicyType
    content: Mapping[str, object]
    """The policy document."""
    targets: Sequence[str]
    """Citations, as in `Guardrail`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyRule:
    """The blocking layer: one CrossGuard policy, checked before anything is deployed."""

    name: str
    """The policy's name in the pack, kebab-case."""
    title: str
    """The requirement, as one sentence without a full stop."""
    remedy: str
    """Remediation of a violating resource, in one or two sentences."""
    check: Check
    """The check, and its resource types."""

    @property
    def stack(self) -> bool:
        """Whether the policy needs several resources (a stack policy) rather than one."""
        return isinstance(self.check, OnStack)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigRule:
    """The detecting layer: one AWS Config managed rule, by its source identifier."""

    identifier: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """A safeguard: why it is there, which paragraph asks for it, and how each layer enforces it."""

    id: str
    title: str
    reason: str
    citations: Sequence[Citation]
    severity: Severity
    prevent: Guardrail | None = None
    declare: Sequence[Declaration] = ()
    block: Sequence[PolicyRule] = ()
    detect: Sequence[ConfigRule] = ()

    @property
    def layers(self) -> Sequence[Literal["prevent", "block", "detect"]]:
        """The layers this control is applied in, in the order in which they act."""
        present = {
            "prevent": bool(self.prevent or self.declare),
            "block": bool(self.block),
            "detect": bool(self.detect),
        }
        return [layer for layer in ("prevent", "block", "detect") if present[layer]]
