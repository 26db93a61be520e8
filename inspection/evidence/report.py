"""The evidence report: paragraphs of the Security Rule, their controls, and the verdict on every deployed resource."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from controls.security_rule import REQUIREMENTS, Requirement
from controls.verdict import Outcome, Verdict
from inspection.evidence.origin import Origin
from inspection.evidence.proofs import ProofState

Status = Literal["fails", "incomplete", "zone passes", "not deployed", "organizational"]
"""Status of a paragraph, from the verdicts alone.

- `fails`: a resource fails, or another proof failed.
- `incomplete`: a resource was not evaluated, and none fails.
- `zone passes`: every verdict is `passes` or `exempt`, and at least one passes. What the organization shows beside that
  (`Requirement.show`) is not judged.
- `not deployed`: controls exist, and no resource of them is deployed.
- `organizational`: no control of the zone; the organization shows how it complies.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenance:
    """When, where, from what and by whom the evidence was written."""

    zone: str
    written: datetime
    """UTC."""
    by: str
    commit: str
    """Git commit of the checkout, `+changes` when files differ from it; or why it is not known."""
    accounts: Mapping[str, str]
    """Name -> id of the accounts with resources in the states; an id without a known name stands for itself."""
    regions: Sequence[str]
    origin: Origin


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyExemption:
    """A resource that may break a policy for a time."""

    policy: str
    resource: str
    owner: str
    reason: str
    expires: date
    in_force: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """The mechanisms of one control in one layer."""

    layer: Literal["prevent", "block", "detect"]
    means: str
    """The policy or rule, by its name in AWS or in the pack."""
    where: Sequence[str]
    """Deployed resources with a verdict, as `stack/name`."""
    verdicts: Sequence[Verdict] = ()
    targets: Sequence[str] = ()
    """OUs that a policy of the preventing layer is declared for."""

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """Outcome -> number of verdicts."""
        return Counter(verdict.outcome for verdict in self.verdicts)


@dataclass(frozen=True, kw_only=True, slots=True)
class ParagraphControl:
    """A control under one paragraph."""

    control: str
    title: str
    reason: str
    severity: str
    nist: Sequence[str]
    """Controls of NIST SP 800-53 Rev. 5."""
    layers: Sequence[Layer]

    @property
    def verdicts(self) -> Sequence[Verdict]:
        """The verdicts of all layers."""
        return [verdict for layer in self.layers for verdict in layer.verdicts]

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """Outcome -> number of verdicts."""
        return Counter(verdict.outcome for verdict in self.verdicts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file that the organization attached to a paragraph."""

    path: str
    """Path below the folder of the evidence."""
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """A paragraph of the Security Rule."""

    number: str
    title: str
    entries: Sequence[ParagraphControl]
    config_rules: Sequence[str]
    """Rules of AWS's HIPAA conformance pack that cite the paragraph."""
    proofs: Sequence[str] = ()
    """Kinds of results of other proofs that belong to the paragraph."""
    failed_proofs: Sequence[str] = ()
    attachments: Sequence[Attachment] = ()

    @property
    def requirement(self) -> Requirement:
        """The standard or specification."""
        return REQUIREMENTS[self.number]

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """Outcome -> number of verdicts, each control's once."""
        return Counter(verdict.outcome for entry in self.entries for verdict in entry.verdicts)

    @property
    def covered(self) -> bool:
        """Whether a deployed resource of a control passes; a control without any resource covers nothing."""
        return self.counts.get("passes", 0) > 0

    @property
    def status(self) -> Status:
        """What the verdicts and the other proofs say together."""
        counts = self.counts
        if counts.get("fails") or self.failed_proofs:
            return "fails"
        if counts.get("not evaluated"):
            return "incomplete"
        if self.covered:
            return "zone passes"
        return "not deployed" if self.entries else "organizational"


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Share of a published list that the zone covers."""

    of: str
    covered: int
    total: int
    missing: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """The whole report."""

    provenance: Provenance
    deployed: Sequence[str]
    """Stacks whose resources were looked at."""
    paragraphs: Sequence[Paragraph]
    exemptions: Sequence[PolicyExemption]
    coverage: Sequence[Coverage]
    proofs: Sequence[ProofState] = ()
    not_read: Sequence[str] = ()
    """What could not be read, with the reason."""

    @property
    def zone(self) -> str:
        """The zone's name."""
        return self.provenance.zone

    @property
    def date(self) -> date:
        """The date of the report (UTC)."""
        return self.provenance.written.date()

    @property
    def origin(self) -> Origin:
        """The source of the evidence."""
        return self.provenance.origin

    @property
    def controls(self) -> Sequence[ParagraphControl]:
        """Every control once, in the order of the registry's paragraphs."""
        return list({entry.control: entry for part in self.paragraphs for entry in part.entries}.values())

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """Outcome -> number of verdicts, each once."""
        return Counter(verdict.outcome for entry in self.controls for verdict in entry.verdicts)

    @property
    def ok(self) -> bool:
        """Whether nothing fails: no resource and no result of another proof."""
        return not self.counts.get("fails") and not any(proof.state == "failed" for proof in self.proofs)

    @property
    def complete(self) -> bool:
        """Whether everything was read and evaluated, and every other proof is present and recent."""
        current = all(proof.state in ("passed", "failed") for proof in self.proofs)
        return bool(self.deployed) and current and not self.not_read and not self.counts.get("not evaluated")

    def verdicts(self, outcome: Outcome) -> Sequence[tuple[str, Verdict]]:
        """Control and verdict of every resource with an outcome."""
        return [
            (entry.control, verdict)
            for entry in self.controls
            for verdict in entry.verdicts
            if verdict.outcome == outcome
        ]
