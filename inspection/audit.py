"""Looks at the deployed accounts with boto3 alone, as an auditor would, and compares them with the declared zone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from inspection import (
    audit_accounts,
    audit_data,
    audit_data_ways,
    audit_invariants,
    audit_lake,
    audit_logging,
    audit_network,
    audit_organization,
)
from inspection.aws import Aws
from inspection.declared import DeclaredZone
from inspection.observation import Observation, missing

Check = Callable[[DeclaredZone, Aws], Iterator[Observation]]

CHECKS: Sequence[Check] = (
    audit_organization.organization,
    audit_organization.organizational_units,
    audit_organization.accounts,
    audit_organization.policies,
    audit_logging.trail,
    audit_logging.buckets,
    audit_accounts.public_access,
    audit_accounts.encryption_default,
    audit_accounts.roles,
    audit_accounts.recorders,
    audit_network.vpcs,
    audit_network.gateways,
    audit_network.segments,
    audit_data.data_buckets,
    audit_data.data_keys,
    audit_lake.data_grants,
    audit_data_ways.data_ways,
    audit_data_ways.data_backups,
    audit_invariants.invariants,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditReport:
    """The observations of an audit, each compared with the declaration."""

    observations: Sequence[Observation]

    @property
    def differences(self) -> Sequence[Observation]:
        """The observations that do not match the declaration."""
        return [observation for observation in self.observations if not observation.ok]

    @property
    def ok(self) -> bool:
        """Whether the deployed zone is the declared one; an audit that saw nothing is not."""
        return bool(self.observations) and not self.differences


def audit(zone: DeclaredZone, aws: Aws) -> AuditReport:
    """Runs every check; one that AWS refuses becomes a difference, it never counts as passed."""
    observations: list[Observation] = []
    for check in CHECKS:
        area = check.__name__.replace("_", " ")
        try:
            observations += check(zone, aws)
        except (ClientError, BotoCoreError) as error:
            observations.append(missing(area, "the account", "an answer from AWS", str(error)))
    return AuditReport(observations=observations)
