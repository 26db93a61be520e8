"""The switch of an endpoint's traffic, without a control plane: a metric, an alarm on it, a health check on the alarm.

The alarm is in the region that stays: in the recovery region the one that takes the primary out, and where both serve,
in the primary region the one that takes the recovery region out. The health check and the records are Route 53's data
plane, which is global (Route 53 Developer Guide, "How Route 53 chooses records when health checking is configured").
"""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudwatch, route53

from components.recovery.names import FAILED_OVER, WITHDRAWN
from components.tokens import type_token

TTL_SECONDS: Final = 10
PERIOD_SECONDS: Final = 60
"""Period of the alarm in seconds: health checks need standard resolution (Route 53 API, "AlarmIdentifier")."""

HALF: Final = route53.RecordWeightedRoutingPolicyArgs(weight=50)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """Both regions serve at the same time, half and half (active-active), and either can be taken out."""

    alarm: str
    topic_arn: pulumi.Input[str]
    """In the primary region."""
    primary: pulumi.ResourceOptions
    """Puts a resource into the primary region."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrafficSwitchArgs:
    """Arguments of the traffic switch of one endpoint, created in the recovery region."""

    environment: str
    endpoint: str
    record: str
    zone_id: pulumi.Input[str]
    alarm: str
    namespace: str
    primary_region: str
    recovery_region: str
    topic_arn: pulumi.Input[str]
    """ARN of the topic that is notified when traffic moves."""
    shared: Shared | None = None


class TrafficSwitch(pulumi.ComponentResource):
    """`hipaa-ml:recovery:TrafficSwitch`: the switch that moves the traffic of an endpoint to one region.

    Creates an `aws.cloudwatch.MetricAlarm`, an `aws.route53.HealthCheck` on it, and two `Record`s; where both regions
    serve, an alarm and a health check for each record.

    The name leads to the SageMaker host name of a region. A request is signed for its region, so a client resolves the
    name first and signs for the region of the result.
    """

    def __init__(self, name: str, args: TrafficSwitchArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        child = pulumi.ResourceOptions(parent=self)
        out = _Out(
            alarm=args.alarm,
            metric=FAILED_OVER,
            stays=args.recovery_region,
            topic_arn=args.topic_arn,
            description=f"In ALARM, {args.record} leads to {args.recovery_region}; runbooks alone set it",
        )
        check, withdrawal_check = self._check(out, child), None
        if args.shared is not None:
            out = _Out(
                suffix="-withdrawal",
                alarm=args.shared.alarm,
                metric=WITHDRAWN,
                stays=args.primary_region,
                topic_arn=args.shared.topic_arn,
                description=f"In ALARM, {args.record} leads to {args.primary_region} alone; runbooks alone set it",
            )
            withdrawal_check = self._check(out, pulumi.ResourceOptions.merge(args.shared.primary, child))
        for role, region, check_id in (
            ("primary", args.primary_region, check),
            ("secondary", args.recovery_region, withdrawal_check),
        ):
            route53.Record(
                f"{name}-{role}",
                zone_id=args.zone_id,
                name=args.record,
                type="CNAME",
                ttl=TTL_SECONDS,
                records=[f"runtime.sagemaker.{region}.amazonaws.com"],
                set_identifier=role,
                health_check_id=check_id,
                failover_routing_policies=None if args.shared else [_failover(role)],
                weighted_routing_policies=[HALF] if args.shared else None,
                opts=child,
            )
        self.register_outputs({})

    def _check(self, out: "_Out", opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
        """A health check that follows an alarm that runbooks set; gives its id."""
        args = self._args
        alarm = cloudwatch.MetricAlarm(
            f"{self._name}{out.suffix}-alarm",
            name=out.alarm,
            alarm_description=out.description,
            namespace=args.namespace,
            metric_name=out.metric,
            dimensions={"Environment": args.environment, "Endpoint": args.endpoint},
            statistic="Maximum",
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=1,
            period=PERIOD_SECONDS,
            evaluation_periods=1,
            # Whatever was decided last holds, for as long as nobody decides otherwise.
            treat_missing_data="ignore",
            alarm_actions=[out.topic_arn],
            ok_actions=[out.topic_arn],
            insufficient_data_actions=[out.topic_arn],
            opts=opts,
        )
        return route53.HealthCheck(
            f"{self._name}{out.suffix}-check",
            type="CLOUDWATCH_METRIC",
            cloudwatch_alarm_name=alarm.name,
            cloudwatch_alarm_region=out.stays,
            # Without data the last decision holds: traffic never returns to a lost region by itself. A new health check
            # is healthy (Route 53 API Reference, "InsufficientDataHealthStatus").
            insufficient_data_health_status="LastKnownStatus",
            opts=opts,
        ).id


@dataclass(frozen=True, kw_only=True, slots=True)
class _Out:
    """The alarm and the health check that remove one region from the answers."""

    suffix: str = ""
    alarm: str
    metric: str
    stays: str
    """The other region, in which the alarm is."""
    topic_arn: pulumi.Input[str]
    description: str


def _failover(role: str) -> route53.RecordFailoverRoutingPolicyArgs:
    return route53.RecordFailoverRoutingPolicyArgs(type=role.upper())
