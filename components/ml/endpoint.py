"""A real-time endpoint in its only form: isolated, in private subnets, under keys, watched, rolled back by alarms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import pulumi
from pulumi_aws import appautoscaling, sagemaker

from components.ml.alarms import EndpointAlarms, EndpointAlarmsArgs
from components.ml.guard import InputGuard
from components.ml.names import ModelNames
from components.ml.release import Release
from components.tokens import type_token
from zone.shared.scaling import MAXIMUM_FACTOR

VARIANT: Final = "primary"
Standby = Literal["none", "warm", "pilot-light"]
CANARY_PERCENT: Final = 10
BAKE_SECONDS: Final = 600
"""Seconds between the shift of the canary's traffic and the shift of the remaining traffic."""
REQUESTS_PER_INSTANCE: Final = 2000
"""Requests per minute and instance; well below the throughput of one core (benchmarks/inference.py)."""


SHADOW: Final = "shadow"
"""Name of the variant that receives copies of requests."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShadowVariant:
    """A challenger whose responses no caller receives."""

    release: Release
    percent: int
    """Percentage of the requests that it receives."""
    instances: int

    def __post_init__(self) -> None:
        """Refuses a share that is none."""
        if not 1 <= self.percent <= 100:  # noqa: PLR2004 - a percentage
            raise ValueError(f"ShadowVariant.percent: {self.percent}; allowed: 1 to 100")
        if self.instances < 1:
            raise ValueError(f"ShadowVariant.instances: {self.instances}; allowed: 1 or more")


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelEndpointArgs:
    """An endpoint."""

    names: ModelNames
    region: str
    release: Release
    role_arn: pulumi.Input[str]
    repository_url: pulumi.Input[str]
    artifact_bucket: pulumi.Input[str]
    capture_bucket: pulumi.Input[str]
    capture_key_arn: pulumi.Input[str]
    volume_key_arn: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]] | pulumi.Output[Sequence[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    instance_type: str
    instances: int
    """Minimum number of instances while it serves; it scales up to `MAXIMUM_FACTOR` times that."""
    release_instances: int
    """Number of instances that each release starts with, from `instances` to the maximum of autoscaling."""
    capture_percent: int
    alarm_topic_arn: pulumi.Input[str]
    guard: InputGuard = field(default_factory=InputGuard)
    shadow: ShadowVariant | None = None
    """Challenger that receives copies of the requests; the same rules of encryption and isolation hold for it."""
    standby: Standby = "none"
    """`warm`: one instance; `pilot-light`: model and configuration alone, the endpoint is created when it is needed."""

    def __post_init__(self) -> None:
        """Refuses an endpoint that one failing zone would take down."""
        if self.instances < 2:  # noqa: PLR2004 - one instance is in one zone
            raise ValueError(
                f"ModelEndpointArgs.instances: {self.instances}; allowed: 2 or more, so that two zones serve"
            )
        maximum = MAXIMUM_FACTOR * self.instances
        if not self.instances <= self.release_instances <= maximum:
            raise ValueError(
                f"ModelEndpointArgs.release_instances: {self.release_instances}; allowed: {self.instances} to {maximum}"
            )
        if self.shadow is not None and self.standby != "none":
            raise ValueError("ModelEndpointArgs.shadow: a standby has no challenger; allowed: None")
        if not 0 <= self.capture_percent <= 100:  # noqa: PLR2004 - a percentage
            raise ValueError(f"ModelEndpointArgs.capture_percent: {self.capture_percent}; allowed: 0 to 100")


class ModelEndpoint(pulumi.ComponentResource):
    """`hipaa-ml:ml:ModelEndpoint`: a model behind a SageMaker endpoint.

    Creates an `aws.sagemaker.Model`, an `EndpointConfiguration`, an `Endpoint`, `EndpointAlarms`, and an
    `aws.appautoscaling.Target` with its `Policy`; with a challenger, an `aws.sagemaker.Model` of it.

    The endpoint is deployed with a canary and a rollback. A pilot light has the model and the configuration only.
    """

    def __init__(self, name: str, args: ModelEndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        # Models and configurations cannot be changed: a version has its own, and the old one stays until the endpoint
        # has moved to the new one.
        versioned = f"{name}-{args.release.version}"
        model = self._model(f"{versioned}-model", args, args.release, args.names.endpoint)
        self.config = self._configuration(versioned, args, model)
        self.endpoint_name = args.names.endpoint
        if args.standby != "pilot-light":
            self._endpoint(name, args)
        self.register_outputs({"endpoint": self.endpoint_name, "config": self.config.name})

    def _model(self, name: str, args: ModelEndpointArgs, release: Release, reported_as: str) -> sagemaker.Model:
        """A model of a release; `reported_as` is the endpoint in the metrics of its container."""
        return sagemaker.Model(
            name,
            execution_role_arn=args.role_arn,
            enable_network_isolation=True,
            primary_container=sagemaker.ModelPrimaryContainerArgs(
                image=release.image(args.repository_url),
                model_data_url=pulumi.Output.format(
                    "s3://{0}/{1}", args.artifact_bucket, release.artifact_key(args.names.model)
                ),
                environment={
                    "ENDPOINT_NAME": reported_as,
                    "MODEL_SHA256": release.model_sha256,
                    "MODEL_VERSION": release.version,
                    **args.guard.variables(),
                },
            ),
            vpc_config=sagemaker.ModelVpcConfigArgs(
                subnets=args.subnet_ids, security_group_ids=list(args.security_group_ids)
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _configuration(
        self, name: str, args: ModelEndpointArgs, model: sagemaker.Model
    ) -> sagemaker.EndpointConfiguration:
        capture = sagemaker.EndpointConfigurationDataCaptureConfigArgs(
            enable_capture=args.capture_percent > 0,
            initial_sampling_percentage=args.capture_percent,
            destination_s3_uri=pulumi.Output.format("s3://{0}/capture/{1}", args.capture_bucket, args.names.endpoint),
            kms_key_id=args.capture_key_arn,
            capture_options=[
                sagemaker.EndpointConfigurationDataCaptureConfigCaptureOptionArgs(capture_mode=mode)
                for mode in ("Input", "Output")
            ],
        )
        return sagemaker.EndpointConfiguration(
            f"{name}-config",
            kms_key_arn=args.volume_key_arn,
            data_capture_config=capture,
            production_variants=[
                sagemaker.EndpointConfigurationProductionVariantArgs(
                    variant_name=VARIANT,
                    model_name=model.name,
                    instance_type=args.instance_type,
                    initial_instance_count=_initial_instances(args),
                    initial_variant_weight=1,
                )
            ],
            shadow_production_variants=self._shadow(name, args),
            # Policies let a standby have one instance, and nothing else.
            tags={"standby": args.standby} if args.standby == "warm" else None,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _shadow(
        self, name: str, args: ModelEndpointArgs
    ) -> list[sagemaker.EndpointConfigurationShadowProductionVariantArgs] | None:
        """The challenger: the weight beside 1 is the share of the requests that SageMaker copies to it."""
        if args.shadow is None:
            return None
        # Metrics of its own, so that the alarms of the endpoint do not judge the challenger.
        model = self._model(
            f"{name}-{SHADOW}-{args.shadow.release.version}-model",
            args,
            args.shadow.release,
            f"{args.names.endpoint}-{SHADOW}",
        )
        return [
            sagemaker.EndpointConfigurationShadowProductionVariantArgs(
                variant_name=SHADOW,
                model_name=model.name,
                instance_type=args.instance_type,
                initial_instance_count=args.shadow.instances,
                initial_variant_weight=args.shadow.percent / 100,
            )
        ]

    def _endpoint(self, name: str, args: ModelEndpointArgs) -> None:
        child = pulumi.ResourceOptions(parent=self)
        alarms = EndpointAlarms(
            f"{name}-alarms",
            EndpointAlarmsArgs(endpoint=args.names.endpoint, variant=VARIANT, topic_arn=args.alarm_topic_arn),
            child,
        )
        endpoint = sagemaker.Endpoint(
            f"{name}-endpoint",
            name=args.names.endpoint,
            endpoint_config_name=self.config.name,
            deployment_config=_canary(alarms.names),
            opts=child,
        )
        minimum = 1 if args.standby == "warm" else args.instances
        target = appautoscaling.Target(
            f"{name}-scaling",
            service_namespace="sagemaker",
            scalable_dimension="sagemaker:variant:DesiredInstanceCount",
            resource_id=pulumi.Output.format("endpoint/{0}/variant/{1}", endpoint.name, VARIANT),
            min_capacity=minimum,
            max_capacity=MAXIMUM_FACTOR * args.instances,
            opts=child,
        )
        appautoscaling.Policy(
            f"{name}-scaling-policy",
            name=f"{args.names.endpoint}-requests",
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                target_value=REQUESTS_PER_INSTANCE,
                predefined_metric_specification=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                    predefined_metric_type="SageMakerVariantInvocationsPerInstance"
                ),
                scale_in_cooldown=600,
                scale_out_cooldown=60,
            ),
            opts=child,
        )


def _initial_instances(args: ModelEndpointArgs) -> int:
    """The number of instances of a new fleet.

    UpdateEndpoint sets the number of instances to that of the new configuration, since the provider cannot set
    `RetainAllVariantProperties` (SageMaker API Reference, "UpdateEndpoint"). A release of an endpoint that has scaled
    out must not remove the added instances, so it starts with enough; autoscaling removes those that are not needed.
    """
    if args.standby == "warm":
        return 1
    return args.instances if args.standby == "pilot-light" else args.release_instances


def _canary(alarms: Sequence[str]) -> sagemaker.EndpointDeploymentConfigArgs:
    """A tenth of the traffic first; any alarm rolls back (SageMaker Developer Guide, "Use canary traffic shifting")."""
    routing = sagemaker.EndpointDeploymentConfigBlueGreenUpdatePolicyTrafficRoutingConfigurationArgs(
        type="CANARY",
        canary_size=sagemaker.EndpointDeploymentConfigBlueGreenUpdatePolicyTrafficRoutingConfigurationCanarySizeArgs(
            type="CAPACITY_PERCENT", value=CANARY_PERCENT
        ),
        wait_interval_in_seconds=BAKE_SECONDS,
    )
    return sagemaker.EndpointDeploymentConfigArgs(
        blue_green_update_policy=sagemaker.EndpointDeploymentConfigBlueGreenUpdatePolicyArgs(
            traffic_routing_configuration=routing,
            termination_wait_in_seconds=BAKE_SECONDS,
            maximum_execution_timeout_in_seconds=3 * BAKE_SECONDS,
        ),
        auto_rollback_configuration=sagemaker.EndpointDeploymentConfigAutoRollbackConfigurationArgs(
            alarms=[
                sagemaker.EndpointDeploymentConfigAutoRollbackConfigurationAlarmArgs(alarm_name=name) for name in alarms
            ]
        ),
    )
