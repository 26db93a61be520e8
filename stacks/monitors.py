"""The monitors of an environment: their key, their image repository, and one state machine per monitored model."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components import ml
from components.keys import Key, KeyArgs
from components.ml.monitor import ModelMonitor, ModelMonitorArgs
from components.ml.monitor_foundation import MonitorFoundation, MonitorFoundationArgs
from components.ml.monitor_plan import MonitorNames, MonitorPlan
from components.ml.pipeline_foundation import pipeline_key
from components.ml.pipeline_plan import PipelineNames
from stacks.serving import EnvironmentContext, Serving, subnets
from zone.settings.ml import Model, Monitoring


def monitor(context: EnvironmentContext, serving: Serving) -> None:
    """Declares the monitors of an environment, if any model has one."""
    models = context.settings.ml.monitored_in(context.environment)
    if not models:
        return
    prefix = context.settings.name_prefix
    key = Key(
        "monitoring",
        KeyArgs(
            alias=f"{prefix}-monitoring",
            description="Images, volumes, cool-downs and logs of monitors",
            account_id=context.account_id,
            uses=pipeline_key(context.region, context.account_id),
        ),
        context.options(),
    )
    shared = MonitorFoundation(
        "monitoring",
        MonitorFoundationArgs(
            repository=f"{prefix}/monitoring",
            table=f"{prefix}-{context.environment}-monitors",
            key_arn=key.arn,
            # The pipelines have the log group of the processing jobs already.
            job_log=not context.settings.ml.retrained_in(context.environment),
        ),
        context.options(),
    )
    for name, model in models.items():
        monitoring = model.monitoring
        if monitoring is None or monitoring.image_digest is None or model.release is None:
            continue
        names = MonitorNames(prefix=prefix, environment=context.environment, model=name)
        ModelMonitor(
            f"{name}-monitor",
            ModelMonitorArgs(
                names=names,
                plan=_plan(context, serving, names, model, monitoring, shared, key),
                account_id=context.account_id,
                boundary_arn=context.baseline.boundary_policy_arn,
                key_arn=key.arn,
                topic_arn=serving.topic_arn,
                region=context.region,
                schedule=monitoring.schedule,
                cool_down_days=monitoring.cool_down_days,
            ),
            pulumi.ResourceOptions.merge(context.options(), pulumi.ResourceOptions(depends_on=[shared])),
        )


def _plan(  # noqa: PLR0917 - one of each
    context: EnvironmentContext,
    serving: Serving,
    names: MonitorNames,
    model: Model,
    monitoring: Monitoring,
    shared: MonitorFoundation,
    key: Key,
) -> pulumi.Output[MonitorPlan]:
    assert model.release is not None
    release = model.release
    pipeline = context.settings.ml.retrained_in(context.environment).get(names.model)
    retrained = pipeline is not None and pipeline.image_digest is not None
    machine = PipelineNames(prefix=names.prefix, environment=names.environment, model=names.model).state_machine
    shadowed = model.shadow is not None and model.shadow.environment == context.environment
    standby = bool(context.plan.environments[context.environment].standby_models)
    outputs: Mapping[str, Any] = {
        "account_id": context.account_id,
        "bucket": context.bucket("artifacts"),
        "bucket_key_arn": context.key("artifacts"),
        "repository_url": shared.repository.url,
        "repository_arn": shared.repository.arn,
        "subnets": subnets(context.network, "training"),
        "security_groups": [pulumi.Output.from_input(context.network.security_group_ids)["training"]],
        "key_arn": key.arn,
        "table": shared.table,
        "topic_arn": serving.topic_arn,
        "topic_key_arn": serving.key_arn,
    }

    def resolved(values: Mapping[str, Any]) -> MonitorPlan:
        known: dict[str, Any] = {name: value for name, value in values.items() if name != "repository_url"}
        known |= {name: tuple(known[name]) for name in ("subnets", "security_groups")}
        base = f"arn:aws:states:{context.region}:{known['account_id']}:stateMachine"
        return MonitorPlan(
            **known,
            names=names,
            region=context.region,
            definition=monitoring.definition,
            version=release.version,
            model_sha256=release.model_sha256,
            variant=ml.VARIANT,
            shadow=ml.SHADOW if shadowed else "",
            image=f"{values['repository_url']}@{monitoring.image_digest}",
            writer_parameter=context.recovery.writer if standby else "",
            retraining_arn=f"{base}:{machine}" if retrained else "",
            instance_type=monitoring.instance_type,
            minutes=monitoring.minutes,
            cool_down_days=monitoring.cool_down_days,
        )

    return pulumi.Output.from_input(outputs).apply(resolved)
