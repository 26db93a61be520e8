"""The keys of the data, one per domain; the access table determines which principals may decrypt with each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pulumi

from components.data.names import DataNames
from components.documents import Statement
from components.keys import Key, KeyArgs, KeyReplica, KeyReplicaArgs, promotion, uses
from components.tokens import type_token
from zone.shared.access_table import AccessTable
from zone.shared.buckets import DataPurpose

Domain = Literal["artifacts", "features", "logs", "phi", "secrets"]
DOMAINS: Final[Mapping[Domain, str]] = {
    "artifacts": "Models, their evaluations, and versions of data",
    "features": "De-identified data and features",
    "logs": "Log groups of workloads",
    "phi": "Patients' data, and answers to queries over it",
    "secrets": "Secrets",
}
KEY_OF: Final[Mapping[DataPurpose, Domain]] = {
    "artifacts": "artifacts",
    "deidentified": "features",
    "dvc": "artifacts",
    "features": "features",
    "raw-phi": "phi",
    "results": "phi",
}
"""Purpose of a bucket -> domain of its key; for query results, see `answers_domain`."""
KEYS_OF: Final[Mapping[DataPurpose, Sequence[Domain]]] = {
    **{purpose: (domain,) for purpose, domain in KEY_OF.items()},
    "results": ("phi", "features"),
}
"""Purpose -> domains of every key its objects may be encrypted with, the default first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DomainKeysArgs:
    """The keys of one region: primaries there, or replicas of those elsewhere."""

    names: DataNames
    table: AccessTable
    region: str
    administrators: Sequence[str]
    primaries: Mapping[Domain, pulumi.Input[str]] | None = None
    """Domain -> ARN of the primary key in the other region; None creates primary keys."""


class DomainKeys(pulumi.ComponentResource):
    """`hipaa-ml:data:DomainKeys`: the multi-Region keys of the data domains.

    Creates a `Key` per domain in the primary region, or a `KeyReplica` in the recovery region.
    """

    def __init__(self, name: str, args: DomainKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.arns: dict[Domain, pulumi.Output[str]] = {}
        for domain, description in DOMAINS.items():
            alias = f"{args.names.prefix}-{domain}"
            statements = key_uses(domain, args.names, args.table, args.region)
            if args.primaries is None:
                primary = KeyArgs(
                    alias=alias,
                    description=description,
                    account_id=args.names.account_id,
                    uses=statements,
                    administrators=args.administrators,
                    multi_region=True,
                )
                self.arns[domain] = Key(f"{name}-{domain}", primary, child).arn
            else:
                replica = KeyReplicaArgs(
                    primary_arn=args.primaries[domain],
                    alias=alias,
                    description=description,
                    account_id=args.names.account_id,
                    uses=statements,
                    administrators=args.administrators,
                )
                self.arns[domain] = KeyReplica(f"{name}-{domain}", replica, child).arn
        self.register_outputs({"arns": self.arns})


def key_uses(domain: Domain, names: DataNames, table: AccessTable, region: str) -> Sequence[Statement]:
    """Key policy statements of a domain in a region: its readers, and the services that read for them."""
    return [statement for use in _USES[domain] for statement in use(domain, names, table, region)]


_Use = Callable[[Domain, DataNames, AccessTable, str], Sequence[Statement]]


def _objects(domain: Domain, names: DataNames, table: AccessTable, region: str) -> Sequence[Statement]:
    """Teams with files in a bucket of the domain, and AWS's services for them, through S3."""
    roles = [names.role_arn(names.team_role(team)) for team in readers(domain, table)]
    return uses.through("s3", region, names.account_id, [*roles, *names.services])


def _replicas(_domain: Domain, names: DataNames, _table: AccessTable, region: str) -> Sequence[Statement]:
    """S3 encrypts replicas as the replication role, with `kms:Encrypt`, which reads and writes do not need.

    S3 User Guide, "Replicating encrypted objects".
    """
    replicating = uses.through("s3", region, names.account_id, [names.role_arn(names.service_role("replication"))])
    return [{**statement, "Sid": "ReplicasThroughS3", "Action": "kms:Encrypt"} for statement in replicating]


def _discovery(_domain: Domain, names: DataNames, _table: AccessTable, region: str) -> Sequence[Statement]:
    """Macie decrypts objects under its service-linked role, whose own policy has no rights to keys.

    Macie User Guide, "Allowing Macie to use a customer managed AWS KMS key". A key policy can name only a role that
    exists, and this one exists from the day on which Macie is enabled: a condition names it, for this account alone.
    """
    return [
        {
            "Sid": "MacieThroughS3",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {
                "StringEquals": {
                    "kms:CallerAccount": names.account_id,
                    "kms:ViaService": f"s3.{region}.amazonaws.com",
                },
                "ArnEquals": {"aws:PrincipalArn": names.discovery},
            },
        }
    ]


def _jobs(_domain: Domain, names: DataNames, _table: AccessTable, region: str) -> Sequence[Statement]:
    """Training and inference, through S3 and for their disks."""
    through_s3 = uses.through("s3", region, names.account_id, [names.jobs])
    return [{**statement, "Sid": "JobsThroughS3"} for statement in through_s3] + list(
        uses.jobs(region, names.account_id, [names.jobs])
    )


def _deidentifying(_domain: Domain, names: DataNames, _table: AccessTable, region: str) -> Sequence[Statement]:
    """The jobs that de-identify read patients' data through S3."""
    through_s3 = uses.through("s3", region, names.account_id, [names.deidentifying])
    return [{**statement, "Sid": "DeidentifyThroughS3", "Action": ["kms:Decrypt"]} for statement in through_s3]


def _images(_domain: Domain, names: DataNames, _table: AccessTable, region: str) -> Sequence[Statement]:
    """ECR encrypts images of models (ECR User Guide, "Encryption at rest")."""
    return uses.by_grants(["ecr"], region, names.account_id, use="ImagesThroughEcr", grant="GrantsForImages")


def _catalogue(_domain: Domain, names: DataNames, _table: AccessTable, region: str) -> Sequence[Statement]:
    """Glue encrypts the catalogue: names of columns and their statistics."""
    return uses.through("glue", region, names.account_id, [names.role_arn(f"{names.prefix}-*")])


def _secrets(_domain: Domain, names: DataNames, _table: AccessTable, region: str) -> Sequence[Statement]:
    """Secrets Manager, for roles of the zone; each secret's own policy and the role's say which."""
    return uses.through("secretsmanager", region, names.account_id, [names.role_arn(f"{names.prefix}-*")])


def _promotion(_domain: Domain, names: DataNames, _table: AccessTable, _region: str) -> Sequence[Statement]:
    """The runbooks make the region that serves the primary region of the key."""
    return promotion(names.account_id, [names.role_arn(names.runbook_roles)])


def _logs(_domain: Domain, names: DataNames, _table: AccessTable, region: str) -> Sequence[Statement]:
    return uses.logs(region, names.account_id, "/")


_USES: Final[Mapping[Domain, Sequence[_Use]]] = {
    "artifacts": (_objects, _replicas, _discovery, _jobs, _images, _promotion),
    "features": (_objects, _replicas, _discovery, _jobs, _catalogue, _promotion),
    "logs": (_logs,),
    "phi": (_objects, _replicas, _discovery, _deidentifying, _promotion),
    "secrets": (_secrets, _promotion),
}


def readers(domain: Domain, table: AccessTable) -> Sequence[str]:
    """Teams that read or write objects under the key of a domain: patients' data only if the table says so.

    Every team has a prefix of its own for models, versions of data, features and answers.
    """
    return [team for team in sorted(table.teams) if domain != "phi" or table.handles_patients(team)]


def answers_domain(team: str, table: AccessTable) -> Domain:
    """The domain whose key a team's answers to queries are encrypted with."""
    return "phi" if table.handles_patients(team) else "features"
