"""The storage of the organisation's records: five buckets and three keys, for six years."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.audit.names import ArchiveNames
from components.documents import Statement
from components.keys import Key, KeyArgs, uses
from components.storage import (
    Replication,
    ReplicationArgs,
    ReplicationRole,
    ReplicationRoleArgs,
    SecureBucket,
    SecureBucketArgs,
)
from components.storage import statements as allow
from components.tokens import type_token
from zone.shared.buckets import Purpose


@dataclass(frozen=True, kw_only=True, slots=True)
class LogArchiveArgs:
    """A log archive."""

    names: ArchiveNames
    organization_id: pulumi.Input[str]
    record_days: int
    glacier_after_days: int


class LogArchive(pulumi.ComponentResource):
    """`hipaa-ml:audit:LogArchive`: the buckets of trail, AWS Config, network logs and access logs, with their keys.

    Creates a `Key` and a `SecureBucket` for each, a `ReplicationRole` and a `Replication`.

    AWS Config refuses a bucket with an object lock, so it delivers to a bucket without, and S3 copies every object to a
    locked one.
    """

    def __init__(self, name: str, args: LogArchiveArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        names = args.names
        role = ReplicationRole(
            f"{name}-replication-role",
            ReplicationRoleArgs(role_name=f"{names.prefix}-config-replication"),
            self._child,
        )
        readers = uses.readers_through_s3(names.region, names.account_id)
        self.trail_key = self._key(
            "trail",
            "Records of the organisation trail",
            [*uses.cloudtrail(names.trail_arn, names.management_account_id), *readers],
        )
        self.config_key = self._key(
            "config",
            "Records of AWS Config",
            [*uses.config(args.organization_id), *uses.replication(names.region, role.arn), *readers],
        )
        self.network_key = self._key(
            "network-logs",
            "Flow logs, DNS queries and firewall logs",
            [*uses.log_delivery(args.organization_id), *readers],
        )
        self.access_logs = self._bucket(
            "access-logs",
            allow.from_access_logging(
                names.bucket_arn("access-logs"), names.account_id, f"arn:aws:s3:::{names.prefix}-*"
            ),
        )
        self.trail = self._bucket(
            "trail",
            allow.from_cloudtrail(
                names.bucket_arn("trail"), names.trail_arn, [names.management_account_id, args.organization_id]
            ),
            self.trail_key,
        )
        self.config = self._bucket(
            "config", allow.from_config(names.bucket_arn("config"), args.organization_id), self.config_key
        )
        self.config_records = self._bucket("config-records", (), self.config_key)
        Replication(
            f"{name}-replication",
            ReplicationArgs(
                role=role,
                source=self.config,
                destination=self.config_records,
                region=names.region,
                key_arn=self.config_key.arn,
            ),
            self._child,
        )
        self.network_logs = self._bucket(
            "network-logs",
            allow.from_log_delivery(names.bucket_arn("network-logs"), args.organization_id),
            self.network_key,
        )
        self.register_outputs({"trail_bucket": self.trail.bucket, "config_bucket": self.config.bucket})

    def _key(self, use: str, description: str, statements: Sequence[Statement]) -> Key:
        names = self._args.names
        args = KeyArgs(
            alias=f"{names.prefix}-{use}", description=description, account_id=names.account_id, uses=statements
        )
        return Key(f"{self._name}-{use}-key", args, self._child)

    def _bucket(self, purpose: Purpose, statements: Sequence[Statement], key: Key | None = None) -> SecureBucket:
        names = self._args.names
        args = SecureBucketArgs(
            bucket=names.bucket(purpose),
            arn=names.bucket_arn(purpose),
            purpose=purpose,
            retention_days=self._args.record_days,
            glacier_after_days=self._args.glacier_after_days,
            key_arn=None if key is None else key.arn,
            # Through its policy: S3 refuses a target that does not let the logging service write yet.
            access_log_bucket=None if purpose == "access-logs" else self.access_logs.policy.bucket,
            statements=statements,
        )
        return SecureBucket(f"{self._name}-{purpose}", args, self._child)
