"""Outputs of the stacks `organization`, `audit` and `baseline-<account>`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pulumi

from stacks.contracts.contract import Contract


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganizationOutputs(Contract):
    """Outputs of the `organization` stack."""

    organization_id: pulumi.Input[str]
    root_id: pulumi.Input[str]
    management_account_id: pulumi.Input[str]
    account_ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Account name -> id, the management account included."""
    organizational_unit_ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """OU path -> id."""
    policies: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Name of an organisation policy -> id."""

    def account_id(self, name: str) -> pulumi.Output[str]:
        """The id of an account.

        The output fails with a message when the account was configured after the organisation was deployed.
        """

        def pick(ids: Mapping[str, str]) -> str:
            if name not in ids:
                raise pulumi.RunError(f"the account {name!r} is not there yet: bring the stack 'organization' up first")
            return ids[name]

        # Inside `apply` every value is known: the ids are plain text there.
        return pulumi.Output.from_input(cast("pulumi.Input[Mapping[str, str]]", self.account_ids)).apply(pick)


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditOutputs(Contract):
    """Outputs of the `audit` stack."""

    trail_name: pulumi.Input[str]
    trail_arn: pulumi.Input[str]
    trail_bucket: pulumi.Input[str]
    config_bucket: pulumi.Input[str]
    """Bucket that AWS Config of every account delivers to."""
    access_log_bucket: pulumi.Input[str]
    network_log_bucket: pulumi.Input[str]
    """Bucket of the VPC flow logs, DNS query logs and firewall logs."""
    network_log_bucket_arn: pulumi.Input[str]
    record_buckets: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Purpose -> name of each bucket whose objects are locked for `record_days`."""
    record_days: pulumi.Input[int]
    trail_key_arn: pulumi.Input[str]
    config_key_arn: pulumi.Input[str]
    log_key_arn: pulumi.Input[str]
    trail_log_group: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class BaselineOutputs(Contract):
    """Outputs of a `baseline-<account>` stack."""

    account_id: pulumi.Input[str]
    deploy_role_arn: pulumi.Input[str]
    preview_role_arn: pulumi.Input[str]
    break_glass_role_arn: pulumi.Input[str]
    boundary_policy_arn: pulumi.Input[str]
    ebs_key_arns: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Region -> key that new disks are encrypted with."""
    alarm_topic_arns: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Region -> topic that alarms of the account are sent to."""

    def alarm_topics(self, regions: Sequence[str]) -> Mapping[str, pulumi.Output[str]]:
        """Each region's topic."""
        # Inside `apply` every value is known: the ARNs are plain text there.
        arns = pulumi.Output.from_input(cast("pulumi.Input[Mapping[str, str]]", self.alarm_topic_arns))
        return {region: arns.apply(lambda every, region=region: every[region]) for region in regions}
