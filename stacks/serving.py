"""Resources that serve a model in one region: key, image repository, log group, role and endpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pulumi

from components import ml
from components import recovery as r
from components.data.names import DataNames
from components.keys import Key, KeyArgs
from components.ml.endpoint import Standby
from components.ml.monitor_plan import MonitorNames
from components.ml.uses import serving as uses
from stacks.contracts import BaselineOutputs, DataOutputs, OrganizationOutputs, SpokeOutputs
from stacks.providers import Providers
from zone.plan import AccountPlan, Plan, graph
from zone.settings import Settings
from zone.settings.ml import Model
from zone.shared.scaling import MAXIMUM_FACTOR


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentContext:
    """An environment in one region, with the outputs of the stacks that it depends on."""

    plan: Plan
    environment: str
    region: str
    network: SpokeOutputs
    baseline: BaselineOutputs
    data: DataOutputs
    organization: OrganizationOutputs
    providers: Providers

    @classmethod
    def of(  # noqa: PLR0917 - one of each
        cls,
        plan: Plan,
        environment: str,
        region: str,
        network: SpokeOutputs,
        organization: OrganizationOutputs,
        providers: Providers,
    ) -> "EnvironmentContext":
        """Reads what the environment's other stacks export."""
        account = plan.environments[environment].account
        return cls(
            plan=plan,
            environment=environment,
            region=region,
            network=network,
            baseline=BaselineOutputs.of(f"{graph.BASELINE}{account}"),
            data=DataOutputs.of(f"{graph.DATA}{environment}"),
            organization=organization,
            providers=providers,
        )

    @property
    def settings(self) -> Settings:
        """The settings of the zone."""
        return self.plan.settings

    @property
    def account_plan(self) -> AccountPlan:
        """The plan of the environment's account."""
        return self.plan.account_of(self.environment)

    @property
    def account(self) -> str:
        """The account's name."""
        return self.account_plan.name

    @property
    def account_id(self) -> pulumi.Input[str]:
        """The account's id."""
        return self.providers.account_id(self.account)

    @property
    def models(self) -> Mapping[str, Model]:
        """The models that are served in the environment, by name."""
        return self.plan.environments[self.environment].models

    @property
    def recovery(self) -> r.RecoveryNames:
        """Names of the environment's recovery."""
        return r.RecoveryNames(prefix=self.settings.name_prefix, environment=self.environment)

    @property
    def data_names(self) -> DataNames:
        """Names of the environment's data and of the roles that use it."""
        settings = self.settings
        return DataNames(
            prefix=settings.name_prefix,
            account_id=self.account_id,
            regions=settings.regions.all,
            break_glass_role=settings.zone.break_glass_role,
            access_role=settings.account_access_role,
            backup_role=settings.zone.backup_role,
        )

    def names(self, model: str) -> ml.ModelNames:
        """Names of a model."""
        return ml.ModelNames(prefix=self.settings.name_prefix, environment=self.environment, model=model)

    def options(self, region: str | None = None) -> pulumi.ResourceOptions:
        """Options that put a component into a region of the account, this one unless another is named."""
        return self.providers.options(self.account, region or self.region)

    def bucket(self, purpose: str, region: str | None = None) -> pulumi.Output[str]:
        """A bucket of the environment's data."""
        return pulumi.Output.from_input(self.data.buckets)[purpose][region or self.region]

    def key(self, domain: str, region: str | None = None) -> pulumi.Output[str]:
        """A key of the environment's data."""
        return pulumi.Output.from_input(self.data.key_arns)[domain][region or self.region]

    def image_repository(self, model: str) -> pulumi.Output[str]:
        """URL of a model's image repository in this region, which `data-<env>` creates."""
        return self.names(model).repository_url(self.account_id, self.region)

    @property
    def role_arn(self) -> pulumi.Output[str]:
        """ARN of the runbook role; its name is fixed, so that policies can name it before it exists."""
        return pulumi.Output.format("arn:aws:iam::{0}:role/{1}", self.account_id, self.recovery.role)

    @property
    def publisher_arns(self) -> Sequence[pulumi.Output[str]]:
        """ARNs of the roles that publish to the operations topic: of the runbooks, and of the monitors of models."""
        monitors = [
            MonitorNames(prefix=self.settings.name_prefix, environment=self.environment, model=name).machine_role
            for name in self.settings.ml.monitored_in(self.environment)
        ]
        return [
            self.role_arn,
            *(pulumi.Output.format("arn:aws:iam::{0}:role/{1}", self.account_id, name) for name in monitors),
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Serving:
    """The serving resources of one region."""

    key_arn: pulumi.Output[str]
    topic_arn: pulumi.Output[str]
    configs: Mapping[str, pulumi.Input[str]]
    """Model -> endpoint configuration, for those that have a release."""


def serve(context: EnvironmentContext, models: Mapping[str, Model], standby: Mapping[str, Standby]) -> Serving:
    """Declares what serving takes, and the endpoints of models that have a release.

    Args:
        context: the environment and region.
        models: those that are served context.
        standby: model -> how it stands by here; those that are not named serve.
    """
    groups = [context.names(name).log_group for name in models]
    key = Key(
        "serving",
        KeyArgs(
            alias=f"{context.settings.name_prefix}-serving",
            description="Volumes and logs of endpoints",
            account_id=context.account_id,
            uses=uses(
                context.region,
                context.account_id,
                [*groups, f"/aws/lambda/{context.recovery.readiness}"],
                context.publisher_arns,
            ),
        ),
        context.options(),
    )
    topic = r.OperationsTopic(
        "operations",
        r.OperationsTopicArgs(
            topic=context.recovery.topic,
            account_id=context.account_id,
            key_arn=key.arn,
            publisher_role_arn=context.role_arn,
            notify=_hearers(context.settings),
        ),
        context.options(),
    )
    configs: dict[str, pulumi.Input[str]] = {}
    for name, model in models.items():
        config = _model(context, name, model, key.arn, topic.arn, standby.get(name, "none"))
        if config is not None:
            configs[name] = config
    return Serving(key_arn=key.arn, topic_arn=topic.arn, configs=configs)


def _model(  # noqa: PLR0917 - one of each
    context: EnvironmentContext,
    name: str,
    model: Model,
    key_arn: pulumi.Output[str],
    topic_arn: pulumi.Output[str],
    standby: Standby,
) -> pulumi.Output[str] | None:
    names, opts = context.names(name), context.options()
    log = ml.EndpointLog(f"{name}-log", ml.EndpointLogArgs(log_group=names.log_group, key_arn=key_arn), opts)
    role = ml.ServingRole(
        f"{name}-role",
        ml.ServingRoleArgs(
            names=names,
            region=context.region,
            account_id=context.account_id,
            boundary_arn=context.baseline.boundary_policy_arn,
            repository_arn=pulumi.Output.format(
                "arn:aws:ecr:{0}:{1}:repository/{2}", context.region, context.account_id, names.repository
            ),
            artifact_bucket=context.bucket("artifacts"),
            capture_bucket=context.bucket("artifacts"),
            key_arns=[key_arn, context.key("artifacts")],
        ),
        opts,
    )
    if model.release is None:
        return None
    endpoint = ml.ModelEndpoint(
        name,
        ml.ModelEndpointArgs(
            names=names,
            region=context.region,
            release=ml.Release(**model.release.model_dump()),
            shadow=_shadow(context, model, standby),
            role_arn=role.arn,
            repository_url=context.image_repository(name),
            artifact_bucket=context.bucket("artifacts"),
            # What was asked and answered is a record of what was decided about a patient: it is kept with the model.
            capture_bucket=context.bucket("artifacts"),
            capture_key_arn=context.key("artifacts"),
            volume_key_arn=key_arn,
            subnet_ids=subnets(context.network, "inference"),
            security_group_ids=[pulumi.Output.from_input(context.network.security_group_ids)["inference"]],
            instance_type=model.instance_type,
            instances=model.instances,
            release_instances=model.release_instances or MAXIMUM_FACTOR * model.instances,
            capture_percent=model.capture_percent,
            guard=ml.InputGuard(**model.guard.model_dump()),
            alarm_topic_arn=topic_arn,
            standby=standby,
        ),
        pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[log])),
    )
    return endpoint.config.name


def _shadow(context: EnvironmentContext, model: Model, standby: Standby) -> ml.ShadowVariant | None:
    """The challenger of an endpoint, in the region that serves."""
    shadow = model.shadow
    recovery = context.region != context.settings.regions.primary
    if shadow is None or shadow.environment != context.environment or standby != "none" or recovery:
        return None
    return ml.ShadowVariant(
        release=ml.Release(**shadow.release.model_dump()), percent=shadow.percent, instances=shadow.instances
    )


def subnets(network: SpokeOutputs, tier: str) -> pulumi.Output[Sequence[str]]:
    """The subnets of a tier."""
    # Inside `apply` every value is known: the ids are plain text there.
    subnet_ids = cast("pulumi.Output[Mapping[str, Sequence[str]]]", pulumi.Output.from_input(network.subnet_ids))
    return subnet_ids.apply(lambda ids: ids[tier])


def _hearers(settings: Settings) -> Sequence[str]:
    contact = settings.contacts.operations or settings.contacts.security
    return [contact.email]
