"""Looks at the deployed accounts with boto3 alone, as an auditor would, and compares them with the declared zone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

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
from inspection.observation import Observation
from inspection.resources.declared import Unread

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
    unread: Sequence[Unread] = ()
    """What could not be read; a result with any is incomplete."""
    not_compared: Mapping[str, int] = field(default_factory=dict[str, int])
    """Resource type that cannot be read, or type and property that AWS does not return -> number of resources."""
    resources: int = 0
    """Number of resources that were compared with their declaration."""
    properties: int = 0
    """Number of their properties."""
    listed: int = 0
    """Number of resources that were listed in search of undeclared ones."""

    @property
    def differences(self) -> Sequence[Observation]:
        """The observations that do not match the declaration."""
        return [observation for observation in self.observations if not observation.ok]

    @property
    def complete(self) -> bool:
        """Whether everything was read; an audit that observed nothing is not complete."""
        return bool(self.observations) and not self.unread

    @property
    def ok(self) -> bool:
        """Whether the deployed zone is the declared one; an incomplete audit says nothing of the kind."""
        return self.complete and not self.differences

    def joined(self, other: "AuditReport") -> "AuditReport":
        """The report with the observations of another one."""
        return AuditReport(
            observations=[*self.observations, *other.observations],
            unread=[*self.unread, *other.unread],
            not_compared={**self.not_compared, **other.not_compared},
            resources=self.resources + other.resources,
            properties=self.properties + other.properties,
            listed=self.listed + other.listed,
        )


def audit(zone: DeclaredZone, aws: Aws) -> AuditReport:
    """Runs every check; one that AWS refuses is unread, it never counts as passed."""
    observations: list[Observation] = []
    unread: list[Unread] = []
    for check in CHECKS:
        area = check.__name__.replace("_", " ")
        try:
            observations += check(zone, aws)
        except (ClientError, BotoCoreError) as error:
            unread.append(Unread(account="", region="", what=f"check of {area}", error=str(error)))
        except (LookupError, ValueError) as error:
            # An answer without a member that AWS's documentation promises.
            text = f"an unexpected answer ({error!r})"
            unread.append(Unread(account="", region="", what=f"check of {area}", error=text))
    return AuditReport(observations=observations, unread=unread)
