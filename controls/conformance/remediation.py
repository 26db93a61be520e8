"""Repairs that AWS Config offers beside a rule: only those that break nothing, and only when a person asks for them.

Source: Systems Manager Automation runbook reference, of each document named here. None needs an automation role: it
runs with the rights of the person who starts it, so nothing in an account is given the right to repair.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Remediation:
    """A repair of one resource by an automation document of AWS."""

    document: str
    resource_type: str
    """CloudFormation's name of what is repaired."""
    resource_parameter: str
    """The document's parameter that takes the resource's id."""
    reason: str
    """Why the repair is safe."""
    parameters: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    def resource(self, rule: str, *, after: str) -> dict[str, Any]:
        """The template's entry; never automatic.

        Args:
            rule: name of the rule whose findings are repaired.
            after: logical name of that rule in the template.
        """
        fixed = {name: {"StaticValue": {"Values": list(values)}} for name, values in self.parameters.items()}
        return {
            "Type": "AWS::Config::RemediationConfiguration",
            "DependsOn": after,
            "Properties": {
                "ConfigRuleName": rule,
                "ResourceType": self.resource_type,
                "TargetType": "SSM_DOCUMENT",
                "TargetId": self.document,
                "TargetVersion": "1",
                "Automatic": False,
                "Parameters": {self.resource_parameter: {"ResourceValue": {"Value": "RESOURCE_ID"}}, **fixed},
            },
        }


_CLOSE_BUCKET: Final = Remediation(
    document="AWS-DisableS3BucketPublicReadWrite",
    resource_type="AWS::S3::Bucket",
    resource_parameter="S3BucketName",
    reason="nothing in the zone may be read or written by everybody",
)

REMEDIATIONS: Final[Mapping[str, Remediation]] = {
    "S3_BUCKET_VERSIONING_ENABLED": Remediation(
        document="AWS-ConfigureS3BucketVersioning",
        resource_type="AWS::S3::Bucket",
        resource_parameter="BucketName",
        parameters={"VersioningState": ["Enabled"]},
        reason="from then on nothing is overwritten; objects that are there stay as they are",
    ),
    "S3_BUCKET_PUBLIC_READ_PROHIBITED": _CLOSE_BUCKET,
    "S3_BUCKET_PUBLIC_WRITE_PROHIBITED": _CLOSE_BUCKET,
    "INCOMING_SSH_DISABLED": Remediation(
        document="AWS-DisablePublicAccessForSecurityGroup",
        resource_type="AWS::EC2::SecurityGroup",
        resource_parameter="GroupId",
        reason="removes rules that let everybody in by SSH or RDP; sessions go through Systems Manager",
    ),
}
"""Identifier of a rule of AWS's HIPAA pack -> the repair offered."""
