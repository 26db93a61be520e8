"""The emulated types, one module an AWS service."""

from collections.abc import Mapping
from typing import Final

from rehearsal.provider.services import (
    account,
    budgets,
    cloudtrail,
    cloudwatch,
    cloudwatch_events,
    cloudwatch_logs,
    configservice,
    ec2_defaults,
    ec2_endpoints,
    ec2_groups,
    ec2_routes,
    ec2_transit_gateway,
    ec2_vpc,
    iam,
    iam_roles,
    identity_center,
    kms,
    networkfirewall,
    organizations,
    organizations_policies,
    ram,
    route53,
    route53resolver,
    s3,
    s3_configuration,
    s3_objects,
    security,
    sns,
    sqs,
    ssm,
)
from rehearsal.provider.spec import Emulated

_MODULES: Final = (
    account,
    budgets,
    cloudtrail,
    cloudwatch,
    cloudwatch_events,
    cloudwatch_logs,
    configservice,
    ec2_defaults,
    ec2_endpoints,
    ec2_groups,
    ec2_routes,
    ec2_transit_gateway,
    ec2_vpc,
    iam,
    iam_roles,
    identity_center,
    kms,
    networkfirewall,
    organizations,
    organizations_policies,
    ram,
    route53,
    route53resolver,
    s3,
    s3_configuration,
    s3_objects,
    security,
    sns,
    sqs,
    ssm,
)

SPECS: Final[Mapping[str, Emulated]] = {spec.type: spec for module in _MODULES for spec in module.TYPES}
"""Resource type -> how it is emulated."""
