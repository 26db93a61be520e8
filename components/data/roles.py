"""The roles for the data of an environment: those of AWS services, and one per team."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import iam

from components.data.names import DataNames, ServiceUse
from components.data.rights import batch_replication, lake_formation, team
from components.documents import Statement, document
from components.managed_policies import ACCOUNT_ID, KEY_ARN_CHARACTERS, RolePolicies, attach, placeholders
from components.storage import ReplicationRole, ReplicationRoleArgs
from components.tokens import type_token
from zone.shared.access_table import AccessTable
from zone.shared.buckets import DataPurpose

SESSION_SECONDS: Final = 3600
_SERVICES: Final[Mapping[ServiceUse, str]] = {
    "batch-replication": "batchoperations.s3.amazonaws.com",
    "lake-formation": "lakeformation.amazonaws.com",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceRolesArgs:
    """The roles of services; other components create their rights."""

    names: DataNames
    boundary_arn: pulumi.Input[str]
    replicated: Sequence[DataPurpose]
    """Buckets that are copied to the other region."""


class ServiceRoles(pulumi.ComponentResource):
    """`hipaa-ml:data:ServiceRoles`: the roles of AWS services for the data.

    Creates a `ReplicationRole`, and `aws.iam.Role`s for S3 Batch Replication and Lake Formation.
    """

    def __init__(self, name: str, args: ServiceRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        names = args.names
        self.replication = ReplicationRole(
            f"{name}-replication",
            ReplicationRoleArgs(
                role_name=names.service_role("replication"),
                description="S3 copies data to the other region",
                permissions_boundary=args.boundary_arn,
            ),
            child,
        )
        self.batch = _service_role(f"{name}-batch", args, "batch-replication", child)
        self.lake_formation = _service_role(f"{name}-lake-formation", args, "lake-formation", child)
        iam.RolePolicy(
            f"{name}-batch-rights",
            role=self.batch.id,
            policy=document(batch_replication(names, args.replicated)),
            opts=child,
        )
        reads = iam.RolePolicy(
            f"{name}-lake-formation-rights",
            role=self.lake_formation.id,
            policy=document(lake_formation(names)),
            opts=child,
        )
        self.ready: Sequence[pulumi.Resource] = [reads]
        self.register_outputs({"replication": self.replication.arn, "lake_formation": self.lake_formation.arn})


def _service_role(name: str, args: ServiceRolesArgs, use: ServiceUse, opts: pulumi.ResourceOptions) -> iam.Role:
    service = _SERVICES[use]
    trust: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return iam.Role(
        name,
        name=args.names.service_role(use),
        description=f"{service} acts on data",
        assume_role_policy=document([trust]),
        permissions_boundary=args.boundary_arn,
        opts=opts,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamRolesArgs:
    """Roles of teams."""

    names: DataNames
    table: AccessTable
    boundary_arn: pulumi.Input[str]
    key_arns: Sequence[pulumi.Input[str]]
    """Keys of data, in every region: which of them a team uses, their policies say."""


class TeamRoles(pulumi.ComponentResource):
    """`hipaa-ml:data:TeamRoles`: the roles of the teams, with the rights from the access table.

    Creates an `aws.iam.Role` with the name of the team as a tag, and its managed policies, per team.
    """

    def __init__(self, name: str, args: TeamRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        names = args.names
        arns: dict[str, pulumi.Output[str]] = {}
        keys = placeholders("KEY", args.key_arns, KEY_ARN_CHARACTERS)
        for team_name, project in args.table.teams.items():
            role = iam.Role(
                f"{name}-{team_name}",
                name=names.team_role(team_name),
                description=f"What people and jobs of team {team_name} act as on data",
                assume_role_policy=document([_members(names, team_name)]),
                max_session_duration=SESSION_SECONDS,
                permissions_boundary=args.boundary_arn,
                tags={"team": team_name, "project": project},
                opts=child,
            )
            attach(
                f"{name}-{team_name}-rights",
                RolePolicies(
                    role=role,
                    policy_name=names.team_role(team_name),
                    statements=team(team_name, names, args.table, list(keys)),
                    values={ACCOUNT_ID: names.account_id, **keys},
                ),
                child,
            )
            arns[team_name] = role.arn
        self.arns: Mapping[str, pulumi.Output[str]] = arns
        self.register_outputs({"arns": arns})


def _members(names: DataNames, team: str) -> Statement:
    """Principals of the account that carry the team's tag; sessions bring no tags of their own with them."""
    return {
        "Sid": "Members",
        "Effect": "Allow",
        "Principal": {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", names.account_id)},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": team}},
    }
