"""CloudWatch Logs: log groups, what they mask, metric filters, resource policies."""

from typing import Any, Final

from rehearsal.provider.services.shapes import one
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Tagging, on


def _retain(work: Work) -> None:
    name, days = work.values["name"], int(work.inputs.get("retentionInDays") or 0)
    if days:
        work.call("put_retention_policy", logGroupName=name, retentionInDays=days)
    elif work.changed:
        work.call("delete_retention_policy", logGroupName=name)


def _update_group(work: Work) -> None:
    name = work.values["name"]
    if "retentionInDays" in work.changed:
        _retain(work)
    if "kmsKeyId" in work.changed:
        key = work.inputs.get("kmsKeyId")
        if key:
            work.call("associate_kms_key", logGroupName=name, kmsKeyId=key)
        else:
            work.call("disassociate_kms_key", logGroupName=name)


def _read_group(work: Work) -> Any:
    found = one(work.pages("describe_log_groups", "logGroups", logGroupNamePrefix=work.id), logGroupName=work.id)
    return found and {**found, "arn": found["arn"].removesuffix(":*")}


def _transform(_work: Work, values: Values) -> Values:
    return (
        {**values, "metricTransformations": [values["metricTransformation"]]}
        if "metricTransformation" in values
        else values
    )


def _read_filter(work: Work) -> Any:
    values = work.values
    group = values["logGroupName"]
    listed = work.pages("describe_metric_filters", "metricFilters", logGroupName=group, filterNamePrefix=values["name"])
    # The emulator keeps what a filter was before as well; the last one is what it is.
    found = one(listed[::-1], filterName=values["name"])
    return found and {**found, "metricTransformation": found["metricTransformations"][0]}


def _read_resource_policy(work: Work) -> Any:
    return one(work.pages("describe_resource_policies", "resourcePolicies"), policyName=work.id)


def _read_protection(work: Work) -> Any:
    found = work.call("get_data_protection_policy", logGroupIdentifier=work.id)
    return {**found, "logGroupName": work.id} if found.get("policyDocument") else None


TYPES: Final = (
    Emulated(
        type="aws:cloudwatch/logGroup:LogGroup",
        service="logs",
        create="create_log_group",
        after=_retain,
        read=_read_group,
        update=_update_group,
        delete="delete_log_group",
        id="{name}",
        names={"logGroupName": "name", "resourceArn": "arn"},
        forces=on("name", "namePrefix", "logGroupClass"),
        tags=Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource", at="tags"),
    ),
    Emulated(
        type="aws:cloudwatch/logMetricFilter:LogMetricFilter",
        service="logs",
        create="put_metric_filter",
        read=_read_filter,
        update="put",
        delete="delete_metric_filter",
        id="{logGroupName}:{name}",
        names={
            "filterName": "name",
            "filterPattern": "pattern",
            "metricName": "name",
            "metricNamespace": "namespace",
            "metricValue": "value",
        },
        prepare=_transform,
        forces=on("name", "logGroupName"),
    ),
    Emulated(
        type="aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        service="logs",
        create="put_resource_policy",
        read=_read_resource_policy,
        update="put",
        delete="delete_resource_policy",
        id="{policyName}",
        forces=on("policyName"),
    ),
    Emulated(
        type="aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
        service="logs",
        create="put_data_protection_policy",
        read=_read_protection,
        update="put",
        delete="delete_data_protection_policy",
        id="{logGroupName}",
        names={"logGroupIdentifier": "logGroupName"},
        forces=on("logGroupName"),
    ),
)
