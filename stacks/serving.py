"""What serving a model takes in one region: a key, a place for its images, a log, a role, and the endpoint itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pulumi

from components import ml
from components import recovery as r
from components.keys import Key, KeyArgs
from components.ml.endpoint import Standby
from components.ml.uses import serving as uses
from stacks import graph, places
from stacks.configuration.ml import Model
from stacks.contracts import BaselineOutputs, DataOutputs, OrganizationOutputs, SpokeOutputs
from stacks.providers import Providers
from stacks.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Here:
    """An environment in one region."""

    settings: Settings
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
        settings: Settings,
        environment: str,
        region: str,
        network: SpokeOutputs,
        organization: OrganizationOutputs,
        providers: Providers,
    ) -> "Here":
        """Reads what the environment's other stacks export."""
        account = places.environments(settings)[environment]
        return cls(
            settings=settings,
            environment=environment,
            region=region,
            network=network,
            baseline=BaselineOutputs.of(f"{graph.BASELINE}{account}"),
            data=DataOutputs.of(f"{graph.DATA}{environment}"),
            organization=organization,
            providers=providers,
        )

    @property
    def account(self) -> str:
        """The account's name."""
        return places.environments(self.settings)[self.environment]

    @property
    def account_id(self) -> pulumi.Input[str]:
        """The account's id."""
        return self.providers.account_id(self.account)

    @property
    def models(self) -> Mapping[str, Model]:
        """The models that are served in the environment, by name."""
        return self.settings.ml.served_in(self.environment)

    @property
    def recovery(self) -> r.Names:
        """Names of the environment's recovery."""
        return r.Names(prefix=self.settings.name_prefix, environment=self.environment)

    def names(self, model: str) -> ml.Names:
        """Names of a model."""
        return ml.Names(prefix=self.settings.name_prefix, environment=self.environment, model=model)

    def options(self, region: str | None = None) -> pulumi.ResourceOptions:
        """Options that put a component into a region of the account, this one unless another is named."""
        return self.providers.options(self.account, region or self.region)

    def bucket(self, purpose: str, region: str | None = None) -> pulumi.Output[str]:
        """A bucket of the environment's data."""
        return pulumi.Output.from_input(self.data.buckets)[purpose][region or self.region]

    def key(self, domain: str, region: str | None = None) -> pulumi.Output[str]:
        """A key of the environment's data."""
        return pulumi.Output.from_input(self.data.key_arns)[domain][region or self.region]

    @property
    def role_arn(self) -> pulumi.Output[str]:
        """What runbooks act as; its name is fixed, so that it can be named before it is there."""
        return pulumi.Output.format("arn:aws:iam::{0}:role/{1}", self.account_id, self.recovery.role)


@dataclass(frozen=True, kw_only=True, slots=True)
class Serving:
    """What serves in one region."""

    key_arn: pulumi.Output[str]
    topic_arn: pulumi.Output[str]
    configs: Mapping[str, pulumi.Input[str]]
    """Model -> endpoint configuration, for those that have a release."""


def serve(here: Here, models: Mapping[str, Model], standby: Mapping[str, Standby]) -> Serving:
    """Declares what serving takes, and the endpoints of models that have a release.

    Args:
        here: the environment and region.
        models: those that are served here.
        standby: model -> how it stands by here; those that are not named serve.
    """
    groups = [here.names(name).log_group for name in models]
    key = Key(
        "serving",
        KeyArgs(
            alias=f"{here.settings.name_prefix}-serving",
            description="Images, volumes and logs of endpoints",
            account_id=here.account_id,
            uses=uses(here.region, here.account_id, [*groups, f"/aws/lambda/{here.recovery.readiness}"]),
        ),
        here.options(),
    )
    topic = r.OperationsTopic(
        "operations",
        r.OperationsTopicArgs(
            topic=here.recovery.topic,
            account_id=here.account_id,
            key_arn=key.arn,
            publisher_role_arn=here.role_arn,
            notify=_hearers(here.settings),
        ),
        here.options(),
    )
    configs: dict[str, pulumi.Input[str]] = {}
    for name, model in models.items():
        config = _model(here, name, model, key.arn, topic.arn, standby.get(name, "none"))
        if config is not None:
            configs[name] = config
    return Serving(key_arn=key.arn, topic_arn=topic.arn, configs=configs)


def _model(  # noqa: PLR0917 - one of each
    here: Here,
    name: str,
    model: Model,
    key_arn: pulumi.Output[str],
    topic_arn: pulumi.Output[str],
    standby: Standby,
) -> pulumi.Output[str] | None:
    names, opts = here.names(name), here.options()
    repository = ml.ImageRepository(
        f"{name}-images", ml.ImageRepositoryArgs(repository=names.repository, key_arn=key_arn), opts
    )
    log = ml.EndpointLog(f"{name}-log", ml.EndpointLogArgs(log_group=names.log_group, key_arn=key_arn), opts)
    role = ml.ServingRole(
        f"{name}-role",
        ml.ServingRoleArgs(
            names=names,
            region=here.region,
            account_id=here.account_id,
            boundary_arn=here.baseline.boundary_policy_arn,
            repository_arn=repository.arn,
            artifact_bucket=here.bucket("artifacts"),
            capture_bucket=here.bucket("artifacts"),
            key_arns=[key_arn, here.key("artifacts")],
        ),
        opts,
    )
    if model.release is None:
        return None
    endpoint = ml.ModelEndpoint(
        name,
        ml.ModelEndpointArgs(
            names=names,
            region=here.region,
            release=ml.Release(
                version=model.release.version,
                image_digest=model.release.image_digest,
                artifact_sha256=model.release.artifact_sha256,
                model_sha256=model.release.model_sha256,
            ),
            role_arn=role.arn,
            repository_url=repository.url,
            artifact_bucket=here.bucket("artifacts"),
            # What was asked and answered is a record of what was decided about a patient: it is kept with the model.
            capture_bucket=here.bucket("artifacts"),
            capture_key_arn=here.key("artifacts"),
            volume_key_arn=key_arn,
            subnet_ids=subnets(here.network, "inference"),
            security_group_ids=[pulumi.Output.from_input(here.network.security_group_ids)["inference"]],
            instance_type=model.instance_type,
            instances=model.instances,
            capture_percent=model.capture_percent,
            alarm_topic_arn=topic_arn,
            standby=standby,
        ),
        pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[log])),
    )
    return endpoint.config.name


def subnets(network: SpokeOutputs, tier: str) -> pulumi.Output[Sequence[str]]:
    """The subnets of a tier."""
    # Inside `apply` every value is known: the ids are plain text there.
    known = cast("pulumi.Output[Mapping[str, Sequence[str]]]", pulumi.Output.from_input(network.subnet_ids))
    return known.apply(lambda ids: ids[tier])


def _hearers(settings: Settings) -> Sequence[str]:
    contact = settings.contacts.operations or settings.contacts.security
    return [contact.email]
