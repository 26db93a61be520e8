"""Outputs of the `mlflow-<env>` stacks."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from stacks.contracts.contract import Contract


@dataclass(frozen=True, kw_only=True, slots=True)
class MlflowOutputs(Contract):
    """Outputs of an `mlflow-<env>` stack."""

    url: pulumi.Input[str]
    """Address of the server, for clients in the VPC."""
    repository_url: pulumi.Input[str]
    """Where the server's image is pushed to."""
    cluster: pulumi.Input[str]
    """Name of the ECS cluster and of its service."""
    database_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    """Key of database, image and logs."""
    secret_arns: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """User (team or administrator) -> secret with the passwords."""
