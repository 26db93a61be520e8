"""Security groups of the MLflow server: clients reach the balancer, the balancer the tasks, the tasks the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import ec2, vpc

from components.mlflow.names import HTTPS, PORT, POSTGRESQL
from components.tokens import type_token

GROUPS: Final[Mapping[str, str]] = {
    "balancer": "Load balancer of MLflow",
    "tasks": "Tasks of MLflow",
    "database": "Database of MLflow",
}
"""Group -> description."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MlflowGroupsArgs:
    """The groups of one VPC."""

    tag: str
    vpc_id: pulumi.Input[str]
    client_group_id: pulumi.Input[str]
    """Group of the jobs that log runs: the tier `training` of the spoke."""


class MlflowGroups(pulumi.ComponentResource):
    """`hipaa-ml:mlflow:MlflowGroups`: the security groups of the MLflow server.

    Creates an `aws.ec2.SecurityGroup` per entry of `GROUPS`, and the `aws.vpc.SecurityGroupIngressRule` and
    `SecurityGroupEgressRule` of each connection. The way of the tasks to AWS services is a group of the spoke.
    """

    def __init__(self, name: str, args: MlflowGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._child = name, pulumi.ResourceOptions(parent=self)
        self.ids: Mapping[str, pulumi.Output[str]] = {
            group: ec2.SecurityGroup(
                f"{name}-{group}",
                vpc_id=args.vpc_id,
                description=description,
                tags={"Name": f"{args.tag}-{group}"},
                opts=self._child,
            ).id
            for group, description in GROUPS.items()
        }
        self._connect("clients", args.client_group_id, "balancer", HTTPS, "Runs are logged over HTTPS")
        self._connect("balancer", self.ids["balancer"], "tasks", PORT, "Requests and health checks over HTTPS")
        self._connect("tasks", self.ids["tasks"], "database", POSTGRESQL, "PostgreSQL over TLS")
        self.register_outputs({"ids": self.ids})

    def _connect(self, source: str, source_id: pulumi.Input[str], target: str, port: int, reason: str) -> None:
        name = f"{self._name}-{source}-to-{target}"
        vpc.SecurityGroupEgressRule(
            f"{name}-out",
            security_group_id=source_id,
            description=reason,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            referenced_security_group_id=self.ids[target],
            opts=self._child,
        )
        vpc.SecurityGroupIngressRule(
            f"{name}-in",
            security_group_id=self.ids[target],
            description=reason,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            referenced_security_group_id=source_id,
            opts=self._child,
        )
