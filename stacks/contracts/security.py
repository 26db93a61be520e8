"""Outputs of the `security` stack."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from stacks.contracts.contract import Contract


@dataclass(frozen=True, kw_only=True, slots=True)
class SecurityOutputs(Contract):
    """Outputs of the `security` stack."""

    account_id: pulumi.Input[str]
    """The delegated administrator."""
    aggregator_arn: pulumi.Input[str]
    conformance_packs: pulumi.Input[Mapping[str, pulumi.Input[Mapping[str, pulumi.Input[str]]]]]
    """Region -> name of an organisation conformance pack -> ARN."""
    detector_ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Region -> GuardDuty detector."""
    data_identifier_arns: pulumi.Input[Mapping[str, pulumi.Input[Mapping[str, pulumi.Input[str]]]]]
    """Region -> name of a custom data identifier of Macie -> ARN, for classification jobs."""
    configuration_policy_id: pulumi.Input[str]
    """Security Hub's, associated with the organisation's root."""
    finding_topic_arns: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Region -> topic that findings of high and critical severity are sent to."""
