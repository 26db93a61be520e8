"""The log of an endpoint: under a key, kept six years, with patient data masked before anybody reads it."""

import json
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudwatch

from components.tokens import type_token

SIX_YEARS: Final = 2192
"""Days: 45 CFR 164.316(b)(2)(i)."""
IDENTIFIERS: Final = (
    "Address",
    "DriversLicense-US",
    "EmailAddress",
    "HealthInsuranceClaimNumber-US",
    "HealthcareProcedureCode-US",
    "IpAddress",
    "MedicareBeneficiaryNumber-US",
    "Name",
    "NationalDrugCode-US",
    "NationalProviderId-US",
    "PhoneNumber-US",
    "Ssn-US",
)
"""CloudWatch Logs User Guide, "Types of data that you can protect": what 45 CFR 164.514(b)(2)(i) lists, as far as AWS
knows it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointLogArgs:
    """A log group."""

    log_group: str
    key_arn: pulumi.Input[str]
    retention_days: int = SIX_YEARS

    def __post_init__(self) -> None:
        """Refuses to forget too early who asked what."""
        if self.retention_days < SIX_YEARS:
            raise ValueError(f"EndpointLogArgs.retention_days: {self.retention_days} is under six years ({SIX_YEARS})")


class EndpointLog(pulumi.ComponentResource):
    """`hipaa-ml:ml:EndpointLog`: the log of an endpoint.

    Creates an `aws.cloudwatch.LogGroup`, retained, and its `LogDataProtectionPolicy`.
    """

    def __init__(self, name: str, args: EndpointLogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        group = cloudwatch.LogGroup(
            f"{name}-group",
            name=args.log_group,
            kms_key_id=args.key_arn,
            retention_in_days=args.retention_days,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        cloudwatch.LogDataProtectionPolicy(
            f"{name}-masking",
            log_group_name=group.name,
            policy_document=json.dumps(_masking(args.log_group)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name = group.name
        self.arn = group.arn
        self.register_outputs({"arn": self.arn})


def _masking(group: str) -> dict[str, object]:
    identifiers = [f"arn:aws:dataprotection::aws:data-identifier/{identifier}" for identifier in IDENTIFIERS]
    return {
        "Name": "mask-phi",
        "Description": f"Masks identifiers of patients in {group}",
        "Version": "2021-06-01",
        "Statement": [
            {
                "Sid": "audit",
                "DataIdentifier": identifiers,
                "Operation": {"Audit": {"FindingsDestination": {}}},
            },
            {
                "Sid": "redact",
                "DataIdentifier": identifiers,
                "Operation": {"Deidentify": {"MaskConfig": {}}},
            },
        ],
    }
