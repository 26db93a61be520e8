"""CloudWatch Logs: log groups, data protection policies, metric filters, resource policies."""

from typing import Any, Final

from rehearsal.provider.services.shapes import find_item
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.vocabulary import Find, Setting, Tagging, on


def _read_group(resource: EmulatedResource) -> Any:
    result = find_item(
        resource.pages("describe_log_groups", "logGroups", logGroupNamePrefix=resource.id), logGroupName=resource.id
    )
    return result and {**result, "arn": result["arn"].removesuffix(":*")}


TYPES: Final = (
    Emulated(
        type="aws:cloudwatch/logGroup:LogGroup",
        service="logs",
        create="create_log_group",
        read=_read_group,
        update=(),
        settings=(
            Setting(on=on("retentionInDays"), set="put_retention_policy", unset="delete_retention_policy"),
            Setting(on=on("kmsKeyId"), set="associate_kms_key", unset="disassociate_kms_key", at_creation=False),
        ),
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
        read=Find(
            op="describe_metric_filters",
            by={"logGroupName": "logGroupName", "filterNamePrefix": "name"},
            at="metricFilters",
            matching={"filterName": "name"},
            paged=True,
        ),
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
        forces=on("name", "logGroupName"),
    ),
    Emulated(
        type="aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        service="logs",
        create="put_resource_policy",
        read=Find(op="describe_resource_policies", at="resourcePolicies", matching={"policyName": "id"}, paged=True),
        update="put",
        delete="delete_resource_policy",
        id="{policyName}",
        forces=on("policyName"),
    ),
    Emulated(
        type="aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
        service="logs",
        create="put_data_protection_policy",
        read=Find(
            op="get_data_protection_policy",
            by={"logGroupIdentifier": "id"},
            exists="policyDocument",
            echo=on("logGroupName"),
        ),
        update="put",
        delete="delete_data_protection_policy",
        id="{logGroupName}",
        names={"logGroupIdentifier": "logGroupName"},
        forces=on("logGroupName"),
    ),
)
