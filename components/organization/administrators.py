"""Delegated administrators: AWS services are administered in member accounts instead of the management account."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudtrail, ec2, guardduty, iam, inspector2, macie2, organizations, securityhub

from components.tokens import type_token

PRINCIPALS: Final[Mapping[str, tuple[str, ...]]] = {
    "access-analyzer": ("access-analyzer.amazonaws.com",),
    "config": ("config.amazonaws.com", "config-multiaccountsetup.amazonaws.com"),
    "identity-center": ("sso.amazonaws.com",),
}
"""Services that are delegated through AWS Organizations alone -> their service principals."""

Make = Callable[[str, pulumi.Input[str], pulumi.ResourceOptions], pulumi.Resource]
MakeInRegion = Callable[[str, pulumi.Input[str], str, pulumi.ResourceOptions], pulumi.Resource]

GLOBAL: Final[Mapping[str, Make]] = {
    "cloudtrail": lambda name, account, opts: cloudtrail.OrganizationDelegatedAdminAccount(
        name, account_id=account, opts=opts
    ),
    "ipam": lambda name, account, opts: ec2.VpcIpamOrganizationAdminAccount(
        name, delegated_admin_account_id=account, opts=opts
    ),
}
"""Services with an API of their own for it; going around it leaves them without their service-linked roles."""

REGIONAL: Final[Mapping[str, MakeInRegion]] = {
    "guardduty": lambda name, account, region, opts: guardduty.OrganizationAdminAccount(
        name, admin_account_id=account, region=region, opts=opts
    ),
    "inspector": lambda name, account, region, opts: inspector2.DelegatedAdminAccount(
        name, account_id=account, region=region, opts=opts
    ),
    "macie": lambda name, account, region, opts: macie2.OrganizationAdminAccount(
        name, admin_account_id=account, region=region, opts=opts
    ),
    "securityhub": lambda name, account, region, opts: securityhub.OrganizationAdminAccount(
        name, admin_account_id=account, region=region, opts=opts
    ),
}
"""The same for services that are delegated region by region."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DelegatedAdministratorsArgs:
    """Arguments of the delegated administrators."""

    administrators: Mapping[str, pulumi.Input[str]]
    """Service -> account id."""
    regions: Sequence[str]
    """The zone's regions."""
    access_analyzer_role_arn: str | None = None
    """ARN of the service-linked role of Access Analyzer in the management account, if it exists; it is adopted."""

    def __post_init__(self) -> None:
        """Refuses services that cannot be delegated here."""
        known_services = {*PRINCIPALS, *GLOBAL, *REGIONAL}
        unknown = sorted(set(self.administrators) - known_services)
        if unknown:
            allowed = ", ".join(sorted(known_services))
            raise ValueError(f"DelegatedAdministratorsArgs.administrators: unknown {unknown}; allowed: {allowed}")


class DelegatedAdministrators(pulumi.ComponentResource):
    """`hipaa-ml:organization:DelegatedAdministrators`: the delegated administrators of AWS services.

    Creates one delegation per service: `aws.organizations.DelegatedAdministrator`, or the resource of the service.

    GuardDuty, Inspector, Macie and Security Hub are delegated in one region after the other, AWS Config for two service
    principals. The service-linked role of Access Analyzer in the management account precedes its delegation (IAM User
    Guide, "Delegated administrator for IAM Access Analyzer").
    """

    def __init__(
        self, name: str, args: DelegatedAdministratorsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        for service, account in sorted(args.administrators.items()):
            if service in GLOBAL:
                GLOBAL[service](f"{name}-{service}", account, child)
            # AWS Organizations refuses concurrent changes of one service with ConcurrentModificationException.
            earlier: list[pulumi.Resource] = []
            for region in args.regions if service in REGIONAL else ():
                after = pulumi.ResourceOptions(parent=self, depends_on=earlier)
                earlier = [REGIONAL[service](f"{name}-{service}-{region}", account, region, after)]
            required: list[pulumi.Resource] = []
            if service == "access-analyzer":
                required = [
                    iam.ServiceLinkedRole(
                        f"{name}-access-analyzer-role",
                        aws_service_name="access-analyzer.amazonaws.com",
                        opts=pulumi.ResourceOptions(
                            parent=self, retain_on_delete=True, import_=args.access_analyzer_role_arn
                        ),
                    )
                ]
            for principal in PRINCIPALS.get(service, ()):
                organizations.DelegatedAdministrator(
                    f"{name}-{principal.partition('.')[0]}",
                    account_id=account,
                    service_principal=principal,
                    opts=pulumi.ResourceOptions(parent=self, depends_on=required),
                )
        self.register_outputs({})
