"""The buckets of an environment in one region: each for one purpose, under the key of its domain."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.data.keys import KEY_OF, KEYS_OF, Domain
from components.data.names import JOBS_USE, DataNames
from components.documents import Statement
from components.storage import SecureBucket, SecureBucketArgs
from components.storage import perimeter as around
from components.storage import statements as allow
from components.tokens import type_token
from zone.shared.access_table import AccessTable, DataSet
from zone.shared.buckets import HEARTBEAT_KEY, HEARTBEATS, LOGS, PURPOSES, DataPurpose


@dataclass(frozen=True, kw_only=True, slots=True)
class DataBucketsArgs:
    """The buckets of one region."""

    names: DataNames
    table: AccessTable
    region: str
    purposes: Sequence[DataPurpose]
    organization_id: pulumi.Input[str]
    exempt_arns: Sequence[str]
    """`aws:PrincipalArn` patterns of the roles that configure buckets from outside the network."""
    key_arns: Mapping[Domain, pulumi.Input[str]]
    retention_days: Mapping[DataPurpose, int | None]
    glacier_after_days: int
    balancer_logs: bool = False
    """Whether load balancers of the account write their access logs to the bucket of access logs."""
    temporary: bool = False
    """Whether the buckets hold synthetic data of a sandbox, which is deleted with its stack."""


class DataBuckets(pulumi.ComponentResource):
    """`hipaa-ml:data:DataBuckets`: the buckets of an environment.

    Creates a `SecureBucket` per purpose; every bucket logs access to the bucket of access logs.
    """

    def __init__(self, name: str, args: DataBucketsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._args = args
        names, child = args.names, pulumi.ResourceOptions(parent=self)
        sources = f"arn:aws:s3:::{names.prefix}-*"
        logs_arn = names.bucket_arn(LOGS, args.region)
        logs = self._args_of(
            LOGS,
            [
                *allow.from_access_logging(logs_arn, names.account_id, sources),
                *allow.from_inventory(logs_arn, names.account_id, sources),
                *(allow.from_load_balancers(logs_arn, names.account_id, args.region) if args.balancer_logs else ()),
            ],
        )
        self.logs = SecureBucket(f"{name}-{LOGS}", logs, child)
        self.buckets: dict[DataPurpose, SecureBucket] = {
            purpose: SecureBucket(f"{name}-{purpose}", self._args_of(purpose, self._statements(purpose)), child)
            for purpose in args.purposes
            if purpose != LOGS
        }
        self.names = {LOGS: self.logs.bucket, **{purpose: bucket.bucket for purpose, bucket in self.buckets.items()}}
        self.register_outputs({"names": self.names})

    def _args_of(self, purpose: DataPurpose, statements: Sequence[Statement]) -> SecureBucketArgs:
        args, is_log = self._args, purpose == LOGS
        days = args.retention_days[purpose]
        ages = days is not None and days > args.glacier_after_days and PURPOSES[purpose].record
        return SecureBucketArgs(
            bucket=args.names.bucket(purpose, args.region),
            arn=args.names.bucket_arn(purpose, args.region),
            purpose=purpose,
            retention_days=days,
            glacier_after_days=args.glacier_after_days if ages else None,
            key_arn=None if is_log else args.key_arns[KEY_OF[purpose]],
            # Through its policy: S3 refuses a target that does not let the logging service write yet.
            access_log_bucket=None if is_log else self.logs.policy.bucket,
            statements=statements,
            inventory_bucket=None if is_log else self.logs.arn,
            events=not is_log,
            rewritten_keys=[HEARTBEAT_KEY] if purpose in HEARTBEATS and not args.temporary else (),
            temporary=args.temporary,
        )

    def _statements(self, purpose: DataPurpose) -> Sequence[Statement]:
        args, names = self._args, self._args.names
        arn = names.bucket_arn(purpose, args.region)
        keys = [args.key_arns[domain] for domain in KEYS_OF[purpose]]
        return [
            *around.right_keys(arn, keys),
            *around.perimeter(
                arn,
                around.Perimeter(
                    organization_id=args.organization_id,
                    exempt_arns=args.exempt_arns,
                    service_role_arns=[*names.services, names.service_linked],
                ),
            ),
            *around.own_prefix_only(
                arn,
                self._shared(purpose),
                self._always(purpose),
                # Roles of Studio have names of jobs, which use the prefixes of all teams here.
                [names.studio] if purpose in JOBS_USE else [],
            ),
        ]

    def _shared(self, purpose: DataPurpose) -> around.SharedPrefixes:
        table = self._args.table
        shared = table.shared(purpose)
        return around.SharedPrefixes(
            prefixes=[data_set.prefix for data_set in shared],
            teams=self._args.names.role_arn(self._args.names.team_role("*")),
            readers=self._uses(shared, lambda data_set: tuple(table.readers_of_files(data_set.name))),
            writers=self._uses(shared, lambda data_set: (data_set.owner,)),
        )

    def _uses(
        self, data_sets: Sequence[DataSet], teams_of: Callable[[DataSet], tuple[str, ...]]
    ) -> list[around.DeclaredUse]:
        """The data sets' prefixes, grouped by the teams that use them."""
        names = self._args.names
        prefixes: dict[tuple[str, ...], list[str]] = {}
        for data_set in data_sets:
            prefixes.setdefault(teams_of(data_set), []).append(data_set.prefix)
        return [
            around.DeclaredUse(prefixes=group, roles=[names.role_arn(names.team_role(team)) for team in teams])
            for teams, group in prefixes.items()
        ]

    def _always(self, purpose: DataPurpose) -> Sequence[pulumi.Output[str]]:
        """ARN patterns of the roles with access to every prefix; of jobs, only those that de-identify read PHI."""
        names = self._args.names
        if purpose == "raw-phi":
            return [*names.always, names.deidentifying]
        return [*names.always, names.jobs] if purpose in JOBS_USE else names.always
