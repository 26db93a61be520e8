"""Outputs of a `sandbox-<name>` stack."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from stacks.contracts.contract import Contract


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxOutputs(Contract):
    """Outputs of a `sandbox-<name>` stack."""

    account_id: pulumi.Input[str]
    region: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    s3_endpoint_id: pulumi.Input[str]
    buckets: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Purpose -> name of the bucket."""
    team_role_arn: pulumi.Input[str]
    """Role that reads the data sets of the team."""
    studio_role_arn: pulumi.Input[str]
    """Role of the applications and jobs of Studio."""
    domain_id: pulumi.Input[str]
    domain_arn: pulumi.Input[str]
    keeper: pulumi.Input[str]
    """Name of the function that fills the sandbox and ends it."""
    spending_policy_id: pulumi.Input[str]
    """SCP that AWS Budgets attaches to the account when the budget is spent."""
    expires_at: pulumi.Input[str]
    """Time in UTC."""
