"""The zone as it was declared: what an audit compares the deployed accounts with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredPolicy:
    """An organisation policy and where it is attached."""

    name: str
    type: str
    """In AWS Organizations' words: `SERVICE_CONTROL_POLICY` and so on."""
    content: str
    """JSON text; compared by meaning of the JSON, not by its spelling."""
    targets: Sequence[str]
    """OU paths, `/` for the root."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredAccount:
    """A member account."""

    name: str
    email: str
    ou: str
    """OU path, for example `Workloads/ML-Prod`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredBucket:
    """A bucket of records in the log archive."""

    name: str
    region: str
    lock_days: int
    """Default retention of its object lock in compliance mode, in days."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredVpc:
    """A VPC of the network or of a workload."""

    name: str
    account: str
    region: str
    cidr: str
    segment: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredRead:
    """The columns and rows of a table that a role reads through Lake Formation."""

    role: str
    """Its ARN."""
    database: str
    table: str
    columns: frozenset[str]
    rows: str
    """Lake Formation's filter expression; empty for every row."""

    def __str__(self) -> str:
        where = f" where {self.rows}" if self.rows else ""
        return f"{self.role} reads {', '.join(sorted(self.columns))} of {self.database}.{self.table}{where}"


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredData:
    """An environment's data, by the names its stack gave."""

    name: str
    """The environment: `prod`."""
    account: str
    """The account's id."""
    buckets: Mapping[tuple[str, str], str]
    """Region and purpose -> name."""
    keys: Mapping[tuple[str, str], str]
    """Region and domain -> ARN."""
    copied: frozenset[str]
    """Purposes whose objects are copied to the other region, under a key of ours."""
    reads: Sequence[DeclaredRead] = ()
    administrators: Sequence[str] = ()
    """ARNs of those who may change Lake Formation's grants."""
    workgroups: Sequence[str] = ()
    access_points: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Region -> names."""
    backed_up: Sequence[str] = ()
    """ARNs of the buckets that a backup plan is to select."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredZone:
    """Everything the audit looks for."""

    management_account: str
    regions: Sequence[str]
    organizational_units: Sequence[str]
    accounts: Sequence[DeclaredAccount]
    policies: Sequence[DeclaredPolicy]
    policy_types: Sequence[str]
    log_archive: str
    """Name of the account that holds trail and records."""
    trail: str | None
    """Name of the organisation trail; `None` until the audit stack is up."""
    trail_region: str
    buckets: Sequence[DeclaredBucket] = ()
    network_account: str = ""
    vpcs: Sequence[DeclaredVpc] = ()
    """VPCs of the deployed stacks."""
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Account name -> roles that its baseline makes; an account without a baseline is not in it."""
    data: Sequence[DeclaredData] = ()
    """Environments whose data stack is up."""
