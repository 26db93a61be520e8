"""Outputs of the `ml-<env>` and `recovery-<env>` stacks."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from stacks.contracts.network import SpokeOutputs


@dataclass(frozen=True, kw_only=True, slots=True)
class MlOutputs(SpokeOutputs):
    """Outputs of an `ml-<env>` stack, besides `SpokeOutputs`."""

    serving_key_arn: pulumi.Input[str]
    """ARN of the key that encrypts volumes and endpoint logs in this region."""
    private_zone_id: pulumi.Input[str]
    """Private hosted zone of the endpoints' names; empty when nothing is served."""
    endpoints: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Model -> name of its endpoint, the same in either region."""
    configs: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Model -> endpoint configuration that serves here."""
    topic_arn: pulumi.Input[str]
    """ARN of the topic for endpoint alarms and failovers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryOutputs(SpokeOutputs):
    """Outputs of a `recovery-<env>` stack, besides `SpokeOutputs`."""

    serving_key_arn: pulumi.Input[str]
    endpoints: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    configs: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    topic_arn: pulumi.Input[str]
    journal_table: pulumi.Input[str]
    """Empty when nothing stands by."""
    runbook_role_arn: pulumi.Input[str]
    """Empty when nothing stands by."""
