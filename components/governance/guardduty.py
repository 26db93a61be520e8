"""GuardDuty for every account of the organisation in one region, 45 CFR 164.308(a)(1)(ii)(D) and (a)(5)(ii)(B)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import guardduty

from components.tokens import type_token

FEATURES: Final[Mapping[str, tuple[str, ...]]] = {
    "S3_DATA_EVENTS": (),
    "EBS_MALWARE_PROTECTION": (),
    "RDS_LOGIN_EVENTS": (),
    "LAMBDA_NETWORK_LOGS": (),
    "EKS_AUDIT_LOGS": (),
    "RUNTIME_MONITORING": ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"),
}
"""Protection plan -> its additional configuration (GuardDuty API Reference, DetectorFeatureConfiguration)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreatDetectionArgs:
    """GuardDuty in one region."""

    frequency: str = "FIFTEEN_MINUTES"
    """Frequency of updates of findings."""
    detector_id: str | None = None
    """Id of an existing detector to import."""


class ThreatDetection(pulumi.ComponentResource):
    """`hipaa-ml:governance:ThreatDetection`: GuardDuty with every feature, for all accounts.

    Creates an `aws.guardduty.Detector`, its `DetectorFeature`s, and the configuration of the organisation with its
    features.

    The detector is protected and retained, since deleting it deletes its findings.
    """

    def __init__(self, name: str, args: ThreatDetectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        detector = guardduty.Detector(
            f"{name}-detector",
            enable=True,
            finding_publishing_frequency=args.frequency,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True, import_=args.detector_id),
        )
        organization = guardduty.OrganizationConfiguration(
            f"{name}-organization",
            detector_id=detector.id,
            # ALL: existing and new accounts (GuardDuty API Reference, "UpdateOrganizationConfiguration").
            auto_enable_organization_members="ALL",
            opts=pulumi.ResourceOptions(parent=self),
        )
        after = pulumi.ResourceOptions(parent=self, depends_on=[organization])
        for feature, agents in FEATURES.items():
            own = guardduty.DetectorFeature(
                f"{name}-{feature.lower().replace('_', '-')}",
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                additional_configurations=[
                    guardduty.DetectorFeatureAdditionalConfigurationArgs(name=agent, status="ENABLED")
                    for agent in agents
                ]
                or None,
                opts=pulumi.ResourceOptions(parent=self),
            )
            guardduty.OrganizationConfigurationFeature(
                f"{name}-members-{feature.lower().replace('_', '-')}",
                detector_id=detector.id,
                name=feature,
                auto_enable="ALL",
                additional_configurations=[
                    guardduty.OrganizationConfigurationFeatureAdditionalConfigurationArgs(name=agent, auto_enable="ALL")
                    for agent in agents
                ]
                or None,
                opts=pulumi.ResourceOptions.merge(after, pulumi.ResourceOptions(depends_on=[own])),
            )
        self.detector_id = detector.id
        self.register_outputs({"detector_id": self.detector_id})
