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
    iam,
    iam_roles,
    identity_center,
    kms,
    organizations,
    organizations_policies,
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
    iam,
    iam_roles,
    identity_center,
    kms,
    organizations,
    organizations_policies,
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
