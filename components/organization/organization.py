"""The AWS Organization itself: every feature, every policy type that guardrails use, trusted access."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import backup, organizations, ram

from components.tokens import type_token

POLICY_TYPES: Final = (
    "AISERVICES_OPT_OUT_POLICY",
    "BACKUP_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "RESOURCE_CONTROL_POLICY",
    "SERVICE_CONTROL_POLICY",
    "TAG_POLICY",
)
TRUSTED_SERVICES: Final = (
    "access-analyzer.amazonaws.com",
    "account.amazonaws.com",
    "backup.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config-multiaccountsetup.amazonaws.com",
    "config.amazonaws.com",
    "guardduty.amazonaws.com",
    "inspector2.amazonaws.com",
    "ipam.amazonaws.com",
    "macie.amazonaws.com",
    "malware-protection.guardduty.amazonaws.com",
    "ram.amazonaws.com",
    "securityhub.amazonaws.com",
    "sso.amazonaws.com",
    "tagpolicies.tag.amazonaws.com",
)
"""Services that may act in every account (Organizations User Guide, "Services that you can use")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganizationArgs:
    """An organisation."""

    id: str | None = None
    """Id of an existing organization, which is adopted instead of created."""


class Organization(pulumi.ComponentResource):
    """`hipaa-ml:organization:Organization`: the organisation, with resource sharing among its accounts.

    Creates an `aws.organizations.Organization`, protected and retained, an `aws.ram.SharingWithOrganization`, and an
    `aws.backup.GlobalSettings`, which allows the backup copies of one account in the vaults of another.

    An adopted organisation gets an `aws.organizations.AwsServiceAccess` per trusted service instead of a list, so that
    it keeps the trusted access of other services.

    Without sharing, AWS RAM sends an invitation to each account (RAM User Guide, "Enable resource sharing within AWS
    Organizations").
    """

    def __init__(self, name: str, args: OrganizationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        organization = organizations.Organization(
            f"{name}-organization",
            feature_set="ALL",
            enabled_policy_types=list(POLICY_TYPES),
            aws_service_access_principals=list(TRUSTED_SERVICES),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=True,
                retain_on_delete=True,
                import_=args.id,
                # An existing organisation keeps the trusted access that it has.
                ignore_changes=["awsServiceAccessPrincipals"] if args.id else None,
            ),
        )
        trusted: list[pulumi.Resource] = [
            organizations.AwsServiceAccess(
                f"{name}-trusts-{service.removesuffix('.amazonaws.com')}",
                service_principal=service,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[organization], retain_on_delete=True),
            )
            for service in (TRUSTED_SERVICES if args.id else ())
        ]
        ram.SharingWithOrganization(
            f"{name}-sharing",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[organization, *trusted], retain_on_delete=True),
        )
        # Copies go into the vaults of the backup account (Backup API Reference, "UpdateGlobalSettings").
        backup.GlobalSettings(
            f"{name}-cross-account-backup",
            global_settings={"isCrossAccountBackupEnabled": "true"},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[organization, *trusted], retain_on_delete=True),
        )
        self.organization_id = organization.id
        self.root_id = organization.roots[0].id
        self.register_outputs({"organization_id": self.organization_id, "root_id": self.root_id})
