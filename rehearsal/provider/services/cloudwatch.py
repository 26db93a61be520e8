"""CloudWatch: alarms and dashboards."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Tagging, on

_NAMES: Final = {"AlarmName": "name", "AlarmArn": "arn", "ResourceARN": "arn"}


def _read_alarm(resource: EmulatedResource) -> Any:
    metric_alarms = resource.call("describe_alarms", AlarmNames=[resource.id]).get("MetricAlarms")
    if not metric_alarms:
        return None
    return {
        **metric_alarms[0],
        "dimensions": {dimension["Name"]: dimension["Value"] for dimension in metric_alarms[0].get("Dimensions", [])},
    }


def _dimensions(_resource: EmulatedResource, values: Values) -> Values:
    """Convert the mapping of dimensions to the API's list."""
    pairs = sorted((values.get("dimensions") or {}).items())
    return {**values, "dimensions": [{"name": name, "value": value} for name, value in pairs]}


TYPES: Final = (
    Emulated(
        type="aws:cloudwatch/metricAlarm:MetricAlarm",
        service="cloudwatch",
        create="put_metric_alarm",
        read=_read_alarm,
        update="put",
        delete=ApiCall(op="delete_alarms", by={"AlarmNames": "id"}),
        id="{name}",
        names=_NAMES,
        prepare=_dimensions,
        forces=on("name"),
        tags=Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource"),
    ),
)
