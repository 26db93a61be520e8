"""Outputs of the stack `packages`."""

from dataclasses import dataclass

import pulumi

from stacks.contracts.contract import Contract


@dataclass(frozen=True, kw_only=True, slots=True)
class PackagesOutputs(Contract):
    """Outputs of the stack `packages`."""

    domain: pulumi.Input[str]
    """Name of the CodeArtifact domain."""
    domain_owner: pulumi.Input[str]
    """Id of the account of the domain."""
    repository: pulumi.Input[str]
    """Name of the repository of approved packages."""
    domain_arn: pulumi.Input[str]
    repository_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    """ARN of the key of the packages."""
