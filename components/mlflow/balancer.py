"""The load balancer of the MLflow server: internal, TLS 1.2 or newer, with access logs and a private name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import acm, lb, route53

from components.mlflow.names import HTTPS, PORT, MlflowNames
from components.tokens import type_token

TLS_POLICY: Final = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.3 and 1.2 (Application Load Balancers guide, "Security policies for your Application Load Balancer")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MlflowBalancerArgs:
    """The load balancer of one environment."""

    names: MlflowNames
    region: str
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[str]]
    group_id: pulumi.Input[str]
    log_bucket: pulumi.Input[str]
    """Bucket of the access logs; its policy admits the log delivery of Elastic Load Balancing."""
    certificate_authority_arn: str
    """Private certificate authority that issues the server's certificate."""


class MlflowBalancer(pulumi.ComponentResource):
    """`hipaa-ml:mlflow:MlflowBalancer`: the internal load balancer of the MLflow server.

    Creates an `aws.acm.Certificate` of the private certificate authority, an `aws.lb.LoadBalancer` with its
    `TargetGroup` and `Listener`, an `aws.route53.Zone` of the VPC and the `Record` of the server.
    """

    def __init__(self, name: str, args: MlflowBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        certificate = acm.Certificate(
            f"{name}-certificate",
            domain_name=args.names.host,
            certificate_authority_arn=args.certificate_authority_arn,
            key_algorithm="RSA_2048",
            opts=child,
        )
        balancer = lb.LoadBalancer(
            f"{name}-balancer",
            name=args.names.name,
            load_balancer_type="application",
            internal=True,
            subnets=args.subnet_ids,
            security_groups=[args.group_id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            enable_deletion_protection=True,
            access_logs=lb.LoadBalancerAccessLogsArgs(enabled=True, bucket=args.log_bucket, prefix=args.names.name),
            opts=child,
        )
        group = lb.TargetGroup(
            f"{name}-targets",
            name=args.names.name,
            vpc_id=args.vpc_id,
            target_type="ip",
            port=PORT,
            protocol="HTTPS",
            deregistration_delay=60,
            health_check=lb.TargetGroupHealthCheckArgs(
                enabled=True,
                path="/health",
                protocol="HTTPS",
                matcher="200",
                interval=15,
                timeout=5,
                healthy_threshold=2,
                unhealthy_threshold=3,
            ),
            opts=child,
        )
        self.listener = lb.Listener(
            f"{name}-listener",
            load_balancer_arn=balancer.arn,
            port=HTTPS,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=certificate.arn,
            default_actions=[lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)],
            opts=child,
        )
        self._record(name, args, balancer)
        self.target_group_arn = group.arn
        self.arn_suffix, self.target_group_suffix = balancer.arn_suffix, group.arn_suffix
        self.register_outputs({"target_group_arn": self.target_group_arn})

    def _record(self, name: str, args: MlflowBalancerArgs, balancer: lb.LoadBalancer) -> None:
        """Declares the zone and its record: a zone of its own, since the endpoints' zone belongs to another stack."""
        child = pulumi.ResourceOptions(parent=self)
        zone = route53.Zone(
            f"{name}-zone",
            name=args.names.host,
            comment="MLflow",
            vpcs=[route53.ZoneVpcArgs(vpc_id=args.vpc_id, vpc_region=args.region)],
            opts=child,
        )
        route53.Record(
            f"{name}-record",
            zone_id=zone.zone_id,
            name=args.names.host,
            type="A",
            aliases=[
                route53.RecordAliasArgs(name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=False)
            ],
            opts=child,
        )
