"""Inspector for every account in one region: known vulnerabilities of hosts, images and functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import inspector2

from components.tokens import type_token

SCANNED: Final = ("EC2", "ECR", "LAMBDA")
"""The scanned resource types. LAMBDA_CODE is excluded, since it sends the code of functions to another service."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VulnerabilityScanningArgs:
    """Inspector in one region."""

    account_id: pulumi.Input[str]
    """Id of the account of the delegated administrator."""
    members: Mapping[str, pulumi.Input[str]]
    """Account name -> id of each existing account of the organisation that Inspector scans."""


class VulnerabilityScanning(pulumi.ComponentResource):
    """`hipaa-ml:governance:VulnerabilityScanning`: Amazon Inspector for all accounts.

    Creates an `aws.inspector2.Enabler`, an `OrganizationConfiguration`, which enables new accounts, and for existing
    accounts a `MemberAssociation` each and one `Enabler`.
    """

    def __init__(self, name: str, args: VulnerabilityScanningArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        enabler = inspector2.Enabler(
            f"{name}-enabler",
            account_ids=[args.account_id],
            resource_types=[*SCANNED],
            opts=pulumi.ResourceOptions(parent=self),
        )
        organization = inspector2.OrganizationConfiguration(
            f"{name}-organization",
            auto_enable=inspector2.OrganizationConfigurationAutoEnableArgs(
                ec2=True, ecr=True, lambda_=True, lambda_code=False
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[enabler]),
        )
        associations = [
            inspector2.MemberAssociation(
                f"{name}-member-{member}",
                account_id=account_id,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[organization]),
            )
            for member, account_id in args.members.items()
        ]
        if associations:
            # An enabler has either the administrator or members (provider documentation, "aws_inspector2_enabler").
            inspector2.Enabler(
                f"{name}-members",
                account_ids=[*args.members.values()],
                resource_types=[*SCANNED],
                opts=pulumi.ResourceOptions(parent=self, depends_on=associations),
            )
        self.register_outputs({})
