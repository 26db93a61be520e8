"""The retraining pipelines of an environment: their key, what they share, and one state machine per model."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components import ml
from components.keys import Key, KeyArgs
from components.ml.pipeline import ModelPipeline, ModelPipelineArgs
from components.ml.pipeline_foundation import PipelineFoundation, PipelineFoundationArgs, pipeline_key
from components.ml.pipeline_plan import PipelineNames, PipelinePlan, registry_prefix
from components.mlflow.names import MlflowNames
from stacks.serving import EnvironmentContext, Serving, subnets
from zone.settings.ml import SPARK_INSTANCES, Pipeline


def retrain(context: EnvironmentContext, serving: Serving) -> None:
    """Declares the pipelines of an environment, if any model is retrained in it."""
    pipelines = context.settings.ml.retrained_in(context.environment)
    if not pipelines:
        return
    key = Key(
        "pipeline",
        KeyArgs(
            alias=f"{context.settings.name_prefix}-pipeline",
            description="Images, volumes, locks and logs of pipelines",
            account_id=context.account_id,
            uses=pipeline_key(context.region, context.account_id),
        ),
        context.options(),
    )
    shared = PipelineFoundation(
        "pipeline",
        PipelineFoundationArgs(
            repository=f"{context.settings.name_prefix}/pipeline",
            table=f"{context.settings.name_prefix}-{context.environment}-pipelines",
            key_arn=key.arn,
        ),
        context.options(),
    )
    for name, pipeline in pipelines.items():
        if pipeline.image_digest is None:
            continue
        names = PipelineNames(prefix=context.settings.name_prefix, environment=context.environment, model=name)
        ModelPipeline(
            f"{name}-pipeline",
            ModelPipelineArgs(
                names=names,
                plan=_plan(context, names, pipeline, pipeline.image_digest, shared, key),
                account_id=context.account_id,
                boundary_arn=context.baseline.boundary_policy_arn,
                key_arn=key.arn,
                topic_arn=serving.topic_arn,
                schedule=pipeline.schedule,
                team=pipeline.team,
                engine=pipeline.engine,
            ),
            pulumi.ResourceOptions.merge(context.options(), pulumi.ResourceOptions(depends_on=[shared])),
        )


def _plan(  # noqa: PLR0917 - one of each
    context: EnvironmentContext,
    names: PipelineNames,
    pipeline: Pipeline,
    image_digest: str,
    shared: PipelineFoundation,
    key: Key,
) -> pulumi.Output[PipelinePlan]:
    keys = {"artifacts": "artifacts", "deidentified": "features", "features": "features", "raw-phi": "phi"}
    standby = bool(context.plan.environments[context.environment].standby_models)
    package_group = ml.ModelNames(prefix=names.prefix, environment=names.environment, model=names.model).package_group
    outputs: Mapping[str, Any] = {
        "account_id": context.account_id,
        "buckets": {purpose: context.bucket(purpose) for purpose in keys},
        "key_arns": {purpose: context.key(domain) for purpose, domain in keys.items()},
        "secret_arn": pulumi.Output.from_input(context.data.secret_arns)["pseudonyms"],
        "secret_key_arn": context.key("secrets"),
        "repository_url": shared.repository.url,
        "repository_arn": shared.repository.arn,
        "subnets": subnets(context.network, "training"),
        "security_groups": [pulumi.Output.from_input(context.network.security_group_ids)["training"]],
        "volume_key_arn": key.arn,
        "lock_table": shared.table,
        "tracking_secret": _tracking_secret(context, pipeline),
    }

    def resolved(values: Mapping[str, Any]) -> PipelinePlan:
        known = {name: value for name, value in values.items() if name != "repository_url"}
        registry = f"{known['buckets']['artifacts']}/{registry_prefix(pipeline.team, names.model)}"
        return PipelinePlan(
            **known,
            names=names,
            region=context.region,
            definition=pipeline.definition,
            team=pipeline.team,
            raw_prefix=context.settings.data.prefix_of(pipeline.data_set),
            image=f"{values['repository_url']}@{image_digest}",
            image_digest=image_digest,
            package_group=package_group,
            writer_parameter=context.recovery.writer if standby else "",
            instance_type=pipeline.instance_type,
            volume_gigabytes=pipeline.volume_gigabytes,
            step_minutes=pipeline.step_minutes,
            spot=pipeline.spot,
            engine=pipeline.engine,
            spark_instances=pipeline.spark_instances or SPARK_INSTANCES,
            macie_identifiers=pipeline.macie_identifiers,
            settings={
                "holdout_version": pipeline.holdout_version,
                "commit": pipeline.commit,
                "author": pipeline.author,
                "image_digest": image_digest,
                "serving_image_digest": _serving_image(context, names, pipeline),
                "tracking_uri": pipeline.tracking_uri or _tracking_uri(context),
                "experiment": f"{pipeline.team}/{names.model}",
                "registry": f"sagemaker:{package_group}@{registry}",
            },
        )

    return pulumi.Output.from_input(outputs).apply(resolved)


def _mlflow(context: EnvironmentContext) -> MlflowNames | None:
    """Names of the MLflow server of the environment, whose stack comes after this one; None without a server."""
    if context.settings.ml.tracked_in(context.environment) is None:
        return None
    return MlflowNames(prefix=context.settings.name_prefix, environment=context.environment)


def _tracking_uri(context: EnvironmentContext) -> str:
    names = _mlflow(context)
    return names.url if names is not None else ""


def _tracking_secret(context: EnvironmentContext, pipeline: Pipeline) -> pulumi.Input[str]:
    names = _mlflow(context)
    return names.secret_pattern(pipeline.team, context.region, context.account_id) if names is not None else ""


def _serving_image(context: EnvironmentContext, names: PipelineNames, pipeline: Pipeline) -> str:
    """Digest of the image that serves the versions of a pipeline, or `unknown`."""
    release = context.settings.ml.served_in(pipeline.environment)[names.model].release
    released = release.image_digest if release is not None else "unknown"
    return pipeline.serving_image_digest or released
