"""The configuration and compliance of all resources of the organisation in one view."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cfg, iam

from components.documents import document, trusts
from components.tokens import type_token

ORGANIZATION_READER: Final = "arn:aws:iam::aws:policy/service-role/AWSConfigRoleForOrganizations"
"""AWS managed policy that allows to list the accounts of the organisation (Config Developer Guide, "Aggregators")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigAggregatorArgs:
    """An aggregator of the organisation."""

    prefix: str
    account_id: pulumi.Input[str]
    """Id of the account of the delegated administrator of AWS Config."""
    boundary_arn: pulumi.Input[str]
    """Permissions boundary of the account's roles."""


class ConfigAggregator(pulumi.ComponentResource):
    """`hipaa-ml:governance:ConfigAggregator`: the view of AWS Config over all accounts and regions.

    Creates an `aws.cfg.ConfigurationAggregator`, its `aws.iam.Role` and a policy attachment.

    It aggregates all regions, not only the two of the zone, so that resources that violate the guardrails are visible
    as well.
    """

    def __init__(self, name: str, args: ConfigAggregatorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            f"{name}-role",
            name=f"{args.prefix}-config-aggregator",
            description="AWS Config lists the organisation's accounts",
            assume_role_policy=document([trusts("config.amazonaws.com", args.account_id)]),
            permissions_boundary=args.boundary_arn,
            opts=child,
        )
        rights = iam.RolePolicyAttachment(f"{name}-rights", role=role.name, policy_arn=ORGANIZATION_READER, opts=child)
        aggregator = cfg.ConfigurationAggregator(
            f"{name}-aggregator",
            name=f"{args.prefix}-organization",
            organization_aggregation_source=cfg.ConfigurationAggregatorOrganizationAggregationSourceArgs(
                role_arn=role.arn, all_regions=True
            ),
            # AWS Config lists the accounts with the role while the aggregator is made.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rights]),
        )
        self.arn = aggregator.arn
        self.register_outputs({"arn": self.arn})
